"""
One patient in every possible state at once, as decision diagrams.

The second method of proof. It shares nothing with z3: every finding is a few bits, numbers are
told apart only where a rule does, and clocks, whose sums would need arithmetic, are enumerated.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from rules_lib.facts import ValueType
from rules_lib.pack import Role
from rules_lib.proving.clock_cases import clock_cases
from rules_lib.rules import Compare, OneOf, Operator, leaves

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rules_lib.pack import Pack
    from rules_lib.rules import Leaf

UNTOLD, PRESENT, ABSENT, UNSURE = range(4)
"""What every finding can be; from 4 on, a present one with a value or a severity."""
CLOCKS = "clocks"
"""All clocks are one variable, and so called."""
ROUNDS = 50
WIDEST_KNOT = 25
"""Findings of one rule; what ties everything together orders nothing."""
_SEVERITY = (Fraction(0), Fraction(10))


def new_manager() -> Any:
    """Return a manager of decision diagrams: CUDD's where the wheel has it, else dd's own."""
    try:
        from dd import cudd as diagrams  # noqa: PLC0415 - not in every wheel
    except ImportError:
        from dd import autoref as diagrams  # noqa: PLC0415
    manager = diagrams.BDD()
    # The order is good from the start; looking for a better one costs more than it saves.
    manager.configure(reordering=False)
    return manager


class Codes:
    """A variable of several values, as bits; codes beyond the last value mean the first."""

    def __init__(self, manager: Any, name: str, values: int) -> None:
        self._manager = manager
        self.bits = [f"{name}@{bit}" for bit in range(max(1, (values - 1).bit_length()))]
        self.values = values
        manager.declare(*self.bits)

    def assignment(self, value: int) -> dict[str, bool]:
        """Return the bits of a value."""
        return {bit: bool(value >> at & 1) for at, bit in enumerate(self.bits)}

    def put_into(self, diagram: Any) -> list[Any]:
        """Return a diagram with each value put in; halves that are alike are made once."""
        wholes = [diagram]
        for bit in self.bits:
            halves = {
                each: [self._manager.let({bit: said}, each) for said in (False, True)]
                for each in dict.fromkeys(wholes)
            }
            wholes = [halves[each][said] for said in range(2) for each in wholes]
        return wholes[: self.values]

    def among(self, values: Iterable[int]) -> Any:
        """Return the diagram of being one of these values."""
        wanted = set(values)
        if 0 in wanted:
            wanted |= set(range(self.values, 1 << len(self.bits)))
        return disjunction(
            self._manager, [self._manager.cube(self.assignment(value)) for value in sorted(wanted)]
        )


class DiagramState:
    """What was told of one patient, and what is filled in, as diagrams."""

    def __init__(self, pack: Pack, manager: Any, besides: Iterable[Leaf] = ()) -> None:
        self._pack = pack
        self._tested = [*besides, *(leaf for rule in pack.rules for leaf in leaves(rule.when))]
        self.manager = manager
        self.codes: dict[str, Codes] = {}
        self._points: dict[str, list[Any]] = {}
        """Finding to what its values from 4 on stand for: numbers or choices."""
        self._clocks = self._clock_names()
        self.cases = clock_cases(pack, self._tested)
        self.clock = Codes(manager, CLOCKS, len(self.cases.cases))
        self.told: dict[str, list[Any]] = {}
        """Finding to the diagrams of present, absent and unsure, as told."""
        for name in self._in_order():
            self._declare(name)
        self.present = {name: told[0] for name, told in self.told.items()}
        self.absent = {name: told[1] for name, told in self.told.items()}
        self.unsure = {name: told[2] for name, told in self.told.items()}
        self._fill_groups()
        self._fill_severity()

    def blocks(self) -> dict[str, str]:
        """Return each bit and the finding it belongs to; all clocks are one."""
        blocks = {bit: name for name, codes in self.codes.items() for bit in codes.bits}
        return blocks | dict.fromkeys(self.clock.bits, CLOCKS)

    def _clock_names(self) -> tuple[str, ...]:
        clocks = self._pack.clocks
        return clocks.names if clocks else ()

    def _in_order(self) -> list[str]:
        """
        Return the findings so that those tested together stand together.

        Every finding moves to the middle of the rules and groups it is in, again and again:
        FORCE of Aloul, Markov and Sakallah (GLSVLSI 2003, page 116).
        """
        knots = [
            *({leaf.finding for leaf in leaves(rule.when) if hasattr(leaf, "finding")}
              for rule in self._pack.rules),
            *({group.id, *group.members} for group in self._pack.groups.values()),
        ]  # fmt: skip
        knots = [knot for knot in knots if 1 < len(knot) <= WIDEST_KNOT]
        order = list(self._pack.findings)
        for _ in range(ROUNDS):
            place = {name: at for at, name in enumerate(order)}
            pulls: dict[str, list[float]] = {name: [] for name in order}
            for knot in knots:
                middle = sum(place[name] for name in knot) / len(knot)
                for name in knot:
                    pulls[name].append(middle)
            order.sort(
                key=lambda name: sum(pulls[name]) / len(pulls[name]) if pulls[name] else place[name]
            )
        return order

    def _declare(self, name: str) -> None:
        if name in self._clocks:
            self.told[name] = [
                self._case_with(f"{name} {word}") for word in ("present", "absent", "unsure")
            ]
            return
        declared = self._pack.findings[name]
        points: list[Any] = []
        if declared.type is ValueType.NUMBER:
            points = self._numbers(name, Fraction(declared.minimum), Fraction(declared.maximum))
        elif declared.type is ValueType.CHOICE:
            points = list(declared.choices)
        elif declared.severity:
            points = self._numbers(name, *_SEVERITY)
        self._points[name] = points
        codes = self.codes[name] = Codes(self.manager, name, 4 + len(points))
        # A number or a choice is never present without its value.
        bare = [PRESENT] if declared.type is ValueType.YES_NO else []
        with_value = list(range(4, 4 + len(points)))
        self.told[name] = [
            codes.among([*bare, *with_value]),
            codes.among([ABSENT]),
            codes.among([UNSURE]),
        ]

    def _numbers(self, name: str, low: Fraction, high: Fraction) -> list[Fraction]:
        """Return numbers of which the rules can tell no others apart."""
        own = self._pack.severity
        limits = {low, high}
        for leaf in self._tested:
            if not isinstance(leaf, Compare):
                continue
            worst = leaf.finding == own and not leaf.severity
            if leaf.finding == name or (worst and self._pack.findings[name].severity):
                limits.add(Fraction(leaf.number))
        corners = sorted(limit for limit in limits if low <= limit <= high)
        return sorted([*corners, *((one + two) / 2 for one, two in pairwise(corners))])

    def _case_with(self, word: str) -> Any:
        return self.clock.among(at for at, case in enumerate(self.cases.cases) if word in case)

    # --- what is filled in ------------------------------------------------------------------

    def _fill_groups(self) -> None:
        manager = self.manager
        groups = [group for group in self._pack.groups.values() if group.role is not Role.RECAP]
        told = dict(self.told)
        for group in groups:
            for member in group.members:
                present, _, unsure = told[member]
                denied = self.told[group.id][1] & ~present & ~unsure
                self.absent[member] = self.absent[member] | denied
        for group in groups:
            settled = conjunction(manager, [self.absent[member] for member in group.members])
            settled &= ~told[group.id][0]
            self.absent[group.id] |= settled
            self.unsure[group.id] &= ~settled

    def _fill_severity(self) -> None:
        own = self._pack.severity
        self._carrying = [
            name for name, declared in self._pack.findings.items() if declared.severity
        ]
        if own is None:
            return
        some = disjunction(
            self.manager, [self._passing(name, lambda _: True) for name in self._carrying]
        )
        self.present[own] |= some
        self.absent[own] &= ~some
        self.unsure[own] &= ~some

    # --- tests of values --------------------------------------------------------------------

    def test(self, leaf: Leaf) -> Any:
        """Return the diagram of a comparison or a choice that holds."""
        if isinstance(leaf, OneOf):
            return self._passing(leaf.finding, lambda choice: choice in leaf.choices)
        assert isinstance(leaf, Compare)  # noqa: S101 - the only other leaf with a value
        if leaf.finding in self._clocks:
            return self._case_with(leaf.key)
        if leaf.finding == self._pack.severity and not leaf.severity:
            return self._worst(leaf)
        return self._passing(leaf.finding, lambda number: _passes(number, leaf))

    def _worst(self, leaf: Compare) -> Any:
        """Return the diagram of a test of the worst severity told anywhere."""
        names = [leaf.finding, *self._carrying]
        if leaf.operator in (Operator.AT_LEAST, Operator.ABOVE):
            passing = [self._passing(name, lambda number: _passes(number, leaf)) for name in names]
            return disjunction(self.manager, passing)
        failing = [self._passing(name, lambda number: not _passes(number, leaf)) for name in names]
        return self.present[leaf.finding] & ~disjunction(self.manager, failing)

    def _passing(self, name: str, passes: Any) -> Any:
        points = self._points[name]
        return self.codes[name].among(4 + at for at, point in enumerate(points) if passes(point))


def disjunction(manager: Any, parts: Iterable[Any]) -> Any:
    """Return the diagram of any of these."""
    whole = manager.false
    for part in parts:
        whole |= part
    return whole


def conjunction(manager: Any, parts: Iterable[Any]) -> Any:
    """Return the diagram of all of these."""
    whole = manager.true
    for part in parts:
        whole &= part
    return whole


def _passes(number: Fraction, leaf: Compare) -> bool:
    limit = Fraction(leaf.number)
    if leaf.operator is Operator.AT_LEAST:
        return number >= limit
    if leaf.operator is Operator.ABOVE:
        return number > limit
    return number <= limit if leaf.operator is Operator.AT_MOST else number < limit
