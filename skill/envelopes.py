"""
Make the request envelopes that Alexa would send, and carry a session from turn to turn.

The local speaker speaks with the skill through these alone, and so do the tests of the web service
and of the cloud function. Of what was said an envelope holds the intent and its slots, no more.
"""

from __future__ import annotations

import datetime as dt
import functools
import html
import re
import uuid
from typing import TYPE_CHECKING, Any

from skill.interaction_model import load_model
from skill.phrases import load_locale
from skill.resolver import LAUNCH, Filled, Resolved, Resolver

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from skill.phrases import Locale

APPLICATION_ID = "amzn1.ask.skill.00000000-0000-0000-0000-000000000000"
USER_ID = "amzn1.ask.account.LOCAL"
DEVICE_ID = "amzn1.ask.device.LOCAL"
API_ENDPOINT = "https://api.amazonalexa.com"
BUILT_IN = "AMAZON."
TOO_QUIET = "EXCEEDED_MAX_REPROMPTS"
"""Why a session ended in which nobody answered."""

_TAG = re.compile(r"<[^<>]*>")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@functools.cache
def _model_of(locale: str) -> tuple[Resolver, Mapping[str, Mapping[str, str]]]:
    """Return what resolves utterances in a locale, and the slots of each intent; made once."""
    model = load_model(locale)
    slots_of = {
        intent["name"]: {slot["name"]: slot["type"] for slot in intent.get("slots", ())}
        for intent in model["interactionModel"]["languageModel"]["intents"]
    }
    return Resolver(model, load_locale(locale).device), slots_of


class Conversation:
    """One session after another with a skill, from the device's side."""

    def __init__(
        self,
        resolver: Resolver,
        locale: str,
        *,
        slots_of: Mapping[str, Mapping[str, str]],
        application_id: str = APPLICATION_ID,
        clock: Callable[[], dt.datetime] = _now,
    ) -> None:
        """
        Begin a session; nothing is sent yet.

        Args:
            resolver: finds intent and slots of an utterance.
            locale: of the device, e.g. `en-GB`.
            slots_of: intent to its slots, name to type: Alexa sends the unfilled ones too.
            application_id: the skill's id.
            clock: says what time it is, with a time zone.
        """
        self._resolver = resolver
        self._locale = locale
        self._slots_of = slots_of
        self._application = {"applicationId": application_id}
        self._clock = clock
        self.resolved: Resolved | None = None
        """What the last utterance was resolved to."""
        self.attributes: dict[str, Any] = {}
        self.ended = False
        self._begin()

    @classmethod
    def of_locale(cls, locale: Locale, **options: Any) -> Conversation:
        """Begin a session on a device of a shipped locale, which knows its interaction model."""
        resolver, slots_of = _model_of(locale.id)
        return cls(resolver, locale.id, slots_of=slots_of, **options)

    def _begin(self) -> None:
        self._session_id = f"amzn1.echo-api.session.{uuid.uuid4()}"
        self._new = True
        self.attributes = {}
        self.ended = False

    def launch(self) -> dict[str, Any]:
        """Return the request that opens the skill."""
        self.resolved = Resolved(LAUNCH)
        return self._envelope({"type": LAUNCH, "shouldLinkResultBeReturned": False})

    def say(self, utterance: str) -> dict[str, Any]:
        """Return the request that an utterance makes; in a new session if the last one ended."""
        return self.resolve_to(self._resolver.resolve(utterance))

    def resolve_to(self, resolved: Resolved) -> dict[str, Any]:
        """Return the request of an intent and its slots."""
        if resolved.intent == LAUNCH:
            return self.launch()
        self.resolved = resolved
        declared = self._slots_of.get(resolved.intent, {})
        intent: dict[str, Any] = {"name": resolved.intent, "confirmationStatus": "NONE"}
        if declared:
            intent["slots"] = {
                name: self._slot(name, resolved.slots.get(name)) for name in declared
            }
        return self._envelope({"type": "IntentRequest", "intent": intent})

    def end(self, reason: str = "USER_INITIATED") -> dict[str, Any]:
        """Return the request that tells the skill that the session is over."""
        self.resolved = None
        envelope = self._envelope({"type": "SessionEndedRequest", "reason": reason})
        self.ended = True
        return envelope

    def heard(self, response: Mapping[str, Any]) -> None:
        """Take in the skill's answer: what it keeps for the next turn, and whether it is over."""
        self.attributes = response.get("sessionAttributes") or {}
        answer = response.get("response") or {}
        self.ended = self.ended or answer.get("shouldEndSession") is True

    def _envelope(self, request: dict[str, Any]) -> dict[str, Any]:
        if self.ended:
            self._begin()
        user = {"userId": USER_ID}
        session = {
            "new": self._new,
            "sessionId": self._session_id,
            "application": self._application,
            "attributes": self.attributes,
            "user": user,
        }
        system = {
            "application": self._application,
            "user": user,
            "device": {"deviceId": DEVICE_ID, "supportedInterfaces": {}},
            "apiEndpoint": API_ENDPOINT,
            "apiAccessToken": "local",
        }
        self._new = False
        moment = self._clock().astimezone(dt.UTC).replace(microsecond=0, tzinfo=None)
        return {
            "version": "1.0",
            "session": session,
            "context": {"System": system},
            "request": {
                "requestId": f"amzn1.echo-api.request.{uuid.uuid4()}",
                "timestamp": f"{moment.isoformat()}Z",
                "locale": self._locale,
                **request,
            },
        }

    def _slot(self, name: str, filled: Filled | None) -> dict[str, Any]:
        slot: dict[str, Any] = {"name": name, "confirmationStatus": "NONE"}
        if filled is None:
            return slot
        slot["source"] = "USER"
        if filled.several:
            slot["slotValue"] = {
                "type": "List",
                "values": [self._simple(one) for one in filled.several],
            }
            return slot
        simple = self._simple(filled)
        slot |= {"value": filled.value, "slotValue": simple}
        if "resolutions" in simple:
            slot["resolutions"] = simple["resolutions"]
        return slot

    def _simple(self, filled: Filled) -> dict[str, Any]:
        value: dict[str, Any] = {"type": "Simple", "value": filled.value}
        if filled.type.startswith(BUILT_IN):
            return value
        code = "ER_SUCCESS_NO_MATCH" if filled.id is None else "ER_SUCCESS_MATCH"
        application = self._application["applicationId"]
        authority: dict[str, Any] = {
            "authority": f"amzn1.er-authority.echo-sdk.{application}.{filled.type}",
            "status": {"code": code},
        }
        if filled.id is not None:
            authority["values"] = [{"value": {"name": filled.name, "id": filled.id}}]
        value["resolutions"] = {"resolutionsPerAuthority": [authority]}
        return value


def plain(output: Mapping[str, Any] | None) -> str:
    """Return an `outputSpeech` as it sounds: without tags, one space between words."""
    output = output or {}
    text = output.get("ssml")
    text = html.unescape(_TAG.sub(" ", text)) if isinstance(text, str) else output.get("text", "")
    # A tag in the middle of a sentence leaves a space before the full stop.
    return re.sub(r" ([.,;:?!])", r"\1", " ".join(str(text).split()))
