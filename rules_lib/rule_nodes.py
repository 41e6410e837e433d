"""
The conditions of rules as nodes, each once, and what is left of them of a patient.

A leaf is open, or holds, or does not, by how its finding stands; an `all` or `any` is worked out
from its parts, which come before it. What is left of a node is a number of `Conditions`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib.facts import Finding, Presence
from rules_lib.open_conditions import NO, YES, Conditions
from rules_lib.rules import (
    Absent,
    AllOf,
    AnyOf,
    Compare,
    Derived,
    UrgencyAtLeast,
)
from rules_lib.trace import reported

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from rules_lib.rules import Condition, Leaf

CERTAIN, WITH_CONTEXT, WITH_SIGNS = range(3)
"""The rounds of chaining: with what is certain, with unsure context, with unsure signs."""
_Rounds = tuple[tuple[tuple[int, int], ...], ...]
"""For each round, the leaves of a finding that are not denied: place, and what is left of it."""
_Joint = tuple[int, bool, tuple[int, ...], dict[tuple[int, ...], int]]
"""Place, whether it is an `all`, the places of its parts, and what was made of them."""
_NEVER_TOLD: _Rounds = ((), (), ())
# Looking a member up in its enumeration is slow before Python 3.12.
_UNSURE = Presence.UNSURE
NEVER, ALWAYS = -2, -1
"""Places of what never, and of what always, holds."""


class RuleNodes:
    """
    The nodes of some rules.

    Args:
        conditions: where what is left of conditions is kept.
        context: the findings that are of the circumstances.
        concluding: derived fact to the conditions that conclude it.
    """

    def __init__(
        self,
        conditions: Conditions,
        context: Collection[str],
        concluding: Mapping[str, list[Condition]],
    ) -> None:
        self.conditions = conditions
        self._context = context
        self._concluding = concluding
        self._nodes: list[tuple[bool, tuple[int, ...]] | Leaf] = []
        """Parts before what they are parts of."""
        self._places: dict[object, int] = {}

    def narrowed(
        self, known: Mapping[str, Finding], open_: Collection[str]
    ) -> tuple[RuleNodes, list[int]]:
        """Return what is left where this is known and no more than that is open, and where."""
        values = self.rounds(self.stand(known, open_))[CERTAIN]
        narrow = RuleNodes(self.conditions, self._context, {})
        places: list[int] = []
        for node, value in zip(self._nodes, values, strict=False):
            if isinstance(node, tuple):
                every, parts = node
                places.append(narrow._join([places[part] for part in parts], every=every))
            else:
                places.append(narrow._add(node) if value > YES else value - 2)
        narrow.lay_out()
        return narrow, places

    def reached(self, floor: int) -> frozenset[tuple[int, int]]:
        """Return the open leaves that hold once a floor is reached."""
        return frozenset(
            (self.conditions.symbol(node), YES)
            for node in self._nodes
            if isinstance(node, UrgencyAtLeast) and node.urgency <= floor
        )

    def lay_out(self) -> None:
        """Lay out what every look at a patient goes through; no condition is added after."""
        self._leaves: dict[str, list[tuple[int, int, Leaf]]] = {}
        """By finding (empty for what tests none): place, number while open, leaf."""
        self._joints: list[_Joint] = []
        self._above: list[set[int]] = [set() for _ in self._nodes]
        """Of every node, which joints it is a part of, or a part of a part."""
        self._first: list[int] = [*[NO] * len(self._nodes), NO, YES]
        """What is left of every node while nothing is known; of what never and always holds."""
        for place, node in enumerate(self._nodes):
            if isinstance(node, tuple):
                self._joints.append((place, *node, {}))
            else:
                name = getattr(node, "finding", "")
                symbol = self.conditions.symbol(node)
                if name:
                    self._leaves.setdefault(name, []).append((place, symbol, node))
                else:
                    self._first[place] = symbol
        self._numbers: dict[_Rounds, int] = {_NEVER_TOLD: NO}
        """What is left of the leaves of a finding, to its number."""
        self._by_number = [_NEVER_TOLD]
        for at, (place, _, parts, _) in reversed([*enumerate(self._joints)]):
            for part in parts:
                self._above[part] |= {at, *self._above[place]}
        self._standing: list[tuple[str, int, dict[object, int]]] = []
        """Of each finding: the number while it is open, and as it was told."""
        for name, leaves in self._leaves.items():
            left = tuple((place, symbol) for place, symbol, _ in leaves)
            self._standing.append((name, self._number((left, left, left)), {}))

    def stand(self, known: Mapping[str, Finding], open_: Collection[str]) -> tuple[int, ...]:
        """Return how every finding stands: numbers of what is left of its leaves."""
        standing: list[int] = []
        told = known.get
        for name, unknown, made in self._standing:
            if name in open_:
                standing.append(unknown)
            elif (found := told(name)) is None:
                standing.append(NO)
            else:
                plain = found.value is None and found.severity is None
                how: object = found.presence if plain else found
                number = made.get(how)
                if number is None:
                    number = made[how] = self._number(self._left(name, found))
                standing.append(number)
        return tuple(standing)

    def _number(self, left: _Rounds) -> int:
        number = self._numbers.setdefault(left, len(self._numbers))
        if number == len(self._by_number):
            self._by_number.append(left)
        return number

    def _left(self, name: str, found: Finding) -> _Rounds:
        """Return what holds of a finding as it was told, in each round."""
        unsure, context = found.presence is _UNSURE, name in self._context
        places: list[tuple[int, int]] = []
        for place, _, leaf in self._leaves[name]:
            if unsure:
                # "Unsure" counts as the sign, of a severity that was not told.
                of_severity = isinstance(leaf, Compare) and leaf.severity
                holds = context or not (of_severity or isinstance(leaf, Absent))
            else:
                holds = not isinstance(leaf, Derived | UrgencyAtLeast) and reported(leaf, found)
            if holds:
                places.append((place, YES))
        left = tuple(places)
        if not unsure:
            return left, left, left
        return (), (left if context else ()), left

    def rounds(self, standing: tuple[int, ...]) -> list[list[int]]:
        """Work out every node, round by round; where nothing is unsure, all are as the first."""
        every = [self._by_number[number] for number in standing if number]
        left = self._first.copy()
        for one in every:
            for place, value in one[CERTAIN]:
                left[place] = value
        rounds = [self._work_out(left, self._joints)]
        for stage in (WITH_CONTEXT, WITH_SIGNS):
            new = [pair for one in every if one[stage] is not one[stage - 1] for pair in one[stage]]
            if not new:
                rounds.append(rounds[-1])
                continue
            left = rounds[-1].copy()
            touched: set[int] = set()
            for place, value in new:
                left[place] = value
                touched |= self._above[place]
            rounds.append(self._work_out(left, [self._joints[at] for at in sorted(touched)]))
        return rounds

    def _work_out(self, left: list[int], joints: list[_Joint]) -> list[int]:
        """Work out nodes in place, given the leaves; what never and always holds is at the end."""
        for place, every, parts, made in joints:
            values = tuple([left[part] for part in parts])
            number = made.get(values)
            if number is None:
                number = made[values] = self.conditions.joined(values, every=every)
            left[place] = number
        return left

    def place(self, condition: Condition) -> int:
        """Return the place of a condition, made at the first use."""
        if condition not in self._places:
            match condition:
                case Derived(fact):
                    parts = [self.place(when) for when in self._concluding.get(fact, ())]
                    self._places[condition] = self._join(parts, every=False)
                case AllOf(whens) | AnyOf(whens):
                    parts = [self.place(when) for when in whens]
                    every = isinstance(condition, AllOf)
                    self._places[condition] = self._join(parts, every=every)
                case leaf:
                    self._places[condition] = self._add(leaf)
        return self._places[condition]

    def _join(self, parts: list[int], *, every: bool) -> int:
        """Return the place of an `all` or `any`, or that it never or always holds."""
        settles, idle = (NEVER, ALWAYS) if every else (ALWAYS, NEVER)
        left = tuple(dict.fromkeys(part for part in parts if part != idle))
        if settles in left:
            return settles
        if len(left) < 2:  # noqa: PLR2004 - a single part is itself
            return left[0] if left else idle
        node = (every, left)
        if node not in self._places:
            self._places[node] = self._add(node)
        return self._places[node]

    def _add(self, node: tuple[bool, tuple[int, ...]] | Leaf) -> int:
        self._nodes.append(node)
        return len(self._nodes) - 1
