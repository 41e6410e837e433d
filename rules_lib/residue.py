"""
What the rules can still tell apart of two patients, given what may still be asked.

Every condition is worked out as far as it is known: what holds and what can no longer hold is
dropped, and what is left is a smaller condition on what is open. Two patients of whom the same
is left, and of whom the same was concluded, have the same future, whatever they answer; that
is what makes the graph of all dialogues small enough to be walked as a whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib.facts import Finding, Kind, Presence
from rules_lib.frozen import frozen
from rules_lib.open_conditions import NO, YES, Conditions
from rules_lib.rules import (
    Absent,
    AllOf,
    AnyOf,
    Compare,
    Derived,
    OneOf,
    Present,
    Urgency,
    UrgencyAtLeast,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from rules_lib.knowledge_base import KnowledgeBase
    from rules_lib.rules import Condition, Leaf

_CERTAIN, _WITH_CONTEXT, _WITH_SIGNS = range(3)
"""The rounds of chaining: with what is certain, with unsure context, with unsure signs."""
_Rounds = tuple[tuple[tuple[int, int], ...], ...]
"""For each round, the leaves of a finding that are not denied: place, and what is left of it."""
_Joint = tuple[int, bool, tuple[int, ...], dict[tuple[int, ...], int]]
"""Place, whether it is an `all`, the places of its parts, and what was made of them."""
_NEVER_TOLD: _Rounds = ((), (), ())
_SAME_DAY = int(Urgency.SAME_DAY)
# Looking a member up in its enumeration is slow before Python 3.12.
_UNSURE = Presence.UNSURE
_PASSES: dict[str, Callable[[float, float], bool]] = {
    "at_least": float.__ge__,
    "above": float.__gt__,
    "at_most": float.__le__,
    "below": float.__lt__,
}
_NEVER, _ALWAYS = -2, -1
"""Places of what never, and of what always, holds."""
_NOTHING: frozenset[int] = frozenset()
_NO_PAIRS: frozenset[tuple[int, int]] = frozenset()


@frozen
class Residue:
    """What was concluded of a patient, and what is left of the rules."""

    floor: int
    rising: frozenset[tuple[int, int]]
    """Conditions that certain findings and unsure context may fulfil, and the urgency then."""
    rising_unsure: frozenset[tuple[int, int]]
    """The same where unsure signs count too, at most same-day."""
    done: frozenset[str]
    """What was concluded beside the urgency."""
    coming: frozenset[tuple[int, str]]
    """Conditions on which more would be."""


class Residues:
    """The rules of one knowledge base, worked out as far as a patient is known."""

    def __init__(self, kb: KnowledgeBase, conditions: Conditions | None = None) -> None:
        self.conditions = conditions or Conditions()
        self._context = {name for name, one in kb.findings.items() if one.kind is Kind.CONTEXT}
        self._concluding: dict[str, list[Condition]] = {}
        for rule in kb.rules:
            if rule.then.fact is not None:
                self._concluding.setdefault(rule.then.fact, []).append(rule.when)
        self._nodes: list[tuple[bool, tuple[int, ...]] | Leaf] = []
        """Parts before what they are parts of."""
        self._places: dict[object, int] = {}
        self._urgencies: list[tuple[int, int]] = []
        """Place of a rule's condition, and the urgency it concludes."""
        self._effects: list[tuple[int, int, str]] = []
        """Place of a rule's condition, the round up to which it counts, what it concludes."""
        for rule in kb.rules:
            then = rule.then
            effects = [(_CERTAIN, f"advise:{name}") for name in then.advise]
            effects += [(_WITH_SIGNS, f"withhold:{name}") for name in then.withhold]
            effects += [(_WITH_SIGNS, f"ask:{name}") for name in then.ask]
            effects += [(_WITH_SIGNS, f"lead:{then.lead}")] if then.lead else []
            if then.urgency is None and not effects:
                continue
            place = self._place(rule.when)
            if then.urgency is not None:
                self._urgencies.append((place, int(then.urgency)))
            self._effects += [(place, stage, what) for stage, what in effects]
        self._sort_nodes()

    def _sort_nodes(self) -> None:
        """Lay out what every look at a patient goes through."""
        self._told: dict[frozenset[tuple[int, int]], frozenset[tuple[int, int]]] = {}
        self._residues: dict[tuple[int, ...], Residue] = {}
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
        # Narrowed, many rules are alike, and many never fire.
        rising = dict.fromkeys(self._urgencies)
        self._rising = [(at, u, min(u, _SAME_DAY)) for at, u in rising if at != _NEVER]
        effects = [one for one in dict.fromkeys(self._effects) if one[0] != _NEVER]
        self._certain = [(at, what) for at, stage, what in effects if stage == _CERTAIN]
        self._at_last = [(at, what) for at, stage, what in effects if stage != _CERTAIN]
        self._reached: dict[int, dict[int, int]] = {}
        """By floor, what is left of a condition once that is reached."""

    def narrowed(self, known: Mapping[str, Finding], open_: Collection[str]) -> Residues:
        """Return the same for patients of whom this is known and no more than that is open."""
        values = self._rounds(self._stand(known, open_))[_CERTAIN]
        narrow = object.__new__(Residues)
        narrow.conditions, narrow._context = self.conditions, self._context
        narrow._nodes, narrow._places = [], {}
        places: list[int] = []
        for node, value in zip(self._nodes, values, strict=False):
            if isinstance(node, tuple):
                every, parts = node
                places.append(narrow._join([places[part] for part in parts], every=every))
            else:
                places.append(narrow._add(node) if value > YES else value - 2)
        narrow._urgencies = [(places[at], urgency) for at, urgency in self._urgencies]
        narrow._effects = [(places[at], stage, what) for at, stage, what in self._effects]
        narrow._sort_nodes()
        return narrow

    def asking(self) -> frozenset[str]:
        """Return the questions that some rule asks, or still may."""
        return frozenset(
            what.removeprefix("ask:")
            for place, _, what in self._effects
            if what.startswith("ask:") and place != _NEVER
        )

    def residue(
        self, known: Mapping[str, Finding], open_: Collection[str], unsettled: Collection[str]
    ) -> Residue:
        """
        Return what was concluded and what is left, equal for patients of equal future.

        Args:
            known: finding id to Finding, completed.
            open_: findings that may still be told; all others never will be.
            unsettled: findings in `known` whose answer may still be taken back.
        """
        standing = self._stand(known, {*open_, *unsettled})
        residue = self._residues.get(standing)
        if residue is None:
            residue = self._residues[standing] = self._residue(self._rounds(standing))
        return residue

    def _stand(self, known: Mapping[str, Finding], open_: Collection[str]) -> tuple[int, ...]:
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
                holds = context or not isinstance(leaf, Absent)
            else:
                holds = not isinstance(leaf, Derived | UrgencyAtLeast) and _holds(leaf, found)
            if holds:
                places.append((place, YES))
        left = tuple(places)
        if not unsure:
            return left, left, left
        return (), (left if context else ()), left

    def _rounds(self, standing: tuple[int, ...]) -> list[list[int]]:
        """Work out every node, round by round; where nothing is unsure, all are as the first."""
        every = [self._by_number[number] for number in standing if number]
        left = self._first.copy()
        for one in every:
            for place, value in one[_CERTAIN]:
                left[place] = value
        rounds = [self._work_out(left, self._joints)]
        for stage in (_WITH_CONTEXT, _WITH_SIGNS):
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

    def _residue(self, rounds: list[list[int]]) -> Residue:
        certain, context, signs = rounds
        floor = 0
        for at, urgency, capped in self._rising:
            if context[at] == YES:
                floor = max(floor, urgency)
            elif signs[at] == YES:
                floor = max(floor, capped)
        full = frozenset(
            [
                (context[at], level)
                for at, level, _ in self._rising
                if level > floor and context[at] > YES
            ]
        )
        unsure = _NO_PAIRS
        if floor < _SAME_DAY:
            unsure = frozenset(
                [
                    (signs[at], capped)
                    for at, level, capped in self._rising
                    if level > floor and signs[at] > YES
                ]
            )
        done: set[str] = set()
        coming: set[tuple[int, str]] = set()
        reached = self._reached.setdefault(floor, {NO: NO, YES: YES})
        for values, effects in ((certain, self._certain), (signs, self._at_last)):
            for at, what in effects:
                value = values[at]
                left = reached.get(value)
                if left is None:
                    left = reached[value] = self._once_reached(value, floor)
                if left == YES:
                    done.add(what)
                elif left:
                    coming.add((left, what))
        return Residue(
            floor,
            self._telling(full),
            self._telling(unsure),
            frozenset(done),
            frozenset([one for one in coming if one[1] not in done]),
        )

    def _once_reached(self, left: int, floor: int) -> int:
        """Return what is left of a condition when the floor is known."""
        reached = frozenset(
            (self.conditions.symbol(node), YES)
            for node in self._nodes
            if isinstance(node, UrgencyAtLeast) and node.urgency <= floor
        )
        return self.conditions.replaced(left, reached)

    def _telling(self, rising: frozenset[tuple[int, int]]) -> frozenset[tuple[int, int]]:
        """Leave out what says nothing new beside the leaves that conclude as much alone."""
        if rising not in self._told:
            alone: dict[int, int] = {}
            for left, urgency in rising:
                for symbol in self.conditions.alternatives(left):
                    alone[symbol] = max(urgency, alone.get(symbol, 0))
            told = set(alone.items())
            for level in {urgency for _, urgency in rising}:
                as_much = frozenset((name, NO) for name, most in alone.items() if most >= level)
                more = {
                    self.conditions.replaced(left, as_much)
                    for left, urgency in rising
                    if urgency == level
                }
                told |= {(left, level) for left in more if left > YES}
            self._told[rising] = frozenset(told)
        return self._told[rising]

    def _work_out(self, left: list[int], joints: list[_Joint]) -> list[int]:
        """Work out nodes in place, given the leaves; what never and always holds is at the end."""
        for place, every, parts, made in joints:
            values = tuple([left[part] for part in parts])
            number = made.get(values)
            if number is None:
                number = made[values] = self.conditions.joined(values, every=every)
            left[place] = number
        return left

    def _place(self, condition: Condition) -> int:
        """Return the place of a condition, made at the first use."""
        if condition not in self._places:
            match condition:
                case Derived(fact):
                    parts = [self._place(when) for when in self._concluding.get(fact, ())]
                    self._places[condition] = self._join(parts, every=False)
                case AllOf(whens) | AnyOf(whens):
                    parts = [self._place(when) for when in whens]
                    every = isinstance(condition, AllOf)
                    self._places[condition] = self._join(parts, every=every)
                case leaf:
                    self._places[condition] = self._add(leaf)
        return self._places[condition]

    def _join(self, parts: list[int], *, every: bool) -> int:
        """Return the place of an `all` or `any`, or that it never or always holds."""
        settles, idle = (_NEVER, _ALWAYS) if every else (_ALWAYS, _NEVER)
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


def _holds(leaf: Present | Absent | Compare | OneOf, found: Finding) -> bool:
    if isinstance(leaf, Absent):
        return found.presence is Presence.ABSENT
    if found.presence is not Presence.PRESENT:
        return False
    if isinstance(leaf, Present):
        return True
    if isinstance(leaf, OneOf):
        return found.value in leaf.choices
    value = found.severity if leaf.severity else found.value
    return isinstance(value, float) and _PASSES[leaf.operator](value, leaf.number)
