"""The tables that every report shows, as rows of words; the first row is the head."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib.evaluation.cases import JUDGEMENTS, SYSTEMS
from rules_lib.evaluation.data import name_of
from rules_lib.evaluation.metrics import LEVELS
from rules_lib.evaluation.wording import PROPORTIONS, brief, estimate, plain, proportion

if TYPE_CHECKING:
    from rules_lib.evaluation.evaluation import Evaluation
    from rules_lib.evaluation.workload import Spread

Rows = list[list[str]]


def summary(evaluation: Evaluation) -> Rows:
    """Return every figure of the pack's two judgements."""
    found = [evaluation.performances[system] for system in JUDGEMENTS]
    scores = (evaluation.capabilities[system].overall for system in JUDGEMENTS)
    return [
        ["", *JUDGEMENTS],
        *([name, *(proportion(get(each)) for each in found)] for name, _, get in PROPORTIONS),
        ["causes named", *(proportion(evaluation.causes[name]) for name in JUDGEMENTS)],
        ["weighted kappa", *(estimate(each.kappa, 3) for each in found)],
        ["capability comparison score", *map(estimate, scores)],
    ]


def confusion(evaluation: Evaluation, system: str) -> Rows:
    """Return the confusion matrix of one system, what is exact in brackets."""
    told = (*LEVELS, None)
    rows = [["", *map(name_of, told), "cases"]]
    for right, row in evaluation.performances[system].confusion.items():
        counts = [f"[{row[level]}]" if level is right else str(row[level]) for level in told]
        rows.append([right.id, *counts, str(sum(row.values()))])
    return rows


def levels(evaluation: Evaluation, system: str, *, at_least: bool) -> Rows:
    """Return how well one system tells a level from the rest, or from all below it."""
    rows = [["", "cases", "sensitivity", "specificity", "predictive value"]]
    for level, found in evaluation.performances[system].levels.items():
        binary = found.at_least if at_least else found.exactly
        figures = (binary.sensitivity, binary.specificity, binary.ppv)
        rows.append([level.id, str(binary.sensitivity.of), *map(brief, figures)])
    return rows


def comparison(evaluation: Evaluation) -> Rows:
    """Return the pack beside its baselines."""
    rows = [["", "exact", "safe", "over-triage", "kappa", "capability"]]
    for system in SYSTEMS:
        found = evaluation.performances[system]
        rates = map(brief, (found.exact, found.safe, found.over))
        score = estimate(evaluation.capabilities[system].overall)
        rows.append([system, *rates, estimate(found.kappa, 2), score])
    return rows


def questions(evaluation: Evaluation) -> Rows:
    """Return how many questions were asked, by the right level."""
    work = evaluation.workload
    rows = [_spread(level.id, spread) for level, spread in work.levels.items()]
    head = ["", "cases", "median", "quartiles", "most"]
    return [head, *rows, _spread("all", work.overall)]


def _spread(name: str, spread: Spread) -> list[str]:
    quartiles = f"{plain(spread.lower)} to {plain(spread.upper)}" if spread.cases else "-"
    return [name, str(spread.cases), estimate(spread.median), quartiles, plain(spread.most)]


def tags(evaluation: Evaluation) -> Rows:
    """Return the interview by tag; the head alone where no case has one."""
    rows = [["", "cases", "exact", "under-triage", "over-triage"]]
    for tag, found in evaluation.tags.items():
        figures = map(brief, (found.exact, found.under, found.over))
        rows.append([tag, str(found.exact.of), *figures])
    return rows
