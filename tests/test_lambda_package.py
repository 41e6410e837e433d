"""The cloud function's zip, as it is uploaded, under Amazon's own emulator and client."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import emulator
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SKILL_ID = "amzn1.ask.skill.00000000-0000-4000-8000-000000000000"
MISSING = emulator.missing()

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.skipif(MISSING is not None, reason=MISSING or ""),
]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unzipped package of this machine's processor."""
    return emulator.unzipped_package(tmp_path_factory.mktemp("lambda"))


@pytest.fixture
def function(package: Path) -> Iterator[emulator.Emulator]:
    """The function, started anew."""
    with emulator.Emulator(package, {"IRON_GUIDE_SKILL_ID": SKILL_ID}) as running:
        yield running


class Conversation:
    """One session with the function, as Alexa keeps it."""

    def __init__(self, function: emulator.Emulator, application: str = SKILL_ID) -> None:
        self.function = function
        self.application = application
        self.attributes: dict[str, Any] = {}

    def send(self, request: dict[str, Any], locale: str = "en-US") -> str:
        """Send a request and return what is spoken, without its markup."""
        application = {"applicationId": self.application}
        user = {"userId": "amzn1.ask.account.TEST"}
        response = self.function.invoke(
            {
                "version": "1.0",
                "session": {
                    "new": not self.attributes,
                    "sessionId": "amzn1.echo-api.session.test",
                    "application": application,
                    "attributes": self.attributes,
                    "user": user,
                },
                "context": {"System": {"application": application, "user": user}},
                "request": {
                    "requestId": "amzn1.echo-api.request.test",
                    "timestamp": "2026-11-22T12:00:00Z",
                    "locale": locale,
                    **request,
                },
            }
        )
        self.attributes = response.get("sessionAttributes") or {}
        return re.sub(r"<[^>]+>", "", response["response"]["outputSpeech"]["ssml"])

    def launch(self, locale: str = "en-US") -> str:
        """Open the skill."""
        return self.send({"type": "LaunchRequest"}, locale)

    def say(self, phrase: str, locale: str = "en-US") -> str:
        """Say a sentence that no other intent's samples catch."""
        slot = {"name": "phrase", "value": phrase, "confirmationStatus": "NONE"}
        intent = {"name": "DescribeIntent", "slots": {"phrase": slot}, "confirmationStatus": "NONE"}
        return self.send({"type": "IntentRequest", "intent": intent}, locale)


def test_an_emergency_said_in_free_text_is_answered_with_the_number(
    function: emulator.Emulator,
) -> None:
    """The function greets, hears that somebody cannot breathe, and names 911 at once."""
    conversation = Conversation(function)
    assert "Iron Guide" in conversation.launch()
    assert conversation.say("my back hurts and i can't breathe").startswith("Call 911 now.")


def test_the_number_follows_the_region(function: emulator.Emulator) -> None:
    """In Britain the same sentence is answered with 999."""
    conversation = Conversation(function)
    conversation.launch("en-GB")
    spoken = conversation.say("my back hurts and i can't breathe", "en-GB")
    assert spoken.startswith("Call 999 now.")
    assert "911" not in spoken


def test_a_harmless_sentence_leads_to_a_question(function: emulator.Emulator) -> None:
    """A sore back alone is asked about before anything is said of it."""
    conversation = Conversation(function)
    conversation.launch()
    assert "?" in conversation.say("my back hurts since my iron infusion yesterday")


def test_another_skill_gets_no_answer(function: emulator.Emulator) -> None:
    """A request that names another application is refused, the skill's own is answered."""
    assert Conversation(function).launch()
    stranger = Conversation(function, "amzn1.ask.skill.11111111-1111-4111-8111-111111111111")
    with pytest.raises(emulator.FunctionError):
        stranger.launch()


def test_the_package_holds_only_what_answers_a_request(package: Path) -> None:
    """No web server, AWS SDK or YAML goes to the cloud; all the code comes with its bytecode."""
    names = {path.name.partition("-")[0] for path in package.iterdir()}
    assert not names & {"boto3", "botocore", "cryptography", "flask", "requests", "ruamel", "yaml"}
    assert not [*package.rglob("*.yaml")]
    sources = {path.relative_to(package) for path in package.rglob("*.py")}
    compiled = {
        path.parent.parent.relative_to(package) / f"{path.name.partition('.')[0]}.py"
        for path in package.rglob("*.cpython-312.pyc")
    }
    assert sources == compiled
