"""Alexa's certificate: where it may lie, what it must prove, how long it is remembered."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from certificates import (
    ALEXA,
    CHAIN_URL,
    DAY,
    Authority,
    ChainStore,
    Signer,
    StandingClock,
    rsa_key,
)
from cryptography.hazmat.primitives.asymmetric import ec

from skill.refusal import CertificateChainError, CertificateFetchError, CertificateUrlError
from skill.signing_certificate import SigningCertificates, normal_url

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def authority() -> Authority:
    """A root that the code under test is told to trust."""
    return Authority(now=NOW)


@pytest.fixture(scope="module")
def alexa(authority: Authority) -> Signer:
    """Who signs as Alexa does."""
    return authority.leaf()


# --- where the certificate may lie ----------------------------------------------------------

ALLOWED = {
    "https://s3.amazonaws.com/echo.api/echo-api-cert.pem": "as Amazon writes it",
    "https://s3.amazonaws.com:443/echo.api/echo-api-cert.pem": "with the port spelled out",
    "https://s3.amazonaws.com/echo.api/../echo.api/echo-api-cert.pem": "Amazon's own example",
    "https://s3.amazonaws.com/echo.api/./echo-api-cert.pem": "with a dot",
    "HTTPS://S3.AmazonAWS.com/echo.api/echo-api-cert.pem": "host and scheme in capitals",
}


@pytest.mark.parametrize("url", ALLOWED, ids=ALLOWED.values())
def test_one_spelling_for_every_allowed_url(url: str) -> None:
    """However an allowed URL is written, the same file is fetched and remembered."""
    assert normal_url(url) == "https://s3.amazonaws.com/echo.api/echo-api-cert.pem"


FORBIDDEN = {
    "": "empty",
    "echo-api-cert.pem": "relative",
    "http://s3.amazonaws.com/echo.api/cert.pem": "not encrypted",
    "ftp://s3.amazonaws.com/echo.api/cert.pem": "another scheme",
    "file:///echo.api/cert.pem": "a local file",
    "//s3.amazonaws.com/echo.api/cert.pem": "no scheme",
    "https://notamazon.com/echo.api/cert.pem": "another host",
    "https://s3.amazonaws.com.evil.example/echo.api/cert.pem": "a longer host",
    "https://evil-s3.amazonaws.com/echo.api/cert.pem": "a subdomain's sibling",
    "https://s3.amazonaws.com./echo.api/cert.pem": "a host with a final dot",
    "https://s3.amazonaws.com:563/echo.api/cert.pem": "another port",
    "https://s3.amazonaws.com:/echo.api/cert.pem": "an empty port",
    "https://s3.amazonaws.com:99999/echo.api/cert.pem": "no port at all",
    "https://s3.amazonaws.com:4x3/echo.api/cert.pem": "a port that is no number",
    "https://s3.amazonaws.com/EcHo.aPi/cert.pem": "the folder in capitals",
    "https://s3.amazonaws.com/invalid.path/cert.pem": "another folder",
    "https://s3.amazonaws.com/echo.api": "the folder itself",
    "https://s3.amazonaws.com/echo.api/": "the folder and nothing in it",
    "https://s3.amazonaws.com/echo.api/..": "out of the folder",
    "https://s3.amazonaws.com/echo.api/../evil/cert.pem": "into another bucket",
    "https://s3.amazonaws.com/evil/../echo.api/cert.pem": "through another bucket",
    "https://s3.amazonaws.com/echo.api/../../../echo.api/cert.pem": "above the host",
    "https://s3.amazonaws.com/echo.api//cert.pem": "an empty segment",
    "https://s3.amazonaws.com/echo.api/%2e%2e/evil/cert.pem": "encoded dots",
    "https://s3.amazonaws.com/echo.api%2fcert.pem": "an encoded slash",
    "https://s3.amazonaws.com/echo.api\\cert.pem": "a backslash",
    "https://s3.amazonaws.com\\@evil.example/echo.api/cert.pem": "a backslash and another host",
    "https://a:b@s3.amazonaws.com/echo.api/cert.pem": "a user and a password",
    "https://s3.amazonaws.com@evil.example/echo.api/cert.pem": "the host as a user",
    "https://s3.amazonaws.com/echo.api/cert.pem?n=1": "a query",
    "https://s3.amazonaws.com/echo.api/cert.pem#n": "a fragment",
    "https://s3.amazonaws.com/echo.api/cert.pem;n=1": "parameters",
    "https://s3.amazonaws.com/echo.api/cert.pem\n": "a line feed",
    " https://s3.amazonaws.com/echo.api/cert.pem": "a space before",
    "https://s3.amazonaws.com/echo.api/c\u00e9rt.pem": "a letter beyond ASCII",
    "https://s3.amazonaws.com/echo.api/\uff0e\uff0e/cert.pem": "wide dots",
    "https://s3.amazonaws.com/echo.api/" + "a" * 600: "endless",
}


@pytest.mark.parametrize("url", FORBIDDEN, ids=FORBIDDEN.values())
def test_nothing_else_is_fetched(url: str, authority: Authority, alexa: Signer) -> None:
    """A URL that is not plainly Amazon's is refused before anything is fetched."""
    store = ChainStore(alexa.chain)
    certificates = SigningCertificates(
        roots=[authority.root], fetch=store.fetch, now=StandingClock(NOW)
    )

    with pytest.raises(CertificateUrlError):
        certificates.at(url)

    assert store.asked == []


def test_a_refused_url_cannot_forge_a_log_line() -> None:
    """A cause is one line of ASCII, cut to a decent length."""
    with pytest.raises(CertificateUrlError) as refused:
        normal_url("https://evil.example/\r\nERROR all is lost \u202e" + "a" * 5000)

    assert refused.value.cause.isprintable()
    assert len(refused.value.cause) < 300


# --- what the certificate proves ------------------------------------------------------------


def impostors() -> dict[str, Callable[[Authority], Signer]]:
    """Signers whose chain does not prove that they are Alexa."""
    return {
        "another root": lambda _: Authority("Other", NOW).leaf(),
        "another root of the same name": lambda _: Authority(now=NOW).leaf(),
        "no intermediate": lambda ours: ours.leaf(with_intermediate=False),
        "another name": lambda ours: ours.leaf(["evil.example"]),
        "the name as a subdomain": lambda ours: ours.leaf([f"{ALEXA}.evil.example"]),
        "a wildcard for the name": lambda ours: ours.leaf(["*.amazon.com"]),
        "no name": lambda ours: ours.leaf([]),
        "expired": lambda ours: ours.leaf(begins=-2 * DAY, ends=-DAY),
        "expired a second ago": lambda ours: ours.leaf(ends=timedelta(seconds=-1)),
        "not valid yet": lambda ours: ours.leaf(begins=DAY, ends=2 * DAY),
        "a short key": lambda ours: ours.leaf(key=rsa_key(1024)),
        "a key of another kind": lambda ours: ours.leaf(
            key=ec.generate_private_key(ec.SECP256R1())
        ),
    }


@pytest.mark.parametrize("name", impostors())
def test_an_impostor_is_refused(name: str, authority: Authority) -> None:
    """Only a valid chain from a trusted root to Alexa's own name may sign."""
    store = ChainStore(impostors()[name](authority).chain)
    certificates = SigningCertificates(
        roots=[authority.root], fetch=store.fetch, now=StandingClock(NOW)
    )

    with pytest.raises(CertificateChainError):
        certificates.at(CHAIN_URL)


GARBAGE = {
    b"": "nothing",
    b"<html>not found</html>": "a web page",
    b"\x00\xff" * 500: "bytes",
    b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n": "an empty certificate",
    b"-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n": "not base64",
}


@pytest.mark.parametrize("chain", GARBAGE, ids=GARBAGE.values())
def test_garbage_in_place_of_a_chain_is_refused(
    chain: bytes, authority: Authority, alexa: Signer
) -> None:
    """Whatever lies where a chain should lie, the answer is a refusal."""
    certificates = SigningCertificates(
        roots=[authority.root], fetch=ChainStore(chain).fetch, now=StandingClock(NOW)
    )

    with pytest.raises(CertificateChainError):
        certificates.at(CHAIN_URL)


def test_a_chain_of_endless_length_is_refused(authority: Authority, alexa: Signer) -> None:
    """A chain holds a handful of certificates; more are not looked at."""
    with pytest.raises(CertificateChainError, match="allowed 8"):
        SigningCertificates(
            roots=[authority.root], fetch=ChainStore(alexa.chain * 20).fetch, now=StandingClock(NOW)
        ).at(CHAIN_URL)


def test_the_public_roots_are_trusted_unless_told_otherwise(alexa: Signer) -> None:
    """Without injected roots a home-made chain is worth nothing."""
    with pytest.raises(CertificateChainError):
        SigningCertificates(fetch=ChainStore(alexa.chain).fetch, now=StandingClock(NOW)).at(
            CHAIN_URL
        )


# --- what is remembered ---------------------------------------------------------------------


def test_a_verified_certificate_is_fetched_once(authority: Authority, alexa: Signer) -> None:
    """Every spelling of one URL shares one fetch."""
    store = ChainStore(alexa.chain)
    certificates = SigningCertificates(
        roots=[authority.root], fetch=store.fetch, now=StandingClock(NOW)
    )

    for url in ALLOWED:
        certificates.at(url)

    assert len(store.asked) == 1


def test_a_bad_chain_is_not_remembered(authority: Authority, alexa: Signer) -> None:
    """Once the right chain lies there, requests pass again."""
    store = ChainStore(b"rubbish")
    certificates = SigningCertificates(
        roots=[authority.root], fetch=store.fetch, now=StandingClock(NOW)
    )
    with pytest.raises(CertificateChainError):
        certificates.at(CHAIN_URL)

    store.chain = alexa.chain

    assert certificates.at(CHAIN_URL).valid_until > NOW


def test_an_expired_certificate_is_forgotten(authority: Authority, alexa: Signer) -> None:
    """What was valid when it was remembered is judged again at each request."""
    store, clock = ChainStore(alexa.chain), StandingClock(NOW)
    certificates = SigningCertificates(roots=[authority.root], fetch=store.fetch, now=clock)
    certificates.at(CHAIN_URL)

    clock.moment = NOW + 2 * DAY

    with pytest.raises(CertificateChainError):
        certificates.at(CHAIN_URL)
    store.chain = authority.leaf(ends=10 * DAY).chain
    assert certificates.at(CHAIN_URL).covers(clock.moment)


def test_few_certificates_are_remembered(authority: Authority, alexa: Signer) -> None:
    """The one not used for the longest time is the one forgotten."""
    store = ChainStore(alexa.chain)
    certificates = SigningCertificates(
        roots=[authority.root], fetch=store.fetch, now=StandingClock(NOW), remembered=2
    )
    first, second, third = (f"https://s3.amazonaws.com/echo.api/{n}.pem" for n in range(3))

    for url in (first, second, first, third, first, second):
        certificates.at(url)

    assert store.asked == [first, second, third, second]


def test_a_flood_of_unknown_urls_does_not_stop_known_ones(
    authority: Authority, alexa: Signer
) -> None:
    """While fetches hang, no more are begun, and known certificates answer all the same."""
    begun, release = threading.Semaphore(0), threading.Event()

    def fetch(url: str) -> bytes:
        if url != CHAIN_URL:
            begun.release()
            release.wait(30)
        return alexa.chain

    certificates = SigningCertificates(
        roots=[authority.root], fetch=fetch, now=StandingClock(NOW), fetches_at_once=2
    )
    certificates.at(CHAIN_URL)
    slow = [
        threading.Thread(target=certificates.at, args=(CHAIN_URL.replace("12", str(n)),))
        for n in range(2)
    ]
    for thread in slow:
        thread.start()
    for _ in slow:
        assert begun.acquire(timeout=30)

    with pytest.raises(CertificateFetchError, match="too many"):
        certificates.at(CHAIN_URL.replace("12", "99"))
    assert certificates.at(CHAIN_URL).valid_until > NOW

    release.set()
    for thread in slow:
        thread.join()
    assert certificates.at(CHAIN_URL.replace("12", "99")).valid_until > NOW


def test_an_error_of_the_network_is_a_refusal(authority: Authority) -> None:
    """However a fetch of another kind fails, the request is refused."""

    def fetch(_url: str) -> bytes:
        raise TimeoutError("no answer")

    with pytest.raises(CertificateFetchError, match="TimeoutError"):
        SigningCertificates(roots=[authority.root], fetch=fetch, now=StandingClock(NOW)).at(
            CHAIN_URL
        )
