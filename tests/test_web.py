"""The web service from outside: signed requests in, speech out, 400 for everything else."""

from __future__ import annotations

import json
import logging
import socketserver
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from alexa_requests import (
    SAFE,
    SECRET,
    SKILL,
    Headers,
    encoded,
    envelope,
    guarded,
    hello,
    signed,
    speech,
)
from certificates import CHAIN_URL, DAY, Authority, Signer, rsa_key

from skill.certificate_fetch import fetch_chain
from skill.web import LARGEST_BODY, create_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask


@pytest.fixture(scope="module")
def authority() -> Authority:
    """A root that the service is told to trust."""
    return Authority()


@pytest.fixture(scope="module")
def alexa(authority: Authority) -> Signer:
    """Who signs as Alexa does."""
    return authority.leaf()


@pytest.fixture
def app(authority: Authority, alexa: Signer) -> Flask:
    """The service as it should be."""
    return guarded(authority, alexa.chain)


# --- what passes ----------------------------------------------------------------------------


def test_a_good_request_is_answered(app: Flask, alexa: Signer) -> None:
    """Signed by Alexa, for this skill, now: the skill speaks."""
    body = encoded(envelope())

    answer = app.test_client().post("/", data=body, headers=signed(alexa, body))

    assert answer.status_code == 200
    assert "Hello." in speech(answer.data)
    assert json.loads(answer.data)["sessionAttributes"] == {"said": SECRET}


def test_a_health_check_needs_no_signature(app: Flask) -> None:
    """A load balancer may ask whether the service is there."""
    assert app.test_client().get("/healthz").status_code == 200


# --- what is refused ------------------------------------------------------------------------


def unsigned(name: str) -> Callable[[Signer, bytes], Headers]:
    """Good headers without this one."""
    return lambda signer, body: {k: v for k, v in signed(signer, body).items() if k != name}


def instead(name: str, value: str) -> Callable[[Signer, bytes], Headers]:
    """Good headers with another value for this one."""
    return lambda signer, body: signed(signer, body) | {name: value}


BAD_HEADERS: dict[str, Callable[[Signer, bytes], Headers]] = {
    "no headers": lambda _signer, _body: {},
    "no signature": unsigned("Signature-256"),
    "no certificate URL": unsigned("SignatureCertChainUrl"),
    "empty certificate URL": instead("SignatureCertChainUrl", ""),
    "words as certificate URL": instead("SignatureCertChainUrl", "not a url"),
    "certificate URL over http": instead(
        "SignatureCertChainUrl", CHAIN_URL.replace("https", "http")
    ),
    "certificate URL elsewhere": instead(
        "SignatureCertChainUrl", "https://evil.example/echo.api/c"
    ),
    "certificate URL with port 99999": instead(
        "SignatureCertChainUrl", CHAIN_URL.replace(".com/", ".com:99999/")
    ),
    "certificate URL through another bucket": instead(
        "SignatureCertChainUrl", CHAIN_URL.replace("/echo.api", "/evil/../echo.api")
    ),
    "certificate URL with a password": instead(
        "SignatureCertChainUrl", CHAIN_URL.replace("s3", "a:b@s3")
    ),
    "certificate URL with a broken address": instead(
        "SignatureCertChainUrl", "https://[s3.amazonaws.com/echo.api/c"
    ),
    "signature not base64": instead("Signature-256", "%%%"),
    "signature of something else": lambda signer, _body: signed(signer, b"something else"),
    "signature by another key": lambda _signer, body: signed(
        Signer(rsa_key(number=1), _signer.certificate, b""), body
    ),
    "signature in the old header": lambda signer, body: {
        "SignatureCertChainUrl": CHAIN_URL,
        "Signature": signer.sign(body),
    },
}


@pytest.mark.parametrize("name", BAD_HEADERS)
def test_headers_that_prove_nothing_get_400(name: str, app: Flask, alexa: Signer) -> None:
    """Without Alexa's own signature nobody is answered."""
    body = encoded(envelope())

    answer = app.test_client().post("/", data=body, headers=BAD_HEADERS[name](alexa, body))

    assert answer.status_code == 400
    assert answer.data == b"Bad Request\n"


def moment(**delta: float) -> str:
    """A timestamp so far from now."""
    return (datetime.now(UTC) + timedelta(**delta)).isoformat()


def without(*path: str) -> dict[str, Any]:
    """A launch that lacks what lies at this path."""
    content = envelope()
    place = content
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    return content


def for_skill(application_id: str | None) -> dict[str, Any]:
    """A launch of the skill with this id."""
    content = envelope()
    content["session"]["application"] = {"applicationId": application_id}
    content["context"]["System"]["application"] = {"applicationId": application_id}
    return content


BAD_BODIES: dict[str, Callable[[], Any]] = {
    "another skill": lambda: for_skill("amzn1.ask.skill.other"),
    "no skill": lambda: for_skill(None),
    "old": lambda: envelope(timestamp=moment(seconds=-160)),
    "from the future": lambda: envelope(timestamp=moment(seconds=160)),
    "without a time zone": lambda: envelope(
        timestamp=datetime.now(UTC).replace(tzinfo=None).isoformat()
    ),
    "without a timestamp": lambda: without("request", "timestamp"),
    "with a timestamp of words": lambda: envelope(timestamp="yesterday"),
    "with a timestamp of digits": lambda: envelope(timestamp=1234567890),
    "without a request": lambda: without("request"),
    "without a request type": lambda: without("request", "type"),
    "empty": lambda: b"",
    "not UTF-8": lambda: json.dumps(envelope(locale="\u00e9"), ensure_ascii=False).encode(
        "latin-1"
    ),
    "not JSON": lambda: b"{'single': 'quotes'}",
    "cut": lambda: encoded(envelope())[:-2],
    "JSON null": lambda: b"null",
    "a JSON list": lambda: b"[]",
    "a JSON number": lambda: b"42",
    "a JSON string": lambda: b'"hello"',
    "an empty JSON object": lambda: b"{}",
    "nested without end": lambda: b"[" * 100_000,
    "oversized": lambda: envelope(padding="a" * LARGEST_BODY),
}


@pytest.mark.parametrize("name", BAD_BODIES)
def test_bodies_that_are_no_request_of_ours_get_400(name: str, app: Flask, alexa: Signer) -> None:
    """Even signed by Alexa's key, what is not for us, or not now, or no request, is refused."""
    body = encoded(BAD_BODIES[name]())

    answer = app.test_client().post("/", data=body, headers=signed(alexa, body))

    assert answer.status_code == 400


BAD_CHAINS: dict[str, Callable[[Authority], Signer]] = {
    "expired": lambda ours: ours.leaf(begins=-2 * DAY, ends=-DAY),
    "of another name": lambda ours: ours.leaf(["evil.example"]),
    "of no name": lambda ours: ours.leaf([]),
    "of another root": lambda _: Authority("Other").leaf(),
    "without its intermediate": lambda ours: ours.leaf(with_intermediate=False),
    "garbage": lambda ours: Signer(ours.leaf().key, ours.leaf().certificate, b"<html>"),
    "empty": lambda ours: Signer(ours.leaf().key, ours.leaf().certificate, b""),
}


@pytest.mark.parametrize("name", BAD_CHAINS)
def test_chains_that_prove_nothing_get_400(name: str, authority: Authority) -> None:
    """A signature counts only under a valid chain from a trusted root to Alexa's name."""
    signer = BAD_CHAINS[name](authority)
    body = encoded(envelope())

    answer = (
        guarded(authority, signer.chain)
        .test_client()
        .post("/", data=body, headers=signed(signer, body))
    )

    assert answer.status_code == 400


@pytest.mark.parametrize("error", [TimeoutError("slow"), ValueError("odd"), RuntimeError("bug")])
def test_an_unreachable_certificate_gets_400(
    error: Exception, authority: Authority, alexa: Signer
) -> None:
    """Whatever goes wrong while judging a request, it is refused and not let in."""

    def fetch(_url: str) -> bytes:
        raise error

    app = create_app(
        hello(), skill_id=SKILL, roots=[authority.root], fetch=fetch, safe_response=lambda _: SAFE
    )
    body = encoded(envelope())

    assert app.test_client().post("/", data=body, headers=signed(alexa, body)).status_code == 400


def test_a_certificate_that_nobody_offers_gets_400(authority: Authority, alexa: Signer) -> None:
    """The service's own fetch, sent where nobody listens, fails as it should."""
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
        nobody = f"https://127.0.0.1:{server.server_address[1]}/"
    app = create_app(
        hello(),
        skill_id=SKILL,
        roots=[authority.root],
        fetch=lambda _url: fetch_chain(nobody),
        safe_response=lambda _: SAFE,
    )
    body = encoded(envelope())
    headers = signed(alexa, body)

    assert app.test_client().post("/", data=body, headers=headers).status_code == 400


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_only_post_is_taken(method: str, app: Flask) -> None:
    """Other methods are told so."""
    answer = app.test_client().open("/", method=method)

    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_another_path_is_not_found(app: Flask) -> None:
    """There is one skill, at one place."""
    assert app.test_client().post("/admin").status_code == 404


def test_a_refusal_is_logged_with_its_cause_and_nothing_said(
    app: Flask, alexa: Signer, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever runs the service reads why; nobody reads what the patient said."""
    body = encoded(envelope(timestamp=moment(hours=-1)))

    with caplog.at_level(logging.DEBUG):
        app.test_client().post("/", data=body, headers=signed(alexa, body))

    assert [record.message for record in caplog.records] == [
        "request refused: TimestampError: the timestamp is 3600 s from now, allowed 150 s"
    ]
    assert SECRET not in caplog.text


def test_the_extension_point_of_the_sdk_is_guarded_too(authority: Authority, alexa: Signer) -> None:
    """A route registered past our door still meets our verifier, and refuses the unsigned."""
    app = guarded(authority, alexa.chain)
    adapter = app.extensions["ASK_SDK_SKILL_ADAPTER"][SKILL]
    adapter.register(app, "/side", "side")
    body = encoded(envelope())

    client = app.test_client()

    assert client.post("/side", data=body, headers=signed(alexa, body)).status_code == 200
    assert client.post("/side", data=body, headers={}).status_code == 400
    assert client.post("/side", data=body, headers=signed(alexa, b"else")).status_code == 400


def test_a_service_without_a_skill_id_is_not_made(authority: Authority) -> None:
    """It could not tell whose requests to answer."""
    with pytest.raises(ValueError, match="skill"):
        create_app(hello(), skill_id=None, roots=[authority.root])


# --- what goes wrong after the door ---------------------------------------------------------

BROKEN = {
    "a skill that breaks": {"locale": "xx-XX"},
    "a skill that breaks in the SDK's own way": {"locale": "yy-YY"},
    "a request type that the SDK does not know": {"type": "Alexa.Future.Request"},
    "a slot that is no slot": {
        "type": "IntentRequest",
        "intent": {"name": "SymptomIntent", "slots": {"symptom": 5}},
    },
}


@pytest.mark.parametrize("request_", BROKEN.values(), ids=BROKEN)
def test_a_patient_hears_something_safe_when_the_skill_breaks(
    request_: dict[str, Any], app: Flask, alexa: Signer, caplog: pytest.LogCaptureFixture
) -> None:
    """Alexa's own request is answered with speech, and the log says where, not what."""
    content = envelope(**({"locale": "en-GB"} | request_))
    body = encoded(content)

    with caplog.at_level(logging.DEBUG):
        answer = app.test_client().post("/", data=body, headers=signed(alexa, body))

    assert answer.status_code == 200
    assert "Safe." in speech(answer.data)
    assert json.loads(answer.data)["sessionAttributes"] == {"locale": content["request"]["locale"]}
    assert "the skill failed" in caplog.text
    assert SECRET not in caplog.text


def test_the_safe_sentence_stands_when_its_words_break(authority: Authority, alexa: Signer) -> None:
    """A locale without words is answered with the sentence that was ready at the start."""

    def words(locale: str | None) -> dict[str, Any]:
        if locale is not None:
            raise LookupError(locale)
        return SAFE

    app = create_app(
        hello(),
        skill_id=SKILL,
        roots=[authority.root],
        fetch=lambda _url: alexa.chain,
        safe_response=words,
    )
    body = encoded(envelope(locale="xx-XX"))

    answer = app.test_client().post("/", data=body, headers=signed(alexa, body))

    assert answer.status_code == 200
    assert "Safe." in speech(answer.data)


def test_a_service_without_a_safe_sentence_does_not_start(authority: Authority) -> None:
    """Better no service than one that falls silent when something breaks."""

    def words(_locale: str | None) -> dict[str, Any]:
        raise LookupError("no words")

    with pytest.raises(LookupError):
        create_app(hello(), skill_id=SKILL, roots=[authority.root], safe_response=words)


# --- without verification -------------------------------------------------------------------


@pytest.fixture
def local() -> Flask:
    """The service for local clients."""
    return create_app(hello(), skill_id=None, verify=False, safe_response=lambda _locale: SAFE)


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_a_local_client_needs_no_signature(kind: str, local: Flask) -> None:
    """Any envelope is answered, old or new, for any skill, however the client labels it."""
    content = without("session", "application")
    content["request"]["timestamp"] = "2016-01-01T00:00:00Z"

    answer = local.test_client().post("/", data=encoded(content), headers={"Content-Type": kind})

    assert answer.status_code == 200
    assert "Hello." in speech(answer.data)


@pytest.mark.parametrize("name", ["empty", "not UTF-8", "not JSON", "JSON null", "oversized"])
def test_a_local_client_must_send_an_envelope(name: str, local: Flask) -> None:
    """What is no request at all is refused, signed or not."""
    assert local.test_client().post("/", data=encoded(BAD_BODIES[name]())).status_code == 400
