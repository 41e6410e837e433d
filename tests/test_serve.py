"""The service as `iron-guide serve` runs it: real HTTP, and the program around it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from alexa_requests import encoded, envelope, guarded, listening, post, signed, speech
from certificates import Authority, Signer

from skill.server import is_loopback, serve
from skill.web import LARGEST_BODY

if TYPE_CHECKING:
    from collections.abc import Iterator

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


# --- where it may listen --------------------------------------------------------------------

LOOPBACK = {
    "127.0.0.1": True,
    "127.9.9.9": True,
    "::1": True,
    "[::1]": True,
    "localhost": True,
    "LOCALHOST": True,
    "0.0.0.0": False,  # noqa: S104 (must be refused)
    "::": False,
    "": False,
    "192.168.1.1": False,
    "localhost.example.org": False,
    "example.org": False,
    "127.1": False,
    "*": False,
}


@pytest.mark.parametrize(("host", "loopback"), LOOPBACK.items())
def test_only_this_machine_is_loopback(host: str, *, loopback: bool) -> None:
    """A name that would have to be looked up is not taken on trust."""
    assert is_loopback(host) is loopback


@pytest.mark.parametrize("host", [host for host, loopback in LOOPBACK.items() if not loopback])
def test_unsigned_requests_are_served_to_nobody_else(
    host: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The service does not start, and one sentence says why."""
    assert serve(host=host, port=0, verify=False) == 2

    assert capsys.readouterr().err == (
        "serve: without verification only a loopback address may be served "
        f"(127.0.0.1, ::1 or localhost), not {host!r}.\n"
    )


def test_verification_needs_a_skill_id(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service does not start, and one sentence says what to give."""
    monkeypatch.delenv("IRON_GUIDE_SKILL_ID", raising=False)

    assert serve(port=0) == 2

    complaint = capsys.readouterr().err
    assert "IRON_GUIDE_SKILL_ID" in complaint
    assert complaint.count("\n") == 1


# --- over real HTTP -------------------------------------------------------------------------


def test_real_requests_are_answered_and_refused(app: Flask, alexa: Signer) -> None:
    """Through the server itself: the good is answered, each kind of bad is refused."""
    body = encoded(envelope())
    headers = signed(alexa, body)

    with listening(app) as port:
        status, answer = post(port, body, headers)
        assert status == 200
        assert "Hello." in speech(answer)

        assert post(port, body, {})[0] == 400
        assert post(port, body.replace(b"en-US", b"en-GB"), headers)[0] == 400
        assert post(port, body, headers | {"Signature-256": "%%%"})[0] == 400
        assert post(port, body, headers | {"SignatureCertChainUrl": "https://[::1"})[0] == 400
        for bad in (b"null", b"\xff\xfe", b"{", envelope(padding="a" * LARGEST_BODY)):
            content = encoded(bad)
            assert post(port, content, signed(alexa, content))[0] == 400

        assert post(port, body, headers)[0] == 200


def test_a_chunked_request_is_a_request(app: Flask, alexa: Signer) -> None:
    """A body sent in pieces is verified whole."""
    body = encoded(envelope())

    with listening(app) as port:
        pieces = iter([body[:100], body[100:]])
        assert post(port, pieces, signed(alexa, body))[0] == 200
        pieces = iter([body[:100], body[99:]])
        assert post(port, pieces, signed(alexa, body))[0] == 400


@pytest.mark.parametrize("length", [LARGEST_BODY + 1, 10**7, 10**15])
def test_an_announced_flood_is_refused_before_it_comes(length: int, app: Flask) -> None:
    """The length alone is reason enough; the server does not wait for gigabytes."""
    with listening(app) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.putrequest("POST", "/")
        connection.putheader("Content-Length", str(length))
        connection.endheaders()
        if length < 10**6:
            connection.send(b"a" * length)
        assert connection.getresponse().status == 400
        connection.close()


def test_eight_clients_at_once_hear_their_own_answers(app: Flask, alexa: Signer) -> None:
    """What one patient told never reaches another."""
    heard: dict[int, str] = {}

    def ask(port: int, number: int) -> None:
        content = envelope()
        content["session"]["attributes"] = {"said": f"patient {number}"}
        body = encoded(content)
        for _ in range(10):
            status, answer = post(port, body, signed(alexa, body))
            heard[number] = json.loads(answer)["sessionAttributes"]["said"] if status == 200 else ""
            if heard[number] != f"patient {number}":
                return

    with listening(app) as port:
        threads = [threading.Thread(target=ask, args=(port, number)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert heard == {number: f"patient {number}" for number in range(8)}


# --- the program ----------------------------------------------------------------------------


@contextmanager
def program(**options: Any) -> Iterator[subprocess.Popen[str]]:
    """`skill.server.serve` in a process of its own."""
    with script(
        f"import sys, skill.server; sys.exit(skill.server.serve(**{options!r}))"
    ) as process:
        yield process


@contextmanager
def script(text: str) -> Iterator[subprocess.Popen[str]]:
    """A Python program in a process of its own, which ends with the block."""
    process = subprocess.Popen(
        [sys.executable, "-c", text],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def port_of(process: subprocess.Popen[str]) -> int:
    """The port that a service says it listens on."""
    assert process.stdout
    address = process.stdout.readline()
    assert address.startswith("listening on http://127.0.0.1:")
    return int(address.strip().rsplit(":", 1)[1].strip("/"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_program_serves_until_it_is_told_to_stop(number: signal.Signals) -> None:
    """It says where it listens and that it is open, answers, and ends well at a signal."""
    with program(port=0, verify=False) as process:
        port = port_of(process)
        status, answer = post(port, encoded(envelope()), {})
        process.send_signal(number)
        _, complaints = process.communicate(timeout=30)

    assert status == 200
    assert "outputSpeech" in json.loads(answer)["response"]
    assert process.returncode == 0
    assert "UNSIGNED" in complaints
    assert "Traceback" not in complaints


def test_a_port_in_use_is_one_sentence() -> None:
    """No traceback for somebody who started the program twice."""
    with program(port=0, verify=False) as first:
        port = port_of(first)
        with program(port=port, verify=False) as second:
            _, complaints = second.communicate(timeout=30)

    assert second.returncode == 1
    assert f"cannot listen on 127.0.0.1 port {port}" in complaints
    assert "Traceback" not in complaints


SLOW = """
import time
from flask import Flask
from skill.server import _run, make_server

app = Flask("slow")

@app.post("/")
def answer():
    print("begun", flush=True)
    time.sleep(0.5)
    return "answered"

_run(make_server(app, "127.0.0.1", 0), "127.0.0.1")
"""


def test_a_request_under_way_is_answered_before_the_end() -> None:
    """A patient in the middle of a sentence hears its end when the service is restarted."""
    heard: list[tuple[int, bytes]] = []
    with script(SLOW) as process:
        port = port_of(process)
        patient = threading.Thread(target=lambda: heard.append(post(port, b"", {})))
        patient.start()
        assert process.stdout
        assert process.stdout.readline() == "begun\n"

        process.send_signal(signal.SIGTERM)
        patient.join()
        process.communicate(timeout=30)

    assert heard == [(200, b"answered")]
    assert process.returncode == 0
