"""The fetch itself, against a TLS server on this machine: its limits and its refusals."""

from __future__ import annotations

import http.server
import socketserver
import ssl
import threading
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from certificates import Authority
from cryptography.hazmat.primitives.serialization import Encoding

from skill.certificate_fetch import LimitedFetch, fetch_chain
from skill.refusal import CertificateFetchError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Site(http.server.BaseHTTPRequestHandler):
    """A web site with one page for everything that may go wrong."""

    chain: ClassVar[bytes] = b"certificate " * 4000
    asked: ClassVar[list[str]]
    finished: ClassVar[threading.Event]

    def do_GET(self) -> None:
        """Go wrong in the way that the path names."""
        self.asked.append(self.path)
        match self.path.split("/")[1]:
            case "good":
                self.answer(200, self.chain)
            case "large":
                self.answer(200, b"a" * 100_000)
            case "endless":
                self.send_response(200)
                self.end_headers()
                for _ in range(1000):
                    self.wfile.write(b"a" * 10_000)
            case "redirect":
                self.send_response(302)
                self.send_header("Location", "/good")
                self.end_headers()
            case "silent":
                self.finished.wait(30)
            case "dripping-head":
                self.drip(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 1000)
            case "dripping-body":
                self.drip(b"HTTP/1.1 200 OK\r\n\r\n" + b"a" * 1000)
            case _:
                self.answer(404, b"not found")

    def answer(self, status: int, content: bytes) -> None:
        """Answer at once and in full."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def drip(self, content: bytes) -> None:
        """Answer one byte at a time."""
        for byte in content:
            if self.finished.wait(0.02):
                return
            self.wfile.write(bytes([byte]))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class's name)
        """Be quiet."""


class QuietServer(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """Serves until told to stop; a client that hangs up is no error."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Be quiet."""


@contextmanager
def running(server: QuietServer) -> Iterator[str]:
    """The address of a server that runs as long as this lasts."""
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def present() -> Authority:
    """An authority whose certificates are valid today: TLS asks the real clock."""
    return Authority("Web")


@pytest.fixture
def site(present: Authority, tmp_path: Path) -> Iterator[tuple[str, ssl.SSLContext, type[Site]]]:
    """Address of the site, how to trust it, and its pages."""
    files = tmp_path / "server.pem"
    files.write_bytes(present.leaf(["127.0.0.1"]).pem_with_key())
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(files)

    class Pages(Site):
        asked: ClassVar[list[str]] = []
        finished = threading.Event()

    server = QuietServer(("127.0.0.1", 0), Pages)
    server.socket = own.wrap_socket(server.socket, server_side=True)
    client = ssl.create_default_context(cadata=present.root.public_bytes(Encoding.PEM).decode())
    with running(server) as address:
        yield address, client, Pages
        Pages.finished.set()


def test_a_chain_is_fetched_whole(site: tuple[str, ssl.SSLContext, type[Site]]) -> None:
    """What lies at the URL is what comes back."""
    address, tls, pages = site

    assert fetch_chain(f"{address}/good", tls=tls) == pages.chain


@pytest.mark.parametrize(
    ("page", "cause"),
    [
        ("missing", "404"),
        ("redirect", "302"),
        ("large", "more than 65536 bytes"),
        ("endless", "more than 65536 bytes"),
        ("silent", "within 0.3 s"),
        ("dripping-head", "within 0.3 s"),
        ("dripping-body", "within 0.3 s"),
    ],
)
def test_a_fetch_has_its_limits(
    page: str, cause: str, site: tuple[str, ssl.SSLContext, type[Site]]
) -> None:
    """A time, a size, one answer 200: anything else is refused, and redirects go nowhere."""
    address, tls, pages = site
    slow = cause.startswith("within")

    limited = LimitedFetch(partial(fetch_chain, tls=tls), time_limit_s=0.3 if slow else 30)

    with pytest.raises(CertificateFetchError, match=cause):
        limited(f"{address}/{page}")

    assert pages.asked == [f"/{page}"]


def test_a_site_of_another_authority_is_not_read(
    site: tuple[str, ssl.SSLContext, type[Site]],
) -> None:
    """The fetch trusts the public roots, which do not know our test site."""
    address, _, pages = site

    with pytest.raises(CertificateFetchError, match="SSLCertVerificationError"):
        LimitedFetch(fetch_chain)(f"{address}/good")

    assert pages.asked == []


def test_a_site_that_is_not_there_is_refused() -> None:
    """A refused connection is a refusal, not a crash."""
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
        port = server.server_address[1]

    with pytest.raises(CertificateFetchError, match="ConnectionRefusedError"):
        LimitedFetch(fetch_chain)(f"https://127.0.0.1:{port}/echo.api/cert.pem")


def test_a_fetch_given_up_still_counts_until_it_is_over() -> None:
    """When the look-up of a name hangs, no flood of requests piles up threads behind it."""
    hanging: list[threading.Thread] = []
    over = threading.Event()

    def fetch(_url: str) -> bytes:
        hanging.append(threading.current_thread())
        over.wait(30)
        return b"chain"

    limited = LimitedFetch(fetch, at_once=2, time_limit_s=0.05)
    for _ in range(2):
        with pytest.raises(CertificateFetchError, match=r"within 0\.05 s"):
            limited("https://nowhere/")
    with pytest.raises(CertificateFetchError, match="too many"):
        limited("https://nowhere/")
    assert len(hanging) == 2

    over.set()
    for thread in hanging:
        thread.join(30)
    limited._time_limit_s = 30
    assert limited("https://nowhere/") == b"chain"


def test_a_thread_that_cannot_start_takes_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine short of threads fetches again once it has some."""

    def none_left(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    limited = LimitedFetch(lambda _url: b"chain", at_once=1)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", none_left)
        with pytest.raises(RuntimeError, match="thread"):
            limited("https://nowhere/")

    assert limited("https://nowhere/") == b"chain"
