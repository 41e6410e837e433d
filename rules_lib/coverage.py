"""
The tables by which reviewers look a pack over, as Markdown.

What is ruled of each sign alone, by choice (such as a product) and window of time; what the
evidence says row by row, beside what is concluded; and where sources disagree.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from rules_lib.dossier import behind, level
from rules_lib.facts import findings_from
from rules_lib.rules import Likelihood
from rules_lib.session import assess, session_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from rules_lib.dossier import Coverage, Dossier, Row, Window
    from rules_lib.knowledge_base import KnowledgeBase

NOTHING = "no evidence"
"""What a cell says where no rule concludes an urgency or a cause."""
NOT_TOLD = "not told"
Cells = tuple[str, ...]


def coverage_text(kb: KnowledgeBase, dossier: Dossier) -> str:
    """Return every table that the dossier of a pack makes, as Markdown."""
    lines = [
        "# What is ruled, and on what evidence",
        "",
        f"Generated from the pack `{kb.id}` {kb.version} by `python -m rules_lib coverage`.",
        "",
    ]
    if dossier.coverage:
        lines += _coverage(kb, dossier.coverage)
    if dossier.evidence:
        lines += _evidence(kb, dossier)
    if dossier.disagreements:
        lines += _disagreements(dossier)
    return "\n".join(lines).rstrip("\n") + "\n"


# --- sign by choice by window ---------------------------------------------------------------


def _coverage(kb: KnowledgeBase, coverage: Coverage) -> Iterator[str]:
    yield from (
        "## Sign by sign",
        "",
        "Each cell is what is concluded of a patient who has reported that one sign and nothing",
        "else, at that time: the urgency, and the causes that are likely or possible (marked ?).",
        f'"{NOTHING.capitalize()}" means that no rule concludes an urgency or a cause; a patient',
        "is then told the least that an unfinished interview tells.",
        "",
    )
    for window in coverage.windows:
        told = ", ".join(f"`{name}: {value}`" for name, value in window.told.items())
        yield f"- {window.name}: {told or 'no time is told'}"
    yield ""
    for name, signs in coverage.sections:
        yield from (f"### {name}", "")
        heads = ["sign", *([coverage.choices] if coverage.choices else ())]
        yield from _table([*heads, *(window.name for window in coverage.windows)])
        rows = {sign: _choice_rows(kb, coverage, sign) for sign in signs}
        for alike in _alike(rows):
            names = "<br>".join(f"`{sign}`" for sign in alike)
            for choices, cells in rows[alike[0]]:
                yield _line(names, *((choices,) if coverage.choices else ()), *cells)
        yield ""


def _alike(rows: Mapping[str, object]) -> Iterator[tuple[str, ...]]:
    """Give the signs that have the same rows together, in the order of the first of them."""
    first = {sign: list(rows.values()).index(found) for sign, found in rows.items()}
    for _, signs in groupby(sorted(rows, key=first.__getitem__), first.__getitem__):
        yield tuple(signs)


def _choice_rows(kb: KnowledgeBase, coverage: Coverage, sign: str) -> tuple[tuple[str, Cells], ...]:
    """Return a sign's rows: the choices that come out alike, and a cell for each window."""
    if coverage.choices is None:
        return (("", _cells(kb, coverage.windows, {sign: "present"})),)
    found: dict[Cells, list[str]] = {}
    choices = (None, *kb.findings[coverage.choices].choices)
    for choice in choices:
        told = {sign: "present"} | ({coverage.choices: choice} if choice else {})
        found.setdefault(_cells(kb, coverage.windows, told), []).append(choice or NOT_TOLD)
    if len(found) == 1:
        return (("any", next(iter(found))),)
    return tuple((", ".join(names), cells) for cells, names in found.items())


def _cells(kb: KnowledgeBase, windows: tuple[Window, ...], told: Mapping[str, Any]) -> Cells:
    return tuple(_cell(kb, {**told, **window.told}) for window in windows)


def _cell(kb: KnowledgeBase, told: Mapping[str, Any]) -> str:
    """Return what is concluded, never nothing; one engine is enough to look it up."""
    verdict = session_of(kb).verdict_of(findings_from(kb.findings, told))
    marks = {Likelihood.LIKELY: "", Likelihood.POSSIBLE: "?"}
    causes = [
        f"{cause.id}{marks[cause.likelihood]}"
        for cause in verdict.causes
        if cause.likelihood in marks
    ]
    if verdict.floor is None and not causes:
        return NOTHING
    urgency = "no urgency" if verdict.floor is None else f"**{verdict.floor.id}**"
    return "<br>".join([urgency, *causes])


# --- evidence and disagreements -------------------------------------------------------------


def _evidence(kb: KnowledgeBase, dossier: Dossier) -> Iterator[str]:
    yield from (
        "## Row by row of the evidence",
        "",
        "What the evidence says, and what is concluded of a patient who shows it. Where the two",
        "differ, the last column says why; the rules are those that conclude that urgency.",
        "",
    )
    yield from _table(["row", "patient", "evidence", "concluded", "by rules", "why otherwise"])
    for row in dossier.evidence:
        yield from _evidence_lines(kb, row)
    yield ""


def _evidence_lines(kb: KnowledgeBase, row: Row) -> Iterator[str]:
    head = f"`{row.id}`<br>{row.says}"
    for case in row.cases:
        assessment = assess(kb, case.told)
        told = ", ".join(f"{name}: {value}" for name, value in case.told.items())
        rules = "<br>".join(f"`{name}`" for name in behind(assessment)) or "none"
        floor = level(assessment.floor)
        shown = floor if assessment.floor is case.urgency else f"**{floor}**"
        patient = f"{case.story}: {told}" if case.story else told
        yield _line(head, patient, level(case.urgency), shown, rules, case.why)
        head = ""


def _disagreements(dossier: Dossier) -> Iterator[str]:
    yield from ("## Where sources disagree, and the safer choice", "")
    yield from _table(["", "about", "who says what", "the choice", "why", "kept by", "review by"])
    for one in dossier.disagreements:
        sides = "<br>".join(f"{says} [{', '.join(sources)}]" for says, sources in one.sides)
        kept = "<br>".join(
            f"{noun} `{id_}`" for noun, id_ in (name.split() for name in one.kept_by)
        )
        day = one.review_by.isoformat()
        yield _line(one.id, one.about, sides, one.choice, one.why, kept, day)
    yield ""


# --- Markdown -------------------------------------------------------------------------------


def _table(heads: list[str]) -> Iterator[str]:
    yield _line(*heads)
    yield _line(*("---" for _ in heads))


def _line(*cells: str) -> str:
    return f"| {' | '.join(' '.join(cell.split()).replace('|', chr(92) + '|') for cell in cells)} |"
