"""Slots of a real request become findings, answers and wishes; nothing said is dropped."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from ask_sdk_core.serialize import DefaultSerializer
from ask_sdk_model import RequestEnvelope
from ruamel.yaml import YAML

from rules_lib.facts import Presence
from skill.app import House, knowledge_base
from skill.envelopes import Conversation
from skill.phrases import load_locale
from skill.reading import Answer, Reading, Wish
from skill.slots import reading_from_intent

NOW = dt.datetime(2026, 11, 22, 10, 0, tzinfo=dt.UTC)
UTTERANCES = Path(__file__).parent.parent / "utterances" / "en"
LOCALE = load_locale("en-US")
READER = House(knowledge_base()).reader(LOCALE)
CONVERSATION = Conversation.of_locale(LOCALE)


def read(envelope: dict[str, Any], expects: str | None = None, about: str | None = None) -> Reading:
    """The reading of a request as the ASK SDK hands it to a handler."""
    request = DefaultSerializer().deserialize(json.dumps(envelope), RequestEnvelope).request
    slots = request.intent.slots or {}
    return reading_from_intent(
        request.intent.name, slots, READER, now=NOW, expects=expects, about=about
    )


def heard(said: str, expects: str | None = None, about: str | None = None) -> Reading:
    """The reading of an utterance."""
    return read(CONVERSATION.say(said), expects, about)


def findings(reading: Reading) -> dict[str, Any]:
    """What was found: id to value, or to presence where it has none."""
    return {
        found.id: found.presence.value if found.value is None else found.value
        for found in reading.findings
    }


def test_a_symptom_is_a_finding() -> None:
    """A value that Alexa matched counts by its id."""
    assert findings(heard("my back hurts")) == {"back-pain": "present"}


def test_several_symptoms_are_several_findings() -> None:
    """A list in one slot is read value by value."""
    reading = heard("sore back and fever and a headache")

    assert {"back-pain", "fever", "headache"} <= set(findings(reading))


def test_said_twice_the_more_worrying_counts() -> None:
    """A denial in one slot takes nothing from a report in another, whatever their names."""
    envelope = CONVERSATION.say("my chest hurts")
    slots = envelope["request"]["intent"]["slots"]
    name, slot = next((name, slot) for name, slot in slots.items() if slot.get("value"))
    slots["zz"] = {"name": "zz", "confirmationStatus": "NONE", "value": "no chest pain"}
    slots["aa"] = {"name": "aa", "confirmationStatus": "NONE", "value": "no chest pain"}

    assert findings(read(envelope))["chest-pain"] == "present", (name, slot)


def unmatched(value: str, **more: Any) -> dict[str, Any]:
    """A report in which Alexa matched the symptom to nothing."""
    envelope = CONVERSATION.say("my back hurts")
    slot = {"name": "symptom", "confirmationStatus": "NONE", "value": value, **more}
    envelope["request"]["intent"]["slots"]["symptom"] = slot
    return envelope


def test_an_unknown_value_is_read_as_free_text() -> None:
    """What Alexa could not match may still be a danger sign."""
    status = {"code": "ER_SUCCESS_NO_MATCH"}
    resolutions = {"resolutionsPerAuthority": [{"authority": "a", "status": status}]}
    value = "trouble breathing and a really sore back"
    slot_value = {"type": "Simple", "value": value, "resolutions": resolutions}
    reading = read(unmatched(value, resolutions=resolutions, slotValue=slot_value))

    assert {"breathing-difficulty", "back-pain"} <= set(findings(reading))


@pytest.mark.parametrize("more", [{}, {"slotValue": None}, {"resolutions": None}])
def test_a_slot_without_slot_value_is_read(more: dict[str, Any]) -> None:
    """Some clients send the older form of a slot."""
    assert "back-pain" in findings(read(unmatched("back pain", **more)))


def test_a_list_with_an_unknown_value_keeps_it() -> None:
    """One value of a list that matched nothing is read like any other words."""
    envelope = CONVERSATION.say("sore back and fever")
    values = envelope["request"]["intent"]["slots"]["symptom"]["slotValue"]["values"]
    values[1] = {"type": "Simple", "value": "a swollen face"}

    assert {"back-pain", "face-lip-swelling"} <= set(findings(read(envelope)))


def test_the_phrase_is_read() -> None:
    """Free text goes to the reader, whole."""
    reading = heard("i've got a really sore back but no fever")

    assert findings(reading)["back-pain"] == "present"
    assert findings(reading)["fever"] == "absent"


@pytest.mark.parametrize(
    ("said", "answer"),
    [("yeah", Answer.YES), ("none of those", Answer.NO), ("not sure", Answer.UNSURE)],
)
def test_answers_are_answers(said: str, answer: Answer) -> None:
    """Yes, no and I don't know answer the open question."""
    assert heard(said).answer is answer


@pytest.mark.parametrize(
    ("said", "wish"),
    [
        ("why is this happening", Wish.WHY),
        ("what can i do", Wish.WHAT_TO_DO),
        ("is it serious", Wish.IS_IT_SERIOUS),
        ("is that normal", Wish.IS_IT_NORMAL),
        ("why do you say that", Wish.EXPLAIN),
    ],
)
def test_wishes_are_wishes(said: str, wish: Wish) -> None:
    """Questions to us are understood as such."""
    assert heard(said).wish is wish


def test_asking_why_it_hurts_reports_it() -> None:
    """Who asks why the back hurts has a back that hurts."""
    reading = heard("why does my back hurt")

    assert reading.wish is Wish.WHY
    assert findings(reading) == {"back-pain": "present"}


def test_asking_what_is_normal_reports_nothing_yet() -> None:
    """It may be asked by somebody who does not have it: it is asked back."""
    reading = heard("is a headache normal")

    assert not reading.findings
    assert reading.doubtful == ("headache",)


@pytest.mark.parametrize(
    ("said", "medicine"),
    [
        ("can i take ibuprofen", "ibuprofen"),
        ("can i take tylenol", "paracetamol"),
        ("can i take something for the pain", "other-medicine"),
    ],
)
def test_medicines_are_known_by_any_name(said: str, medicine: str) -> None:
    """A brand is its medicine, and no name is any medicine."""
    reading = heard(said)

    assert reading.wish is Wish.CAN_I_TAKE
    assert reading.medicine == medicine


@pytest.mark.parametrize(
    ("said", "expects", "about", "told"),
    [
        ("eight out of ten", None, None, {"severity": 8.0}),
        ("6", "severity", "severity", {"severity": 6.0}),
        ("6", "number", "infusion-count", {"infusion-count": 6.0}),
        ("45", "age", "age-years", {"age-years": 45.0}),
        ("six infusions", None, None, {"infusion-count": 6.0}),
        ("6", "yes-no", "fever", {}),
        ("6", None, None, {}),
        ("two days ago", "onset", "hours-since-infusion", {"hours-since-infusion": 48.0}),
        ("two days ago", "onset", "hours-since-onset", {"hours-since-onset": 48.0}),
        ("two days ago", None, None, {"hours-since-infusion": 48.0}),
        ("two days ago", "onset", "hours-to-onset", {"hours-since-onset": 48.0}),
        ("two days", "onset", "hours-to-onset", {"hours-to-onset": 48.0}),
        ("for two days", None, None, {"hours-since-onset": 48.0}),
        (
            "the infusion was a fortnight ago",
            "onset",
            "hours-since-onset",
            {"hours-since-infusion": 336.0},
        ),
        ("it started an hour and a half after the infusion", None, None, {"hours-to-onset": 1.5}),
        ("a thousand years ago", None, None, {}),
        ("injectafer", "product", "product", {"product": "ferric-carboxymaltose"}),
    ],
)
def test_numbers_and_times_mean_what_was_asked(
    said: str, expects: str | None, about: str | None, told: dict[str, Any]
) -> None:
    """A bare number answers the open question; one that says what it counts needs none."""
    assert findings(heard(said, expects, about)) == told


def test_yesterday_is_some_hours_ago() -> None:
    """A moment is read into hours."""
    told = findings(heard("yesterday", "onset", "hours-since-infusion"))

    assert 12 <= told["hours-since-infusion"] <= 36


@pytest.mark.parametrize("said", ["38.5", "a hundred and one point three degrees"])
def test_degrees_are_celsius_or_fahrenheit(said: str) -> None:
    """Only one of the two scales makes sense of a body's temperature."""
    assert findings(heard(said))["temperature"] == pytest.approx(38.5, abs=0.05)


def test_a_number_that_alexa_did_not_understand_is_nothing() -> None:
    """Alexa sends a question mark; it is no finding and no error."""
    envelope = CONVERSATION.say("eight out of ten")
    envelope["request"]["intent"]["slots"]["severity"]["value"] = "?"
    envelope["request"]["intent"]["slots"]["severity"]["slotValue"]["value"] = "?"

    assert read(envelope) == Reading()


def test_an_intent_we_do_not_have_is_read_by_its_slots() -> None:
    """A model newer than the skill loses nothing that was said."""
    envelope = CONVERSATION.say("my back hurts")
    envelope["request"]["intent"]["name"] = "FutureIntent"

    assert findings(read(envelope)) == {"back-pain": Presence.PRESENT.value}


def test_the_fallback_is_empty() -> None:
    """What matched nothing carries nothing."""
    assert heard("🙂") == Reading()


def labelled() -> list[Any]:
    """The reader's labelled sentences."""
    yaml = YAML(typ="safe", pure=True)
    return [
        pytest.param(entry, id=entry["say"][:70])
        for path in sorted(UTTERANCES.glob("dev*.yaml"))
        for entry in yaml.load(path)
    ]


@pytest.mark.parametrize("entry", labelled())
def test_a_sentence_means_the_same_through_its_slots(entry: dict[str, Any]) -> None:
    """Whatever intent a sentence is heard as, nothing of its meaning is lost on the way."""
    reading = heard(entry["say"], entry.get("expects"), entry.get("about"))
    found = {finding.id: finding for finding in reading.findings}

    for name, label in entry.get("is", {}).items():
        if isinstance(label, dict):
            assert found[name].severity == label["severity"]
        elif label in set(Presence):
            assert found[name].presence == label
        else:
            assert found[name].value == pytest.approx(label, abs=0.05)
    for name in entry.get("ask", ()):
        assert name in {*reading.doubtful, *found}
    for name in entry.get("never", ()):
        assert name not in found or found[name].presence is not Presence.PRESENT
    for key in ("answer", "wish", "medicine"):
        if key in entry:
            assert str(getattr(reading, key)).lower() == entry[key]
