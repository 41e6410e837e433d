"""Why an assessment says what it says, on a tiny pack about a sprained ankle."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules_lib import Explanation, KnowledgeBase, Urgency, assess, explain


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    """A pack small enough to hold in one's head."""
    return KnowledgeBase.load(Path(__file__).parents[1] / "small_pack")


def _explained(kb: KnowledgeBase, findings: dict[str, object]) -> Explanation:
    return explain(kb, assess(kb, findings))


def test_why_has_nothing_to_spare(kb: KnowledgeBase) -> None:
    """Of many findings only those that suffice for the urgency are named."""
    why = _explained(
        kb, {"ankle-pain": {"severity": 3}, "temperature": 38.5, "shoe": "boot", "fever": "absent"}
    )

    assert set(why.why) == {"ankle-pain", "temperature"}
    assert [reason.rule for reason in why.reasons] == ["infected-ankle"]
    assert why.reasons[0].sources == ("OTTAWA",)
    assert "Temperature 38.5 Cel" in why.text


def test_why_not_more_is_a_smallest_set_to_add(kb: KnowledgeBase) -> None:
    """What would make it more urgent is the least that would have to be true as well."""
    assert _explained(kb, {"ankle-pain": "present"}).why_not_more == ("ankle-pain~severity>=7",)
    feverish = _explained(kb, {"ankle-pain": "present", "fever": "present"})
    assert feverish.why_not_more == ("bone-showing",)


def test_an_emergency_has_nothing_above_it(kb: KnowledgeBase) -> None:
    """In an emergency there is no more urgent, and nothing unknown that matters."""
    emergency = _explained(kb, {"cold-foot": "present"})

    assert emergency.urgency is Urgency.EMERGENCY
    assert emergency.why == ("cold-foot",)
    assert emergency.why_not_more == ()
    assert emergency.unknown == ()
    assert emergency.denied == ()


def test_what_is_unknown_and_matters_is_named(kb: KnowledgeBase) -> None:
    """Groups and questions that could still raise the urgency are listed in asking order."""
    explained = _explained(kb, {"ankle-pain": "present", "shoe": "boot"})

    assert explained.unknown == ("danger-foot", "fever")
    assert explained.why == ()
    assert "Not known yet, and it matters" in explained.text


def test_an_answer_below_same_day_rests_on_what_was_denied(kb: KnowledgeBase) -> None:
    """For a mild answer the denied danger signs are the reason."""
    explained = _explained(
        kb,
        {"ankle-pain": {"severity": 7}, "danger-foot": "absent", "recap": "absent", "shoe": "boot"},
    )

    assert explained.denied == ("danger-foot", "recap")
    assert "Denied: A cold or blue foot" in explained.text
    unsure = _explained(kb, {"ankle-pain": "present", "cold-foot": "unsure"})
    assert "Cold or blue foot (unsure)" in unsure.text
