"""Explanations are exact: what they name suffices, nothing is to spare, nothing is missing."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_knowledge import random_knowledge, random_patient
from strategies import KB, findings

from rules_lib import Finding, Presence, Urgency
from rules_lib.assessment import WithheldReason
from rules_lib.escalation import applied, more_urgent
from rules_lib.facts import ValueType
from rules_lib.grounds import reasons_told
from rules_lib.knowledge_base import (
    Advice,
    Clocks,
    Complaint,
    Expects,
    Group,
    KnowledgeBase,
    Question,
    Role,
)
from rules_lib.screening import complaints_of
from rules_lib.session import Session, session_of
from rules_lib.unknowns import Matter, unknowns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rules_lib import Assessment

SMALL = KnowledgeBase.load(Path(__file__).parent / "small_pack")
BASES, CHUNK, PATIENTS = 120, 20, 6
TRIES = 100
"""Random patients among whom a more urgent one is looked for, where none is said to be."""


def _floor(kb: KnowledgeBase, told: Mapping[str, Finding]) -> int:
    return session_of(kb).foreseen(told).floor or 0


def _assert_why(kb: KnowledgeBase, answer: Assessment) -> None:
    """What is named reaches the floor; without any one of it the floor is lower."""
    why, _ = reasons_told(kb, answer)
    told = {name: answer.findings[name] for name in why}

    assert bool(why) is (answer.floor is not None)
    assert _floor(kb, told) >= (answer.floor or 0)
    for name in why:
        without = {other: found for other, found in told.items() if other != name}
        assert _floor(kb, without) < (answer.floor or 0), name


def _assert_denied(kb: KnowledgeBase, answer: Assessment) -> None:
    """Comfort needs each denial named, and no other but those that `why` names."""
    why, denied = reasons_told(kb, answer)
    if answer.announced >= Urgency.WITHIN_24_HOURS:
        assert denied == ()
        return
    no = {name for name, told in answer.findings.items() if told.presence is Presence.ABSENT}
    rest = {name: told for name, told in answer.findings.items() if name not in no.difference(why)}
    told = rest | {name: answer.findings[name] for name in denied}

    assert denied or not no.isdisjoint(why)
    assert no.difference(why).issuperset(denied)
    assert session_of(kb).foreseen(told).announced is answer.announced
    for name in denied:
        without = {other: found for other, found in told.items() if other != name}
        assert session_of(kb).foreseen(without).announced > answer.announced, name


def _assert_why_not_more(kb: KnowledgeBase, answer: Assessment) -> None:
    """The changes named raise the floor together, and no smaller part of them does."""
    changes = more_urgent(kb, answer)
    new = [change.finding for change in changes]

    assert len({found.id for found in new}) == len(new)
    for change in changes:
        assert change.told == answer.findings.get(change.finding.id)
        assert change.told != change.finding
    if changes:
        assert _floor(kb, applied(kb, answer.findings, new)) > (answer.floor or 0)
    for one in new:
        fewer = applied(kb, answer.findings, [other for other in new if other is not one])
        assert _floor(kb, fewer) <= (answer.floor or 0), one


def _every_answer(kb: KnowledgeBase, name: str) -> Iterator[Finding]:
    """Give far more answers than could differ: by brute force, without looking at the rules."""
    declared = kb.findings[name]
    yield from (Finding(name, Presence.ABSENT), Finding(name, Presence.UNSURE))
    if declared.type is ValueType.CHOICE:
        yield from (Finding(name, Presence.PRESENT, choice) for choice in declared.choices)
    elif declared.type is ValueType.NUMBER:
        steps = [at / 2 for at in range(241)] + [float(at) for at in range(120, 3000, 12)]
        numbers = {min(max(step, declared.minimum), declared.maximum) for step in steps}
        yield from (Finding(name, Presence.PRESENT, number) for number in sorted(numbers))
    else:
        severities = [at / 4 for at in range(41)] if declared.severity else []
        yield Finding(name)
        yield from (Finding(name, Presence.PRESENT, None, value) for value in severities)


def _assert_unknown(kb: KnowledgeBase, answer: Assessment) -> None:
    """What is named matters, and of what is asked for nothing else does, by trying everything."""
    named = unknowns(kb, answer)
    if answer.floor is Urgency.EMERGENCY:
        assert named == ()
        return
    raising, changing = [], []
    for name in _asked_for(kb, answer):
        thens = [
            session_of(kb).foreseen({**answer.findings, name: one})
            for one in _every_answer(kb, name)
        ]
        if any((then.floor or 0) > (answer.floor or 0) for then in thens):
            raising.append(name)
        if any(
            (then.announced, then.advice, then.withheld)
            != (answer.announced, answer.advice, answer.withheld)
            for then in thens
        ):
            changing.append(name)
    covered: set[str] = set()
    fewest = []
    for name in raising:
        members = kb.groups[name].members if name in kb.groups else (name,)
        if not covered.issuperset(members):
            fewest.append(name)
            covered.update(members)

    assert [one.finding for one in named] == (fewest or changing)
    assert all((one.matters is Matter.URGENCY) is bool(raising) for one in named)


def _asked_for(kb: KnowledgeBase, answer: Assessment) -> list[str]:
    """Return the untold findings that the interview of these complaints may ask for, in order."""
    complaints = complaints_of(kb, answer.findings)
    names: list[str] = []
    for group in dict.fromkeys(group for one in complaints for group in one.groups):
        names.append(group)
        told = answer.findings.get(group)
        names += kb.groups[group].members if told and told.presence is Presence.UNSURE else ()
    questions = [*answer.asks, *(name for one in complaints for name in one.questions)]
    names += [kb.questions[name].finding if name in kb.questions else name for name in questions]
    names += sorted(
        (one.recap for one in complaints if one.recap and not _denied_as_wide(kb, one, answer)),
        key=lambda name: -len(kb.groups[name].members),
    )
    names += [
        name
        for one in answer.withheld
        if one.reason is WithheldReason.NOT_SCREENED
        for name in kb.advice[one.id].needs_denied
    ]
    return [name for name in dict.fromkeys(names) if name not in answer.findings]


def _denied_as_wide(kb: KnowledgeBase, complaint: Complaint, answer: Assessment) -> bool:
    """Return whether a no was said to the recap of a complaint, or to one with all its signs."""
    members = set(kb.groups[complaint.recap or ""].members)
    denied = [
        kb.groups[found.id]
        for found in answer.findings.values()
        if found.presence is Presence.ABSENT and found.id in kb.groups
    ]
    return any(
        members.issubset((*group.members, *group.also_yes))
        for group in denied
        if group.role is Role.RECAP
    )


def _assert_exact(kb: KnowledgeBase, answer: Assessment) -> None:
    _assert_why(kb, answer)
    _assert_denied(kb, answer)
    _assert_why_not_more(kb, answer)
    _assert_unknown(kb, answer)


@given(told=findings())
def test_any_patient(told: dict[str, Finding]) -> None:
    """Whatever is told, `why`, `denied`, `why not more` and `unknown` are exact."""
    _assert_exact(KB, session_of(KB).assess(told))


@given(told=findings(), answers=st.lists(st.sampled_from(Presence), min_size=9, max_size=9))
def test_any_interview(told: dict[str, Finding], answers: list[Presence]) -> None:
    """So it is after the interview's questions were answered, mostly with no."""
    asked = _asked_for(KB, session_of(KB).foreseen(told))
    given_ = {
        name: Finding(name, Presence.ABSENT if place % 3 else presence)
        for place, (name, presence) in enumerate(zip(asked, answers, strict=False))
        if KB.findings[name].type is ValueType.YES_NO
    }
    _assert_exact(KB, session_of(KB).assess(told | given_))


@given(told=findings(tuple(SMALL.findings), SMALL))
def test_any_sprain(told: dict[str, Finding]) -> None:
    """So it is on a pack of another subject."""
    answer = session_of(SMALL).assess(told)
    _assert_exact(SMALL, answer)
    # On this pack one sign always suffices, so only an emergency is without a worse case.
    assert bool(more_urgent(SMALL, answer)) is (answer.floor is not Urgency.EMERGENCY)


def _base(seed: int) -> KnowledgeBase:
    """Return a random base that also has groups, clocks, a worst severity, advice and questions."""
    kb = random_knowledge(seed)
    chance = random.Random(seed)
    plain = [name for name, one in kb.findings.items() if one.type is ValueType.YES_NO]
    numbers = [name for name, one in kb.findings.items() if one.type is ValueType.NUMBER]
    chance.shuffle(plain)
    chance.shuffle(numbers)
    groups = {}
    for role in (Role.SCREENING, Role.SCREENING, Role.MEDICINE, Role.RECAP):
        if len(plain) > 3:
            members = tuple(chance.sample(plain[:-1], chance.randint(1, 2)))
            name = plain.pop()
            groups[name] = Group(name, name, members, role, kb.findings[name].kind)
    screening = [one.id for one in groups.values() if one.role is Role.SCREENING]
    recap = next((one.id for one in groups.values() if one.role is Role.RECAP), None)
    names = chance.sample(sorted(kb.findings), min(4, len(kb.findings)))
    complaint = Complaint("any", (), tuple(screening), tuple(names), recap, default=True)
    return replace(
        kb,
        groups=groups,
        complaints={"any": complaint},
        questions={"pill": Question("pill", chance.choice(names), Expects.YES_NO)},
        advice={
            name: Advice(name, name, tuple(chance.sample(names, chance.choice((0, 1)))))
            for name in ("rest", "pill", "cream")
        },
        clocks=Clocks(*numbers[:3]) if len(numbers) >= 3 and chance.random() < 0.7 else None,
        severity=numbers[3] if len(numbers) > 3 else None,
    )


@pytest.mark.parametrize("first", range(0, BASES, CHUNK))
def test_any_base(first: int) -> None:
    """So it is on bases that nobody wrote, with groups, clocks, severities and denials in rules."""
    for seed in range(first, first + CHUNK):
        kb = _base(seed)
        session, chance = Session(kb), random.Random(seed)
        session.__dict__["_engine"] = None
        for _ in range(PATIENTS):
            answer = session.assess(random_patient(kb, chance))
            try:
                _assert_exact(kb, answer)
            except AssertionError as error:
                raise AssertionError(f"base {seed}: {answer.findings}") from error


@pytest.mark.parametrize("first", range(0, BASES, CHUNK))
def test_nothing_more_urgent_is_overlooked(first: int) -> None:
    """Where no change is named, no random patient that tells some things differently is worse."""
    nothing = 0
    for seed in range(first, first + CHUNK):
        kb = _base(seed)
        session, chance = Session(kb), random.Random(seed)
        session.__dict__["_engine"] = None
        for _ in range(PATIENTS):
            answer = session.assess(random_patient(kb, chance))
            if answer.floor is Urgency.EMERGENCY or more_urgent(kb, answer):
                continue
            nothing += 1
            for _ in range(TRIES):
                others = random_patient(kb, chance, most=6)
                new = [one for one in others.values() if one.presence is not Presence.UNSURE]
                told = applied(kb, answer.findings, new)
                assert _floor(kb, told) <= (answer.floor or 0), (seed, answer.findings, others)

    assert nothing > 0
