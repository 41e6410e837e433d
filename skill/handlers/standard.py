"""The intents every skill has: help, repeat, start over, stop, and the end of a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ask_sdk_core.utils import is_intent_name, is_request_type

from skill.handlers.turn import Handler

if TYPE_CHECKING:
    from ask_sdk_core.handler_input import HandlerInput
    from ask_sdk_model import Response


class HelpHandler(Handler):
    """`help`: what one can say, then the open question again."""

    def can_handle(self, handler_input: HandlerInput) -> bool:
        """Take the help intent."""
        return bool(is_intent_name("AMAZON.HelpIntent")(handler_input))

    def handle(self, handler_input: HandlerInput) -> Response:
        """Help."""
        return self.answer(handler_input, lambda dialogue, talk: dialogue.help(talk))


class RepeatHandler(Handler):
    """`repeat`: the last words once more."""

    def can_handle(self, handler_input: HandlerInput) -> bool:
        """Take the repeat intent."""
        return bool(is_intent_name("AMAZON.RepeatIntent")(handler_input))

    def handle(self, handler_input: HandlerInput) -> Response:
        """Repeat."""
        return self.answer(handler_input, lambda dialogue, talk: dialogue.repeat(talk))


class StartOverHandler(Handler):
    """`start over`: forget everything, and ask afresh."""

    def can_handle(self, handler_input: HandlerInput) -> bool:
        """Take the start-over intent."""
        return bool(is_intent_name("AMAZON.StartOverIntent")(handler_input))

    def handle(self, handler_input: HandlerInput) -> Response:
        """Start over."""
        return self.answer(handler_input, lambda dialogue, talk: dialogue.start_over(talk))


class StopHandler(Handler):
    """`stop`, `cancel`, `go home`: goodbye, with what to do where the interview is cut short."""

    def can_handle(self, handler_input: HandlerInput) -> bool:
        """Take the three intents that leave."""
        return any(
            is_intent_name(f"AMAZON.{name}Intent")(handler_input)
            for name in ("Stop", "Cancel", "NavigateHome")
        )

    def handle(self, handler_input: HandlerInput) -> Response:
        """Say goodbye."""
        return self.answer(handler_input, lambda dialogue, talk: dialogue.stop(talk))


class SessionEndedHandler(Handler):
    """The session is over: nothing can be said any more, and nothing is kept."""

    def can_handle(self, handler_input: HandlerInput) -> bool:
        """Take session-ended requests."""
        return bool(is_request_type("SessionEndedRequest")(handler_input))

    def handle(self, handler_input: HandlerInput) -> Response:
        """Answer with the empty response that Alexa wants."""
        return handler_input.response_builder.response
