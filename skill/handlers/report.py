"""Everything a patient reports, answers or asks: one reading, one turn."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, cast

from ask_sdk_core.utils import is_request_type

from skill.handlers.turn import Handler
from skill.slots import reading_from_intent

if TYPE_CHECKING:
    from ask_sdk_core.handler_input import HandlerInput
    from ask_sdk_model import IntentRequest, Response

    from skill.conversation import Conversation
    from skill.dialogue import Dialogue, Turn


class ReportHandler(Handler):
    """Any intent: what cannot be read is answered too, and more helpfully each time."""

    def can_handle(self, handler_input: HandlerInput) -> bool:
        """Take every intent that no handler before took."""
        return bool(is_request_type("IntentRequest")(handler_input))

    def handle(self, handler_input: HandlerInput) -> Response:
        """Read the intent's slots and take a turn."""
        request = cast("IntentRequest", handler_input.request_envelope.request)
        intent = request.intent
        locale = self.voice.locale(request.locale)
        # Devices tell the time by Greenwich; "yesterday" and "this morning" go by the patient's.
        now = locale.by_its_clocks(request.timestamp or dt.datetime.now(dt.UTC))

        def act(dialogue: Dialogue, talk: Conversation) -> Turn:
            question = talk.question
            reading = reading_from_intent(
                intent.name if intent else "",
                (intent.slots if intent else None) or {},
                self.voice.reader(locale),
                now=now,
                expects=question.expects if question else None,
                about=question.finding or None if question else None,
            )
            return dialogue.take(talk, reading)

        return self.answer(handler_input, act)
