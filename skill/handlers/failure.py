"""The last resort: whatever went wrong, the patient hears a safe sentence."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ask_sdk_core.dispatch_components import AbstractExceptionHandler

from skill import speech
from skill.conversation import KEY
from skill.error_place import place_of
from skill.handlers.turn import TURN, Voice, nothing_known, session_attributes

if TYPE_CHECKING:
    from ask_sdk_core.handler_input import HandlerInput
    from ask_sdk_model import Response

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FailureHandler(AbstractExceptionHandler):
    """Speaks the emergency number and the care team, and keeps what was told."""

    voice: Voice

    def can_handle(self, handler_input: HandlerInput, exception: Exception) -> bool:  # noqa: ARG002
        """Take everything."""
        return True

    def handle(self, handler_input: HandlerInput, exception: Exception) -> Response:
        """Log what kind of error it was, never what was said, and speak."""
        _log.error("a turn failed: %s", place_of(exception))
        envelope = handler_input.request_envelope
        locale = self.voice.locale(getattr(envelope.request, "locale", None))
        attributes = session_attributes(handler_input)
        kept, told = attributes.get(KEY), attributes.get(TURN)
        kept = kept if isinstance(kept, dict) else {}
        told = told if isinstance(told, dict) else nothing_known(self.voice.kb)
        # The sentence says "today": what is announced must not be less, and never falls.
        announced = "emergency" if kept.get("announced") == "emergency" else "same-day"
        attributes[KEY] = {**kept, "announced": announced}
        attributes[TURN] = {**told, "urgency": announced, "error": type(exception).__name__}
        words = speech.ssml(locale, locale.phrase("failure"))
        again = speech.ssml(locale, locale.phrase("welcome_reprompt"))
        builder = handler_input.response_builder
        return builder.speak(words).ask(again).set_should_end_session(False).response
