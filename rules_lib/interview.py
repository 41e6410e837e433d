"""Which question to ask next: what could raise the urgency first, then what changes advice."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from rules_lib.answers import candidate_answers
from rules_lib.facts import Finding, Kind, Presence, ValueType, findings_from
from rules_lib.knowledge_base import Expects, Question, Role
from rules_lib.rules import Urgency
from rules_lib.screening import (
    answered_alike,
    complaints_to_ask,
    completed,
    open_recaps,
    screening_groups,
    stand_ins,
)
from rules_lib.session import session_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from rules_lib.assessment import Verdict
    from rules_lib.knowledge_base import Group, KnowledgeBase

MAX_CONTEXT_QUESTIONS = 3


def next_question(
    kb: KnowledgeBase,
    findings: Mapping[str, Any] | Iterable[Finding],
    asked: Collection[str] = (),
) -> Question | None:
    """
    Return the next question worth asking, or None when the interview is over.

    Screening groups come first, in the pack's order; a group answered "I don't know" is asked
    once more as single questions. Then, where a yes did not end the interview, which of the
    group's signs it was, if that could raise the urgency further. Then at most three questions
    of context, the one that could raise the urgency most first; then the recap. In an
    emergency nothing is asked, and a question whose answer cannot matter never is.

    Args:
        kb: the knowledge base.
        findings: as for `assess`.
        asked: ids of questions that were asked and are not to be asked again. A question of
            context that was asked in vain is to be told as unsure as well: what nobody
            answered is not what nobody needs to know.
    """
    told = findings_from(kb.findings, findings)
    full = completed(kb, told)
    return question_after(kb, told, full, session_of(kb).chainer.verdict(full), asked)


def question_after(
    kb: KnowledgeBase,
    told: Mapping[str, Finding],
    full: Mapping[str, Finding],
    verdict: Verdict,
    asked: Collection[str],
) -> Question | None:
    """
    Return the same as `next_question`, where the findings were read and assessed already.

    Args:
        kb: the knowledge base.
        told: what was told.
        full: the same, completed.
        verdict: what the chainer concludes from it.
        asked: as for `next_question`.
    """
    if verdict.floor is Urgency.EMERGENCY:
        return None
    return _Interview(kb, told, full, verdict, asked).question()


class _Interview:
    """One look at what is known: what is open, and what it could change."""

    def __init__(
        self,
        kb: KnowledgeBase,
        told: Mapping[str, Finding],
        full: Mapping[str, Finding],
        verdict: Verdict,
        asked: Collection[str],
    ) -> None:
        self._kb = kb
        self._told = told
        self._full = full
        self._asked = asked
        chainer = session_of(kb).chainer
        self._verdict = chainer.verdict
        self._floor_with = chainer.floor_with(full)
        self._now = verdict
        self._level = _tells(self._now)
        self._complaints = complaints_to_ask(kb, full, self._level)

    def question(self) -> Question | None:
        return self._screening() or self._which() or self._context() or self._recap()

    def _screening(self) -> Question | None:
        groups = screening_groups(self._kb, self._complaints)
        # A question that was asked is seen through, whatever became of its complaint.
        elsewhere = [
            group
            for group in self._kb.groups.values()
            if self._presence(group.id) is Presence.UNSURE
            and group.role is Role.SCREENING
            and group.kind is Kind.SIGN
            and group not in groups
        ]
        for group in (*groups, *elsewhere):
            told = self._full.get(group.id)
            left = self._left(group)
            if told is None:
                if group.id in self._asked or not left or not self._could_raise(group.id, *left):
                    continue
                if answered_alike(self._kb, group, self._full):
                    continue
                unknown = sum(name not in self._full for name in group.members)
                if unknown > 1 or len(group.members) == 1:
                    return _yes_no(group.id)
                # Where all other members were told, the last one is asked by its own name.
                if self._level < Urgency.SAME_DAY or self._could_raise(*left):
                    return _yes_no(left[0])
                continue
            if told.presence is Presence.UNSURE:
                settles = self._settles(group, left)
                for name in left:
                    if settles or self._could_raise(name):
                        return _yes_no(name)
        return None

    def _settles(self, group: Group, left: list[str]) -> bool:
        """Return whether single denials could take back what an unsure group concludes."""
        denied = sum(self._presence(name) is Presence.ABSENT for name in group.members)
        if denied + len(left) < len(group.members):
            return False
        full = {name: found for name, found in self._told.items() if name != group.id}
        denials = {name: Finding(name, Presence.ABSENT) for name in left}
        then = self._verdict(completed(self._kb, {**full, **denials}))
        return _tells(then) < self._level

    def _which(self) -> Question | None:
        """Ask which of its signs a yes meant, where one or two of them could raise the urgency."""
        for group in self._answered():
            left = self._left(group)
            together = self._could_raise(*left)
            for name in left:
                if (together and self._could_raise(name)) or self._brings_danger(name):
                    return _yes_no(name)
            for pair in combinations(left, 2) if together else ():
                if self._could_raise(*pair):
                    return _yes_no(pair[0])
        return None

    def _answered(self) -> Iterable[Group]:
        """Return the groups that were answered yes, or not surely no where they are context."""
        for group in self._kb.groups.values():
            if group.role is not Role.SCREENING:
                continue
            told = self._presence(group.id)
            if told is Presence.PRESENT or (told is Presence.UNSURE and group.kind is Kind.CONTEXT):
                yield group

    def _context(self) -> Question | None:
        kb = self._kb
        wanted = [name for name in kb.questions if name in self._now.asks]
        declared = [name for complaint in self._complaints for name in complaint.questions]
        names = tuple(dict.fromkeys([*wanted, *declared]))
        if sum(name in self._asked for name in names) >= MAX_CONTEXT_QUESTIONS:
            return None
        most, worst = 0, None
        for name in names:
            question = kb.questions.get(name) or _yes_no(name)
            answered = question.finding in self._full
            if name in self._asked or answered or question.is_idle(self._full):
                continue
            reach = self._reach(question.finding)
            if reach > most:
                most, worst = reach, question
        return worst

    def _recap(self) -> Question | None:
        if self._level >= Urgency.SAME_DAY:
            return None
        kb, asked = self._kb, self._asked
        for name in open_recaps(kb, self._complaints, self._full):
            if not any(one in asked for one in stand_ins(kb, name)) and name not in self._full:
                return _yes_no(name)
        return None

    def _reach(self, name: str) -> int:
        """
        Return the highest urgency that an answer to `name` reaches; 0 where none matters.

        An answer matters where it raises the urgency or, when that is below same-day, changes
        what may be told, the advice, or what is asked for next. A further sign may bring advice
        of its own, which is no reason to ask for it; that it takes some away is.
        """
        kb, level, now = self._kb, self._level, self._now
        group = kb.groups.get(name)
        if group is not None:
            then = self._with(name, *self._left(group))
            reached = _tells(then)
            further = level < Urgency.SAME_DAY and self._open_asks(then) - self._open_asks(now)
            return reached if reached > level or further else 0
        if level >= Urgency.SAME_DAY and not self._at_worst(name) > level:
            return 0
        sign = kb.findings[name].kind is Kind.SIGN
        most, matters = 0, False
        for answer in candidate_answers(kb, name, self._full):
            then = self._verdict(completed(kb, {**self._told, name: answer}))
            reached = _tells(then)
            most = max(most, reached)
            matters = (
                matters
                or reached > level
                or (
                    (level < Urgency.SAME_DAY)
                    and (reached != level or self._changes(then, sign=sign))
                )
            )
        return most if matters else 0

    def _at_worst(self, name: str) -> Urgency:
        """Return an urgency that no answer to `name` exceeds, where one is quickly found."""
        declared = self._kb.findings[name]
        if declared.kind is Kind.CONTEXT:
            answer = Finding(name, Presence.UNSURE)
        elif declared.type is ValueType.YES_NO:
            answer = Finding(name)
        else:
            return Urgency.EMERGENCY
        return _tells(self._verdict(completed(self._kb, {**self._told, name: answer})))

    def _changes(self, then: Verdict, *, sign: bool) -> bool:
        """Return whether a verdict offers other advice than now, or asks for something else."""
        now = self._now
        before, after = (one.indicated - one.withheld for one in (now, then))
        if before - after or (after - before and not sign) or now.leads != then.leads:
            return True
        return self._open_asks(now) != self._open_asks(then)

    def _open_asks(self, verdict: Verdict) -> set[str]:
        """Return the questions that rules want asked and that have no answer yet."""
        questions = self._kb.questions
        return {
            name
            for name in verdict.asks
            if name not in self._asked
            and questions[name].finding not in self._full
            and not questions[name].is_idle(self._full)
        }

    def _brings_danger(self, name: str) -> bool:
        """Return whether a yes would bring further danger signs to be asked for."""
        kb = self._kb
        further = complaints_to_ask(kb, {**self._full, name: Finding(name)}, self._level)
        known = {group.id for group in screening_groups(kb, self._complaints)}
        new = [
            group
            for group in screening_groups(kb, further)
            if group.id not in known and group.id not in self._full and group.id not in self._asked
        ]
        if not new:
            return False
        danger = [name for group in new for name in (group.id, *self._left(group))]
        return self._could_raise(name, *danger)

    def _could_raise(self, *names: str) -> bool:
        """Return whether more urgency would be told if all these were so; none was told yet."""
        return self._floor_with(*names) > self._level

    def _with(self, *names: str) -> Verdict:
        """Return the verdict if all these were so."""
        return self._verdict({**self._full, **{name: Finding(name) for name in names}})

    def _left(self, group: Group) -> list[str]:
        """Return the members that are neither known nor asked in vain."""
        full, asked = self._full, self._asked
        return [name for name in group.members if name not in full and name not in asked]

    def _presence(self, name: str) -> Presence | None:
        told = self._full.get(name)
        return told.presence if told is not None else None


def _yes_no(name: str) -> Question:
    return Question(name, name, Expects.YES_NO)


def _tells(verdict: Verdict) -> Urgency:
    """Return what is told of a verdict once all is denied: without a floor, within 24 hours."""
    return verdict.floor or Urgency.WITHIN_24_HOURS
