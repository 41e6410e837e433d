"""The explanation in words: short, and about what was told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from strategies import KB, findings

from rules_lib import assess
from skill import reasons
from skill.phrases import load_locale, shipped_locales

if TYPE_CHECKING:
    from rules_lib import Finding

GROUPS = (
    *("danger-breathing-chest-face", "danger-nerves", "danger-brain-skin"),
    *("danger-infection-throat", "same-day-signs", "recap"),
)
DENIED = dict.fromkeys(GROUPS, "absent")
"""What a back ache is screened for, all of it denied."""
MILD = {"back-pain": {"severity": 3}, "hours-since-infusion": 24, "fever": "absent", **DENIED}
SCREENED = {**MILD, "special-care": "absent"}
ENGLISH = load_locale("en-US")


@given(told=findings())
def test_at_most_forty_words(told: dict[str, Finding]) -> None:
    """Whoever asks hears at most forty words to each question, in every locale."""
    assessment = assess(KB, told)
    for name in shipped_locales():
        locale = load_locale(name)
        for said in (
            reasons.why(locale, KB, assessment),
            reasons.why_not_more(locale, KB, assessment),
            reasons.what_is_missing(locale, KB, assessment, asking=False),
            reasons.what_is_missing(locale, KB, assessment, asking=True),
        ):
            assert 0 < len(said.split()) <= 40, said
            assert "{" not in said


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, "nothing to explain yet"),
        ({"chest-pain": "present"}, "because you told me about chest pain or tightness."),
        ({"chest-pain": "unsure"}, "not being sure about chest pain or tightness"),
        (
            MILD,
            "you said no to the danger signs",
        ),
        (
            {"reaction-during-drip": "present", "staff-saw-reaction": "absent"},
            "because you told me about",
        ),
    ],
)
def test_why(told: dict[str, Any], expected: str) -> None:
    """What was told is the reason, what one cannot say too, and for comfort what was denied."""
    assert expected in reasons.why(ENGLISH, KB, assess(KB, told))


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            {"back-pain": "present"},
            "an emergency with trouble breathing. If you have that, call 911 now.",
        ),
        (
            SCREENED,
            "with trouble breathing, but you said no to that. If that changes, call 911.",
        ),
        (
            {"back-pain": "present", "fever": "absent", **DENIED},
            "urgent with the time since your infusion being more than 4 days. If that is so, tell",
        ),
        ({"chest-pain": "present"}, "Nothing is more urgent than this."),
    ],
)
def test_why_not_more(told: dict[str, Any], expected: str) -> None:
    """What would have to be added is named; what was denied is called that."""
    assert expected in reasons.why_not_more(ENGLISH, KB, assess(KB, told))


@pytest.mark.parametrize(
    ("told", "asking", "expected"),
    [
        ({"back-pain": "present"}, True, "I am still asking, because some answers could make"),
        ({"back-pain": "present"}, False, "I still need to know about trouble breathing"),
        ({"chest-pain": "present"}, False, "I know enough."),
        (
            {
                "back-pain": "present",
                "hours-since-infusion": 24,
                "fever": "absent",
                "special-care": "absent",
                **DENIED,
            },
            False,
            "unless you want to take acetaminophen. Ask me first",
        ),
    ],
)
def test_what_is_missing(told: dict[str, Any], asking: bool, expected: str) -> None:
    """What is unknown and matters is named, unless the question itself follows."""
    assert expected in reasons.what_is_missing(ENGLISH, KB, assess(KB, told), asking=asking)
