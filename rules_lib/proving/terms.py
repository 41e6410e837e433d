"""Evaluates z3's terms on many states at once, without z3: one bit a state."""

from __future__ import annotations

import operator
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, Any

import z3

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Column = "int | list[Fraction | int]"
"""The value of a term in each state: a boolean as the bits of an integer, a number as a list."""

Exact = Fraction | int
"""A number without rounding; an integer where it is one, since most are and compare faster."""


def exact(number: float | Fraction) -> Exact:
    """Return a number as it is compared."""
    return int(number) if number == int(number) else Fraction(number)


class Table:
    """
    The variables of a model in a number of states.

    Args:
        states: how many.
        booleans: name of a variable to the states, as bits, in which it is true.
        numbers: name of a variable to its number in each state.
    """

    def __init__(
        self, states: int, booleans: Mapping[str, int], numbers: Mapping[str, Sequence[Exact]]
    ) -> None:
        self._states = states
        self._all = (1 << states) - 1
        self._booleans = booleans
        self._numbers = numbers
        self._known: dict[int, Any] = {}
        self._kept: list[z3.ExprRef] = []

    def bits(self, term: z3.BoolRef) -> int:
        """Return the states in which a term is true, as bits."""
        # z3 gives the number of a term that is gone to another one.
        self._kept.append(term)
        return int(self._value(term))

    def _value(self, term: z3.ExprRef) -> Any:
        agenda = [term]
        known = self._known
        while agenda:
            one = agenda[-1]
            if one.get_id() in known:
                agenda.pop()
                continue
            missing = [part for part in one.children() if part.get_id() not in known]
            if missing:
                agenda += missing
                continue
            parts = [known[part.get_id()] for part in one.children()]
            known[one.get_id()] = self._applied(one, parts)
            agenda.pop()
        return known[term.get_id()]

    def _applied(self, term: z3.ExprRef, parts: list[Any]) -> Any:  # noqa: C901, PLR0911, PLR0912 - one a kind
        kind = term.decl().kind()
        match kind:
            case z3.Z3_OP_TRUE:
                return self._all
            case z3.Z3_OP_FALSE:
                return 0
            case z3.Z3_OP_AND:
                return reduce(operator.and_, parts, self._all)
            case z3.Z3_OP_OR:
                return reduce(operator.or_, parts, 0)
            case z3.Z3_OP_NOT:
                return self._all & ~parts[0]
            case z3.Z3_OP_IMPLIES:
                return self._all & ~parts[0] | parts[1]
            case z3.Z3_OP_EQ if isinstance(parts[0], int):
                return self._all & ~(parts[0] ^ parts[1])
            case z3.Z3_OP_ITE:
                then = [bool(parts[0] >> at & 1) for at in range(self._states)]
                rows = zip(then, parts[1], parts[2], strict=True)
                return [one if first else two for first, one, two in rows]
            case z3.Z3_OP_ANUM:
                return [exact(term.as_fraction())] * self._states
            case z3.Z3_OP_PB_AT_MOST if term.params() == [1]:
                return self._all & ~_twice(parts)
            case z3.Z3_OP_UNINTERPRETED if z3.is_bool(term):
                return self._booleans[term.decl().name()]
            case z3.Z3_OP_UNINTERPRETED:
                return self._numbers[term.decl().name()]
            case z3.Z3_OP_ADD:
                return [sum(row) for row in zip(*parts, strict=True)]
            case z3.Z3_OP_SUB:
                return [one - two for one, two in zip(*parts, strict=True)]
        return _bits(map(_COMPARE[kind], *parts))


_COMPARE = {
    z3.Z3_OP_LE: operator.le,
    z3.Z3_OP_LT: operator.lt,
    z3.Z3_OP_GE: operator.ge,
    z3.Z3_OP_GT: operator.gt,
    z3.Z3_OP_EQ: operator.eq,
    z3.Z3_OP_DISTINCT: operator.ne,
}


def _twice(columns: Sequence[int]) -> int:
    """Return the states in which two columns or more are true."""
    once = twice = 0
    for column in columns:
        twice |= once & column
        once |= column
    return twice


def _bits(truths: Any) -> int:
    """Return truths as the bits of an integer, the first one lowest."""
    text = "".join("1" if truth else "0" for truth in truths)
    return int(text[::-1], 2) if text else 0
