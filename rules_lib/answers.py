"""The answers to a question that the rules of a pack can tell apart, one for each kind."""

from __future__ import annotations

import math
import weakref
from itertools import pairwise
from typing import TYPE_CHECKING

from rules_lib.facts import SEVERITY_RANGE, Finding, Presence, ValueType
from rules_lib.rules import Compare, Operator, leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from rules_lib.facts import FindingType
    from rules_lib.knowledge_base import KnowledgeBase

_Border = tuple[float, bool]
"""Where answers begin to differ: a number, and whether it belongs to what lies below."""

_UP_TO = {Operator.AT_MOST, Operator.ABOVE}
_borders: weakref.WeakKeyDictionary[KnowledgeBase, dict[str, frozenset[_Border]]] = (
    weakref.WeakKeyDictionary()
)
_answers: weakref.WeakKeyDictionary[KnowledgeBase, dict[str, tuple[Finding, ...]]] = (
    weakref.WeakKeyDictionary()
)


def answers_apart(
    kb: KnowledgeBase, name: str, findings: Mapping[str, Finding]
) -> Iterator[Finding]:
    """
    Give one answer for each way in which answers to `name` can differ to the rules.

    Args:
        kb: the knowledge base.
        name: id of the finding asked for.
        findings: what is known, completed; two clocks give the third, so that a limit on one
            is a limit on the others.

    Returns:
        Present first (with every telling value or severity), then unsure, then absent.
    """
    declared = kb.findings[name]
    if declared.type is ValueType.CHOICE:
        for choice in declared.choices:
            yield Finding(name, Presence.PRESENT, choice)
    elif declared.type is ValueType.NUMBER:
        all_limits = [*limits_of(kb, name), *_clock_limits(kb, name, findings)]
        for number in _apart(all_limits, declared.minimum, declared.maximum):
            yield Finding(name, Presence.PRESENT, number)
    else:
        yield Finding(name)
        if declared.severity:
            worst = limits_of(kb, kb.severity) if kb.severity is not None else set()
            limits = limits_of(kb, name, severity=True) | worst
            for number in _apart(limits, *SEVERITY_RANGE):
                yield Finding(name, Presence.PRESENT, None, number)
    yield Finding(name, Presence.UNSURE)
    yield Finding(name, Presence.ABSENT)


_limits: weakref.WeakKeyDictionary[KnowledgeBase, dict[tuple[str, bool], set[float]]] = (
    weakref.WeakKeyDictionary()
)


def limits_of(kb: KnowledgeBase, name: str, *, severity: bool = False) -> set[float]:
    """Return the numbers with which rules compare a finding, or its severity."""
    known = _limits.get(kb)
    if known is None:
        known = _limits.setdefault(kb, {})
        for rule in kb.rules:
            for leaf in leaves(rule.when):
                if isinstance(leaf, Compare):
                    known.setdefault((leaf.finding, leaf.severity), set()).add(leaf.number)
    return known.get((name, severity), set())


def _clock_limits(kb: KnowledgeBase, name: str, findings: Mapping[str, Finding]) -> Iterator[float]:
    """Give the values at which a clock that follows from this one passes a limit."""
    if kb.clocks is None:
        return
    clocks = kb.clocks.names
    if name not in clocks:
        return
    for known in clocks:
        found = findings.get(known)
        if known == name or found is None or not isinstance(found.value, float):
            continue
        yield found.value
        for other in clocks:
            if other not in {name, known}:
                for limit in limits_of(kb, other):
                    yield from (limit + found.value, limit - found.value, found.value - limit)


def _apart(limits: Iterable[float], least: float, most: float) -> Iterator[float]:
    """Give every limit within the range, and a number between each two and beyond the outer."""
    inside = {number for number in limits if least <= number <= most}
    inside |= {float(number) for number in (least, most) if math.isfinite(number)}
    ordered = sorted(inside or {0.0})
    if not math.isfinite(least):
        yield ordered[0] - 1
    for one, other in pairwise(ordered):
        yield from (one, (one + other) / 2)
    yield ordered[-1]
    if not math.isfinite(most):
        yield ordered[-1] + 1


def candidate_answers(
    kb: KnowledgeBase, name: str, told: Mapping[str, Finding] | None = None
) -> tuple[Finding, ...]:
    """
    Return one answer for each way in which the rules can tell answers to `name` apart.

    Args:
        kb: the knowledge base.
        name: a finding or group.
        told: what is known already; a clock is looked at together with another one that is.
    """
    if told and kb.clocks is not None and name in kb.clocks.names:
        others = [
            (other, told[other].value)
            for other in kb.clocks.names
            if other != name and other in told and isinstance(told[other].value, float)
        ]
        if len(others) == 1:
            (other, hours), *_ = others
            return tuple(_clock_answers(kb, name, other, float(hours or 0)))
    known = _answers.setdefault(kb, {})
    if name not in known:
        known[name] = tuple(_candidate_answers(kb, name))
    return known[name]


def _candidate_answers(kb: KnowledgeBase, name: str) -> Iterator[Finding]:
    declared = kb.findings[name]
    if declared.type is ValueType.YES_NO:
        yield Finding(name)
        yield Finding(name, Presence.ABSENT)
    elif declared.type is ValueType.CHOICE:
        for choice in declared.choices:
            yield Finding(name, Presence.PRESENT, choice)
    else:
        for number in _one_between(_borders_of(kb, name), declared):
            yield Finding(name, Presence.PRESENT, number)


def _clock_answers(kb: KnowledgeBase, name: str, other: str, hours: float) -> Iterator[Finding]:
    """Return the answers to a clock that differ in it, or in the third one that follows from it."""
    clocks = kb.clocks
    if clocks is None:
        return
    (third,) = set(clocks.names).difference((name, other))
    borders = set(_borders_of(kb, name))
    for limit, below in _borders_of(kb, third):
        if name == clocks.since_event:  # third = name - hours
            borders.add((limit + hours, below))
        elif third == clocks.since_event:  # third = name + hours
            borders.add((limit - hours, below))
        else:  # third = hours - name
            borders.add((hours - limit, not below))
    # The part is no longer than the whole, or else they are no clocks of one illness.
    borders.add((hours, name != clocks.since_event))
    for number in _one_between(borders, kb.findings[name]):
        yield Finding(name, Presence.PRESENT, number)


def _borders_of(kb: KnowledgeBase, name: str) -> frozenset[_Border]:
    """Return where the rules divide the answers to a number."""
    known = _borders.setdefault(kb, {})
    if name not in known:
        known[name] = frozenset(
            (leaf.number, leaf.operator in _UP_TO)
            for rule in kb.rules
            for leaf in leaves(rule.when)
            if isinstance(leaf, Compare) and leaf.finding == name and not leaf.severity
        )
    return known[name]


def _one_between(borders: Iterable[_Border], declared: FindingType) -> Iterator[float]:
    """Return one number below the first border, between each two, and above the last."""
    low: float = declared.minimum
    inside = sorted(borders, key=lambda border: (border[0], border[1]))
    for limit, below in inside:
        high = limit if below else math.nextafter(limit, -math.inf)
        if low <= high and declared.minimum <= high <= declared.maximum:
            yield high
        if high >= low:
            low = math.nextafter(high, math.inf)
    if low <= declared.maximum:
        yield low if math.isfinite(low) else 0.0
