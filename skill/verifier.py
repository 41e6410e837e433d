"""
Who may ask: the proof that a web request comes from Alexa, for this skill, and now.

The signature over the raw bytes is judged before a single byte of the body is interpreted. Needs
cryptography and certifi, and knows nothing of any web framework; `skill.web` hands it to the ASK
SDK as a verifier.
"""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NoReturn, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from skill.application import application_ids
from skill.refusal import (
    ApplicationIdError,
    BodyError,
    HeaderError,
    SignatureError,
    TimestampError,
    shown,
)
from skill.signing_certificate import SigningCertificates, utc_now

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cryptography import x509

    from skill.certificate_fetch import Fetch
    from skill.signing_certificate import Clock

CHAIN_URL_HEADER: Final = "SignatureCertChainUrl"
SIGNATURE_HEADER: Final = "Signature-256"
TOLERANCE: Final = timedelta(seconds=150)
_LONGEST_SIGNATURE = 2048


class Headers(Protocol):
    """Any mapping of header names to values."""

    def items(self) -> Iterable[tuple[str, str]]:
        """Names and values, in any case of letters."""
        ...


class RequestVerifier:
    """
    Lets a request pass only if Alexa signed it, for this skill, within the last moments.

    Safe from several threads.

    Args:
        skill_id: the application id of this skill; requests for any other are refused.
        roots: trusted root certificates; certifi's when left out.
        fetch: how a certificate chain is fetched; over https from Amazon when left out.
        now: the clock.
        tolerance: how far the request's timestamp may be from now, either way.
    """

    def __init__(
        self,
        skill_id: str,
        *,
        roots: Sequence[x509.Certificate] | None = None,
        fetch: Fetch | None = None,
        now: Clock | None = None,
        tolerance: timedelta = TOLERANCE,
    ) -> None:
        if not skill_id:
            raise ValueError("a verifier needs the id of the skill that it guards")
        self._skill_id = skill_id
        self._now = now or utc_now
        self._tolerance = tolerance
        self._certificates = SigningCertificates(roots=roots, fetch=fetch, now=self._now)

    def verify_request(self, headers: Headers, body: bytes) -> None:
        """
        Return if the request may be answered.

        Args:
            headers: the request's headers, names in any case.
            body: the raw body, exactly as received.

        Raises:
            RefusalError: one of its subclasses, by the first thing found wrong.
        """
        self.verify_signature(headers, body)
        self.verify_envelope(envelope_of(body))

    def verify_signature(self, headers: Headers, body: bytes) -> None:
        """Return if the key of Alexa's certificate signed exactly these bytes."""
        signature = _decoded(_header(headers, SIGNATURE_HEADER))
        certificate = self._certificates.at(_header(headers, CHAIN_URL_HEADER))
        try:
            certificate.key.verify(signature, body, PKCS1v15(), SHA256())
        except InvalidSignature as error:
            raise SignatureError("the signature does not match the body") from error

    def verify_envelope(self, envelope: dict[str, Any]) -> None:
        """Return if the envelope was made now and for this skill."""
        moment = _timestamp(envelope["request"].get("timestamp"))
        off = abs(self._now() - moment)
        if off > self._tolerance:
            raise TimestampError(
                f"the timestamp is {off.total_seconds():.0f} s from now, "
                f"allowed {self._tolerance.total_seconds():.0f} s"
            )
        ids = application_ids(envelope)
        if not ids:
            raise ApplicationIdError("the request names no application id")
        for application_id in ids:
            if application_id != self._skill_id:
                raise ApplicationIdError(f"the request is for skill {shown(application_id)}")


def envelope_of(body: bytes) -> dict[str, Any]:
    """
    The request envelope that a body holds: a JSON object with a request that has a type.

    Raises:
        BodyError: not UTF-8, not JSON, or not of that shape. The message holds none of it.
    """
    try:
        envelope = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise BodyError("the body is not UTF-8") from None
    except (ValueError, RecursionError):
        raise BodyError("the body is not JSON") from None
    if not isinstance(envelope, dict):
        raise BodyError(f"the body is a JSON {type(envelope).__name__}, allowed is an object")
    request = envelope.get("request")
    if not isinstance(request, dict) or not isinstance(request.get("type"), str):
        raise BodyError("the body has no request with a type")
    return envelope


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _header(headers: Headers, name: str) -> str:
    """One header's value, whatever the case of its name."""
    for key, value in headers.items():
        if key.lower() == name.lower() and value:
            return value
    raise HeaderError(f"the header {name} is missing")


def _decoded(signature: str) -> bytes:
    """The signature's bytes; strict, since a lenient decoder drops what it cannot read."""
    if len(signature) > _LONGEST_SIGNATURE:
        raise HeaderError(f"{SIGNATURE_HEADER} is {len(signature)} characters long")
    try:
        return base64.b64decode(signature, validate=True)
    except ValueError as error:
        raise HeaderError(f"{SIGNATURE_HEADER} is not base64") from error


def _timestamp(value: object) -> datetime:
    """The moment an ISO 8601 timestamp with its offset names."""
    if not isinstance(value, str):
        raise TimestampError("the request has no timestamp")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise TimestampError(f"the timestamp {shown(value)} is not ISO 8601") from None
    if moment.utcoffset() is None:
        raise TimestampError(f"the timestamp {shown(value)} has no time zone")
    return moment
