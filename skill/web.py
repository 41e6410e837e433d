"""
The skill as a web service: Flask with the ASK SDK's adapter, guarded by our own verifier.

A request passes the door (`skill.verifier`, over the raw bytes) before the SDK reads it; the SDK
asks the same verifier again through its extension point. What passes is answered with speech
whatever happens; what does not is answered with 400 and nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NoReturn

from flask import Flask, Response, abort, jsonify, request
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge

from skill.certvalidator_stub import without_certvalidator
from skill.error_place import place_of
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
    from collections.abc import Sequence

    from ask_sdk_core.skill import CustomSkill
    from ask_sdk_model.request_envelope import RequestEnvelope
    from cryptography.x509 import Certificate

    from skill.certificate_fetch import Fetch
    from skill.signing_certificate import Clock

LARGEST_BODY: Final = 128 * 1024

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
            log.error("the skill failed: %s", place_of(error))  # noqa: TRY400 (see _NoTraceback)
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
        _refuse(f"verification failed: {place_of(error)}")


def _refuse(cause: str) -> NoReturn:
    log.warning("request refused: %s", cause)
    abort(400)


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
        log.error("the safe response failed: %s", place_of(error))  # noqa: TRY400 (as above)
        return prepared


def _safe_response(locale: str | None) -> dict[str, Any]:
    from skill.app import safe_response  # noqa: PLC0415 (create_app serves any skill, alone)

    return safe_response(locale)
