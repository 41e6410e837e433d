"""Hears an utterance the whole way: local resolver, intent and slots, free-text reader."""

from __future__ import annotations

import datetime as dt
import functools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ask_sdk_core.serialize import DefaultSerializer
from ask_sdk_model import Intent

from rules_lib.facts import Presence
from skill.app import House, knowledge_base
from skill.envelopes import Conversation
from skill.slots import reading_from_intent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skill.reading import Person, Wish

MOMENT = dt.datetime(2026, 11, 22, 20, 30, tzinfo=dt.UTC)
"""When everything is said: a Sunday evening."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was understood of an utterance, as the first turn of a session."""

    intent: str
    findings: Mapping[str, str | float]
    """Finding id to `present`, `absent`, `unsure` or its value."""
    doubtful: frozenset[str]
    """To be asked back as yes or no."""
    person: Person | None
    wish: Wish | None

    @property
    def present(self) -> frozenset[str]:
        """Return the ids of what was taken as reported, values among them."""
        return frozenset(
            name for name, said in self.findings.items() if said not in {"absent", "unsure"}
        )


class Listener:
    """A device and the skill's ears in one locale."""

    def __init__(self, locale: str) -> None:
        house = House(knowledge_base())
        words = house.locale(locale)
        self.reader = house.reader(words)
        self._device = Conversation.of_locale(words, clock=lambda: MOMENT)
        self._serializer = DefaultSerializer()

    def hear(self, text: str) -> Heard:
        """Return what is understood of an utterance said first in a session."""
        request = self._device.say(text)["request"]
        if "intent" not in request:
            return Heard("LaunchRequest", {}, frozenset(), None, None)
        intent = self._serializer.deserialize(json.dumps(request["intent"]), Intent)
        reading = reading_from_intent(intent.name, intent.slots or {}, self.reader, now=MOMENT)
        return Heard(
            intent=intent.name,
            findings={
                found.id: str(found.presence)
                if found.presence is not Presence.PRESENT or found.value is None
                else found.value
                for found in reading.findings
            },
            doubtful=frozenset(reading.doubtful),
            person=reading.person,
            wish=reading.wish,
        )


@functools.cache
def listener(locale: str) -> Listener:
    """Return the listener of a locale, made once."""
    return Listener(locale)
