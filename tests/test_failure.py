"""When anything goes wrong the patient still hears a safe sentence, and nothing told is lost."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
from ask_sdk_core.exceptions import AskSdkException
from ask_sdk_core.skill import CustomSkill, SkillConfiguration

from rules_lib import KnowledgeBase, RulesLibError
from skill import app
from skill.app import build_skill, knowledge_base, lambda_handler, safe_response
from skill.application import SKILL_ID_VARIABLE
from skill.conversation import KEY
from skill.envelopes import plain
from skill.handlers.turn import TURN
from skill.phrases import LOCALES, load_locale
from skill.refusal import ApplicationIdError
from skill.talk import Speaker
from skill.web import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OTHER_ID = "amzn1.ask.skill.somebody-else"


def _request(**request: Any) -> dict[str, Any]:
    return {
        "version": "1.0",
        "session": {
            "new": False,
            "sessionId": "s",
            "application": {"applicationId": OTHER_ID},
            "attributes": {},
            "user": {"userId": "u"},
        },
        "context": {
            "System": {
                "application": {"applicationId": OTHER_ID},
                "user": {"userId": "u"},
                "device": {"deviceId": "d", "supportedInterfaces": {}},
                "apiEndpoint": "https://api.amazonalexa.com",
            }
        },
        "request": {
            "type": "LaunchRequest",
            "requestId": "r",
            "timestamp": "2026-11-22T12:00:00Z",
            "locale": "en-US",
            **request,
        },
    }


def _said(response: dict[str, Any]) -> str:
    return plain(response["response"]["outputSpeech"])


def test_a_broken_engine_still_speaks(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An error in the middle of a turn names the number and the team, and keeps what was told."""
    speaker = Speaker(load_locale("en-US"))
    told = speaker.hear("my back hurts")["findings"]

    def broken(*_: Any, **__: Any) -> Any:
        raise RulesLibError("my back hurts")

    with monkeypatch.context() as patch:
        patch.setattr("skill.dialogue.assess", broken)
        failed = speaker.hear("no")
    after = speaker.hear("no")

    assert "911" in failed["speech"]
    assert "infusion team" in failed["speech"]
    assert failed["error"] == "RulesLibError"
    assert failed["urgency"] == "same-day"
    assert not failed["session_ended"]
    assert after["urgency"] == "same-day"
    assert told.items() <= after["findings"].items()
    assert "back" not in caplog.text


@pytest.mark.parametrize(
    "event",
    [
        {},
        None,
        [],
        {"request": None},
        {"request": {"type": "IntentRequest"}},
        {"request": {"locale": 7}},
        {"version": "1.0", "request": {"type": "Nonsense", "locale": "en-GB"}},
        _request(type="IntentRequest"),
        _request(type="IntentRequest", intent={"name": "NobodysIntent"}),
        _request(type="IntentRequest", intent={"name": "DescribeIntent", "slots": {"x": None}}),
        _request(timestamp="yesterday"),
        _request(locale="tlh"),
        {**_request(), "session": None},
        {**_request(), "context": None},
    ],
)
def test_the_function_answers_any_event(event: Any) -> None:
    """The cloud function speaks whatever is thrown at it, and its answer is plain JSON."""
    response = json.loads(json.dumps(lambda_handler(event, None)))

    assert _said(response)
    assert "call" in _said(response).lower() or "feel" in _said(response).lower()


def test_an_intent_we_do_not_know_is_answered_as_not_understood() -> None:
    """A model newer than the function must not break it."""
    response = lambda_handler(_request(type="IntentRequest", intent={"name": "NewIntent"}), None)

    assert "iron infusion" in _said(response)
    assert response["sessionAttributes"][TURN]["error"] is None


def test_a_session_that_ended_is_answered_with_silence() -> None:
    """After the end of a session nothing may be said."""
    response = lambda_handler(_request(type="SessionEndedRequest", reason="USER_INITIATED"), None)

    assert "outputSpeech" not in response["response"]


def test_another_skills_requests_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """With an application id configured the function answers no other application."""
    monkeypatch.setenv(SKILL_ID_VARIABLE, "amzn1.ask.skill.ours")
    half = _request()
    half["context"]["System"]["application"]["applicationId"] = "amzn1.ask.skill.ours"

    for event in (_request(), half):
        with pytest.raises(ApplicationIdError, match="somebody-else"):
            lambda_handler(event, None)
    monkeypatch.setenv(SKILL_ID_VARIABLE, OTHER_ID)
    assert _said(lambda_handler(_request(), None)) == load_locale("en-US").phrase("welcome")


def test_a_skill_of_its_own_id_answers_no_other() -> None:
    """Whoever builds the skill with an id need not check requests beforehand."""
    with pytest.raises(AskSdkException):
        build_skill("amzn1.ask.skill.ours").invoke(_request())
    assert _said(build_skill(OTHER_ID).invoke(_request()))


@pytest.mark.parametrize("event", [{}, None, {"request": {"locale": "en-GB"}}])
def test_a_request_of_no_skill_is_answered_safely(
    event: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What names no application may be a patient's request that was cut on its way."""
    monkeypatch.setenv(SKILL_ID_VARIABLE, "amzn1.ask.skill.ours")

    assert "call" in _said(lambda_handler(event, None))


def test_the_local_speaker_needs_no_id(monkeypatch: pytest.MonkeyPatch) -> None:
    """The id that an operator set for the service does not silence the terminal."""
    monkeypatch.setenv(SKILL_ID_VARIABLE, "amzn1.ask.skill.ours")

    assert Speaker(load_locale("en-US")).greeting == load_locale("en-US").phrase("welcome")


@pytest.mark.parametrize("locale", ["en-US", "en-GB", "en-ZA", "tlh", "", None])
def test_the_safe_sentence_exists_everywhere(locale: str | None) -> None:
    """Even for a locale nobody shipped there is something safe to say."""
    response = safe_response(locale)

    assert "call" in _said(response)
    assert response["response"]["shouldEndSession"] is False
    assert KEY not in response["sessionAttributes"]


@pytest.fixture
def broken_pack(monkeypatch: pytest.MonkeyPatch) -> None:
    """A knowledge pack that cannot be loaded."""

    def broken(_: str) -> Any:
        raise RulesLibError("the pack is damaged")

    monkeypatch.setattr(KnowledgeBase, "load", broken)
    knowledge_base.cache_clear()
    app._shared_skill.cache_clear()


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A folder with all the words of the locales, to be damaged."""
    for path in LOCALES.glob("*.json"):
        (tmp_path / path.name).symlink_to(path)
    monkeypatch.setattr("skill.phrases.LOCALES", tmp_path)
    load_locale.cache_clear()
    yield tmp_path
    load_locale.cache_clear()


@pytest.mark.usefixtures("broken_pack")
@pytest.mark.parametrize(
    ("locale", "number"), [("en-US", "911"), ("en-GB", "999"), ("de-DE", "112")]
)
def test_a_broken_pack_leaves_the_safe_sentence(locale: str, number: str) -> None:
    """Without any rules the function still names the number of the patient's country."""
    response = lambda_handler(_request(locale=locale), None)

    assert number in _said(response)
    assert _said(response) == load_locale(locale).phrase("failure")


@pytest.mark.usefixtures("broken_pack")
def test_a_broken_pack_leaves_the_safe_sentence_of_the_web_service() -> None:
    """A service whose skill cannot be had speaks as the function does."""

    class Broken(CustomSkill):
        def invoke(self, request_envelope: Any, context: Any) -> Any:
            return build_skill().invoke(request_envelope, context)

    service = create_app(Broken(SkillConfiguration([], [])), skill_id=None, verify=False)
    answer = service.test_client().post("/", json=_request(locale="fr-FR"))

    assert answer.status_code == 200
    assert _said(json.loads(answer.data)) == load_locale("fr-FR").phrase("failure")


def test_damaged_words_of_a_region_are_those_of_its_language(words: Path) -> None:
    """Bytes that are no text change the country, not the language."""
    (words / "de-DE.json").unlink()
    (words / "de-DE.json").write_bytes(b"\xff\xfe{")

    assert _said(safe_response("de-DE")) == load_locale("de").phrase("failure")


def test_without_any_words_there_is_a_last_resort(words: Path) -> None:
    """It says what English says where no country is known."""
    usual = load_locale("en").phrase("failure")
    load_locale.cache_clear()
    for path in words.iterdir():
        path.unlink()

    response = safe_response("de-DE")

    assert _said(response) == usual
    assert "your local emergency number" in _said(response)
    assert response["response"]["shouldEndSession"] is False


def test_nothing_that_was_said_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The log holds no word of the patient."""
    caplog.set_level(logging.DEBUG)
    speaker = Speaker(load_locale("en-GB"))
    speaker.hear("my extraordinary xylophone back hurts")

    assert "xylophone" not in caplog.text
