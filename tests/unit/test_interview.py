"""Which question comes next, on a tiny pack about a sprained ankle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rules_lib import KnowledgeBase, Presence, Urgency, assess, next_question
from rules_lib.answers import candidate_answers
from rules_lib.screening import is_screened

if TYPE_CHECKING:
    from collections.abc import Mapping


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    """A pack small enough to hold in one's head."""
    return KnowledgeBase.load(Path(__file__).parents[1] / "small_pack")


def _next(kb: KnowledgeBase, findings: Mapping[str, object], *asked: str) -> str | None:
    question = next_question(kb, findings, asked)
    return question.id if question else None


def test_danger_is_asked_before_anything_else(kb: KnowledgeBase) -> None:
    """The screening group comes first, for a known complaint and for none."""
    assert _next(kb, {"ankle-pain": "present"}) == "danger-foot"
    assert _next(kb, {}) == "danger-foot"


def test_nothing_is_asked_in_an_emergency(kb: KnowledgeBase) -> None:
    """An emergency ends the interview."""
    assert _next(kb, {"cold-foot": "present"}) is None


def test_an_unsure_group_is_asked_as_single_questions(kb: KnowledgeBase) -> None:
    """I don't know to a group is asked once more, sign by sign, and then left unsure."""
    unsure = {"ankle-pain": "present", "danger-foot": "unsure"}

    assert _next(kb, unsure) == "cold-foot"
    assert _next(kb, {**unsure, "cold-foot": "absent"}) == "bone-showing"
    settled = {**unsure, "cold-foot": "unsure", "bone-showing": "absent"}
    assert _next(kb, settled) not in {"cold-foot", "bone-showing", "danger-foot"}
    assert assess(kb, settled).floor is Urgency.SAME_DAY


def test_questions_of_context_come_after_danger_and_before_the_recap(kb: KnowledgeBase) -> None:
    """Only what can change something is asked, then danger once more in other words."""
    denied = {"ankle-pain": {"severity": 3}, "shoe": "sandal", "danger-foot": "absent"}

    assert _next(kb, denied) == "ask-fever"
    assert _next(kb, {**denied, "fever": "absent"}) == "ask-onset"
    assert _next(kb, {**denied, "fever": "absent", "hours-to-onset": 3}) == "recap"


def test_a_question_whose_answer_cannot_matter_is_not_asked(kb: KnowledgeBase) -> None:
    """Without the shoe the onset changes nothing, so nobody is bothered with it."""
    told = {"ankle-pain": "present", "danger-foot": "absent", "fever": "absent"}

    assert _next(kb, told) == "recap"


def test_a_question_is_not_asked_beside_what_makes_it_pointless() -> None:
    """Who had no infusion is not asked when it was, unless that is unsure."""
    shipped = KnowledgeBase.load("iron_infusion")

    def questions(none: str) -> list[str]:
        told: dict[str, object] = {"back-pain": "present", "no-infusion": none}
        asked: list[str] = []
        while question := next_question(shipped, told, asked):
            asked.append(question.id)
            told[question.finding] = "absent" if question.expects == "yes-no" else "unsure"
        return asked

    assert "ask-infusion-time" not in questions("present")
    assert "ask-infusion-time" in questions("unsure")


def test_what_was_asked_in_vain_is_not_asked_again(kb: KnowledgeBase) -> None:
    """Every question may be given up; the interview ends all the same."""
    told = {"ankle-pain": {"severity": 3}, "shoe": "sandal"}
    asked: list[str] = []
    while question := next_question(kb, told, asked):
        assert question.id not in asked
        asked.append(question.id)

    assert asked == ["danger-foot", "ask-fever", "ask-onset", "recap"]
    assert not is_screened(kb, assess(kb, told).findings)


def test_no_recap_where_care_is_needed_today(kb: KnowledgeBase) -> None:
    """At same-day only what could still be an emergency is asked."""
    feverish = {"ankle-pain": "present", "fever": "present"}

    assert _next(kb, feverish) == "danger-foot"
    assert _next(kb, {**feverish, "danger-foot": "absent"}) is None


def test_screened_means_every_group_and_the_recap_denied(kb: KnowledgeBase) -> None:
    """Silence on the recap is not a no."""
    findings = assess(kb, {"ankle-pain": "present", "danger-foot": "absent"}).findings
    both = assess(
        kb, {"ankle-pain": "present", "danger-foot": "absent", "recap": "absent"}
    ).findings

    assert not is_screened(kb, findings)
    assert is_screened(kb, both)


def test_candidate_answers_stand_on_both_sides_of_every_threshold(kb: KnowledgeBase) -> None:
    """A number is tried once on each side of each threshold; a choice in full."""
    onsets = [float(found.value or 0) for found in candidate_answers(kb, "hours-to-onset")]
    shoes = [found.value for found in candidate_answers(kb, "shoe")]
    fever = [found.presence for found in candidate_answers(kb, "fever")]

    assert 96.0 in onsets
    assert sorted(onsets) == onsets
    assert max(onsets) > 96
    assert shoes == ["boot", "sandal", "other"]
    assert fever == [Presence.PRESENT, Presence.ABSENT]
