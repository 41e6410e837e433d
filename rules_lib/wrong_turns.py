"""Whether one wrong turn hides an emergency that only several signs make together."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from rules_lib.answers import candidate_answers
from rules_lib.dialogue_graph import NO, NO_ANSWER, UNSURE, YES
from rules_lib.facts import Finding, Kind, Presence, ValueType
from rules_lib.interview import next_question
from rules_lib.rules import Urgency
from rules_lib.screening import complaints_of, completed, is_screened, screening_groups
from rules_lib.session import announced, session_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rules_lib.knowledge_base import KnowledgeBase

_Told = dict[str, Finding]


def hidden_together(
    kb: KnowledgeBase, openings: Mapping[str, Mapping[str, Finding]]
) -> tuple[int, list[str]]:
    """
    Look for emergencies of several signs, none by itself, that one wrong turn can hide.

    Who opens so has one further sign, or two, that make an emergency with what was told; both
    are members of a group or question of the complaint, and everything else is denied. One
    answer, at any place, is taken for any other or is lost.

    Args:
        kb: the knowledge base.
        openings: what is told at first, a name for it to its findings.

    Returns:
        How many such patients there are, and, as sentences, each that some dialogue tells less
        than same-day.
    """
    count, hidden = 0, []
    alone = [name for name in signs_to_ask(kb) if not _is_emergency(kb, {name: Finding(name)})]
    for opening, told in openings.items():
        if _floor(kb, told) >= Urgency.SAME_DAY:
            continue  # an urgency never falls
        asked_for = _asked_for(kb, told)
        open_ = [name for name in alone if name in asked_for and name not in told]
        for signs in _together(kb, told, open_):
            count += 1
            wrong = _hiding_turn(kb, told, frozenset(signs))
            if wrong is not None:
                question, taken = wrong
                hidden.append(
                    f"{opening}, with '{' and '.join(signs)}' there: '{taken}' taken as the "
                    f"answer to '{question}' hides it"
                )
    return count, hidden


def signs_to_ask(kb: KnowledgeBase) -> list[str]:
    """Return the yes-or-no signs that an interview is to find: neither groups nor volunteered."""
    return [
        name
        for name, declared in kb.findings.items()
        if declared.kind is Kind.SIGN
        and declared.type is ValueType.YES_NO
        and name not in kb.groups
        and not declared.volunteered_only
    ]


def _floor(kb: KnowledgeBase, told: Mapping[str, Finding]) -> int:
    return session_of(kb).verdict_of(told).floor or 0


def _is_emergency(kb: KnowledgeBase, told: Mapping[str, Finding]) -> bool:
    return _floor(kb, told) >= Urgency.EMERGENCY


def _asked_for(kb: KnowledgeBase, told: Mapping[str, Finding]) -> set[str]:
    """Return what the complaint's groups and questions ask for, the recap apart."""
    complaints = complaints_of(kb, completed(kb, told))
    asked = {name for group in screening_groups(kb, complaints) for name in group.members}
    return asked | {
        kb.questions[name].finding
        for complaint in complaints
        for name in complaint.questions
        if name in kb.questions
    }


def _together(
    kb: KnowledgeBase, told: Mapping[str, Finding], signs: list[str]
) -> Iterator[tuple[str, ...]]:
    """Give one or two signs that make an emergency with what was told, no part of it doing so."""
    rest = []
    for name in signs:
        if _is_emergency(kb, {**told, name: Finding(name)}):
            yield (name,)
        else:
            rest.append(name)
    for pair in combinations(rest, 2):
        if _is_emergency(kb, {**told, **{name: Finding(name) for name in pair}}):
            yield pair


def _hiding_turn(
    kb: KnowledgeBase, opening: Mapping[str, Finding], signs: frozenset[str]
) -> tuple[str, str] | None:
    """Return a question, and the answer that was taken, after which less than same-day is told."""
    waiting: list[tuple[_Told, frozenset[str], tuple[str, str] | None]]
    waiting = [(dict(opening), frozenset(), None)]
    while waiting:
        told, asked, wrong = waiting.pop()
        full = completed(kb, told)
        floor = session_of(kb).chainer.verdict(full).floor
        if floor is not None and floor >= Urgency.SAME_DAY:
            continue
        question = next_question(kb, told, asked)
        if question is None:
            if wrong is not None and announced(floor, screened=is_screened(kb, full)) < (
                Urgency.SAME_DAY
            ):
                return wrong
            continue
        name = question.finding
        now = asked | {question.id}
        if kb.findings[name].type is ValueType.YES_NO:
            has = _takes_in(kb, name, signs)
            true = [Finding(name, Presence.PRESENT if has else Presence.ABSENT)]
            others = {Presence.ABSENT: NO, Presence.PRESENT: YES, Presence.UNSURE: UNSURE}
            taken = {Finding(name, presence): said for presence, said in others.items()}
        else:
            # Every number is somebody's truth.
            true = list(candidate_answers(kb, name, full))
            taken = {Finding(name, Presence.UNSURE): UNSURE}
        waiting += [({**told, name: answer}, now, wrong) for answer in true]
        if wrong is None:
            waiting += [
                ({**told, name: answer}, now, (name, said))
                for answer, said in taken.items()
                if answer not in true
            ]
            lost = dict(told)
            if question.id in kb.questions and name not in kb.groups:
                lost[name] = Finding(name, Presence.UNSURE)
            waiting.append((lost, now, (name, NO_ANSWER)))
    return None


def _takes_in(kb: KnowledgeBase, name: str, signs: frozenset[str]) -> bool:
    """Return whether a question asks for one of the signs, or its words take one in."""
    group = kb.groups.get(name)
    if group is None:
        return name in signs
    return not signs.isdisjoint((*group.members, *group.also_yes))
