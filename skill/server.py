"""
The web service as a program: `skill.web` behind waitress, until a signal stops it.

It refuses to start where it could answer anybody: with no skill id to check requests against, and
without verification at an address that others can reach.
"""

from __future__ import annotations

import ipaddress
import logging
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any, NoReturn

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer, create_server
from waitress.utilities import BadRequest as WaitressBadRequest
from waitress.utilities import RequestEntityTooLarge as WaitressTooLarge

from skill.application import SKILL_ID_VARIABLE
from skill.web import create_app

if TYPE_CHECKING:
    import types

    from flask import Flask

# Up to here a body is read and then refused; beyond, the connection is closed. Equal to what is
# kept in memory, so that no patient's words are ever spilled to a temporary file.
_LARGEST_READ = 1024 * 1024
_THREADS = 8


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
    # A local client need not know the id that the environment holds.
    skill = build_skill(skill_id if verify else None)
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
