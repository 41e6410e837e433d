"""The explanation in words: short, and about what was told."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from strategies import KB, findings

from rules_lib import Finding, assess
from rules_lib.escalation import Change
from rules_lib.rules import Absent, Compare, OneOf, Operator, Present
from rules_lib.unknowns import Matter
from skill import reasons
from skill.phrases import load_locale, shipped_locales

GROUPS = (
    *("danger-breathing-chest-face", "danger-nerves", "danger-brain-skin"),
    *("danger-back", "same-day-signs", "special-care", "recap-back"),
)
DENIED = dict.fromkeys(GROUPS, "absent")
"""What a back ache is screened for, all of it denied."""
MILD = {"back-pain": {"severity": 3}, "hours-since-infusion": 24, "fever": "absent", **DENIED}
KINDS = ("added", "denied", "otherwise")
TOPICS = (
    *(f"{level}.{key}" for level in ("to_emergency", "to_more") for key in KINDS),
    *(f"missing.{matter}.named" for matter in Matter),
)
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
        ({}, "do not know enough yet"),
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
            MILD,
            "with trouble breathing, but you said no to that. If that changes, call 911.",
        ),
        (
            {"back-pain": "present", "fever": "absent", **DENIED},
            "urgent with the time since your infusion being 30 minutes or less. If that is so",
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


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        (Present("fever"), "a fever"),
        (Absent("fever"), "not having a fever"),
        (Compare("temperature", Operator.AT_LEAST, 38.5), "your temperature being 38.5 degrees or"),
        (Compare("hours-since-onset", Operator.ABOVE, 96), "being more than 4 days"),
        (Compare("hours-since-onset", Operator.AT_MOST, 30), "being 30 hours or less"),
        (Compare("hours-to-onset", Operator.BELOW, 1 / 3), "being less than 20 minutes"),
        (Compare("infusion-count", Operator.AT_LEAST, 3), "being 3 or more"),
        (Compare("back-pain", Operator.AT_LEAST, 7, severity=True), "being 7 out of 10 or more"),
        (OneOf("product", ("iron-dextran",)), "your iron product being "),
    ],
)
def test_changes_have_words(needs: Any, expected: str) -> None:
    """Each kind of condition that would have to hold can be said."""
    change = Change(Finding(needs.finding), None, (needs,))

    assert expected in reasons._changed(ENGLISH, KB, change)


def test_names_that_do_not_fit_are_left_out() -> None:
    """Rather than more than forty words, no names are heard, and the sentence still stands."""
    long = "something that takes very many words to say " * 5
    said = reasons._fitting(ENGLISH, "explain.because", [long, long])

    assert said == ENGLISH.phrase("explain.because_unnamed")
    assert long.strip() not in reasons._fitting(ENGLISH, "explain.because", ["a fever", long])


def test_every_phrase_has_one_for_names_that_do_not_fit() -> None:
    """Each phrase that names something has its like without names."""
    for locale in map(load_locale, shipped_locales()):
        for key in ("because", "with_denied", *TOPICS):
            assert locale.phrase(f"explain.{key}_unnamed")
