"""The answers to a question that the rules of a pack can tell apart, one for each kind."""

from __future__ import annotations

import math
import weakref
from itertools import pairwise
from typing import TYPE_CHECKING

from rules_lib.facts import Finding, Presence, ValueType
from rules_lib.rules import Compare, leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from rules_lib.knowledge_base import KnowledgeBase

MOST_SEVERE = 10.0


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
            for number in _apart(limits, 0.0, MOST_SEVERE):
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
    clocks = (kb.clocks.since_event, kb.clocks.event_to_onset, kb.clocks.since_onset)
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
