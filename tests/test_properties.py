"""What must hold for every patient, not only for those we thought of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import KB, finding, findings, readings

from rules_lib import Finding, Presence, Urgency, assess, next_question
from rules_lib.assessment import WithheldReason
from rules_lib.facts import Kind, ValueType
from rules_lib.session import session_of
from skill.conversation import Conversation
from skill.dialogue import Dialogue
from skill.phrases import load_locale
from skill.reading import Answer, Reading

if TYPE_CHECKING:
    from rules_lib import Assessment
    from skill.phrases import Locale

SIGNS = [name for name, declared in KB.findings.items() if declared.kind is Kind.SIGN]
CONTEXTS = [name for name, declared in KB.findings.items() if declared.kind is Kind.CONTEXT]
TELLABLE = [name for name in SIGNS if KB.findings[name].type is ValueType.YES_NO]


def _floor(told: dict[str, Finding]) -> int:
    return assess(KB, told).floor or 0


@given(told=findings(), order=st.randoms(use_true_random=False))
def test_order_never_matters(told: dict[str, Finding], order: Any) -> None:
    """Shuffled findings give the same assessment."""
    shuffled = list(told.items())
    order.shuffle(shuffled)

    assert assess(KB, dict(shuffled)) == assess(KB, told)


@given(told=findings(), more=st.sampled_from(sorted(KB.findings)).flatmap(finding))
def test_more_findings_never_lower_the_urgency(told: dict[str, Finding], more: Finding) -> None:
    """Whatever is told in addition, the floor does not fall."""
    without = {name: found for name, found in told.items() if name != more.id}

    assert _floor({**without, more.id: more}) >= _floor(without)


@given(told=findings(), names=st.lists(st.sampled_from(TELLABLE), max_size=4))
def test_a_look_ahead_is_an_assessment(told: dict[str, Finding], names: list[str]) -> None:
    """Chaining on from what was told gives the floor of all told at once."""
    chainer = session_of(KB).chainer
    new = [name for name in names if name not in told]
    at_once = {**told, **{name: Finding(name) for name in new}}

    assert chainer.floor_with(told)(*new) == (chainer.verdict(at_once).floor or 0)


@given(told=findings(), name=st.sampled_from(sorted(TELLABLE)))
def test_a_sign_denied_unsure_present_rises(told: dict[str, Finding], name: str) -> None:
    """For signs: absent <= unsure <= present."""
    floors = [
        _floor({**told, name: Finding(name, presence)})
        for presence in (Presence.ABSENT, Presence.UNSURE, Presence.PRESENT)
    ]

    assert floors == sorted(floors)


@given(told=findings(), found=st.sampled_from(sorted(CONTEXTS)).flatmap(finding))
def test_unsure_context_counts_as_the_worse_answer(
    told: dict[str, Finding], found: Finding
) -> None:
    """For context: unsure is at least as urgent as any answer."""
    unsure = Finding(found.id, Presence.UNSURE)

    assert _floor({**told, found.id: unsure}) >= _floor({**told, found.id: found})


@given(told=findings())
def test_the_engines_agree_and_say_so(told: dict[str, Finding]) -> None:
    """Both engines made the assessment and they did not differ."""
    answer = assess(KB, told)

    assert answer.differences == ()
    assert answer.engine in {"both", "chainer"}


@given(told=findings())
def test_comfort_waits_for_the_danger_signs(told: dict[str, Finding]) -> None:
    """Below within-24-hours only with a rule that says so and every group denied."""
    answer = assess(KB, told)

    assert answer.announced >= (answer.floor or Urgency.SELF_CARE)
    if answer.announced < Urgency.WITHIN_24_HOURS:
        assert answer.screened
        assert answer.floor is answer.announced


@given(told=findings())
def test_no_contraindicated_medicine_is_offered(told: dict[str, Finding]) -> None:
    """What is withheld is not offered, and no medicine before its screening was denied."""
    answer = assess(KB, told)
    withheld = {item.id: item.reason for item in answer.withheld}

    assert not withheld.keys() & set(answer.advice)
    for name in answer.advice:
        for needed in KB.advice[name].needs_denied:
            assert answer.findings[needed].presence is Presence.ABSENT
    for name, reason in withheld.items():
        if reason is WithheldReason.NOT_SCREENED:
            assert KB.advice[name].needs_denied


@given(told=findings())
def test_an_emergency_offers_only_what_to_do_now(told: dict[str, Finding]) -> None:
    """In an emergency there is no home care, and nothing is asked."""
    answer = assess(KB, told)

    if answer.floor is Urgency.EMERGENCY:
        assert set(answer.advice) <= {"anaphylaxis-position"}
        assert next_question(KB, told) is None


@given(told=findings(), answer=st.sampled_from(["absent", "unsure"]))
def test_the_interview_ends(told: dict[str, Finding], answer: str) -> None:
    """Answering no, or I don't know, to everything ends the interview."""
    known: dict[str, Any] = dict(told)
    asked: list[str] = []
    while question := next_question(KB, known, asked):
        assert question.id not in asked
        asked.append(question.id)
        known[question.finding] = answer
    assert len(asked) <= len(KB.findings)


@pytest.fixture(scope="module", params=["en-US", "en-GB"])
def locale(request: pytest.FixtureRequest) -> Locale:
    """Each shipped locale."""
    return load_locale(request.param)


@given(said=st.lists(readings(), min_size=1, max_size=14))
def test_a_conversation_never_calms_down(locale: Locale, said: list[Reading]) -> None:
    """Whatever is said, in any order, something is spoken, and what was announced never falls."""
    dialogue = Dialogue(KB, locale)
    talk = Conversation()
    dialogue.launch(talk)
    for reading in said:
        before = talk.announced or 0
        talk = Conversation.from_attributes(KB, talk.to_attributes())
        turn = dialogue.take(talk, reading)

        assert turn.speech
        assert turn.assessment is not None
        assert (talk.announced or 0) >= before
        _assert_safe(turn.assessment, talk, turn.speech, locale)


def _assert_safe(assessment: Assessment, talk: Conversation, words: str, locale: Locale) -> None:
    if assessment.floor is Urgency.EMERGENCY:
        assert talk.announced is Urgency.EMERGENCY
        assert talk.question is None
        assert locale.region["words"]["emergency_number"] in words
    if talk.finished:
        assert talk.announced is not None
        assert talk.announced >= assessment.announced


@given(told=findings(TELLABLE))
def test_everything_told_is_kept_between_turns(told: dict[str, Finding]) -> None:
    """A conversation survives its way through the session attributes."""
    talk = Conversation(findings=told, announced=Urgency.SAME_DAY, asked=["a"], failed=2)

    assert Conversation.from_attributes(KB, talk.to_attributes()) == talk


@given(
    kept=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda part: (
            st.lists(part, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["findings", "question", "announced", "asked", "failed", "patient"]
                ),
                part,
                max_size=4,
            )
        ),
    )
)
def test_damaged_attributes_never_crash(kept: Any) -> None:
    """Whatever stands in the session attributes, a conversation is read from it."""
    talk = Conversation.from_attributes(KB, kept)

    assert Dialogue(KB, load_locale("en-US")).take(talk, Reading(answer=Answer.NO)).speech
