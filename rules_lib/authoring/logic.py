"""What can be told of conditions without any patient: which hold together, what follows."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rules_lib.facts import SEVERITY_RANGE
from rules_lib.rules import (
    Absent,
    AllOf,
    AnyOf,
    Compare,
    Derived,
    OneOf,
    Operator,
    Present,
    UrgencyAtLeast,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from rules_lib.facts import FindingType
    from rules_lib.rules import Condition, Leaf, Rule, Urgency

MOST_ALTERNATIVES = 1000
"""A condition with more alternatives than this is not looked into; nobody could read it."""

Alternative = frozenset["Leaf"]
"""Leaves that suffice together."""


class TooMany(Exception):  # noqa: N818 - no error: there is only too much to look at
    """A condition has more alternatives than `MOST_ALTERNATIVES`."""


@dataclass(frozen=True)
class Logic:
    """What the live rules of one pack let follow from what."""

    findings: Mapping[str, FindingType]
    """Findings and groups."""
    rules: tuple[Rule, ...]
    deep: bool = True
    """Whether facts are replaced by what concludes them."""

    def concluding(self, fact: str) -> tuple[Rule, ...]:
        """Return the rules that conclude a fact."""
        return tuple(rule for rule in self.rules if rule.then.fact == fact)

    def facts(self, given: Alternative) -> set[str]:
        """Return the facts that follow from leaves that hold."""
        facts: set[str] = set()
        waiting = {rule.id: rule for rule in self.rules if rule.then.fact}
        fired = list(waiting)
        while fired:
            fired = [id_ for id_, rule in waiting.items() if entails(given, rule.when, facts)]
            facts.update(waiting.pop(id_).then.fact or "" for id_ in fired)
        return facts

    def urgencies(self, given: Alternative) -> set[Urgency]:
        """Return the urgencies that follow from leaves that hold."""
        facts = self.facts(given)
        return {
            rule.then.urgency
            for rule in self.rules
            if rule.then.urgency and entails(given, rule.when, facts)
        }

    def alternatives(
        self, condition: Condition, why: list[str], above: tuple[str, ...] = ()
    ) -> set[Alternative]:
        """
        Return the sets of leaves each of which suffices, facts replaced by what concludes them.

        Args:
            condition: what is to hold.
            why: reasons why combinations cannot hold are added here.
            above: facts already being replaced; a cycle ends here, and is reported elsewhere.

        Raises:
            TooMany: where there are too many.
        """
        match condition:
            case AllOf(parts):
                found: set[Alternative] = {frozenset()}
                for part in parts:
                    inner = self.alternatives(part, why, above)
                    both = (one | other for one in found for other in inner)
                    found = _few(leaves for leaves in both if self._sound(leaves, why))
                return found
            case AnyOf(parts):
                return _few(one for part in parts for one in self.alternatives(part, why, above))
            case Derived(fact) if self.deep and fact not in above and self.concluding(fact):
                wider = (*above, fact)
                return _few(
                    one
                    for rule in self.concluding(fact)
                    for one in self.alternatives(rule.when, why, wider)
                )
            case leaf:
                single: Alternative = frozenset({leaf})
                return {single} if self._sound(single, why) else set()

    def _sound(self, leaves: Alternative, why: list[str]) -> bool:
        clash = self.clash(leaves)
        if clash:
            why.append(clash)
        return not clash

    def clash(self, leaves: Iterable[Leaf]) -> str:
        """Return why leaves cannot hold together, in words; empty where they can."""
        told: dict[str, set[bool]] = defaultdict(set)
        spans: dict[tuple[str, bool], _Span] = {}
        choices: dict[str, set[str]] = {}
        for leaf in leaves:
            if isinstance(leaf, Present | Absent | Compare | OneOf):
                told[leaf.finding].add(isinstance(leaf, Absent))
            if isinstance(leaf, Compare):
                key = leaf.finding, leaf.severity
                span = spans.get(key) or self._span(leaf)
                spans[key] = span.narrowed(leaf.operator, leaf.number)
            elif isinstance(leaf, OneOf):
                left = choices.setdefault(leaf.finding, set(leaf.choices))
                left.intersection_update(leaf.choices)
        both = [
            f"'{word}' cannot be both present and absent" for word in told if len(told[word]) > 1
        ]
        none = [
            f"no {'severity' if severity else 'value'} of '{word}' fits all comparisons"
            for (word, severity), span in spans.items()
            if span.empty()
        ]
        none += [f"no choice of '{word}' fits" for word, left in choices.items() if not left]
        return next(iter((*both, *none)), "")

    def _span(self, leaf: Compare) -> _Span:
        declared = self.findings[leaf.finding]
        of_value = declared.minimum, declared.maximum
        return _Span(*(SEVERITY_RANGE if leaf.severity else of_value))


@dataclass(frozen=True, slots=True)
class _Span:
    """The numbers that comparisons leave."""

    low: float = -math.inf
    high: float = math.inf
    open_low: bool = False
    open_high: bool = False

    def narrowed(self, operator: Operator, number: float) -> _Span:
        """Return what is left of the span after one more comparison."""
        strict = operator in (Operator.ABOVE, Operator.BELOW)
        if operator in (Operator.AT_LEAST, Operator.ABOVE):
            if number < self.low:
                return self
            strict = strict or (number == self.low and self.open_low)
            return _Span(number, self.high, strict, self.open_high)
        if number > self.high:
            return self
        strict = strict or (number == self.high and self.open_high)
        return _Span(self.low, number, self.open_low, strict)

    def empty(self) -> bool:
        """Whether no number is left."""
        return self.low > self.high or (self.low == self.high and (self.open_low or self.open_high))


def entails(
    given: Alternative,
    condition: Condition,
    facts: Collection[str] = (),
    urgency: int = 0,
) -> bool:
    """Whether a condition holds wherever all given leaves and facts do, at an urgency."""
    match condition:
        case AllOf(parts):
            return all(entails(given, part, facts, urgency) for part in parts)
        case AnyOf(parts):
            return any(entails(given, part, facts, urgency) for part in parts)
        case Derived(fact):
            return fact in facts or condition in given
        case UrgencyAtLeast(least):
            return urgency >= least
        case leaf:
            return leaf in given or any(_stronger(one, leaf) for one in given)


def _stronger(one: Leaf, other: Leaf) -> bool:
    """Whether a leaf, wherever it holds, makes another one hold."""
    match one, other:
        case (Compare(told), Present(wanted)) | (OneOf(told), Present(wanted)):
            return told == wanted
        case OneOf(told, some), OneOf(wanted, more):
            return told == wanted and set(some) <= set(more)
        case Compare(), Compare():
            return _narrower(one, other)
    return False


def _narrower(one: Compare, other: Compare) -> bool:
    """Whether every number that passes one comparison passes another."""
    up = (Operator.AT_LEAST, Operator.ABOVE)
    ways = one.operator in up, other.operator in up
    if (one.finding, one.severity) != (other.finding, other.severity) or ways[0] is not ways[1]:
        return False
    if one.number == other.number:
        return other.operator is not Operator.ABOVE and other.operator is not Operator.BELOW
    return (one.number > other.number) is ways[0]


def _few(found: Iterable[Alternative]) -> set[Alternative]:
    few: set[Alternative] = set()
    for one in found:
        few.add(one)
        if len(few) > MOST_ALTERNATIVES:
            raise TooMany
    return few


def canonical(condition: Condition) -> object:
    """Return the same value for conditions that say the same in another order."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            inner = frozenset(map(canonical, parts))
            kind = "all" if isinstance(condition, AllOf) else "any"
            return next(iter(inner)) if len(inner) == 1 else (kind, inner)
        case leaf:
            return leaf.key
