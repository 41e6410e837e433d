"""Controls of the hazard log that are words, in every locale and for every phrase."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from spoken_words import spoken

from rules_lib import Finding, Urgency, assess
from rules_lib.rules import Likelihood, Status
from rules_lib.vignettes import read_vignettes
from skill import speech
from skill.app import PACK, knowledge_base
from skill.asking import ANYTHING_ELSE, SYMPTOM
from skill.conversation import Conversation, OpenQuestion
from skill.dialogue import Dialogue
from skill.phrases import LOCALES, load_locale
from skill.reading import Person, Reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules_lib import Assessment
    from skill.phrases import Locale

ROOT = Path(__file__).parents[1]
KB = knowledge_base()
BREATHLESS = {"breathing-difficulty": "present"}
MOST_WORDS_WITHOUT_ADVICE = speech.MOST_WORDS + 25
"""Where urgency and safety net fill a turn, one piece of advice is spoken all the same."""


@pytest.fixture(
    scope="module",
    params=sorted(path.stem for path in LOCALES.glob("*.json") if path.suffixes == [".json"]),
)
def locale(request: pytest.FixtureRequest) -> Locale:
    """Each shipped locale, the language without a region too."""
    return load_locale(request.param)


@pytest.fixture(scope="module")
def answers() -> tuple[Assessment, ...]:
    """The assessment of every vignette, the emergencies left out."""
    found = [assess(KB, story.findings) for story in read_vignettes(ROOT / "tests/cases", KB)]
    return tuple(answer for answer in found if answer.announced < Urgency.EMERGENCY)


def _number(locale: Locale) -> str:
    return str(locale.region["words"]["emergency_number"])


def _call(locale: Locale) -> str:
    return str(spoken(locale.id)["call"]).format(number=_number(locale))


def _texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Give every text of a locale's phrases, by its dotted key."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, f"{key}.{name}" if key else name)
    elif isinstance(value, str):
        yield key, value


def test_a_draft_says_so_to_every_patient(locale: Locale) -> None:
    """While the pack is a draft the greeting says so, names the number, and claims nothing."""
    assert KB.status is Status.DRAFT, f"{PACK} was reviewed: the greeting has to change with it"

    words = Dialogue(KB, locale).launch(Conversation()).speech

    assert all(part in words for part in spoken(locale.id)["draft"])
    assert _call(locale) in words


def test_every_mild_answer_names_dangers_and_the_number(
    locale: Locale, answers: tuple[Assessment, ...]
) -> None:
    """Below an emergency each answer has what is unsure, what to watch for, whom to call."""
    for answer in answers:
        words = speech.answer(locale, answer, answer.announced)
        assert locale.phrase("net.uncertain") in words
        assert locale.phrase("net.look_for") in words
        assert _number(locale) in words
        lasting = [text for key, text in _texts(locale.phrases["net"]["lasting"]) if text]
        assert any(" ".join(text.split()) in words for text in lasting)
    dangers = locale.phrase("net.look_for")
    assert all(word in dangers for word in spoken(locale.id)["dangers"])


def test_every_reprompt_names_the_number(locale: Locale) -> None:
    """Whoever cannot answer, to whatever question, hears whom to call."""
    asked = [
        OpenQuestion(question.id, question.finding, question.expects, again)
        for question in KB.questions.values()
        for again in (0, 1)
    ]
    for question in (SYMPTOM, ANYTHING_ELSE, *asked):
        assert _number(locale) in speech.reprompt(locale, question, KB)
    for key in ("welcome_reprompt", "silence", "too_long", "failure"):
        assert _number(locale) in locale.phrase(key)
    assert _number(locale) in speech.emergency_reprompt(locale, assess(KB, BREATHLESS))


def test_every_emergency_says_who_has_to_call(
    locale: Locale,
) -> None:
    """With a nurse, a crisis, a packet or none of them: the number, and that nobody else calls."""
    for told in (
        BREATHLESS,
        {"chest-pain": "present"},
        {"painkiller-overdose": "present"},
        {"self-harm": "present"},
        {"back-pain": "present", "drip-running": "present"},
    ):
        answer = assess(KB, told)
        words = speech.emergency(locale, answer)
        assert answer.floor is Urgency.EMERGENCY
        assert _number(locale) in words
        assert any(part in words for part in spoken(locale.id)["cannot_call"])
    assert " ".join(words.split()[:4]) == spoken(locale.id)["nurse_first"]


def test_the_crisis_words_name_the_regions_line(locale: Locale) -> None:
    """The crisis line of the region comes before the emergency number, and nothing is asked."""
    words = speech.emergency(locale, assess(KB, {"self-harm": "present", "back-pain": "present"}))
    line = locale.region["words"]["crisis_help"]

    assert words.index(line) < words.index(_call(locale))
    assert "?" not in words


def test_whoever_wants_to_die_and_cannot_breathe_hears_both(locale: Locale) -> None:
    """The crisis line first, then the ambulance without an "if", and what to do meanwhile."""
    answer = assess(KB, {"self-harm": "present", **BREATHLESS})
    words = speech.emergency(locale, answer, bodily=True)
    line = locale.region["words"]["crisis_help"]

    assert words.index(line) < words.index(_number(locale), words.index(line) + len(line))
    assert locale.phrase("emergency.position") in words
    assert any(part in words for part in spoken(locale.id)["cannot_call"])


def test_a_body_in_danger_is_seen_beside_thoughts_of_dying() -> None:
    """In a conversation as well; back pain beside the thoughts is none."""
    dialogue = Dialogue(KB, load_locale("en-US"))
    for sign, both in (("breathing-difficulty", True), ("back-pain", False)):
        talk = Conversation(findings={"self-harm": Finding("self-harm")})
        turn = dialogue.take(talk, Reading(findings=(Finding(sign),)))

        assert ("Your body needs help too" in turn.speech) is both


def test_no_dose_is_spoken(locale: Locale) -> None:
    """No phrase holds an amount of a medicine, in figures or in words."""
    amount = re.compile(spoken(locale.id)["amount"], re.IGNORECASE)
    said = dict(_texts(locale.phrases))

    assert amount.search(spoken(locale.id)["an_amount"])
    assert {key: text for key, text in said.items() if amount.search(text)} == {}
    for key in ("advice.paracetamol", "medicine.offered"):
        assert spoken(locale.id)["as_the_packet_says"] in locale.phrase(key, medicine="it")


def test_no_phrase_holds_a_telephone_number(locale: Locale) -> None:
    """Numbers to call come from the region, where somebody can check them in one place."""
    number = re.compile(r"\d{3,}|\b\d[\d -]{4,}\d\b")

    assert number.search("call 911")
    assert {key: text for key, text in _texts(locale.phrases) if number.search(text)} == {}


def test_every_spoken_number_is_marked_as_one(locale: Locale) -> None:
    """Nobody hears nine hundred and eleven."""
    digits = [str(number) for number in locale.region["digits"]]
    for key, _ in _texts(locale.phrases):
        words = locale.phrases
        for step in key.split("."):
            words = words[step]
        filled = str(words).format_map(_Anything(locale.region["words"]))
        unmarked = re.sub(r"<say-as[^>]*>[^<]*</say-as>", "", speech.ssml(locale, filled))
        assert not [number for number in digits if re.search(rf"(?<!\d){number}(?!\d)", unmarked)]
    assert set(map(str, locale.region["emergency_numbers"])) <= set(digits)


class _Anything(dict[str, str]):
    """Something for each part of a phrase that a turn fills in."""

    def __missing__(self, key: str) -> str:
        return key


def test_an_answer_is_short_and_ends_with_the_net(
    locale: Locale, answers: tuple[Assessment, ...]
) -> None:
    """About 75 words: advice waits, the safety net does not."""
    for answer in answers:
        words = speech.answer(locale, answer, answer.announced)
        net = speech.safety_net(locale, answer, answer.announced)
        spoken = [name for name in answer.advice if locale.phrase(f"advice.{name}") in words]
        assert words.endswith(f"{net} {locale.phrase('anything_else')}")
        if len(spoken) > 1:
            assert len(words.split()) <= speech.MOST_WORDS
        assert len(words.split()) <= MOST_WORDS_WITHOUT_ADVICE


def test_no_cause_is_spoken_as_certain(locale: Locale, answers: tuple[Assessment, ...]) -> None:
    """No phrase says what somebody has, none gives odds, and unlikely causes stay unsaid."""
    certain = re.compile(spoken(locale.id)["certain_cause"], re.IGNORECASE)

    assert [text for _, text in _texts(locale.phrases["causes"]) if certain.search(text)] == []
    for answer in answers:
        said = speech.causes(locale, answer.causes)
        for cause in answer.causes:
            if cause.likelihood is Likelihood.LESS_LIKELY:
                assert locale.phrase(f"causes.{cause.id}") not in said


def test_swallowed_tablets_are_told_not_to_vomit(locale: Locale) -> None:
    """What to do with the packet is said with the number, and before anything about the door."""
    swallowed = speech.emergency(locale, assess(KB, {"iron-tablets-swallowed": "present"}))
    overdose = speech.emergency(locale, assess(KB, {"painkiller-overdose": "present"}))

    assert all(part in swallowed for part in spoken(locale.id)["no_vomiting"])
    assert spoken(locale.id)["take_no_more"] in overdose


def test_warmth_is_spoken_with_its_cautions(locale: Locale) -> None:
    """Never warmth without the cloth, the minutes and the sleep."""
    words = locale.phrase("advice.warm-compress")

    assert all(part in words for part in spoken(locale.id)["warmth"])


def test_an_answer_does_not_repeat_what_was_told(locale: Locale) -> None:
    """Whoever listens in does not learn from the answer what the patient told."""
    told = {"back-pain": {"severity": 4}, "fever": "present", "pregnant": "present"}
    answer = assess(KB, told)

    words = speech.answer(locale, answer, answer.announced).lower()

    for name in told:
        assert speech.finding_name(locale, KB, name).lower() not in words


def test_who_calls_for_somebody_is_told_what_to_do_for_them(locale: Locale) -> None:
    """Whoever can call is not told to lie down, and the sick are not told to open the door."""
    for told, own, theirs in (
        (BREATHLESS, "position", "position_other"),
        ({"stroke-signs": "present"}, "waiting", "waiting_other"),
    ):
        assessment = assess(KB, told)
        said = {person: speech.emergency(locale, assessment, person) for person in Person}

        assert locale.phrase(f"emergency.{own}") in said[Person.SPEAKER]
        for person in (Person.OTHER, Person.CHILD):
            assert locale.phrase(f"emergency.{theirs}") in said[person]
            assert locale.phrase(f"emergency.{own}") not in said[person]
