"""The real skill behind the real door: signed requests hear what the local speaker hears."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from alexa_requests import encoded, envelope, listening, post, signed, speech
from certificates import Authority

from skill.app import build_skill
from skill.envelopes import APPLICATION_ID
from skill.phrases import load_locale
from skill.talk import Speaker
from skill.web import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from certificates import Signer

    from skill.app import IronGuideSkill

Heard = dict[str, Any]

MOST_TURNS = 25


class SignedSkill:
    """The skill as Alexa reaches it: each envelope is signed, sent over HTTP and verified."""

    def __init__(self, port: int, alexa: Signer) -> None:
        self._port = port
        self._alexa = alexa

    def invoke(self, content: Heard) -> Heard:
        """Send an envelope and return what the service answers."""
        body = encoded(content)
        status, answer = post(self._port, body, signed(self._alexa, body))
        assert status == 200
        response: Heard = json.loads(answer)
        return response


@pytest.fixture(scope="module")
def service() -> Iterator[SignedSkill]:
    """The service with a test authority in Amazon's place."""
    authority = Authority()
    alexa = authority.leaf()
    app = create_app(
        build_skill(APPLICATION_ID),
        skill_id=APPLICATION_ID,
        roots=[authority.root],
        fetch=lambda _url: alexa.chain,
    )
    with listening(app) as port:
        yield SignedSkill(port, alexa)


@pytest.fixture(scope="module")
def skill() -> IronGuideSkill:
    """The skill with nothing around it."""
    return build_skill()


def converse(
    said: str, locale: str, skill: SignedSkill | IronGuideSkill, moment: datetime | None = None
) -> list[Heard]:
    """Say this, then no to all that is asked, until nothing more is asked; all at one moment."""
    moment = moment or datetime.now(UTC)
    speaker = Speaker(load_locale(locale), skill)
    speaker._conversation._clock = lambda: moment
    heard: list[Heard] = []
    line = said
    while len(heard) < MOST_TURNS:
        turn = speaker.hear(line)
        del turn["elapsed_ms"]
        heard.append(turn)
        if turn["session_ended"] or turn["question"] is None:
            break
        line = "no" if turn["expects"] == "yes-no" else "i don't know"
    return heard


SAID = {
    "a sore back": "my back hurts since my iron infusion yesterday",
    "flu-like": "I had my infusion this morning, my back and joints ache and I feel fluey",
    "weak bones": "I've had five Injectafer infusions and my bones ache and I'm so weak",
    "a swollen arm": "my arm is swollen and brown where the needle was",
    "a swollen face": "my face is swelling up",
    "no breath": "my back hurts and I can't breathe",
    "no chest pain": "I don't have chest pain, just a bit of a sore back",
    "ibuprofen": "can I take ibuprofen",
    "the weather": "what's the weather",
}


@pytest.mark.parametrize("locale", ["en-US", "en-GB"])
@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
def test_signed_requests_hear_what_the_speaker_hears(
    said: str, locale: str, service: SignedSkill, skill: IronGuideSkill
) -> None:
    """Turn by turn the same words, findings, urgency and rules, through the web and without."""
    moment = datetime.now(UTC)

    heard = converse(said, locale, service, moment)

    assert heard == converse(said, locale, skill, moment)
    assert all(turn["error"] is None and turn["speech"] for turn in heard)


@pytest.mark.parametrize(("locale", "number"), [("en-US", "911"), ("en-GB", "999")])
@pytest.mark.parametrize("said", [SAID["no breath"], SAID["a swollen face"]])
def test_an_emergency_is_an_emergency_over_the_web(
    said: str, locale: str, number: str, service: SignedSkill
) -> None:
    """The first answer announces it and names the number to call."""
    first = converse(said, locale, service)[0]

    assert first["urgency"] == "emergency"
    assert number in first["speech"]


def test_an_achy_patient_without_danger_signs_may_stay_at_home(service: SignedSkill) -> None:
    """After no to everything: no emergency, and the likely cause."""
    last = converse(SAID["flu-like"], "en-US", service)[-1]

    assert last["urgency"] in {"self-care", "within-24-hours"}
    assert "delayed-inflammatory" in {cause["id"] for cause in last["causes"]}


@pytest.mark.parametrize(("locale", "number"), [("en-US", "911"), ("en-GB", "999")])
def test_a_request_newer_than_the_sdk_is_answered_safely(
    locale: str, number: str, service: SignedSkill
) -> None:
    """What cannot be read is answered with where to get help, in the patient's country."""
    content = envelope(type="Alexa.Future.Request", locale=locale)
    application = {"applicationId": APPLICATION_ID}
    content["session"]["application"] = application
    content["context"]["System"]["application"] = application

    answer = service.invoke(content)

    assert number in speech(encoded(answer))
