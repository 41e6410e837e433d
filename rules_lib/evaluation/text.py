"""An evaluation as text for the terminal."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from rules_lib.evaluation import tables
from rules_lib.evaluation.cases import ASSESSMENT, INTERVIEW, JUDGEMENTS, SYSTEMS
from rules_lib.evaluation.data import NO_ADVICE, name_of
from rules_lib.evaluation.intervals import RESAMPLES
from rules_lib.evaluation.wording import some

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rules_lib.evaluation.cases import Case
    from rules_lib.evaluation.evaluation import Evaluation

WIDTH = 100


def as_text(evaluation: Evaluation) -> str:
    """Return the whole report."""
    sections = (
        _head(evaluation),
        _summary(evaluation),
        *(_confusion(evaluation, system) for system in JUDGEMENTS),
        *(_levels(evaluation, system) for system in JUDGEMENTS),
        _comparison(evaluation),
        _questions(evaluation),
        _tags(evaluation),
        _under(evaluation),
        _over(evaluation),
    )
    return "\n\n".join("\n".join(lines) for section in sections if (lines := list(section))) + "\n"


def _head(evaluation: Evaluation) -> Iterator[str]:
    cases = some(len(evaluation.cases), "vignette")
    yield f"{evaluation.pack} {evaluation.version} on {cases}"
    if evaluation.unlabelled:
        names = ", ".join(evaluation.unlabelled)
        without = some(len(evaluation.unlabelled), "vignette")
        yield from _wrapped(f"Not judged, for no right level is named: {without} ({names})")
    for system, about in JUDGEMENTS.items():
        yield f"{system}: {about}"
    yield from _wrapped(
        f"In brackets 95 % confidence intervals: Wilson's for proportions, of {RESAMPLES}"
        " bootstrap resamples for the rest. Undefined figures are '-'."
    )


def _summary(evaluation: Evaluation) -> Iterator[str]:
    yield "SUMMARY"
    yield from _table(tables.summary(evaluation))


def _confusion(evaluation: Evaluation, system: str) -> Iterator[str]:
    yield f"CONFUSION MATRIX OF THE {system.upper()} (rows: right; columns: told)"
    yield from _table(tables.confusion(evaluation, system))


def _levels(evaluation: Evaluation, system: str) -> Iterator[str]:
    yield f"BY LEVEL, {system.upper()}: is it this level? (the sensitivity is the accuracy there)"
    yield from _table(tables.levels(evaluation, system, at_least=False))
    yield f"BY LEVEL, {system.upper()}: is it at least as urgent?"
    yield from _table(tables.levels(evaluation, system, at_least=True))


def _comparison(evaluation: Evaluation) -> Iterator[str]:
    yield "BESIDE BASELINES"
    yield from _table(tables.comparison(evaluation))
    for system, about in SYSTEMS.items():
        if system not in JUDGEMENTS:
            yield from _wrapped(f"{system} {about}", "  ")
    easiness = ", ".join(
        f"{level.id} {mean:.2f}"
        for level, mean in evaluation.mean_difficulty.items()
        if mean is not None
    )
    yield from _wrapped(
        f"Mean item difficulty (share of interview and baselines that are exact): {easiness}"
    )


def _questions(evaluation: Evaluation) -> Iterator[str]:
    work = evaluation.workload
    yield "QUESTIONS ASKED"
    yield from _table(tables.questions(evaluation))
    yield (
        f'After "I don\'t know" to a group, {some(work.again, "single question")} more'
        f" in {some(work.asked_again.hits, 'interview')}."
    )


def _tags(evaluation: Evaluation) -> Iterator[str]:
    if evaluation.tags:
        yield "BY TAG, INTERVIEW"
        yield from _table(tables.tags(evaluation))


def _under(evaluation: Evaluation) -> Iterator[str]:
    low = {name: [case for case in evaluation.cases if case.under(name)] for name in JUDGEMENTS}
    either = [case for case in evaluation.cases if any(case in low[name] for name in JUDGEMENTS)]
    counts = ", ".join(f"{len(low[name])} in the {name}" for name in JUDGEMENTS)
    yield f"UNDER-TRIAGED: {counts}"
    for case in either:
        yield from _told(case)
        yield from _wrapped(" ".join(case.vignette.story.split()), "  ")
        row = case.vignette.row or "no row named"
        yield from _wrapped(f"row: {row}" + _quoted(case.vignette.quote), "  ")
        if case in low[INTERVIEW]:
            yield from _wrapped(f"asked: {case.transcript or 'nothing'}", "  ")


def _over(evaluation: Evaluation) -> Iterator[str]:
    high = [case for case in evaluation.cases if any(map(case.over, JUDGEMENTS))]
    if high:
        counts = (f"{sum(case.over(name) for case in high)} in the {name}" for name in JUDGEMENTS)
        yield f"OVER-TRIAGED: {', '.join(counts)}"
        for case in high:
            yield from _told(case)


def _told(case: Case) -> Iterator[str]:
    vignette = case.vignette
    told = {name: name_of(case.told[name]) for name in (INTERVIEW, ASSESSMENT)}
    advice = " and ".join(f"{level} in the {name}" for name, level in told.items())
    if len(set(told.values())) == 1:
        advice = f"{told[INTERVIEW]} in both"
    advice = advice.replace(NO_ADVICE, "no advice")
    yield from _wrapped(
        f"- {vignette.id} ({vignette.file}:{vignette.line}): {case.right.id}; told {advice}",
        "  ",
        2,
    )


def _quoted(quote: str) -> str:
    return f' "{" ".join(quote.split())}"' if quote else ""


def _wrapped(text: str, indent: str = "", outdent: int = 0) -> Iterator[str]:
    yield from textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent[outdent:],
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _table(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    """Return the rows with their columns in line, the first to the left, the rest to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *rest in rows:
        cells = [cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
        yield "  ".join((f"  {first.ljust(widths[0])}", *cells)).rstrip()
