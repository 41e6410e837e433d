"""What follows from what was reported, before any rule fires: groups, clocks, severity."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import KB, findings

from rules_lib import Finding, KnowledgeBase, Presence, Urgency, assess
from rules_lib.facts import findings_from
from rules_lib.screening import (
    complaints_of,
    completed,
    is_screened,
    recaps,
    screening_groups,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rules_lib import Assessment

CLOCKS = KB.clocks.names if KB.clocks else ()
NO_SUM = {"hours-since-sprain": 30, "hours-to-onset": 6, "hours-since-onset": 6}


@pytest.fixture(scope="module")
def small() -> KnowledgeBase:
    """A pack small enough to hold in one's head."""
    return KnowledgeBase.load(Path(__file__).parents[1] / "small_pack")


def _completed(kb: KnowledgeBase, told: Mapping[str, Any]) -> dict[str, Finding]:
    return completed(kb, findings_from(kb.findings, told))


def test_clocks_that_contradict_each_other_are_unsure(small: KnowledgeBase) -> None:
    """Three clocks that do not add up are worth "I don't know"."""
    full = _completed(small, NO_SUM)

    names = small.clocks.names if small.clocks else ()
    assert [full[name].presence for name in names] == [Presence.UNSURE] * 3


def test_clocks_that_contradict_each_other_are_unsure_beside_an_unsure_one(
    small: KnowledgeBase,
) -> None:
    """An onset ahead of now contradicts, whether the third clock was not told or is not known."""
    for third in ({}, {"hours-since-onset": "unsure"}):
        full = _completed(small, {"hours-since-sprain": 30, "hours-to-onset": 96, **third})

        names = small.clocks.names if small.clocks else ()
        assert [full[name].presence for name in names] == [Presence.UNSURE] * 3


def test_clocks_that_add_up_stay_as_told(small: KnowledgeBase) -> None:
    """A third clock that says what the other two say changes nothing."""
    told = {**NO_SUM, "hours-since-onset": 24}

    assert [found.value for found in _completed(small, told).values()] == [30, 6, 24]


def test_a_clock_beside_an_unsure_one_leaves_the_third_unsure(small: KnowledgeBase) -> None:
    """Whatever the unsure clock shows, the third follows from it, and so is unsure as well."""
    full = _completed(small, {"hours-since-sprain": 400, "hours-to-onset": "unsure"})

    assert full["hours-since-onset"].presence is Presence.UNSURE
    assert full["hours-since-sprain"].value == 400


def test_an_ache_older_than_the_event_is_no_contradiction(small: KnowledgeBase) -> None:
    """Pain that was there before the event began before it."""
    told = {"hours-since-sprain": 2, "hours-since-onset": 48}

    assert {name: found.value for name, found in _completed(small, told).items()} == told


HOURS = st.one_of(
    st.sampled_from([0.0, 5.0, 24.0, 30.0, 96.0, 96.1, 200.0, 336.0, 400.0, 672.0, 700.0, 87600.0]),
    st.floats(0, 87600),
)
ONE_CLOCK = st.one_of(HOURS, HOURS, st.just("unsure"))


@example(
    told={"site-swelling": Finding("site-swelling")},
    clocks=["hours-to-onset", "hours-since-infusion", "hours-since-onset"],
    hours=(96.0, 30.0, "unsure"),
)
@example(
    told={"dizziness": Finding("dizziness")},
    clocks=["hours-to-onset", "hours-since-infusion", "hours-since-onset"],
    hours=("unsure", 0.0, 0.0),
)
@given(told=findings(), clocks=st.permutations(CLOCKS), hours=st.tuples(*[ONE_CLOCK] * 3))
def test_a_further_clock_never_lowers_the_urgency(
    told: dict[str, Finding], clocks: list[str], hours: tuple[Any, ...]
) -> None:
    """One clock more is no relief, unless it settles what only followed from an unsure one."""
    without = {name: found for name, found in told.items() if name not in CLOCKS}
    said = [
        assess(KB, {**without, **dict(zip(clocks[:told_clocks], hours, strict=False))})
        for told_clocks in range(len(clocks) + 1)
    ]

    for before, after in pairwise(said):
        assert (after.floor or 0) >= (before.floor or 0) or _doubts(before) - _doubts(after)


@example(
    told={
        "blood-thinner": Finding("blood-thinner"),
        "age-years": Finding("age-years", value=50.0),
        "unexplained-joint-pain": Finding("unexplained-joint-pain"),
    },
    clocks=["hours-to-onset", "hours-since-infusion", "hours-since-onset"],
    hours=(24.0, 5.0, 0.0),
)
@given(told=findings(), clocks=st.permutations(CLOCKS), hours=st.tuples(*[HOURS] * 3))
def test_an_unsure_clock_counts_as_the_worse_answer(
    told: dict[str, Finding], clocks: list[str], hours: tuple[float, ...]
) -> None:
    """Not knowing a time is as urgent as any time that does not contradict the other one."""
    without = {name: found for name, found in told.items() if name not in CLOCKS}
    for others in range(2):
        timed = {**without, **dict(zip(clocks[1 : others + 1], hours[1:], strict=False))}
        known = assess(KB, {**timed, clocks[0]: hours[0]})
        unsure = assess(KB, {**timed, clocks[0]: "unsure"})

        assert (unsure.floor or 0) >= (known.floor or 0) or _doubts(known) - _doubts(unsure)


def _doubts(said: Assessment) -> set[str]:
    """Return the clocks that are not known for certain."""
    return {
        name
        for name in CLOCKS
        if name in said.findings and said.findings[name].presence is Presence.UNSURE
    }


@example(told={}, clocks=list(CLOCKS), hours=[24.0, 30.0])
@given(
    told=findings(),
    clocks=st.permutations(CLOCKS),
    hours=st.lists(ONE_CLOCK, min_size=2, max_size=3),
)
def test_what_is_filled_in_is_filled_in_once(
    told: dict[str, Finding], clocks: list[str], hours: list[Any]
) -> None:
    """Completed findings are complete: nothing more follows, an onset ahead of now included."""
    without = {name: found for name, found in told.items() if name not in CLOCKS}
    timed = dict(zip(clocks, hours, strict=False))
    once = _completed(KB, {**without, **timed})

    assert completed(KB, once) == once


def test_a_number_settles_a_doubt_about_severity(small: KnowledgeBase) -> None:
    """After "I can't say how bad", "three of ten" is three: the doubt was answered."""
    unsure = assess(small, {"ankle-pain": "present", "severity": "unsure"})
    told = assess(small, {"ankle-pain": {"severity": 3}, "severity": "unsure"})

    assert unsure.findings["severity"].presence is Presence.UNSURE
    assert told.findings["severity"].value == 3


def test_a_complaint_without_a_recap_is_never_screened(small: KnowledgeBase) -> None:
    """Nothing mends a misheard no there, so nobody is comforted."""
    denied = {"ankle-pain": "present", "danger-foot": "absent", "recap": "absent"}
    complaints = {name: replace(one, recap=None) for name, one in small.complaints.items()}
    fields = {name: getattr(small, name) for name in small.__dataclass_fields__}
    without = KnowledgeBase(**fields | {"complaints": complaints})

    assert is_screened(small, _completed(small, denied))
    assert not is_screened(without, _completed(without, denied))


@given(told=findings(), open_question=st.integers(0, 20), singly=st.booleans())
def test_nothing_below_within_24_hours_while_one_question_is_open(
    told: dict[str, Finding], open_question: int, *, singly: bool
) -> None:
    """Deny every group and the recap but one, as groups or sign by sign: no comfort yet."""
    told = {name: found for name, found in told.items() if name not in KB.groups}
    complaints = complaints_of(KB, completed(KB, told))
    names = [group.id for group in screening_groups(KB, complaints)] + list(recaps(complaints))
    left = names.pop(open_question % len(names))
    denied: dict[str, Any] = {}
    for name in names:
        group = KB.groups[name]
        whole = not singly or name in recaps(complaints)
        denied |= dict.fromkeys([name] if whole else group.members, Presence.ABSENT)
    settled = set(KB.groups[left].members) <= {*denied, *_members_denied(names)}
    full = {name: Finding(name, Presence.ABSENT) for name in denied} | told

    answer = assess(KB, full)

    if not (settled and left not in recaps(complaints)):
        assert answer.announced >= Urgency.WITHIN_24_HOURS


def _members_denied(names: list[str]) -> set[str]:
    return {member for name in names for member in KB.groups[name].members}
