"""
The certificate that signs Alexa's requests: where it may lie, and what it proves.

Three separate questions, asked in this order: may this URL be fetched at all (`normal_url`), what
lies there (`skill.certificate_fetch`), and does it chain to a trusted root and belong to Alexa
(`verified_certificate`). `SigningCertificates` asks them once and remembers the answer for as
long as the certificates themselves are valid.
"""

from __future__ import annotations

import contextlib
import re
import threading
import warnings
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import certifi
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509 import verification

from skill.certificate_fetch import AT_ONCE, Fetch, LimitedFetch, fetch_chain
from skill.refusal import CertificateChainError, CertificateUrlError, shown

SIGNER = "echo-api.amazon.com"
LONGEST_CHAIN = 8
"""Certificates in a chain, the signing one among them."""
REMEMBERED = 8
"""Signing certificates that are kept."""
SMALLEST_KEY_BITS = 2048

Clock = Callable[[], datetime]
"""Tells the present moment, timezone-aware."""

# An allow-list of characters: no userinfo, query, fragment, percent sign or backslash gets in, so
# nobody downstream can read the URL differently from us.
_ALLOWED_URL = re.compile(
    r"(?i:https://s3\.amazonaws\.com)(?::443)?(?P<path>/echo\.api/[A-Za-z0-9._/-]+)", re.ASCII
)
_LONGEST_URL = 512
_PEM = re.compile("-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_MALFORMED = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.ExtensionNotFound,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
_ALLOWED = "allowed is https://s3.amazonaws.com/echo.api/ and a file name"


def utc_now() -> datetime:
    """The present moment, timezone-aware."""
    return datetime.now(UTC)


def normal_url(url: str) -> str:
    """
    The one spelling of an allowed certificate URL; it is what gets fetched and remembered.

    Dot segments are resolved because Amazon documents /echo.api/../echo.api/NAME as a valid URL,
    but only in a path that begins with /echo.api/ both as written and in its normal form.

    Raises:
        CertificateUrlError: the URL points anywhere but into Amazon's certificate folder.
    """
    match = _ALLOWED_URL.fullmatch(url) if len(url) <= _LONGEST_URL else None
    if match is None:
        raise CertificateUrlError(f"certificate URL {shown(url)}: {_ALLOWED}")
    segments: list[str] = []
    for segment in match["path"].split("/")[1:]:
        if segment == "..":
            if not segments:
                raise CertificateUrlError(f"certificate URL {shown(url)} climbs above its host")
            segments.pop()
        elif segment == "":
            raise CertificateUrlError(f"certificate URL {shown(url)} has an empty path segment")
        elif segment != ".":
            segments.append(segment)
    folder, *name = segments or [""]
    if folder != "echo.api" or not name:
        raise CertificateUrlError(f"certificate URL {shown(url)} leaves /echo.api/: {_ALLOWED}")
    return "https://s3.amazonaws.com/" + "/".join(segments)


def public_roots() -> list[x509.Certificate]:
    """
    The root certificates that certifi ships, one by one: a root that cannot be read is no root.

    cryptography warns of one whose serial number is not positive, and will refuse it one day;
    read as a whole, that one would then take all the others with it.
    """
    roots = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        for pem in _PEM.findall(certifi.contents()):
            with contextlib.suppress(ValueError):
                roots.append(x509.load_pem_x509_certificate(pem.encode()))
    return roots


@dataclass(frozen=True)
class SigningCertificate:
    """A key that Alexa signs with, and when every certificate of its chain is valid."""

    key: RSAPublicKey
    valid_from: datetime
    valid_until: datetime

    def covers(self, moment: datetime) -> bool:
        """Whether the whole chain is valid at this moment."""
        return self.valid_from <= moment <= self.valid_until


def verified_certificate(
    pem: bytes, store: verification.Store, moment: datetime
) -> SigningCertificate:
    """
    The signing certificate of a PEM chain (leaf first), if it proves to be Alexa's.

    Raises:
        CertificateChainError: malformed, untrusted, not valid at this moment, or of another name.
    """
    try:
        leaf, *intermediates = x509.load_pem_x509_certificates(pem)
        if len(intermediates) >= LONGEST_CHAIN:
            raise CertificateChainError(
                f"the chain has {1 + len(intermediates)} certificates, allowed {LONGEST_CHAIN}"
            )
        policy = verification.PolicyBuilder().store(store).time(moment)
        chain = policy.build_server_verifier(x509.DNSName(SIGNER)).verify(leaf, intermediates)
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        key = leaf.public_key()
    except verification.VerificationError as error:
        raise CertificateChainError(f"the chain does not verify: {shown(str(error))}") from error
    except _MALFORMED as error:
        raise CertificateChainError(f"the chain is malformed: {shown(str(error))}") from error
    # The policy would take a wildcard for the name; Amazon asks for the name itself.
    if SIGNER not in names.get_values_for_type(x509.DNSName):
        raise CertificateChainError(f"the certificate does not name {SIGNER} itself")
    if not isinstance(key, RSAPublicKey) or key.key_size < SMALLEST_KEY_BITS:
        raise CertificateChainError(
            f"the certificate's key is not RSA of at least {SMALLEST_KEY_BITS} bits"
        )
    return SigningCertificate(
        key=key,
        valid_from=max(certificate.not_valid_before_utc for certificate in chain),
        valid_until=min(certificate.not_valid_after_utc for certificate in chain),
    )


class SigningCertificates:
    """
    The certificates met so far, by URL: verified first, then remembered, the oldest forgotten.

    Safe from several threads. Requests that need a fetch are few at a time and never wait for
    each other, so a flood of unknown URLs cannot hold up requests whose certificate is known.

    Args:
        roots: trusted roots; certifi's when left out.
        fetch: how to get a chain; `fetch_chain` when left out.
        now: the clock that validity is judged by.
        remembered: how many certificates are kept.
        fetches_at_once: how many fetches may be under way, those given up among them.
    """

    def __init__(
        self,
        *,
        roots: Sequence[x509.Certificate] | None = None,
        fetch: Fetch | None = None,
        now: Clock = utc_now,
        remembered: int = REMEMBERED,
        fetches_at_once: int = AT_ONCE,
    ) -> None:
        self._store = verification.Store(public_roots() if roots is None else list(roots))
        self._fetch = LimitedFetch(fetch or fetch_chain, at_once=fetches_at_once)
        self._now = now
        self._remembered = remembered
        self._known: OrderedDict[str, SigningCertificate] = OrderedDict()
        self._lock = threading.Lock()

    def at(self, url: str) -> SigningCertificate:
        """
        The verified, currently valid signing certificate at this URL.

        Raises:
            CertificateUrlError: the URL may not be fetched.
            CertificateFetchError: nothing usable lies there, or too many fetches are under way.
            CertificateChainError: what lies there does not prove to be Alexa's.
        """
        place = normal_url(url)
        moment = self._now()
        with self._lock:
            known = self._known.get(place)
            if known is not None and known.covers(moment):
                self._known.move_to_end(place)
                return known
            self._known.pop(place, None)
        certificate = verified_certificate(self._fetch(place), self._store, moment)
        with self._lock:
            self._known[place] = certificate
            self._known.move_to_end(place)
            while len(self._known) > self._remembered:
                self._known.popitem(last=False)
        return certificate
