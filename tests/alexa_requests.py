"""
Requests as Alexa sends them, and a service to send them to.

The service trusts a test's certificate authority; the skill behind it is as small as can be,
since the tests that use it ask who is answered, not what is said.
"""

from __future__ import annotations

import http.client
import json
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ask_sdk_core.exceptions import AskSdkException
from ask_sdk_core.skill_builder import SkillBuilder
from certificates import CHAIN_URL

from skill.server import make_server
from skill.web import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ask_sdk_core.handler_input import HandlerInput
    from ask_sdk_core.skill import CustomSkill
    from ask_sdk_model.response import Response
    from certificates import Authority, Signer
    from flask import Flask

SKILL = "amzn1.ask.skill.ours"
SECRET = "my-back-hurts-so-much"  # noqa: S105 (what a patient said, which no log may hold)
SAFE = {"version": "1.0", "response": {"outputSpeech": {"type": "PlainText", "text": "Safe."}}}

Headers = dict[str, str]


def hello() -> CustomSkill:
    """A skill that says hello, and breaks when it is asked in a locale that is none."""
    builder = SkillBuilder()

    @builder.request_handler(can_handle_func=lambda _: True)
    def answer(handler_input: HandlerInput) -> Response:
        asked = handler_input.request_envelope.request
        if asked is not None and asked.locale == "xx-XX":
            raise KeyError(SECRET)
        if asked is not None and asked.locale == "yy-YY":
            raise AskSdkException(SECRET)
        return handler_input.response_builder.speak("Hello.").ask("Hello?").response

    return builder.create()


def guarded(authority: Authority, chain: bytes) -> Flask:
    """The application that trusts the test authority, with this chain where Alexa's lies."""
    return create_app(
        hello(),
        skill_id=SKILL,
        roots=[authority.root],
        fetch=lambda _url: chain,
        safe_response=lambda locale: SAFE | {"sessionAttributes": {"locale": locale}},
    )


def envelope(**request: Any) -> dict[str, Any]:
    """A launch, made now and for us, with these fields of the request changed."""
    application = {"applicationId": SKILL}
    return {
        "version": "1.0",
        "session": {
            "new": True,
            "sessionId": "amzn1.echo-api.session.1",
            "application": application,
            "attributes": {"said": SECRET},
            "user": {"userId": "amzn1.ask.account.1"},
        },
        "context": {
            "System": {"application": application, "user": {"userId": "amzn1.ask.account.1"}}
        },
        "request": {
            "type": "LaunchRequest",
            "requestId": "amzn1.echo-api.request.1",
            "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "locale": "en-US",
        }
        | request,
    }


def encoded(content: Any) -> bytes:
    """The body that carries this content."""
    return content if isinstance(content, bytes) else json.dumps(content).encode()


def signed(signer: Signer, body: bytes) -> Headers:
    """The headers that Alexa sends with this body."""
    return {
        "Content-Type": "application/json; charset=utf-8",
        "SignatureCertChainUrl": CHAIN_URL,
        "Signature-256": signer.sign(body),
    }


def speech(answer: bytes) -> str:
    """What the speaker says."""
    return str(json.loads(answer)["response"]["outputSpeech"])


def post(port: int, body: Any, headers: Headers) -> tuple[int, bytes]:
    """Status and body of the answer to a real request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", "/", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@contextmanager
def listening(app: Flask) -> Iterator[int]:
    """The port on which the application is served as `iron-guide serve` serves it."""
    server = make_server(app, "127.0.0.1", 0)
    stopped = threading.Event()

    def run() -> None:
        while not stopped.is_set():
            server.asyncore.loop(timeout=0.02, map=server._map, count=1)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield server.effective_port
    finally:
        stopped.set()
        thread.join()
        server.task_dispatcher.shutdown()
        server.asyncore.close_all(server._map)
