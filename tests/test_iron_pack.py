"""What must hold of the iron pack for every patient, not only those somebody thought of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules_lib import KnowledgeBase, Urgency, assess
from rules_lib.facts import Kind, ValueType
from rules_lib.session import session_of

if TYPE_CHECKING:
    from rules_lib.facts import FindingType

KB = KnowledgeBase.load("iron_infusion")
SIGNS = sorted(
    name
    for name, declared in KB.findings.items()
    if declared.kind is Kind.SIGN and declared.type is ValueType.YES_NO
)
CONTEXT = sorted(
    name
    for name, declared in KB.findings.items()
    if declared.kind is Kind.CONTEXT and declared.type is ValueType.YES_NO
)


def _reports(declared: FindingType) -> st.SearchStrategy[Any]:
    if declared.type is ValueType.YES_NO:
        return st.sampled_from(["present", "absent", "unsure"])
    if declared.type is ValueType.CHOICE:
        return st.sampled_from([*declared.choices, "unsure"])
    numbers = st.floats(declared.minimum, min(declared.maximum, 2_000), allow_nan=False)
    return st.one_of(st.just("unsure"), numbers)


@st.composite
def patients(draw: st.DrawFn) -> dict[str, Any]:
    """A patient who has told up to six things."""
    names = draw(st.lists(st.sampled_from(sorted(KB.findings)), max_size=6, unique=True))
    return {name: draw(_reports(KB.findings[name])) for name in names}


@given(patients())
def test_nobody_is_left_without_advice(told: dict[str, Any]) -> None:
    """Below an emergency some advice goes with every urgency; in one, a lead is spoken first."""
    assessment = assess(KB, told)

    if assessment.floor is Urgency.EMERGENCY:
        assert assessment.leads
    elif assessment.floor is not None:
        assert assessment.advice


@given(patients())
def test_an_emergency_offers_nothing_but_what_to_do_now(told: dict[str, Any]) -> None:
    """Nothing that delays the call is offered beside an emergency."""
    assessment = assess(KB, told)

    if assessment.floor is Urgency.EMERGENCY:
        assert set(assessment.advice) <= {"anaphylaxis-position"}


@pytest.mark.parametrize("sign", SIGNS)
def test_every_sign_is_a_symptom_for_the_nurse(sign: str) -> None:
    """Whatever is felt in the clinic, the nurse hears of it first."""
    assessment = assess(KB, {sign: "present", "in-clinic": "present"})

    assert {"tell-nurse", "crisis-line"} & set(assessment.leads[:1])
    assert assessment.floor is not None
    assert assessment.floor >= Urgency.SAME_DAY


@pytest.mark.parametrize("context", CONTEXT)
@pytest.mark.parametrize("sign", ["back-pain", "tiredness", "fever", "site-swelling", "itch"])
def test_unsure_of_a_circumstance_is_its_worst_answer(sign: str, context: str) -> None:
    """Not to know a circumstance is never less urgent than yes or no."""
    levels = [
        session_of(KB).assess({sign: "present", "hours-since-infusion": 30, context: answer}).floor
        for answer in ("unsure", "present", "absent")
    ]
    unsure, *others = (level or 0 for level in levels)

    assert unsure >= max(others)
