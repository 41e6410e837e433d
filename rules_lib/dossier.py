"""A pack's dossier: what its coverage table shows, its evidence row by row, its disagreements."""

from __future__ import annotations

import datetime as dt
from dataclasses import field
from typing import TYPE_CHECKING, Any

from rules_lib.errors import FactError
from rules_lib.facts import Kind, ValueType, findings_from
from rules_lib.frozen import frozen
from rules_lib.rules import Status, Urgency
from rules_lib.session import assess

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rules_lib.assessment import Assessment
    from rules_lib.authoring.draft import Draft
    from rules_lib.errors import Problem
    from rules_lib.knowledge_base import KnowledgeBase

NONE = "none"
"""The word for no urgency at all."""


@frozen
class Window:
    """A column of the coverage table: a time or state that a patient is in."""

    id: str
    name: str
    told: dict[str, Any] = field(hash=False)
    """What a patient in it tells, beside the symptom."""


@frozen
class Coverage:
    """What the table of all that is ruled shows."""

    choices: str | None
    """The finding whose choices make rows of their own."""
    windows: tuple[Window, ...]
    sections: tuple[tuple[str, tuple[str, ...]], ...]
    """Name of each table, and its signs."""


@frozen
class EvidenceCase:
    """A patient who shows what a row of the evidence says."""

    story: str
    told: dict[str, Any] = field(hash=False)
    urgency: Urgency | None
    """What the evidence says."""
    ruled: Urgency | None
    """What the pack concludes; the same, but for what `why` explains."""
    why: str


@frozen
class Row:
    """A row of the evidence."""

    id: str
    says: str
    cases: tuple[EvidenceCase, ...]


@frozen
class Disagreement:
    """Where sources differ, and the safer choice that was taken."""

    id: str
    about: str
    sides: tuple[tuple[str, tuple[str, ...]], ...]
    """What each side says, and the sources that do."""
    choice: str
    why: str
    kept_by: tuple[str, ...]
    """What keeps to it: `rule x`, `cause y`, `advice z`."""
    review_by: dt.date


@frozen
class Dossier:
    """What reviewers of a pack read; nothing of it runs."""

    coverage: Coverage | None = None
    evidence: tuple[Row, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()


def dossier_of(draft: Draft) -> Dossier:
    """Return the dossier of a pack whose files are sound."""
    said = draft.dossier
    return Dossier(
        coverage=_coverage(said["coverage"], draft) if "coverage" in said else None,
        evidence=tuple(_row(item) for item in said.get("evidence", ())),
        disagreements=tuple(_disagreement(item) for item in said.get("disagreements", ())),
    )


def _coverage(item: Mapping[str, Any], draft: Draft) -> Coverage:
    sections = [(each["name"], tuple(each["findings"])) for each in item.get("symptoms", ())]
    shown = {name for _, names in sections for name in names}
    rest = tuple(
        declared.id
        for declared in draft.findings.values()
        if declared.kind is Kind.SIGN
        and declared.type is ValueType.YES_NO
        and declared.id not in shown
    )
    if rest:
        sections.append(("Other signs" if sections else "Signs", rest))
    windows = [Window(each["id"], each["name"], each.get("told", {})) for each in item["windows"]]
    return Coverage(item.get("choices"), tuple(windows), tuple(sections))


def _row(item: Mapping[str, Any]) -> Row:
    return Row(item["id"], item["says"], tuple(_case(case) for case in item["cases"]))


def _case(item: Mapping[str, Any]) -> EvidenceCase:
    urgency, ruled = item["urgency"], item.get("ruled", item["urgency"])
    return EvidenceCase(
        story=item.get("story", ""),
        told=item["told"],
        urgency=None if urgency == NONE else Urgency.from_id(urgency),
        ruled=None if ruled == NONE else Urgency.from_id(ruled),
        why=item.get("why", ""),
    )


def _disagreement(item: Mapping[str, Any]) -> Disagreement:
    kept_by = [
        f"{noun} {id_}"
        for noun, key in (("rule", "rules"), ("cause", "causes"), ("advice", "advice"))
        for id_ in item.get(key, ())
    ]
    return Disagreement(
        id=item["id"],
        about=item["about"],
        sides=tuple((side["says"], tuple(side["sources"])) for side in item["sides"]),
        choice=item["choice"],
        why=item["why"],
        kept_by=tuple(kept_by),
        review_by=dt.date.fromisoformat(item["review_by"]),
    )


def dossier_problems(kb: KnowledgeBase, draft: Draft) -> Iterator[Problem]:
    """
    Find what the dossier says that the pack does not do.

    Args:
        kb: the pack, sound but for its dossier.
        draft: what it was read from.
    """
    dossier = dossier_of(draft)
    if dossier.coverage:
        yield from _coverage_problems(kb, draft, dossier.coverage)
    for row in dossier.evidence:
        for number, case in enumerate(row.cases, start=1):
            for what, allowed in _wrong(kb, case):
                yield draft.wrong(("row", row.id), f"case {number}: {what}", allowed)
    retired = {f"rule {rule.id}" for rule in draft.rules if rule.status is Status.RETIRED}
    for one in dossier.disagreements:
        item = ("disagreement", one.id)
        if not one.kept_by:
            yield draft.wrong(item, "is kept to by nothing", "rules, causes or advice that do")
        for name in one.kept_by:
            if name in retired:
                what = f"is kept to by {name}, which is retired"
                yield draft.wrong(item, what, "rules in force", at=name.split()[1])


def _coverage_problems(kb: KnowledgeBase, draft: Draft, coverage: Coverage) -> Iterator[Problem]:
    if coverage.choices and kb.findings[coverage.choices].type is not ValueType.CHOICE:
        what = "makes rows of the coverage table and is no choice"
        yield draft.wrong(("finding", coverage.choices), what, "type: choice")
    for window in coverage.windows:
        try:
            findings_from(kb.findings, window.told)
        except FactError as error:
            for found in error.problems:
                yield draft.wrong(
                    ("window", window.id), f"{found.place or ''} {found.what}".strip()
                )


def _wrong(kb: KnowledgeBase, case: EvidenceCase) -> Iterator[tuple[str, str]]:
    try:
        floor = assess(kb, case.told).floor
    except FactError as error:
        for found in error.problems:
            yield f"{found.place or ''} {found.what}".strip(), found.allowed
        return
    if case.ruled is not case.urgency and not case.why:
        yield "is ruled otherwise than the evidence says, and nobody says why", "why: ..."
    if case.why and case.ruled is case.urgency:
        yield "says why it is ruled otherwise, and it is not", "ruled: ..."
    if floor is not case.ruled:
        yield f"concludes {level(floor)}, not {level(case.ruled)}", "what the rules conclude"


def level(urgency: Urgency | None) -> str:
    """Return the id of an urgency, `none` where there is none."""
    return urgency.id if urgency is not None else NONE


def behind(assessment: Assessment) -> tuple[str, ...]:
    """Return the rules that conclude the floor of an assessment."""
    mark = f"urgency:{level(assessment.floor)}"
    return tuple(each.rule for each in assessment.trace if mark in each.concluded)
