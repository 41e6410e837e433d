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
from urllib.parse import urlsplit

import certifi

from skill.refusal import CertificateFetchError, shown

TIME_LIMIT_S = 3.0
SIZE_LIMIT_BYTES = 64 * 1024


def fetch_chain(
    url: str,
    *,
    time_limit_s: float = TIME_LIMIT_S,
    size_limit_bytes: int = SIZE_LIMIT_BYTES,
    tls: ssl.SSLContext | None = None,
) -> bytes:
    """
    Fetch what lies at an https URL, within a time and a size, following no redirect.

    The work is done in a thread of its own, since no socket timeout covers the look-up of the
    name or a server that sends one byte at a time; the caller waits no longer than the limit.

    Raises:
        CertificateFetchError: anything but a complete answer 200 within the limits.
    """
    outcome: queue.SimpleQueue[bytes | BaseException] = queue.SimpleQueue()

    def work() -> None:
        try:
            outcome.put(_download(url, time_limit_s, size_limit_bytes, tls or _public_tls()))
        except BaseException as error:  # noqa: BLE001 (handed to the caller, who judges it)
            outcome.put(error)

    threading.Thread(target=work, name="certificate-fetch", daemon=True).start()
    try:
        result = outcome.get(timeout=time_limit_s)
    except queue.Empty:
        raise CertificateFetchError(
            f"no complete certificate chain from {shown(url)} within {time_limit_s:g} s"
        ) from None
    if isinstance(result, bytes):
        return result
    if isinstance(result, CertificateFetchError):
        raise result
    raise CertificateFetchError(
        f"cannot fetch {shown(url)}: {type(result).__name__}: {shown(str(result))}"
    ) from result


def _download(url: str, time_limit_s: float, size_limit_bytes: int, tls: ssl.SSLContext) -> bytes:
    """One GET without redirects, proxies, cookies or retries."""
    deadline = time.monotonic() + time_limit_s
    place = urlsplit(url)
    connection = http.client.HTTPSConnection(
        place.hostname or "", place.port, timeout=time_limit_s, context=tls
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
