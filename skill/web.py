"""
The skill as a web service: Flask with the ASK SDK's adapter, guarded by our own verifier.

The only module that knows the web. A request passes the door (`skill.verifier`, over the raw
bytes) before the SDK reads it; the SDK asks the same verifier again through its extension point.
What passes is answered with speech whatever happens; what does not is answered with 400 and
nothing else.
"""

from __future__ import annotations

import ipaddress
import logging
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from flask import Flask, Response, abort, jsonify, request
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer, create_server
from waitress.utilities import BadRequest as WaitressBadRequest
from waitress.utilities import RequestEntityTooLarge as WaitressTooLarge
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge

from skill.certvalidator_stub import without_certvalidator
from skill.refusal import RefusalError
from skill.verifier import Headers, RequestVerifier, envelope_of

with without_certvalidator():
    from ask_sdk_webservice_support.verifier import AbstractVerifier, VerificationException
    from flask_ask_sdk.skill_adapter import (
        VERIFY_SIGNATURE_APP_CONFIG,
        VERIFY_TIMESTAMP_APP_CONFIG,
        SkillAdapter,
    )

if TYPE_CHECKING:
    import types
    from collections.abc import Sequence

    from ask_sdk_core.skill import CustomSkill
    from ask_sdk_model.request_envelope import RequestEnvelope
    from cryptography.x509 import Certificate

    from skill.certificate_fetch import Fetch
    from skill.signing_certificate import Clock

LARGEST_BODY: Final = 128 * 1024
SKILL_ID_VARIABLE: Final = "IRON_GUIDE_SKILL_ID"
# Up to here a body is read and then refused; beyond, the connection is closed. Equal to what is
# kept in memory, so that no patient's words are ever spilled to a temporary file.
_LARGEST_READ = 1024 * 1024
_THREADS = 8

SafeResponse = Callable[[str | None], dict[str, Any]]
"""Makes a whole Alexa response out of a locale: the sentence that is always safe to say."""

log = logging.getLogger(__name__)


class SdkVerifier(AbstractVerifier):
    """Our verifier as the SDK's extension point wants it."""

    def __init__(self, verifier: RequestVerifier) -> None:
        self._verifier = verifier

    def verify(
        self,
        headers: Headers,
        serialized_request_env: str,
        deserialized_request_env: RequestEnvelope,  # noqa: ARG002 (the SDK's signature)
    ) -> None:
        """Return if the request may be answered; else raise the SDK's own exception."""
        try:
            self._verifier.verify_request(headers, serialized_request_env.encode())
        except RefusalError as refusal:
            raise VerificationException(refusal.cause) from None


class _NoTraceback(logging.Filter):
    """
    Keeps tracebacks out of this module's log.

    Flask and the SDK log the exceptions that they meet, and an exception's message may quote
    what a patient said.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = None
        record.exc_text = None
        return True


_no_traceback = _NoTraceback()


def create_app(  # noqa: PLR0913 (what it is made of; all but the skill by name)
    skill: CustomSkill,
    *,
    skill_id: str | None,
    verify: bool = True,
    roots: Sequence[Certificate] | None = None,
    fetch: Fetch | None = None,
    now: Clock | None = None,
    safe_response: SafeResponse | None = None,
) -> Flask:
    """
    The web application that answers Alexa's requests at `/`.

    Args:
        skill: the skill that answers.
        skill_id: the application id that requests must name; needed unless `verify` is false.
        verify: false answers anybody, for local clients only.
        roots: trusted root certificates; certifi's when left out.
        fetch: how a certificate chain is fetched; over https from Amazon when left out.
        now: the clock.
        safe_response: what is said when the skill fails; the skill's own when left out.

    Raises:
        ValueError: requests are to be verified, but there is no skill id.
    """
    verifier = None
    if verify:
        verifier = RequestVerifier(skill_id or "", roots=roots, fetch=fetch, now=now)
    app = Flask(__name__, static_folder=None)
    app.logger.addFilter(_no_traceback)
    app.config.update(
        {
            "MAX_CONTENT_LENGTH": LARGEST_BODY,
            # The SDK's own verifiers, which ours replaces.
            VERIFY_SIGNATURE_APP_CONFIG: False,
            VERIFY_TIMESTAMP_APP_CONFIG: False,
        }
    )
    safely = safe_response or _safe_response
    # Made while starting: a service that has no safe sentence must not start, and one whose
    # words break later still has this one.
    prepared = safely(None)
    verifiers = [] if verifier is None else [SdkVerifier(verifier)]
    adapter = SkillAdapter(skill=skill, skill_id=skill_id, verifiers=verifiers, app=app)

    @app.post("/")
    def answer() -> Response:
        envelope = _envelope_at_the_door(verifier)
        try:
            response: Response = adapter.dispatch_request()
        except BadRequest:
            raise
        except Exception as error:  # noqa: BLE001 (the patient must hear something safe)
            log.error("the skill failed: %s", _place_of(error))  # noqa: TRY400 (see _NoTraceback)
        else:
            return response
        return jsonify(_said_safely(safely, prepared, envelope))

    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="ok")

    @app.errorhandler(HTTPException)
    def plain(error: HTTPException) -> Response:
        if isinstance(error, RequestEntityTooLarge):
            log.warning("request refused: the body is larger than %d bytes", LARGEST_BODY)
            error = BadRequest()
        response = error.get_response()
        plain_response = Response(f"{error.name}\n", error.code, mimetype="text/plain")
        if "Allow" in response.headers:
            plain_response.headers["Allow"] = response.headers["Allow"]
        return plain_response

    return app


def _envelope_at_the_door(verifier: RequestVerifier | None) -> dict[str, Any]:
    """The envelope of the current request, verified if there is a verifier; else 400."""
    body = request.get_data()
    try:
        if verifier is not None:
            verifier.verify_request(request.headers, body)
        return envelope_of(body)
    except RefusalError as refusal:
        _refuse(f"{type(refusal).__name__}: {refusal}")
    except Exception as error:  # noqa: BLE001 (what cannot be judged is refused)
        _refuse(f"verification failed: {_place_of(error)}")


def _refuse(cause: str) -> NoReturn:
    log.warning("request refused: %s", cause)
    abort(400)


def _place_of(error: BaseException) -> str:
    """An exception's type and where it arose; not its message, which may quote a patient."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    cause = error.__cause__ or error.__context__
    return f"{type(error).__name__}{place}" + (f" from {_place_of(cause)}" if cause else "")


def _locale_of(envelope: dict[str, Any]) -> str | None:
    locale = envelope["request"].get("locale")
    return locale if isinstance(locale, str) else None


def _said_safely(
    safely: SafeResponse, prepared: dict[str, Any], envelope: dict[str, Any]
) -> dict[str, Any]:
    """The safe sentence in the patient's own words, or the one that was made at the start."""
    try:
        return safely(_locale_of(envelope))
    except Exception as error:  # noqa: BLE001 (the patient must hear something safe)
        log.error("the safe response failed: %s", _place_of(error))  # noqa: TRY400 (as above)
        return prepared


def _safe_response(locale: str | None) -> dict[str, Any]:
    from skill.app import safe_response  # noqa: PLC0415 (create_app serves any skill, alone)

    return safe_response(locale)


# --- behind a server ------------------------------------------------------------------------


class _Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress ships no types
    """Answers a body over the limit with 400 as everything else that is refused."""

    error: Any

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if isinstance(self.error, WaitressTooLarge):
            self.error = WaitressBadRequest("the body is too large")
        return consumed


class _Channel(HTTPChannel):  # type: ignore[misc]  # waitress ships no types
    parser_class = _Parser


def make_server(app: Flask, host: str, port: int) -> Any:
    """
    A waitress server for the application, listening but not yet running.

    Port 0 takes a free one; `effective_port` tells which.

    Raises:
        OSError: the address cannot be listened on.
        ValueError: it is no address.
    """
    sockets: dict[int, Any] = {}
    server = create_server(
        app,
        map=sockets,
        host=host,
        port=port,
        threads=_THREADS,
        ident=None,
        max_request_body_size=_LARGEST_READ,
        inbuf_overflow=_LARGEST_READ + 1,
        channel_timeout=30,
    )
    for listener in sockets.values():
        if isinstance(listener, BaseWSGIServer):
            listener.channel_class = _Channel
    return server


def is_loopback(host: str) -> bool:
    """Whether an address is this machine's own and reachable from nowhere else."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False


def serve(
    *, host: str = "127.0.0.1", port: int = 8080, verify: bool = True, skill_id: str | None = None
) -> int:
    """
    Serve the skill until a signal stops it; requests under way are answered first.

    Args:
        host: the address to listen on; with `verify` false only a loopback one.
        port: the port; 0 takes a free one.
        verify: false answers unsigned requests, for local clients.
        skill_id: this skill's application id; IRON_GUIDE_SKILL_ID when left out.

    Returns:
        The exit status: 0 stopped, 1 the address cannot be had, 2 refused to start.
    """
    skill_id = skill_id or os.environ.get(SKILL_ID_VARIABLE) or None
    if verify and skill_id is None:
        return _complain(
            f"serve: no skill id to check requests against; give --skill-id or set "
            f"{SKILL_ID_VARIABLE}, or serve unsigned requests locally with --no-verify.",
            2,
        )
    if not verify and not is_loopback(host):
        return _complain(
            f"serve: without verification only a loopback address may be served "
            f"(127.0.0.1, ::1 or localhost), not {host!r}.",
            2,
        )
    if not verify:
        _complain(
            "WARNING: --no-verify: UNSIGNED requests are answered. Anybody on this machine can "
            "talk to the skill. Never put this behind a public address.",
            0,
        )
    from skill.app import build_skill  # noqa: PLC0415 (a refusal to start needs no skill)

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    skill = build_skill(skill_id)
    if not verify:
        # A local client need not know the id that the environment holds.
        skill.skill_id = None  # type: ignore[assignment]  # which the SDK checks for, untyped
    app = create_app(skill, skill_id=skill_id, verify=verify)
    host = "127.0.0.1" if host.lower() == "localhost" else host.strip("[]")
    try:
        server = make_server(app, host, port)
    except (OSError, OverflowError, ValueError) as error:
        return _complain(f"serve: cannot listen on {host} port {port}: {error}", 1)
    _run(server, host)
    return 0


def _run(server: Any, host: str) -> None:
    """Run the server until SIGTERM or SIGINT, saying where it listens once it does."""

    def stop(_number: int, _frame: types.FrameType | None) -> NoReturn:
        raise SystemExit

    before = {}
    if threading.current_thread() is threading.main_thread():
        before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        shown_host = f"[{host}]" if ":" in host else host
        sys.stdout.write(f"listening on http://{shown_host}:{server.effective_port}/\n")
        sys.stdout.flush()
        server.run()
    except SystemExit:
        pass
    finally:
        server.close()
        for number, handler in before.items():
            signal.signal(number, handler)


def _complain(sentence: str, status: int) -> int:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()
    return status
