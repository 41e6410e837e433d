"""What nobody told yet and what would matter: found by trying every answer that can differ."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from rules_lib.answers import answers_apart
from rules_lib.assessment import WithheldReason
from rules_lib.facts import Finding, Kind, Presence
from rules_lib.frozen import frozen
from rules_lib.rules import Urgency
from rules_lib.screening import complaints_of, completed, open_recaps, screening_groups
from rules_lib.session import session_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules_lib.assessment import Assessment
    from rules_lib.knowledge_base import KnowledgeBase


class Matter(StrEnum):
    """What an answer could change."""

    URGENCY = "urgency"
    """It could raise the floor."""
    ANNOUNCED = "announced"
    """It could change what is announced: comfort, which waits for it."""
    ADVICE = "advice"
    """It could change what is offered."""


@frozen
class Unknown:
    """A finding or group that was never told of and that matters."""

    finding: str
    matters: Matter
    """The weightiest thing that some answer to it would change."""


def unknowns(kb: KnowledgeBase, assessment: Assessment) -> tuple[Unknown, ...]:
    """
    Return what was never told and matters, in asking order.

    Of all that this complaint's interview asks for: that of which some answer, by itself, raises
    the floor; only where there is none, that of which some answer changes what is announced or
    offered. A group stands for its members, and is left out where groups before it ask for all
    of them, as the recap is while the first round is not over. In an emergency nothing is asked.
    """
    told = assessment.findings
    if assessment.floor is Urgency.EMERGENCY:
        return ()
    names = [name for name in dict.fromkeys(_asked(kb, assessment)) if name not in told]
    raising = [name for name in names if _raises(kb, assessment, name)]
    if raising:
        raising = _fewest(kb, raising)
        return tuple(Unknown(name, Matter.URGENCY) for name in raising)
    changing = ((name, _changes(kb, assessment, name)) for name in names)
    return tuple(Unknown(name, matters) for name, matters in changing if matters is not None)


def _asked(kb: KnowledgeBase, assessment: Assessment) -> Iterator[str]:
    """Give the findings and groups that an interview could ask for, in asking order."""
    findings = assessment.findings
    complaints = complaints_of(kb, findings)
    for group in screening_groups(kb, complaints):
        yield group.id
        told = findings.get(group.id)
        if told is not None and told.presence is Presence.UNSURE:
            yield from group.members
    declared = [name for complaint in complaints for name in complaint.questions]
    for name in (*assessment.asks, *declared):
        yield kb.questions[name].finding if name in kb.questions else name
    yield from open_recaps(kb, complaints, findings)
    for withheld in assessment.withheld:
        if withheld.reason is WithheldReason.NOT_SCREENED:
            yield from kb.advice[withheld.id].needs_denied


def _fewest(kb: KnowledgeBase, names: list[str]) -> list[str]:
    asked: set[str] = set()
    kept = []
    for name in names:
        members = kb.groups[name].members if name in kb.groups else (name,)
        if not asked.issuperset(members):
            kept.append(name)
            asked.update(members)
    return kept


def _raises(kb: KnowledgeBase, assessment: Assessment, name: str) -> bool:
    chainer, floor = session_of(kb).chainer, assessment.floor or 0

    def reached(answer: Finding) -> int:
        told = completed(kb, {**assessment.findings, name: answer})
        return chainer.verdict(told).floor or 0

    if _worst_unsure(kb, name):
        return reached(Finding(name, Presence.UNSURE)) > floor
    return any(reached(answer) > floor for answer in answers_apart(kb, name, assessment.findings))


def _worst_unsure(kb: KnowledgeBase, name: str) -> bool:
    """Whether unsure stands for every answer: so it is for context from which nothing follows."""
    follows = {*kb.groups, kb.severity}
    if kb.clocks is not None:
        follows.update(kb.clocks.names)
    declared = kb.findings[name]
    return declared.kind is Kind.CONTEXT and not declared.severity and name not in follows


def _changes(kb: KnowledgeBase, assessment: Assessment, name: str) -> Matter | None:
    found: Matter | None = None
    for answer in answers_apart(kb, name, assessment.findings):
        then = session_of(kb).foreseen({**assessment.findings, name: answer})
        if then.announced != assessment.announced:
            return Matter.ANNOUNCED
        if (then.advice, then.withheld) != (assessment.advice, assessment.withheld):
            found = Matter.ADVICE
    return found
