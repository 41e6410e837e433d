"""What the local speaker sends to the skill, and what it says when the skill fails."""

from __future__ import annotations

import json
from typing import Any

import pytest
from dialogue_files import our_skill

from skill.envelopes import Conversation
from skill.phrases import load_locale
from skill.talk import LONGEST_UTTERANCE, Speaker

LOCALE = load_locale("en-US")


class Listening:
    """The real skill behind a record of what reached it."""

    def __init__(self) -> None:
        self.skill = our_skill()
        self.requests: list[dict[str, Any]] = []

    def invoke(self, envelope: dict[str, Any]) -> Any:
        """Keep a copy of the request and have it answered."""
        self.requests.append(json.loads(json.dumps(envelope)))
        return self.skill.invoke(envelope)


@pytest.mark.parametrize(
    "said",
    [
        "my zygomatic back zygomatic hurts",
        "i have zygomatic pain",
        "yes zygomatic",
        "ask iron guide about zygomatic things",
        "🙂",
        "open iron guide",
        "zygomatic " * 200,
        "",
    ],
)
def test_nothing_but_the_slots_carries_words_to_the_skill(said: str) -> None:
    """Without its slots a request holds no word of what was said."""
    listening = Listening()
    speaker = Speaker(LOCALE, listening)
    speaker.hear(said)
    said_to_skill = listening.requests[1:]

    for request in said_to_skill:
        slots = request["request"].get("intent", {}).pop("slots", {})
        assert set(slots) <= {"phrase", "symptom"}
        assert "zygomatic" not in json.dumps(request)
        if said.strip() in {"", "🙂", "open iron guide"} or len(said) > LONGEST_UTTERANCE:
            assert not slots


def test_the_skill_hears_the_slot_and_nothing_else() -> None:
    """Take the slots out of a request, and the skill has understood nothing."""
    skill = our_skill()
    device = Conversation.of_locale(LOCALE)
    whole = device.say("well my face is swelling up and my back is killing me")
    emptied = json.loads(json.dumps(whole))
    for slot in emptied["request"]["intent"]["slots"].values():
        for key in ("value", "slotValue", "resolutions"):
            slot.pop(key, None)

    understood = skill.invoke(whole)["sessionAttributes"]["turn"]["findings"]
    nothing = skill.invoke(emptied)["sessionAttributes"]["turn"]["findings"]

    assert "face-lip-swelling" in understood
    assert nothing == {}


def test_a_skill_that_breaks_is_answered_for() -> None:
    """Whatever fails behind the speaker, the patient hears what to do."""

    class Broken:
        def invoke(self, envelope: dict[str, Any]) -> dict[str, Any]:
            raise RuntimeError(envelope["version"])

    answer = Speaker(LOCALE, Broken()).hear("my back hurts")
    usual = Speaker(LOCALE, our_skill()).hear("my back hurts")

    assert answer["error"] == "RuntimeError"
    assert "911" in answer["speech"]
    assert list(answer) == list(usual)
