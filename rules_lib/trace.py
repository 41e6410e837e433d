"""The trace of a verdict for the chainer alone: which facts each fired rule stood on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib.assessment import Activation, Strength, Verdict
from rules_lib.facts import Finding, Kind, Presence
from rules_lib.rules import (
    Absent,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Derived,
    Leaf,
    Likelihood,
    OneOf,
    Operator,
    Present,
    Rule,
    Urgency,
    UrgencyAtLeast,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rules_lib.knowledge_base import KnowledgeBase

_STRONGEST_FIRST = (Strength.CERTAIN, Strength.UNSURE_CONTEXT, Strength.UNSURE_SIGN)
_COMPARE = {
    Operator.AT_LEAST: lambda value, number: value >= number,
    Operator.ABOVE: lambda value, number: value > number,
    Operator.AT_MOST: lambda value, number: value <= number,
    Operator.BELOW: lambda value, number: value < number,
}

Support = tuple[Strength, tuple[str, ...]]
"""How firmly a condition holds, and the keys of one set of facts it stands on."""


class Matcher:
    """Says whether, how firmly and on which facts conditions hold."""

    def __init__(
        self, kb: KnowledgeBase, findings: Mapping[str, Finding], floor: Urgency | None
    ) -> None:
        self._kb = kb
        self._findings = findings
        self._floor = floor
        self.derived: dict[str, Strength] = {}
        """Derived facts known so far."""

    def support(self, condition: Condition) -> Support | None:
        """Return how firmly and on which facts `condition` holds, None where it does not."""
        if isinstance(condition, AllOf):
            parts = [self.support(part) for part in condition.parts]
            held = [part for part in parts if part is not None]
            if len(held) < len(parts):
                return None
            keys = dict.fromkeys(key for _, part_keys in held for key in part_keys)
            return max((part[0] for part in held), key=_STRONGEST_FIRST.index), tuple(sorted(keys))
        if isinstance(condition, AnyOf):
            ways = [way for part in condition.parts if (way := self.support(part)) is not None]
            return min(ways, key=lambda held: _STRONGEST_FIRST.index(held[0]), default=None)
        strength = self.strength(condition)
        return None if strength is None else (strength, (condition.key,))

    def strength(self, leaf: Leaf) -> Strength | None:
        """Return how firmly one leaf holds, None where it does not."""
        if isinstance(leaf, Derived):
            return self.derived.get(leaf.fact)
        if isinstance(leaf, UrgencyAtLeast):
            reached = self._floor is not None and self._floor >= leaf.urgency
            return Strength.CERTAIN if reached else None
        found = self._findings.get(leaf.finding)
        if found is None:
            return None
        if found.presence is Presence.UNSURE:
            if self._kb.findings[leaf.finding].kind is Kind.CONTEXT:
                return Strength.UNSURE_CONTEXT
            # "Unsure" counts as the sign, of a severity that was not told.
            of_severity = isinstance(leaf, Compare) and leaf.severity
            return None if of_severity or isinstance(leaf, Absent) else Strength.UNSURE_SIGN
        return Strength.CERTAIN if reported(leaf, found) else None


def reported(leaf: Present | Absent | Compare | OneOf, found: Finding) -> bool:
    """Return whether a certain finding fulfils a leaf that tests it."""
    if isinstance(leaf, Absent):
        return found.presence is Presence.ABSENT
    if found.presence is not Presence.PRESENT:
        return False
    if isinstance(leaf, Present):
        return True
    if isinstance(leaf, OneOf):
        return found.value in leaf.choices
    value = found.severity if leaf.severity else found.value
    return isinstance(value, float) and _COMPARE[leaf.operator](value, leaf.number)


def trace_of(
    kb: KnowledgeBase, findings: Mapping[str, Finding], verdict: Verdict
) -> tuple[Activation, ...]:
    """
    Return an activation for each rule of the verdict, in the pack's order of rules.

    A rule that does not hold on these findings (a differing engine claims it) is left out.
    """
    matcher = Matcher(kb, findings, verdict.floor)
    fired = [rule for rule in kb.rules if rule.id in verdict.rules]
    supports: dict[str, Support] = {}
    changed = True
    while changed:
        changed = False
        for rule in fired:
            support = matcher.support(rule.when)
            known = supports.get(rule.id)
            if support is None or (known is not None and not _firmer(support, known)):
                continue
            supports[rule.id] = support
            changed = True
            fact = rule.then.fact
            if fact is not None and _rank(support[0]) < _rank(matcher.derived.get(fact)):
                matcher.derived[fact] = support[0]
    return tuple(
        Activation(rule.id, keys, strength, _concluded(rule, strength), rule.sources)
        for rule in fired
        if rule.id in supports
        for strength, keys in [supports[rule.id]]
    )


def _rank(strength: Strength | None) -> int:
    return len(_STRONGEST_FIRST) if strength is None else _STRONGEST_FIRST.index(strength)


def _firmer(one: Support, other: Support) -> bool:
    return _rank(one[0]) < _rank(other[0])


def _concluded(rule: Rule, strength: Strength) -> tuple[str, ...]:
    then = rule.then
    found: list[str] = []
    if then.urgency is not None:
        capped = (
            min(then.urgency, Urgency.SAME_DAY)
            if strength is Strength.UNSURE_SIGN
            else then.urgency
        )
        found.append(f"urgency:{capped.id}")
    if then.fact is not None:
        found.append(f"fact:{then.fact}")
    if strength is Strength.CERTAIN:
        if then.cause is not None:
            found.append(f"cause:{then.cause}:{then.likelihood or Likelihood.POSSIBLE}")
        found += [f"advise:{name}" for name in then.advise]
    found += [f"withhold:{name}" for name in then.withhold]
    found += [f"ask:{name}" for name in then.ask]
    if then.lead is not None:
        found.append(f"lead:{then.lead}")
    return (*found, *(f"say:{name}" for name in then.say))
