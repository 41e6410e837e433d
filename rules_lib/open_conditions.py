"""What is left of conditions while findings become known: each kept once, known by a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rules_lib.rules import Leaf

NO, YES = 0, 1
"""What is left of a condition that cannot hold any more, and of one that does."""
_NOTHING: frozenset[int] = frozenset()


class Conditions:
    """What is left of conditions, each kept once and known by a number."""

    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}
        self._made: dict[int, tuple[bool, tuple[int, ...]]] = {}
        self._symbols: dict[int, str] = {}
        """Number of an open leaf, to the finding it tests (empty for the urgency)."""
        self._about: dict[int, frozenset[int]] = {NO: _NOTHING, YES: _NOTHING}
        self._replaced: dict[tuple[int, frozenset[tuple[int, int]]], int] = {}

    def symbol(self, leaf: Leaf) -> int:
        """Return the number of a leaf that is open."""
        number = self._number(leaf)
        if number not in self._symbols:
            self._symbols[number] = getattr(leaf, "finding", "")
            self._about[number] = frozenset({number})
        return number

    def joined(self, parts: Iterable[int], *, every: bool) -> int:
        """Return what is left of an `all` (every) or an `any` of these."""
        settles, idle = (NO, YES) if every else (YES, NO)
        left = set(parts)
        if settles in left:
            return settles
        left.discard(idle)
        if len(left) < 2:  # noqa: PLR2004 - a single part is itself
            return left.pop() if left else idle
        made = (every, tuple(sorted(left)))
        number = self._number(made)
        if number not in self._made:
            self._made[number] = made
            self._about[number] = _NOTHING.union(*(self._about[part] for part in left))
        return number

    def replaced(self, number: int, values: frozenset[tuple[int, int]]) -> int:
        """Return what is left of a condition when some open leaves are known."""
        if not values or number <= YES:
            return number
        about = self._about[number]
        touched = frozenset([pair for pair in values if pair[0] in about])
        if not touched:
            return number
        if number in self._symbols:
            ((_, value),) = touched
            return value
        key = (number, touched)
        if key not in self._replaced:
            every, parts = self._made[number]
            left = [self.replaced(part, touched) for part in parts]
            self._replaced[key] = self.joined(left, every=every)
        return self._replaced[key]

    def alternatives(self, number: int) -> tuple[int, ...]:
        """Return the open leaves that each fulfil a condition alone."""
        every, parts = self._made.get(number, (False, (number,)))
        return () if every else tuple(part for part in parts if part in self._symbols)

    def findings(self, numbers: Iterable[int]) -> frozenset[str]:
        """Return the findings that conditions speak of."""
        symbols = _NOTHING.union(*(self._about[number] for number in numbers))
        return frozenset(self._symbols[symbol] for symbol in symbols) - {""}

    def _number(self, what: object) -> int:
        return self._numbers.setdefault(what, len(self._numbers) + YES + 1)
