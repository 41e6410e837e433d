"""Opening the skill without saying more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ask_sdk_core.utils import is_request_type

from skill.handlers.turn import Handler

if TYPE_CHECKING:
    from ask_sdk_core.handler_input import HandlerInput
    from ask_sdk_model import Response


class LaunchHandler(Handler):
    """`open iron guide`: greet, say what this is and is not, ask what is felt."""

    def can_handle(self, handler_input: HandlerInput) -> bool:
        """Take launch requests."""
        return bool(is_request_type("LaunchRequest")(handler_input))

    def handle(self, handler_input: HandlerInput) -> Response:
        """Greet."""
        return self.answer(handler_input, lambda dialogue, talk: dialogue.launch(talk))
