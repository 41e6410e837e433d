"""A simulated patient, interviewed as an attentive session would: one question at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rules_lib.errors import RulesLibError
from rules_lib.facts import Finding, Presence, ValueType, findings_from
from rules_lib.interview import next_question
from rules_lib.rules import Urgency
from rules_lib.screening import completed
from rules_lib.session import assess, session_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rules_lib.assessment import Assessment
    from rules_lib.knowledge_base import KnowledgeBase, Question

MOST_QUESTIONS = 100
"""An interview that asks more has gone round in a circle."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question and its answer."""

    question: str
    answer: str
    """`yes`, `no`, `unsure`, or the number or choice told."""
    again: bool
    """Whether it asks once more, sign by sign, after "I don't know" to a whole group."""


@dataclass(frozen=True, slots=True)
class Interview:
    """What came of asking one patient."""

    asked: tuple[Asked, ...]
    announced: Urgency
    """The highest urgency that was told in the session; it never falls."""
    assessment: Assessment
    """Of what was known at the end."""

    @property
    def questions(self) -> int:
        """How many questions were asked, the single ones of an unsure group left out."""
        return sum(not each.again for each in self.asked)

    @property
    def again(self) -> int:
        """How many single questions an unsure group took."""
        return len(self.asked) - self.questions


class Patient:
    """
    Answers from the findings of a vignette, and from nothing else.

    A finding is answered as the vignette has it. A group is answered yes where any member is
    present, unsure where none is but some member (or the group) is unsure, else no. What the
    vignette does not mention is answered no where it is a yes-no finding (a story tells what
    is the matter) and "I don't know" where it is a number or a choice (nobody can guess one);
    a sign out of a group that the vignette gives as unsure is unsure, too. Clocks and the worst
    severity are known where the findings imply them.
    """

    def __init__(self, kb: KnowledgeBase, findings: Mapping[str, Any]) -> None:
        self._kb = kb
        self._truth = completed(kb, findings_from(kb.findings, findings))

    def answer(self, name: str) -> Finding:
        """Return what the patient says when asked for a finding or a group."""
        known = self._truth.get(name)
        group = self._kb.groups.get(name)
        if group is not None:
            named = (*group.members, *group.also_yes)
            told = {self._truth[id_].presence for id_ in named if id_ in self._truth}
            if Presence.PRESENT in told:
                return Finding(name)
            if Presence.UNSURE in told:
                return Finding(name, Presence.UNSURE)
        if known is not None:
            return known
        return Finding(name, Presence.UNSURE if self._cannot_say(name) else Presence.ABSENT)

    def _cannot_say(self, name: str) -> bool:
        return self._kb.findings[name].type is not ValueType.YES_NO or any(
            name in group.members and self._is_unsure(group.id)
            for group in self._kb.groups.values()
        )

    def _is_unsure(self, name: str) -> bool:
        known = self._truth.get(name)
        return known is not None and known.presence is Presence.UNSURE


def interview(kb: KnowledgeBase, opening: Mapping[str, Any], patient: Patient) -> Interview:
    """
    Hear the opening, then ask until nothing is left to ask or it is an emergency.

    After a yes to a group the system knows no more than that: which member it was is not told.

    Args:
        kb: the pack.
        opening: what the patient says before any question, as for `assess`.
        patient: who answers.

    Raises:
        RulesLibError: where the pack's questions never end.
    """
    told = findings_from(kb.findings, opening)
    asked: list[Asked] = []
    announced: Urgency | None = None
    while True:
        question = next_question(kb, told, [each.question for each in asked])
        now = _announced_in_passing(kb, told, question)
        announced = max(filter(None, (announced, now)), default=None)
        if question is None:
            assessment = assess(kb, told)
            final = max(announced or assessment.announced, assessment.announced)
            return Interview(tuple(asked), final, assessment)
        if len(asked) == MOST_QUESTIONS:
            msg = f"the interview does not end: {MOST_QUESTIONS} questions, then '{question.id}'"
            raise RulesLibError(msg)
        again = bool(_unsure_groups(kb, told, question))
        found = patient.answer(question.finding)
        asked.append(Asked(question.id, _in_words(found), again))
        told[question.finding] = found


def _announced_in_passing(
    kb: KnowledgeBase, told: Mapping[str, Finding], question: Question | None
) -> Urgency | None:
    """
    Return what is told in the same turn as the next question, if anything.

    That is the floor from within-24-hours up; a group that is being asked once more, sign by
    sign, counts when its single questions are through.
    """
    asking = _unsure_groups(kb, told, question) if question else ()
    settled = {name: found for name, found in told.items() if name not in asking}
    floor = session_of(kb).verdict_of(settled).floor
    return floor if floor is not None and floor >= Urgency.WITHIN_24_HOURS else None


def _unsure_groups(
    kb: KnowledgeBase, told: Mapping[str, Finding], question: Question
) -> tuple[str, ...]:
    """Return the groups answered "I don't know" that a question asks about once more."""
    return tuple(
        group.id
        for group in kb.groups.values()
        if question.finding in group.members
        and group.id in told
        and told[group.id].presence is Presence.UNSURE
    )


_WORDS = {Presence.PRESENT: "yes", Presence.ABSENT: "no", Presence.UNSURE: "unsure"}


def _in_words(found: Finding) -> str:
    if found.presence is Presence.PRESENT and found.value is not None:
        return f"{found.value:g}" if isinstance(found.value, float) else found.value
    return _WORDS[found.presence]
