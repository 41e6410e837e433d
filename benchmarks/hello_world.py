"""The smallest skill that passes for one, as the Alexa SDK's own samples write it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ask_sdk_core.skill_builder import SkillBuilder
from ask_sdk_core.utils import is_intent_name, is_request_type

if TYPE_CHECKING:
    from ask_sdk_core.handler_input import HandlerInput
    from ask_sdk_model import Response

builder = SkillBuilder()


@builder.request_handler(can_handle_func=is_request_type("LaunchRequest"))
def launch(handler_input: HandlerInput) -> Response:
    """Greet."""
    words = "Welcome, you can say hello!"
    return handler_input.response_builder.speak(words).ask(words).response


@builder.request_handler(can_handle_func=is_intent_name("HelloWorldIntent"))
def hello(handler_input: HandlerInput) -> Response:
    """Say hello."""
    return handler_input.response_builder.speak("Hello World!").ask("Hello again?").response


@builder.request_handler(can_handle_func=is_intent_name("AMAZON.StopIntent"))
def stop(handler_input: HandlerInput) -> Response:
    """Say goodbye."""
    return handler_input.response_builder.speak("Goodbye!").set_should_end_session(True).response


@builder.exception_handler(can_handle_func=lambda _input, _error: True)
def failure(handler_input: HandlerInput, exception: Exception) -> Response:  # noqa: ARG001
    """Apologise."""
    return handler_input.response_builder.speak("Sorry.").ask("Sorry.").response


handler = builder.lambda_handler()
