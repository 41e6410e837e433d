"""A conversation with the skill from a device's side, kept as the requests that it made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skill.app import lambda_handler as iron_guide
from skill.envelopes import Conversation
from skill.phrases import load_locale
from skill.resolver import Resolved

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCALE = "en-US"
MOST_TURNS = 25


class FailedTurnError(Exception):
    """The skill fell back to its last resort, so its time says nothing."""


def device() -> Conversation:
    """Return a device on which nothing was said yet."""
    return Conversation.of_locale(load_locale(LOCALE))


def requested(name: str) -> dict[str, Any]:
    """Return a request of an intent without slots."""
    return device().resolve_to(Resolved(name))


def interview(opening: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """
    Say something, deny every danger, and say of all else that one does not know.

    Yields:
        What the turn is, and its request with the session attributes that it had; the last is
        the one that is answered with the assessment.
    """
    speaker = device()
    name, asked = "launch", speaker.launch()
    for number in range(MOST_TURNS):
        yield f"{name} ({speaker.resolved.intent})" if speaker.resolved and number else name, asked
        answer = iron_guide(asked, None)
        speaker.heard(answer)
        turn = speaker.attributes.get("turn", {})
        if turn.get("error") or "conversation" not in speaker.attributes:
            msg = f"{name}: {turn.get('error')}"
            raise FailedTurnError(msg)
        if speaker.attributes["conversation"]["finished"]:
            return
        if not number:
            name, asked = "what is felt", speaker.say(opening)
            continue
        name = f"answer {number}, {turn['question']}"
        asked = speaker.say("no" if turn["expects"] == "yes-no" else "i don't know")
    msg = f"no assessment within {MOST_TURNS} turns"
    raise FailedTurnError(msg)
