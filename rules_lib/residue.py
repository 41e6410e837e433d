"""
What the rules can still tell apart of two patients, given what may still be asked.

Every condition is worked out as far as it is known: what holds and what can no longer hold is
dropped, and what is left is a smaller condition on what is open. Two patients of whom the same
is left, and of whom the same was concluded, have the same future, whatever they answer; that
is what makes the graph of all dialogues small enough to be walked as a whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib.facts import Kind
from rules_lib.frozen import frozen
from rules_lib.open_conditions import NO, YES, Conditions
from rules_lib.rule_nodes import CERTAIN, NEVER, WITH_SIGNS, RuleNodes
from rules_lib.rules import Urgency

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from rules_lib.facts import Finding
    from rules_lib.knowledge_base import KnowledgeBase
    from rules_lib.rules import Condition

_SAME_DAY = int(Urgency.SAME_DAY)
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
        context = {name for name, one in kb.findings.items() if one.kind is Kind.CONTEXT}
        concluding: dict[str, list[Condition]] = {}
        for rule in kb.rules:
            if rule.then.fact is not None:
                concluding.setdefault(rule.then.fact, []).append(rule.when)
        self._nodes = RuleNodes(self.conditions, context, concluding)
        self._urgencies: list[tuple[int, int]] = []
        """Place of a rule's condition, and the urgency it concludes."""
        self._effects: list[tuple[int, int, str]] = []
        """Place of a rule's condition, the round up to which it counts, what it concludes."""
        for rule in kb.rules:
            then = rule.then
            effects = [(CERTAIN, f"advise:{name}") for name in then.advise]
            effects += [(WITH_SIGNS, f"withhold:{name}") for name in then.withhold]
            effects += [(WITH_SIGNS, f"ask:{name}") for name in then.ask]
            effects += [(WITH_SIGNS, f"lead:{then.lead}")] if then.lead else []
            if then.urgency is None and not effects:
                continue
            place = self._nodes.place(rule.when)
            if then.urgency is not None:
                self._urgencies.append((place, int(then.urgency)))
            self._effects += [(place, stage, what) for stage, what in effects]
        self._nodes.lay_out()
        self._lay_out()

    def _lay_out(self) -> None:
        """Lay out what every look at a patient goes through."""
        self._told: dict[frozenset[tuple[int, int]], frozenset[tuple[int, int]]] = {}
        self._residues: dict[tuple[int, ...], Residue] = {}
        # Narrowed, many rules are alike, and many never fire.
        rising = dict.fromkeys(self._urgencies)
        self._rising = [(at, u, min(u, _SAME_DAY)) for at, u in rising if at != NEVER]
        effects = [one for one in dict.fromkeys(self._effects) if one[0] != NEVER]
        self._certain = [(at, what) for at, stage, what in effects if stage == CERTAIN]
        self._at_last = [(at, what) for at, stage, what in effects if stage != CERTAIN]
        self._reached: dict[int, dict[int, int]] = {}
        """By floor, what is left of a condition once that is reached."""

    def narrowed(self, known: Mapping[str, Finding], open_: Collection[str]) -> Residues:
        """Return the same for patients of whom this is known and no more than that is open."""
        narrow = object.__new__(Residues)
        narrow.conditions = self.conditions
        narrow._nodes, places = self._nodes.narrowed(known, open_)
        narrow._urgencies = [(places[at], urgency) for at, urgency in self._urgencies]
        narrow._effects = [(places[at], stage, what) for at, stage, what in self._effects]
        narrow._lay_out()
        return narrow

    def asking(self) -> frozenset[str]:
        """Return the questions that some rule asks, or still may."""
        return frozenset(
            what.removeprefix("ask:")
            for place, _, what in self._effects
            if what.startswith("ask:") and place != NEVER
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
        standing = self._nodes.stand(known, {*open_, *unsettled})
        residue = self._residues.get(standing)
        if residue is None:
            residue = self._residues[standing] = self._residue(self._nodes.rounds(standing))
        return residue

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
        done, coming = self._concluded(certain, signs, floor)
        return Residue(
            floor,
            self._telling(full),
            self._telling(unsure),
            frozenset(done),
            frozenset([one for one in coming if one[1] not in done]),
        )

    def _concluded(
        self, certain: list[int], signs: list[int], floor: int
    ) -> tuple[set[str], set[tuple[int, str]]]:
        """Return what is concluded beside the urgency, and on what more would be."""
        done: set[str] = set()
        coming: set[tuple[int, str]] = set()
        reached = self._reached.setdefault(floor, {YES: YES})
        for values, effects in ((certain, self._certain), (signs, self._at_last)):
            for at, what in effects:
                value = values[at]
                if value == NO:
                    continue
                left = reached.get(value)
                if left is None:
                    left = reached[value] = self._once_reached(value, floor)
                if left == YES:
                    done.add(what)
                elif left != NO:
                    coming.add((left, what))
        return done, coming

    def _once_reached(self, left: int, floor: int) -> int:
        """Return what is left of a condition when the floor is known."""
        return self.conditions.replaced(left, self._nodes.reached(floor))

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
