"""Time several things against each other on a noisy machine: in turns, medians, paired ratios."""

from __future__ import annotations

import gc
import itertools
import statistics
from dataclasses import dataclass, field
from time import thread_time_ns
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

PERCENTILE = 0.99
IDLE_CALLS = 200


@dataclass
class Timing:
    """How long the calls of one contestant took, round by round, in seconds."""

    rounds: list[list[float]] = field(default_factory=list)

    @property
    def medians(self) -> list[float]:
        """The median call of each round."""
        return [statistics.median(calls) for calls in self.rounds]

    @property
    def median(self) -> float:
        """The median round's median call."""
        return statistics.median(self.medians)

    @property
    def p99(self) -> float:
        """The call that 99 of 100 are quicker than, over all rounds."""
        calls = sorted(call for calls in self.rounds for call in calls)
        return calls[min(len(calls) - 1, int(len(calls) * PERCENTILE))]

    def over(self, other: Timing) -> float:
        """Return how many times as long as `other` this takes: the median of the rounds' ratios."""
        pairs = zip(self.medians, other.medians, strict=True)
        return statistics.median(one / another for one, another in pairs)


def timed(
    call: Callable[[Any], Any], cases: Iterable[Any], times: int = 1, slices: int = 1
) -> Callable[[], list[float]]:
    """
    Return a contestant that makes one call for each case, `times` over.

    It is timed by the processor's time of this thread: nothing it does waits, so that is what
    a clock would show on a machine that has nothing else to do. What reading that time takes
    by itself (a system call) is not counted.

    With slices, each round takes the next slice of the cases, so that contestants follow each
    other within milliseconds: what else the machine does changes slower than that.
    """
    every = tuple(cases)
    rounds = itertools.count()

    def run() -> list[float]:
        fixed = every[next(rounds) % slices :: slices] * times
        idle = statistics.median(_timed(lambda _: None, range(IDLE_CALLS)))
        return [(taken - idle) / 1e9 for taken in _timed(call, fixed)]

    return run


def _timed(call: Callable[[Any], Any], cases: Iterable[Any]) -> list[int]:
    taken = []
    for case in cases:
        begun = thread_time_ns()
        call(case)
        taken.append(thread_time_ns() - begun)
    return taken


def in_turns(
    contestants: Mapping[str, Callable[[], list[float]]], rounds: int, *, warm: bool = True
) -> dict[str, Timing]:
    """
    Let the contestants run one after the other, round after round.

    Whatever else this machine does then hits all of them alike. Each round starts with another
    one, and none pays for the garbage of the one before.

    Args:
        contestants: name to what runs one round of it and returns the seconds of each call.
        rounds: how many rounds are counted.
        warm: whether a first round is run that does not count.

    Returns:
        Name to its timing.
    """
    timings = {name: Timing() for name in contestants}
    names = list(contestants)
    for number in range(rounds + warm):
        at = number % len(names)
        for name in (*names[at:], *names[:at]):
            gc.collect()
            taken = contestants[name]()
            if number or not warm:
                timings[name].rounds.append(taken)
    return timings
