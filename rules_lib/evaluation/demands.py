"""What an evaluation is held to: thresholds from a small YAML file or the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rules_lib.authoring.records import Field, Record
from rules_lib.authoring.shapes import At, shown
from rules_lib.authoring.yaml_reader import plain, read_yaml
from rules_lib.errors import KnowledgeError, Problem
from rules_lib.evaluation.cases import INTERVIEW
from rules_lib.evaluation.wording import percent, proportion
from rules_lib.rules import Urgency

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from rules_lib.authoring.yaml_reader import Node
    from rules_lib.evaluation.evaluation import Evaluation
    from rules_lib.evaluation.intervals import Proportion
    from rules_lib.evaluation.metrics import Performance


@dataclass(frozen=True, slots=True)
class Demand:
    """One threshold that can be set."""

    id: str
    about: str
    least: bool
    """Whether it is a minimum; else a maximum."""
    figure: Callable[[Performance], Proportion]


DEMANDS = (
    Demand("max-under", "under-triage, strict", least=False, figure=lambda found: found.under),
    Demand("max-over", "over-triage, strict", least=False, figure=lambda found: found.over),
    Demand("min-exact", "exact accuracy", least=True, figure=lambda found: found.exact),
    Demand(
        "min-emergency",
        "emergencies found",
        least=True,
        figure=lambda found: found.levels[Urgency.EMERGENCY].exactly.sensitivity,
    ),
)
"""All are shares from 0 to 1, of the interview, by the strict rule."""


def read_share(text: str) -> float:
    """Return a share from 0 to 1; ValueError says what was wrong."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if 0 <= number <= 1:
        return number
    guess = f"; did you mean {number / 100:g}?" if 1 < number <= 100 else ""  # noqa: PLR2004
    msg = f"'{text}' is no share; allowed: a number from 0 to 1{guess}"
    raise ValueError(msg)


class _Share:
    """A number from 0 to 1."""

    def check(self, node: Node, at: At) -> bool:
        """Note anything else."""
        value = node.value
        number = value if isinstance(value, int | float) and not isinstance(value, bool) else -1
        if 0 <= number <= 1:
            return True
        guess = f"{number / 100:g}" if 1 < number <= 100 else ""  # noqa: PLR2004 - percents
        return at.wrong(node.line, f"is {shown(value)}", "a number from 0 to 1", guess)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema that says the same."""
        return {"type": "number", "minimum": 0, "maximum": 1}


_SHAPE = Record("list of demands", {one.id: Field(_Share(), one.about) for one in DEMANDS}, least=1)


def read_demands(path: Path) -> Mapping[str, float]:
    """
    Return the thresholds of a file: id of a demand to share.

    Raises:
        KnowledgeError: with every problem of the file.
    """
    problems: list[Problem] = []
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError([Problem(str(path), 0, "", f"cannot be read: {error}")]) from error
    root = read_yaml(text, path.name, problems)
    if root is not None:
        _SHAPE.check(root, At(path.name, "", problems))
    if problems or root is None:
        raise KnowledgeError(problems)
    shares: dict[str, float] = plain(root)
    return shares


def unmet(evaluation: Evaluation, thresholds: Mapping[str, float]) -> Iterator[str]:
    """Give a sentence for each threshold that is not met; what is not defined is not met."""
    found = evaluation.performances[INTERVIEW]
    for demand in DEMANDS:
        wanted = thresholds.get(demand.id)
        if wanted is None:
            continue
        figure = demand.figure(found)
        value = figure.value
        if value is not None and (value >= wanted if demand.least else value <= wanted):
            continue
        bound = "at least" if demand.least else "at most"
        is_ = "there are no such cases" if value is None else f"it is {proportion(figure)}"
        yield f"not met: {demand.about}, wanted {bound} {percent(wanted)}; {is_}"
