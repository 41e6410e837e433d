"""Controls of the hazard log that are behaviour: of rules, interview, dialogue and session."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from dialogue_files import our_skill

from rules_lib import Finding, Presence, RulesLibError, Urgency, assess
from rules_lib.assessment import WithheldReason
from skill.app import knowledge_base
from skill.conversation import Conversation, OpenQuestion
from skill.dialogue import Dialogue
from skill.phrases import load_locale
from skill.reading import Answer, Person, Reading, Wish
from skill.talk import Speaker

if TYPE_CHECKING:
    from skill.phrases import Locale

ROOT = Path(__file__).parents[1]
KB = knowledge_base()
NOTHING = Reading()
CANNOT_BREATHE = Reading(findings=(Finding("breathing-difficulty"),))
MILD_ACHES = Reading(
    findings=(Finding("back-pain", severity=3.0), Finding("hours-since-infusion", value=30.0))
)
SORE_BACK = Reading(findings=(Finding("back-pain"),))


@pytest.fixture(scope="module", params=["en-US", "en-GB"])
def locale(request: pytest.FixtureRequest) -> Locale:
    """Each shipped locale."""
    return load_locale(request.param)


@pytest.fixture
def speaker(locale: Locale) -> Speaker:
    """A device in a room."""
    return Speaker(locale, our_skill())


def _begun(locale: Locale, *said: Reading) -> tuple[Dialogue, Conversation]:
    dialogue, talk = Dialogue(KB, locale), Conversation()
    dialogue.launch(talk)
    for reading in said:
        dialogue.take(talk, reading)
    return dialogue, talk


def _reached(told: dict[str, Any]) -> Urgency | None:
    return assess(KB, told).floor


# -- dialogue ----------------------------------------------------------------------------------


def test_the_third_failed_turn_announces_a_visit_today(locale: Locale) -> None:
    """Whoever is not understood three times in a row is sent to be seen, with the number."""
    dialogue, talk = _begun(locale, NOTHING, NOTHING)
    before = talk.announced

    words = dialogue.take(talk, NOTHING).speech

    assert before is None
    assert talk.announced is Urgency.SAME_DAY
    assert locale.region["words"]["emergency_number"] in words
    assert "today" in words


def test_an_understood_turn_between_failures_starts_the_count_anew(locale: Locale) -> None:
    """Only failures in a row count."""
    _, talk = _begun(locale, NOTHING, NOTHING, SORE_BACK, NOTHING, NOTHING)

    assert talk.announced is None


def test_after_two_failed_turns_one_word_is_enough(locale: Locale) -> None:
    """Somebody who is not understood is asked about danger by a yes/no question."""
    _, talk = _begun(locale, NOTHING, NOTHING)

    assert talk.question is not None
    assert talk.question.expects == "yes-no"
    assert talk.question.finding in KB.groups


def test_stopping_early_is_told_at_least_to_phone(locale: Locale) -> None:
    """A stop before the danger signs were asked is no all clear."""
    dialogue, talk = _begun(locale, SORE_BACK)

    turn = dialogue.stop(talk)

    assert turn.reprompt is None
    assert talk.announced is Urgency.WITHIN_24_HOURS
    assert locale.phrase("goodbye_unfinished") in turn.speech
    assert locale.region["words"]["emergency_number"] in turn.speech


def test_a_mild_answer_takes_nothing_back(locale: Locale) -> None:
    """Whoever was told to be seen today is told so at the end, however mild the answers are."""
    dialogue, talk = _begun(locale, NOTHING, NOTHING, NOTHING)
    words = dialogue.take(talk, MILD_ACHES).speech
    while not talk.finished:
        words = dialogue.take(talk, Reading(answer=Answer.NO)).speech

    assert talk.announced is Urgency.SAME_DAY
    assert locale.phrase("urgency.same-day") in words


def test_a_doubtful_danger_is_asked_back_first(locale: Locale) -> None:
    """What may have been a danger sign is the very next question."""
    said = Reading(findings=(Finding("back-pain"),), doubtful=("chest-pain",))
    dialogue, talk = _begun(locale, said)

    assert talk.question is not None
    assert talk.question.finding == "chest-pain"
    assert talk.question.expects == "yes-no"
    assert "Call" in dialogue.take(talk, Reading(answer=Answer.YES)).speech
    assert talk.announced is Urgency.EMERGENCY


def test_a_red_flag_of_anybody_is_an_emergency(locale: Locale) -> None:
    """Whoever it is about, and whoever it was about before."""
    for person in Person:
        _, talk = _begun(
            locale, SORE_BACK, Reading(findings=CANNOT_BREATHE.findings, person=person)
        )
        assert talk.announced is Urgency.EMERGENCY


@pytest.mark.parametrize(
    "cry", ["call an ambulance", "call 911", "this is an emergency", "I need an ambulance"]
)
def test_a_cry_for_help_is_an_emergency(speaker: Speaker, cry: str) -> None:
    """No symptom is needed where somebody cries for help."""
    assert speaker.hear(cry)["urgency"] == "emergency"


def test_a_danger_is_heard_whatever_was_asked(locale: Locale) -> None:
    """Behind every open question stands an ear for an emergency."""
    for question in KB.questions.values():
        dialogue, talk = _begun(locale, SORE_BACK)
        talk.question = OpenQuestion(question.id, question.finding, question.expects)
        dialogue.take(talk, CANNOT_BREATHE)
        assert talk.announced is Urgency.EMERGENCY, question.id


def test_repeat_says_the_last_words_again(locale: Locale) -> None:
    """Word for word, and the question stays open."""
    dialogue, talk = _begun(locale)
    said = dialogue.take(talk, SORE_BACK)
    question = talk.question

    again = dialogue.repeat(talk)

    assert again.speech == said.speech
    assert again.reprompt == said.reprompt
    assert talk.question == question


@pytest.mark.parametrize(
    "reading",
    [
        NOTHING,
        Reading(answer=Answer.NO),
        Reading(answer=Answer.UNSURE),
        Reading(findings=(Finding("breathing-difficulty", Presence.ABSENT),)),
        Reading(findings=(Finding("breathing-difficulty", Presence.UNSURE),)),
        Reading(wish=Wish.IS_IT_SERIOUS),
        Reading(wish=Wish.CAN_I_TAKE, medicine="ibuprofen"),
    ],
)
def test_an_emergency_stays_one_until_start_over(locale: Locale, reading: Reading) -> None:
    """Nothing that is said afterwards makes it milder, not even taking it back."""
    dialogue, talk = _begun(locale, CANNOT_BREATHE)

    words = dialogue.take(talk, reading).speech

    assert talk.announced is Urgency.EMERGENCY
    assert locale.region["words"]["emergency_number"] in words
    assert talk.question is None
    assert locale.region["words"]["emergency_number"] in dialogue.help(talk).speech
    assert locale.region["words"]["emergency_number"] in dialogue.stop(talk).speech
    dialogue.start_over(talk)
    assert talk.announced is None


def test_a_medicine_nobody_screened_is_never_offered(locale: Locale) -> None:
    """Whatever medicine is asked about, at whatever time: ask first, or do not take."""
    offered = [
        locale.phrase("medicine.offered", medicine=medicine.get("say", ""))
        for medicine in locale.medicines.values()
    ]
    for name in (*locale.medicines, "other-medicine"):
        dialogue, talk = _begun(locale)
        asked = Reading(wish=Wish.CAN_I_TAKE, medicine=name)
        for words in (dialogue.take(talk, asked).speech, dialogue.take(talk, SORE_BACK).speech):
            assert not any(sentence in words for sentence in offered), name


# -- session -----------------------------------------------------------------------------------


def test_one_unreadable_finding_takes_no_other_with_it() -> None:
    """Of damaged session attributes everything is kept that still means something."""
    kept = {
        "findings": {
            "renamed-since": "present",
            "chest-pain": "present",
            "fever": "perhaps",
            "temperature": 900,
            "back-pain": {"presence": "present", "severity": 8},
        },
        "announced": "same-day",
    }

    talk = Conversation.from_attributes(KB, kept)

    assert set(talk.findings) == {"chest-pain", "back-pain"}
    assert talk.findings["back-pain"].severity == 8
    assert talk.announced is Urgency.SAME_DAY


def test_a_failure_keeps_an_emergency(
    speaker: Speaker, locale: Locale, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A turn that breaks does not take back the ambulance."""

    def broken(*_: Any, **__: Any) -> Any:
        raise RulesLibError("broken")

    before = speaker.hear("I can't breathe")["urgency"]
    with monkeypatch.context() as patch:
        patch.setattr("skill.dialogue.assess", broken)
        failed = speaker.hear("no")

    assert before == failed["urgency"] == "emergency"
    assert failed["error"] == "RulesLibError"
    assert locale.region["words"]["emergency_number"] in failed["speech"]


def test_the_skill_has_no_store() -> None:
    """No module of the skill opens a file to write, or asks the SDK for a persistence adapter."""
    for path in sorted((ROOT / "skill").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not names & {"persistent_attributes", "save_persistent_attributes"}, path.name
        if path.stem not in {
            "ear_training",
            "locale_files",
            "interaction_model",
        }:  # these write words, at home
            assert not names & {"write_text", "write_bytes", "sqlite3"}, path.name


# -- rules and interview -----------------------------------------------------------------------


def test_every_complaint_asks_how_long_ago_the_infusion_was() -> None:
    """Whatever is felt, its time after the procedure is among the questions."""
    assert KB.clocks is not None
    clocks = {KB.clocks.since_event, KB.clocks.event_to_onset, KB.clocks.since_onset}
    for complaint in KB.complaints.values():
        asked = {KB.questions[name].finding for name in complaint.questions}
        assert asked & clocks, complaint.id


def test_every_complaint_asks_for_confusion() -> None:
    """Somebody who is confused is asked, whatever they complain of."""
    for complaint in KB.complaints.values():
        members = {sign for group in complaint.groups for sign in KB.groups[group].members}
        assert "confusion-drowsy" in members, complaint.id


@pytest.mark.parametrize("complaint", sorted(KB.complaints))
def test_doubt_about_a_group_is_no_comfort(complaint: str) -> None:
    """Screened is whoever said no to each group and to the recap, and nobody else."""
    declared = KB.complaints[complaint]
    opening = dict.fromkeys(declared.findings[:1], "present")
    groups = [*declared.groups, *([declared.recap] if declared.recap else [])]
    denied = {**opening, **dict.fromkeys(groups, "absent")}

    assert assess(KB, denied).screened
    for group in groups:
        for presence in ("unsure", "present"):
            assert not assess(KB, {**denied, group: presence}).screened, group


def test_delicate_signs_are_asked_in_company() -> None:
    """A yes aloud to bladder, saddle or pregnancy says no more than that one of several holds."""
    delicate = {"bladder-bowel-change", "saddle-numbness", "pregnant"}
    holding = [group for group in KB.groups.values() if delicate & set(group.members)]

    assert holding
    assert all(len(group.members) > 1 for group in holding)


@pytest.mark.parametrize("presence", ["present", "unsure"])
def test_ibuprofen_is_withheld_in_any_pregnancy(presence: str) -> None:
    """Early or late, certain or not, and even if every screening question is answered no."""
    screens = dict.fromkeys(KB.advice["ibuprofen"].needs_denied, "absent")
    told = {"back-pain": {"severity": 3}, "hours-since-infusion": 30, **screens}
    without, pregnant = assess(KB, told), assess(KB, {**told, "pregnant": presence})
    withheld = {item.id: item.reason for item in pregnant.withheld}

    assert "ibuprofen" in without.advice
    assert "ibuprofen" not in pregnant.advice
    assert withheld["ibuprofen"] is WithheldReason.CONTRAINDICATED


@pytest.mark.parametrize("sign", ["site-soreness", "site-swelling", "site-stain", "site-burning"])
def test_no_warmth_on_the_drip_arm(sign: str) -> None:
    """A sore back is not warmed while the drip arm may have a leak."""
    told = {"back-pain": {"severity": 3}, "hours-since-infusion": 30}

    assert "warm-compress" in assess(KB, told).advice
    assert "warm-compress" not in assess(KB, {**told, sign: "present"}).advice


def test_every_rule_has_a_date_for_its_review() -> None:
    """No rule of the pack is for ever."""
    assert [rule.id for rule in KB.rules if rule.review_by is None] == []


def test_what_no_rule_covers_is_a_call() -> None:
    """A symptom that nobody thought of is never left at home."""
    assert _reached({"other-symptom": "present"}) is Urgency.WITHIN_24_HOURS
    assert _reached({"minor-symptom": "present"}) is Urgency.ROUTINE
