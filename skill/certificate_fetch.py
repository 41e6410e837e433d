"""
How a certificate chain is fetched: one https GET with a time limit, a size limit, no redirects.

It fetches what it is told to; `skill.signing_certificate` decides what may be fetched at all.
"""

from __future__ import annotations

import functools
import http.client
import queue
import ssl
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import certifi

from skill.refusal import CertificateFetchError, shown

TIME_LIMIT_S = 3.0
SIZE_LIMIT_BYTES = 64 * 1024
AT_ONCE = 4

Fetch = Callable[[str], bytes]
"""Fetches what lies at a URL."""


class LimitedFetch:
    """
    Fetches within a time, and not too much at once. Safe from several threads.

    Each fetch is done in a thread of its own, since no socket timeout covers the look-up of the
    name or a server that sends one byte at a time; the caller waits no longer than the limit. A
    fetch that is given up still counts until its thread is done: they hang together, too.

    Args:
        fetch: what gets the bytes at a URL.
        at_once: how many fetches may be under way.
        time_limit_s: how long a caller waits for one.
    """

    def __init__(
        self, fetch: Fetch, *, at_once: int = AT_ONCE, time_limit_s: float = TIME_LIMIT_S
    ) -> None:
        self._fetch = fetch
        self._free = threading.BoundedSemaphore(at_once)
        self._time_limit_s = time_limit_s

    def __call__(self, url: str) -> bytes:
        """
        Fetch what lies at a URL.

        Raises:
            CertificateFetchError: too many fetches are under way, or this one fails.
        """
        if not self._free.acquire(blocking=False):
            raise CertificateFetchError("too many certificate fetches are under way")
        outcome: queue.SimpleQueue[bytes | BaseException] = queue.SimpleQueue()
        worker = threading.Thread(
            target=self._work, args=(url, outcome), name="certificate-fetch", daemon=True
        )
        try:
            worker.start()
        except BaseException:
            self._free.release()
            raise
        try:
            result = outcome.get(timeout=self._time_limit_s)
        except queue.Empty:
            raise CertificateFetchError(
                f"no complete certificate chain from {shown(url)} within {self._time_limit_s:g} s"
            ) from None
        if isinstance(result, bytes):
            return result
        if isinstance(result, CertificateFetchError):
            raise result
        raise CertificateFetchError(
            f"cannot fetch {shown(url)}: {type(result).__name__}: {shown(str(result))}"
        ) from result

    def _work(self, url: str, outcome: queue.SimpleQueue[bytes | BaseException]) -> None:
        result: bytes | BaseException
        try:
            result = self._fetch(url)
        except BaseException as error:  # noqa: BLE001 (handed to the caller, who judges it)
            result = error
        self._free.release()
        outcome.put(result)


def fetch_chain(
    url: str,
    *,
    time_limit_s: float = TIME_LIMIT_S,
    size_limit_bytes: int = SIZE_LIMIT_BYTES,
    tls: ssl.SSLContext | None = None,
) -> bytes:
    """
    Fetch what lies at an https URL: one GET without redirects, proxies, cookies or retries.

    Raises:
        CertificateFetchError: anything but an answer 200 of no more than that size.
        OSError: the network fails, or no more comes within the time.
    """
    deadline = time.monotonic() + time_limit_s
    place = urlsplit(url)
    connection = http.client.HTTPSConnection(
        place.hostname or "", place.port, timeout=time_limit_s, context=tls or _public_tls()
    )
    try:
        connection.request("GET", place.path, headers={"Accept-Encoding": "identity"})
        # A response that ends with the connection outlives it, so it is closed by itself.
        with connection.getresponse() as response:
            if response.status != http.client.OK:
                raise CertificateFetchError(
                    f"{shown(url)} answered {response.status}; only 200 is taken, "
                    "and no redirect is followed"
                )
            pem = bytearray()
            while chunk := response.read1(16 * 1024):
                pem += chunk
                if len(pem) > size_limit_bytes:
                    raise CertificateFetchError(
                        f"{shown(url)} holds more than {size_limit_bytes} bytes"
                    )
                if time.monotonic() > deadline:
                    raise TimeoutError(f"not complete within {time_limit_s:g} s")
            return bytes(pem)
    finally:
        connection.close()


@functools.cache
def _public_tls() -> ssl.SSLContext:
    """The public web's roots, read once: reading them takes longer than a fetch."""
    return ssl.create_default_context(cafile=certifi.where())
