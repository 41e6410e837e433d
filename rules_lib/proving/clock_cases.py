"""
Every way in which clocks can be told that the rules can tell apart, found by enumeration.

Two clocks give the third, so their tests depend on sums. In the plane of two told clocks the
tests are lines; between two neighbouring corners of those lines nothing changes, so it is
enough to look at each corner, between each two, and there again along the other clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import TYPE_CHECKING

from rules_lib.facts import Presence
from rules_lib.rules import Compare, Operator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rules_lib.pack import Pack
    from rules_lib.rules import Leaf

Told = str | int | None
"""A clock that is denied, unsure, so many ticks, or not told."""
ABSENT, UNSURE = Presence.ABSENT.value, Presence.UNSURE.value
SILENT: tuple[Told, ...] = (None, ABSENT, UNSURE)
FINEST = 4
"""Ticks in the finest limit: between two limits, and there again between two lines."""
_PASSES = {
    Operator.AT_LEAST: int.__ge__,
    Operator.ABOVE: int.__gt__,
    Operator.AT_MOST: int.__le__,
    Operator.BELOW: int.__lt__,
}


@dataclass(frozen=True)
class ClockCases:
    """The cases, and which come of which."""

    cases: tuple[frozenset[str], ...]
    """What holds in each: `<clock> present`, `... absent`, `... unsure`, and keys of tests."""
    told_more: frozenset[tuple[int, int]]
    """Pairs of cases where one more clock is told in the second."""
    made_unsure: frozenset[tuple[int, int]]
    """Pairs of cases where what was told of a clock is unsure in the second."""
    settles: frozenset[tuple[int, int]]
    """Pairs of both in which another clock, or the one told, is unsure no longer."""


def clock_cases(pack: Pack, tested: Iterable[Leaf]) -> ClockCases:
    """
    Return the cases of a pack's clocks; one in which nothing holds where it has none.

    Args:
        pack: whose clocks they are.
        tested: every leaf that a rule or a property tests.
    """
    return _Enumeration(pack, tested).run()


class _Enumeration:
    def __init__(self, pack: Pack, tested: Iterable[Leaf]) -> None:
        clocks = pack.clocks
        self._names = clocks.names if clocks else ()
        self._tests: dict[str, dict[str, Compare]] = {name: {} for name in self._names}
        for leaf in tested:
            if isinstance(leaf, Compare) and leaf.finding in self._tests:
                self._tests[leaf.finding][leaf.key] = leaf
        ranges = [
            (Fraction(pack.findings[name].minimum), Fraction(pack.findings[name].maximum))
            for name in self._names
        ]
        limits = [
            {Fraction(leaf.number) for leaf in self._tests[name].values()} | set(ends)
            for name, ends in zip(self._names, ranges, strict=True)
        ]
        # Whole ticks in place of fractions, so fine that none is lost: six times as fast.
        self._hour = FINEST * lcm(*(limit.denominator for each in limits for limit in each))
        self._ranges = [(self._ticks(low), self._ticks(high)) for low, high in ranges]
        self._limits = [{self._ticks(limit) for limit in each} for each in limits]
        self._words: list[str] = []
        """What can hold, in the order of the bits of a case."""
        self._bits: list[dict[Told, int]] = [{} for _ in self._names]
        """Of each clock, what is told of it to the bits of what holds then."""
        self._unsure = sum(self._bit(f"{name} {UNSURE}") for name in self._names)
        self._places: dict[int, int] = {}

    def run(self) -> ClockCases:
        more: set[tuple[int, int]] = set()
        unsure: set[tuple[int, int]] = set()
        settles: set[tuple[int, int]] = set()
        self._place(self._case((None,) * len(self._names)))
        for told in self._situations() if self._names else ():
            after = self._case(told)
            for at, said in enumerate(told):
                if said is None:
                    continue
                less = self._case((*told[:at], None, *told[at + 1 :]))
                more.add((self._place(less), self._place(after)))
                doubt = self._case((*told[:at], UNSURE, *told[at + 1 :]))
                unsure.add((self._place(after), self._place(doubt)))
                for one, two in ((less, after), (after, doubt)):
                    if one & ~two & self._unsure:
                        settles.add((self._place(one), self._place(two)))
        cases = tuple(
            frozenset(word for at, word in enumerate(self._words) if case >> at & 1)
            for case in self._places
        )
        return ClockCases(cases, frozenset(more), frozenset(unsure), frozenset(settles))

    def _ticks(self, hours: Fraction) -> int:
        return int(hours * self._hour)

    def _place(self, case: int) -> int:
        return self._places.setdefault(case, len(self._places))

    def _bit(self, word: str) -> int:
        if word not in self._words:
            self._words.append(word)
        return 1 << self._words.index(word)

    # --- what can be told -------------------------------------------------------------------

    def _situations(self) -> Iterator[tuple[Told, ...]]:
        """Give what can be told, at least one of each kind that the tests can tell apart."""
        yield from self._one_told()
        for other in SILENT:
            for before, after in self._pairs(1, 2):
                yield other, before, after
            for whole, after in self._pairs(0, 2):
                yield whole, other, after
            for whole, before in self._pairs(0, 1):
                yield whole, before, other
        low, high = self._ranges[0]
        for before, after in self._pairs(1, 2):
            # One whole that adds up, and one that contradicts the others.
            for whole in (before + after, low + self._hour * (before + after == low)):
                if whole <= high:
                    yield whole, before, after

    def _one_told(self) -> Iterator[tuple[Told, ...]]:
        for at in range(3):
            for value in (*SILENT, *self._between(self._corners(at), at)):
                for one in SILENT:
                    for two in SILENT:
                        said = [one, two]
                        said.insert(at, value)
                        yield tuple(said)

    def _corners(self, clock: int) -> set[int]:
        """Return where lines of the other clocks' tests cross, seen along one clock."""
        total, first, rest = self._limits
        if clock == 0:
            return total | first | rest | {one + two for one in first for two in rest}
        own, other = (first, rest) if clock == 1 else (rest, first)
        return own | total | {one - two for one in total for two in other}

    def _pairs(self, one: int, two: int) -> Iterator[tuple[int, int]]:
        """Give numbers of two clocks: a whole and a part of it, or both parts."""
        limits = self._limits
        third = limits[3 - one - two]
        for value in self._between(self._corners(one), one):
            if one == 0:
                lines = {value, *(value - limit for limit in third)}
            else:
                lines = {limit - value for limit in third}
            for other in self._between({*limits[two], *lines}, two):
                yield value, other

    def _between(self, limits: Iterable[int], clock: int) -> Sequence[int]:
        """Return each limit inside a clock's range, and a number between each two."""
        low, high = self._ranges[clock]
        corners = sorted({low, high, *(limit for limit in limits if low <= limit <= high)})
        middles = [(one + two) // 2 for one, two in pairwise(corners)]
        return sorted((*corners, *middles))

    # --- what follows -----------------------------------------------------------------------

    def _case(self, told: tuple[Told, ...]) -> int:
        """Return the bits of what holds where this was told, by docs/knowledge_format.md."""
        said = list(told)
        hidden = [at for at, one in enumerate(said) if one is None or one == ABSENT]
        numbers = [one for one in said if isinstance(one, int)]
        if len(numbers) == 2:  # noqa: PLR2004 - the other two
            (missing,) = (at for at, one in enumerate(said) if not isinstance(one, int))
            third = self._third(said, missing)
            low, high = self._ranges[missing]
            if third is not None and not low <= third <= high:
                said = [UNSURE] * 3
            elif third is not None and hidden:
                said[missing] = third
        elif len(hidden) == 1:
            said[hidden[0]] = UNSURE
        elif len(numbers) == 3 and numbers[0] != numbers[1] + numbers[2]:  # noqa: PLR2004 - all
            said = [UNSURE] * 3
        holds = 0
        for at, one in enumerate(said):
            bits = self._bits[at].get(one)
            if bits is None:
                bits = self._bits[at][one] = self._holding(at, one)
            holds |= bits
        return holds

    def _holding(self, clock: int, said: Told) -> int:
        """Return the bits of what holds of one clock where this is known of it."""
        name = self._names[clock]
        if not isinstance(said, int):
            return 0 if said is None else self._bit(f"{name} {said}")
        passed = [
            key
            for key, leaf in self._tests[name].items()
            if _PASSES[leaf.operator](said, self._ticks(Fraction(leaf.number)))
        ]
        return sum(map(self._bit, [f"{name} {Presence.PRESENT}", *passed]))

    def _third(self, said: Sequence[Told], missing: int) -> int | None:
        total, first, rest = (one if isinstance(one, int) else 0 for one in said)
        if missing == 1 and total < rest:
            return None
        return (first + rest, total - rest, total - first)[missing]
