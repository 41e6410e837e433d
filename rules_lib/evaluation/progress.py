"""A line that says how far a long run has come."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable

QUIET = 2.0
"""Seconds in which nothing is said: most runs are over then."""
RARELY = 60.0
"""Seconds between two lines where there is no terminal, as in CI."""


class Progress:
    """Keeps one line of a terminal up to date; a line a minute where there is none."""

    def __init__(
        self, total: int, out: TextIO, clock: Callable[[], float], noun: str = "vignettes"
    ) -> None:
        self._noun = noun
        self._total = total
        self._out = out
        self._clock = clock
        self._started = clock()
        self._shown = False
        self._told = self._started

    def at(self, done: int) -> None:
        """Say how many are done."""
        now = self._clock()
        if self._out.isatty():
            if now - self._started >= QUIET:
                self._shown = True
                self._out.write(f"\r{done} of {self._total} {self._noun}")
                self._out.flush()
        elif now - self._told >= RARELY:
            self._told = now
            self._out.write(f"{done} of {self._total} {self._noun}\n")
            self._out.flush()

    def end(self) -> None:
        """Wipe the line."""
        if self._shown:
            self._out.write("\r\033[K")
            self._out.flush()
