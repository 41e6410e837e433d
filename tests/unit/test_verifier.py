"""Who may ask: what a request's headers and body must prove, and how they may fail to."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from certificates import CHAIN_URL, DAY, Authority, ChainStore, Signer, StandingClock, rsa_key

from skill.refusal import (
    ApplicationIdError,
    BodyError,
    HeaderError,
    RefusalError,
    SignatureError,
    TimestampError,
    shown,
)
from skill.verifier import RequestVerifier, envelope_of

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SKILL = "amzn1.ask.skill.ours"


@pytest.fixture(scope="module")
def authority() -> Authority:
    """A root that the code under test is told to trust."""
    return Authority(now=NOW)


@pytest.fixture(scope="module")
def alexa(authority: Authority) -> Signer:
    """Who signs as Alexa does."""
    return authority.leaf()


def envelope(**request: Any) -> dict[str, Any]:
    """A launch, made now and for us, with these fields of the request changed."""
    application = {"application": {"applicationId": SKILL}}
    moment = {"timestamp": NOW.strftime("%Y-%m-%dT%H:%M:%SZ")}
    return {
        "version": "1.0",
        "session": application,
        "context": {"System": application},
        "request": {"type": "LaunchRequest", "locale": "en-US"} | moment | request,
    }


def signed(signer: Signer, body: bytes) -> dict[str, str]:
    """The headers that Alexa sends with this body."""
    return {"SignatureCertChainUrl": CHAIN_URL, "Signature-256": signer.sign(body)}


def verify(authority: Authority, signer: Signer, content: Any) -> None:
    """Have this content, signed by this signer, verified by a service that trusts the root."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    verifier = RequestVerifier(
        SKILL, roots=[authority.root], fetch=ChainStore(signer.chain).fetch, now=StandingClock(NOW)
    )
    verifier.verify_request(signed(signer, body), body)


def test_a_good_request_passes(authority: Authority, alexa: Signer) -> None:
    """Signed by Alexa, for this skill, now: nothing is raised."""
    verify(authority, alexa, envelope())


def test_many_threads_agree(authority: Authority, alexa: Signer) -> None:
    """One verifier serves many threads, letting the good pass and none of the bad."""
    verifier = RequestVerifier(
        SKILL, roots=[authority.root], fetch=ChainStore(alexa.chain).fetch, now=StandingClock(NOW)
    )
    body = json.dumps(envelope()).encode()
    headers = signed(alexa, body)
    verifier.verify_request(headers, body)
    wrong: list[object] = []

    def ask(number: int) -> None:
        for turn in range(50):
            tampered = body.replace(b"en-US", b"en-GB") if (number + turn) % 2 else body
            try:
                verifier.verify_request(headers, tampered)
            except SignatureError:
                if tampered == body:
                    wrong.append("good refused")
            else:
                if tampered != body:
                    wrong.append("bad let pass")

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []


BAD_SIGNATURES = {
    "": HeaderError,
    "not base64!": HeaderError,
    "AAAA\u00e9": HeaderError,
    "A": HeaderError,
    "AAAA" * 2000: HeaderError,
    "AAAA": SignatureError,
}


@pytest.mark.parametrize(
    ("signature", "refusal"),
    BAD_SIGNATURES.items(),
    ids=["empty", "not base64", "not ASCII", "cut", "endless", "too short"],
)
def test_a_malformed_signature_is_refused(
    signature: str, refusal: type[RefusalError], authority: Authority, alexa: Signer
) -> None:
    """The signature is strict base64 of what the key signed."""
    verifier = RequestVerifier(
        SKILL, roots=[authority.root], fetch=ChainStore(alexa.chain).fetch, now=StandingClock(NOW)
    )
    body = json.dumps(envelope()).encode()

    with pytest.raises(refusal):
        verifier.verify_request(signed(alexa, body) | {"Signature-256": signature}, body)


@pytest.mark.parametrize("name", ["SignatureCertChainUrl", "Signature-256"])
def test_a_missing_header_is_refused(name: str, authority: Authority, alexa: Signer) -> None:
    """The cause names the header; nothing is fetched for a request without a signature."""
    store = ChainStore(alexa.chain)
    verifier = RequestVerifier(
        SKILL, roots=[authority.root], fetch=store.fetch, now=StandingClock(NOW)
    )
    body = json.dumps(envelope()).encode()
    headers = signed(alexa, body)
    del headers[name]

    with pytest.raises(HeaderError, match=name):
        verifier.verify_request(headers, body)

    assert store.asked == []


def test_the_old_signature_header_does_not_count(authority: Authority, alexa: Signer) -> None:
    """Signature, over SHA-1, is not taken for Signature-256."""
    body = json.dumps(envelope()).encode()
    headers = signed(alexa, body)
    headers["Signature"] = headers.pop("Signature-256")

    with pytest.raises(HeaderError):
        RequestVerifier(
            SKILL,
            roots=[authority.root],
            fetch=ChainStore(alexa.chain).fetch,
            now=StandingClock(NOW),
        ).verify_request(headers, body)


def test_header_names_come_in_any_case(authority: Authority, alexa: Signer) -> None:
    """Proxies rewrite the case of header names."""
    body = json.dumps(envelope()).encode()
    headers = {name.lower(): value for name, value in signed(alexa, body).items()}

    RequestVerifier(
        SKILL, roots=[authority.root], fetch=ChainStore(alexa.chain).fetch, now=StandingClock(NOW)
    ).verify_request(headers, body)


def test_the_raw_bytes_are_what_is_signed(authority: Authority, alexa: Signer) -> None:
    """The same JSON with another space is another body."""
    verifier = RequestVerifier(
        SKILL, roots=[authority.root], fetch=ChainStore(alexa.chain).fetch, now=StandingClock(NOW)
    )
    body = json.dumps(envelope()).encode()

    with pytest.raises(SignatureError):
        verifier.verify_request(signed(alexa, body), body + b" ")


def test_another_key_is_refused(authority: Authority, alexa: Signer) -> None:
    """A signature by a key other than the certificate's does not count."""
    other = authority.leaf(key=rsa_key(number=1))
    body = json.dumps(envelope()).encode()

    with pytest.raises(SignatureError):
        RequestVerifier(
            SKILL,
            roots=[authority.root],
            fetch=ChainStore(alexa.chain).fetch,
            now=StandingClock(NOW),
        ).verify_request(signed(other, body), body)


@pytest.mark.parametrize("seconds", [0, 149, 150, -149, -150])
def test_a_timestamp_within_150_seconds_passes(
    seconds: int, authority: Authority, alexa: Signer
) -> None:
    """Clocks differ a little, in both directions."""
    moment = (NOW + timedelta(seconds=seconds)).isoformat()

    verify(authority, alexa, envelope(timestamp=moment))


BAD_TIMESTAMPS = {
    "old": (NOW - timedelta(seconds=151)).isoformat(),
    "new": (NOW + timedelta(seconds=151)).isoformat(),
    "a day old": (NOW - DAY).isoformat(),
    "without a zone": NOW.replace(tzinfo=None).isoformat(),
    "of another zone": NOW.replace(tzinfo=None).isoformat() + "+05:00",
    "a date": "2026-11-22",
    "the beginning of time": "0001-01-01T00:00:00+23:59",
    "the end of time": "9999-12-31T23:59:59-23:59",
    "words": "just now",
    "empty": "",
    "a number": NOW.timestamp(),
    "null": None,
    "a list": [],
}


@pytest.mark.parametrize("timestamp", BAD_TIMESTAMPS.values(), ids=BAD_TIMESTAMPS)
def test_another_timestamp_is_refused(
    timestamp: object, authority: Authority, alexa: Signer
) -> None:
    """Old requests cannot be played again; a moment without a zone is no moment."""
    with pytest.raises(TimestampError):
        verify(authority, alexa, envelope(timestamp=timestamp))


def test_a_missing_timestamp_is_refused(authority: Authority, alexa: Signer) -> None:
    """A request that does not say when it was made might be any age."""
    content = envelope()
    del content["request"]["timestamp"]

    with pytest.raises(TimestampError):
        verify(authority, alexa, content)


def other(application_id: object) -> dict[str, Any]:
    """The part of an envelope that names a skill."""
    return {"application": {"applicationId": application_id}}


FOREIGN = {
    "another skill": {"session": other("x"), "context": {"System": other("x")}},
    "another skill in the context": {"context": {"System": other("x")}},
    "another skill in the session": {"session": other("x")},
    "a longer id": {"session": other(SKILL + "2"), "context": {"System": other(SKILL + "2")}},
    "no application": {"session": {}, "context": {}},
    "nothing": {"session": None, "context": None},
    "no id": {"session": {"application": {}}, "context": {"System": {"application": {}}}},
    "a list as id": {"context": {"System": other([SKILL])}},
}


@pytest.mark.parametrize("places", FOREIGN.values(), ids=FOREIGN)
def test_a_request_for_another_skill_is_refused(
    places: dict[str, Any], authority: Authority, alexa: Signer
) -> None:
    """Amazon signs the requests of every skill; ours answers its own."""
    with pytest.raises(ApplicationIdError):
        verify(authority, alexa, envelope() | places)


def test_a_request_without_a_session_passes(authority: Authority, alexa: Signer) -> None:
    """Some requests have no session; the context names the skill."""
    content = envelope()
    del content["session"]

    verify(authority, alexa, content)


NOT_ENVELOPES = {
    "empty": b"",
    "not UTF-8": b'{"request": {"type": "\xff\xfe"}}',
    "UTF-16": '{"request": {"type": "x"}}'.encode("utf-16"),
    "cut": b'{"request": {"type": "Launch',
    "words": b"my back hurts",
    "null": b"null",
    "true": b"true",
    "a number": b"42",
    "a string": b'"request"',
    "a list": b"[]",
    "an empty object": b"{}",
    "a request of words": b'{"request": "LaunchRequest"}',
    "a request without a type": b'{"request": {}}',
    "a type that is no word": b'{"request": {"type": 1}}',
    "not a number": b'{"request": {"type": "x"}, "n": NaN}',
    "infinite": b'{"request": {"type": "x"}, "n": -Infinity}',
    "endless digits": b'{"request": {"type": "x"}, "n": ' + b"1" * 10_000 + b"}",
    "endless depth": b"[" * 100_000,
    "a byte order mark": b'\xef\xbb\xbf{"request": {"type": "x"}}',
}


@pytest.mark.parametrize("body", NOT_ENVELOPES.values(), ids=NOT_ENVELOPES)
def test_a_body_that_is_no_envelope_is_refused(
    body: bytes, authority: Authority, alexa: Signer
) -> None:
    """Even signed, it is refused, and the cause repeats nothing of it."""
    with pytest.raises(BodyError) as refused:
        verify(authority, alexa, body)

    assert "back hurts" not in refused.value.cause


def test_nothing_of_the_body_is_read_before_the_signature_holds(
    authority: Authority, alexa: Signer
) -> None:
    """An unsigned body is refused for its signature, however malformed it is."""
    verifier = RequestVerifier(
        SKILL, roots=[authority.root], fetch=ChainStore(alexa.chain).fetch, now=StandingClock(NOW)
    )

    with pytest.raises(SignatureError):
        verifier.verify_request(signed(alexa, b"something else"), b"\xff not even JSON")


def test_an_envelope_is_read_as_it_is() -> None:
    """What passes is the object that was sent."""
    assert envelope_of(json.dumps(envelope()).encode()) == envelope()


def test_a_verifier_needs_a_skill_to_guard(authority: Authority) -> None:
    """An empty skill id would match an empty application id."""
    with pytest.raises(ValueError, match="id of the skill"):
        RequestVerifier("", roots=[authority.root])


def test_foreign_values_are_shown_cut_and_quoted() -> None:
    """Control characters are escaped and long values end in dots."""
    assert shown("a\nb") == "'a\\nb'"
    assert shown("x" * 500).endswith("...")
