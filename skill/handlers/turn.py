"""What every handler does the same way: read the conversation, take a turn, answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ask_sdk_core.dispatch_components import AbstractRequestHandler

from rules_lib.facts import Presence
from skill import speech
from skill.conversation import KEY, Conversation

if TYPE_CHECKING:
    from collections.abc import Callable

    from ask_sdk_core.handler_input import HandlerInput
    from ask_sdk_model import Response

    from rules_lib import Assessment, KnowledgeBase
    from skill.dialogue import Dialogue, Turn
    from skill.phrases import Locale
    from skill.slots import Reads

# Looking a member up in its enumeration is slow before Python 3.12.
_PRESENT = Presence.PRESENT
TURN = "turn"
"""Where the clinical account of a turn stands in the session attributes."""


class Voice(Protocol):
    """What the composition root hands to every handler."""

    @property
    def kb(self) -> KnowledgeBase:
        """The knowledge base."""

    def locale(self, name: str | None) -> Locale:
        """Return the words of a request's locale."""

    def dialogue(self, locale: Locale) -> Dialogue:
        """Return the dialogue in these words."""

    def reader(self, locale: Locale) -> Reads:
        """Return the reader of this locale's free text."""


@dataclass(frozen=True)
class Handler(AbstractRequestHandler):
    """A request handler with the house's voice."""

    voice: Voice

    def can_handle(self, handler_input: HandlerInput) -> bool:
        """Say whether this handler answers the request."""
        raise NotImplementedError

    def handle(self, handler_input: HandlerInput) -> Response:
        """Answer the request."""
        raise NotImplementedError

    def answer(
        self, handler_input: HandlerInput, act: Callable[[Dialogue, Conversation], Turn]
    ) -> Response:
        """Take a turn in the conversation of this session and put it into the response."""
        locale = self.voice.locale(getattr(handler_input.request_envelope.request, "locale", None))
        attributes = session_attributes(handler_input)
        talk = Conversation.from_attributes(self.voice.kb, attributes.get(KEY))
        turn = act(self.voice.dialogue(locale), talk)
        attributes[KEY] = talk.to_attributes()
        attributes[TURN] = account(self.voice.kb, talk, turn.assessment)
        builder = handler_input.response_builder
        builder.speak(speech.ssml(locale, turn.speech))
        if turn.reprompt is None:
            builder.set_should_end_session(True)
        else:
            builder.ask(speech.ssml(locale, turn.reprompt)).set_should_end_session(False)
        return builder.response


def session_attributes(handler_input: HandlerInput) -> dict[str, Any]:
    """Return the attributes of the request's session; an empty dict where it has none."""
    if handler_input.request_envelope.session is None:
        return {}
    manager = handler_input.attributes_manager
    attributes: dict[str, Any] | None = manager.session_attributes
    if attributes is None:
        manager.session_attributes = attributes = {}
    return attributes


def nothing_known(kb: KnowledgeBase) -> dict[str, Any]:
    """Return the account of a turn in which nothing could be worked out."""
    account: dict[str, Any] = dict.fromkeys(("floor", "urgency", "question", "expects", "error"))
    account |= {"patient": "speaker", "findings": {}, "causes": [], "advice": [], "withheld": []}
    return account | {
        "rules": [],
        "knowledge_base": kb.version,
        "engine": None,
        "differences": [],
    }


def account(kb: KnowledgeBase, talk: Conversation, assessment: Assessment | None) -> dict[str, Any]:
    """Return the clinical side of a turn as plain data, for the local speaker and for tests."""
    question = talk.question
    told = {
        "patient": talk.patient.value,
        "urgency": talk.announced.id if talk.announced else None,
        "question": question.id if question else None,
        "expects": question.expects if question else None,
    }
    if assessment is None:
        return nothing_known(kb) | told
    return told | {
        "findings": {
            name: str(found.presence)
            if found.presence is not _PRESENT or found.value is None
            else _number(found.value)
            for name, found in assessment.findings.items()
        },
        "floor": assessment.floor.id if assessment.floor else None,
        "causes": [
            {"id": cause.id, "likelihood": cause.likelihood.value} for cause in assessment.causes
        ]
        if assessment.findings
        else [],
        "advice": list(assessment.advice),
        "withheld": [{"id": item.id, "reason": item.reason.value} for item in assessment.withheld],
        "rules": list(assessment.rules),
        "knowledge_base": kb.version,
        "engine": assessment.engine,
        "differences": list(assessment.differences),
        "error": None,
    }


def _number(value: float | str) -> float | int | str:
    if not isinstance(value, float):
        return value
    return int(value) if value.is_integer() else round(value, 2)
