"""Which question to ask next: what could raise the urgency first, then what changes advice."""

from __future__ import annotations

import math
import weakref
from typing import TYPE_CHECKING, Any

from rules_lib.facts import Finding, Presence, ValueType, findings_from
from rules_lib.knowledge_base import Expects, Question
from rules_lib.rules import Compare, Urgency, leaves
from rules_lib.screening import complaints_of, completed, recaps, screening_groups
from rules_lib.session import session_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from rules_lib.assessment import Verdict
    from rules_lib.chainer import Chainer
    from rules_lib.knowledge_base import Complaint, KnowledgeBase

MAX_CONTEXT_QUESTIONS = 3


def next_question(
    kb: KnowledgeBase,
    findings: Mapping[str, Any] | Iterable[Finding],
    asked: Collection[str] = (),
) -> Question | None:
    """
    Return the next question worth asking, or None when the interview is over.

    Screening groups come first, worst first; a group answered "I don't know" is asked once
    more as single questions; then at most three questions of context, and only those whose
    answer can change anything; then the recap. In an emergency nothing is asked.

    Args:
        kb: the knowledge base.
        findings: as for `assess`.
        asked: ids of questions that were asked and are not to be asked again.
    """
    full = completed(kb, findings_from(kb.findings, findings))
    chainer = session_of(kb).chainer
    now = chainer.verdict(full)
    floor = now.floor
    if floor is Urgency.EMERGENCY:
        return None
    complaints = complaints_of(kb, full)
    for group in screening_groups(kb, complaints):
        told = full.get(group.id)
        if told is None:
            if group.id not in asked and _could_raise(chainer, full, group.id, floor):
                return Question(group.id, group.id, Expects.YES_NO)
        elif told.presence is Presence.UNSURE:
            for member in group.members:
                if member not in full and member not in asked:
                    return Question(member, member, Expects.YES_NO)
    return _context_question(kb, full, asked, complaints, now) or _recap(
        recaps(complaints), full, asked, floor
    )


def _recap(
    names: tuple[str, ...],
    full: Mapping[str, Finding],
    asked: Collection[str],
    floor: Urgency | None,
) -> Question | None:
    if floor is not None and floor >= Urgency.SAME_DAY:
        return None
    for name in names:
        if name not in full and name not in asked:
            return Question(name, name, Expects.YES_NO)
    return None


def _context_question(
    kb: KnowledgeBase,
    full: Mapping[str, Finding],
    asked: Collection[str],
    complaints: tuple[Complaint, ...],
    now: Verdict,
) -> Question | None:
    wanted = [name for name in kb.questions if name in now.asks]
    declared = [name for complaint in complaints for name in complaint.questions]
    names = tuple(dict.fromkeys([*wanted, *declared]))
    if sum(name in asked for name in names) >= MAX_CONTEXT_QUESTIONS:
        return None
    for name in names:
        question = kb.questions.get(name) or Question(name, name, Expects.YES_NO)
        if name in asked or question.finding in full:
            continue
        if _matters(kb, full, question.finding, now):
            return question
    return None


def _could_raise(
    chainer: Chainer, full: Mapping[str, Finding], name: str, floor: Urgency | None
) -> bool:
    worse = chainer.verdict({**full, name: Finding(name)}).floor
    return worse is not None and (floor is None or worse > floor)


def _matters(kb: KnowledgeBase, full: Mapping[str, Finding], name: str, verdict: Verdict) -> bool:
    """Return whether some answer changes the urgency, or, when that is not high, the advice."""
    chainer, floor = session_of(kb).chainer, verdict.floor
    now = _outcome(verdict)
    for answer in candidate_answers(kb, name):
        then = chainer.verdict(completed(kb, {**full, name: answer}))
        if floor is not None and floor >= Urgency.SAME_DAY:
            if then.floor is not None and then.floor > floor:
                return True
        elif _outcome(then) != now:
            return True
    return False


def _outcome(verdict: Verdict) -> tuple[object, ...]:
    """Return what a patient can notice of a verdict."""
    return (
        verdict.floor,
        verdict.causes,
        verdict.indicated,
        verdict.withheld,
        verdict.asks,
        verdict.leads,
        verdict.says,
    )


_candidates: weakref.WeakKeyDictionary[KnowledgeBase, dict[str, tuple[Finding, ...]]] = (
    weakref.WeakKeyDictionary()
)


def candidate_answers(kb: KnowledgeBase, name: str) -> tuple[Finding, ...]:
    """Return one answer for each way in which the rules can tell answers to `name` apart."""
    known = _candidates.setdefault(kb, {})
    if name not in known:
        known[name] = tuple(_candidate_answers(kb, name))
    return known[name]


def _candidate_answers(kb: KnowledgeBase, name: str) -> Iterator[Finding]:
    declared = kb.findings[name]
    if declared.type is ValueType.YES_NO:
        yield Finding(name)
        yield Finding(name, Presence.ABSENT)
    elif declared.type is ValueType.CHOICE:
        for choice in declared.choices:
            yield Finding(name, Presence.PRESENT, choice)
    else:
        limits = {
            leaf.number
            for rule in kb.rules
            for leaf in leaves(rule.when)
            if isinstance(leaf, Compare) and leaf.finding == name and not leaf.severity
        }
        near = {
            number
            for limit in limits
            for number in (limit, math.nextafter(limit, -math.inf), math.nextafter(limit, math.inf))
        }
        for number in sorted(near):
            if declared.minimum <= number <= declared.maximum:
                yield Finding(name, Presence.PRESENT, number)
