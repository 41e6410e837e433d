"""
The second engine: a forward chainer of our own, in plain Python, kept apart from the first.

It shares nothing with the compiler or durable-rules: it counts. Every condition is a node;
an `all` waits for each of its parts, an `any` for one. A node that has what it waited for is
passed on to the nodes that wait for it, from the findings reported to the rules they fire, so
an assessment costs what it touches, not what the pack holds. Facts are only ever added: the
certain ones first, then unsure context, then unsure signs, so the round in which a rule fires
is how firmly its facts are known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rules_lib.assessment import Cause, Verdict
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
    Urgency,
    UrgencyAtLeast,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rules_lib.knowledge_base import KnowledgeBase

_ORDER = {Likelihood.LIKELY: 0, Likelihood.POSSIBLE: 1, Likelihood.LESS_LIKELY: 2}


class _Waiting(NamedTuple):
    """The nodes that wait for one finding."""

    context: bool
    present: list[int]
    absent: list[int]
    tested: list[tuple[Compare | OneOf, int]]
    unsure: list[int]


class Chainer:
    """The rules of one knowledge base as counters; keeps nothing between verdicts."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self._kinds = {name: declared.kind for name, declared in kb.findings.items()}
        self._rules = kb.rules
        # The first nodes are the rules themselves, in the pack's order.
        self._needs: list[int] = [1] * len(kb.rules)
        self._next: list[list[int]] = [[] for _ in kb.rules]
        self._leaves: dict[Leaf, int] = {}
        self._waiting: dict[str, _Waiting] = {}
        self._urgencies: list[tuple[Urgency, int]] = []
        for place, rule in enumerate(kb.rules):
            self._wait(place, rule.when)
            if rule.then.fact is not None:
                self._next[place].append(self._leaf(Derived(rule.then.fact)))

    def verdict(self, findings: Mapping[str, Finding]) -> Verdict:
        """
        Chain once and fold what fired.

        Args:
            findings: finding id to Finding, completed; ids that no rule tests are ignored.
        """
        certain, context, signs = self._held(findings)
        left: dict[int, int] = {}
        fired: list[int] = []
        self._chain(certain, left, fired)
        sure = len(fired)
        if context:
            self._chain(context, left, fired)
        full = len(fired)
        if signs:
            self._chain(signs, left, fired)
        rules = self._rules
        floor = max([rules[place].then.urgency or 0 for place in fired[:full]], default=0)
        for place in fired[full:]:
            floor = max(floor, min(rules[place].then.urgency or 0, Urgency.SAME_DAY))
        if floor:
            self._chain([node for level, node in self._urgencies if level <= floor], left, fired)
        return self._verdict(fired, sure, floor)

    def _chain(self, reached: list[int], left: dict[int, int], fired: list[int]) -> None:
        """Pass nodes on until nothing new holds; `left` is what each node touched waits for."""
        needs, following, rules = self._needs, self._next, len(self._rules)
        agenda = reached
        while agenda:
            for after in following[agenda.pop()]:
                wants = left[after] = left.get(after, needs[after]) - 1
                if not wants:
                    agenda.append(after)
                    if after < rules:
                        fired.append(after)

    def _verdict(self, fired: list[int], sure: int, floor: int) -> Verdict:
        rules = self._rules
        causes: dict[str, Likelihood] = {}
        indicated: list[str] = []
        for place in fired[:sure]:
            then = rules[place].then
            if then.cause is not None:
                likelihood = then.likelihood or Likelihood.POSSIBLE
                known = causes.setdefault(then.cause, likelihood)
                if known is not likelihood and known is not Likelihood.LESS_LIKELY:
                    lowers = likelihood is Likelihood.LESS_LIKELY
                    causes[then.cause] = likelihood if lowers else Likelihood.LIKELY
            indicated += then.advise
        withheld: list[str] = []
        asks: list[str] = []
        leads: list[str] = []
        says: list[str] = []
        facts: list[str] = []
        for place in fired:
            then = rules[place].then
            withheld += then.withhold
            asks += then.ask
            says += then.say
            if then.lead is not None:
                leads.append(then.lead)
            if then.fact is not None:
                facts.append(then.fact)
        ranked = sorted(causes.items(), key=lambda item: (_ORDER[item[1]], item[0]))
        return Verdict(
            floor=Urgency(floor) if floor else None,
            causes=tuple([Cause(name, likelihood) for name, likelihood in ranked]),
            indicated=frozenset(indicated),
            withheld=frozenset(withheld),
            asks=frozenset(asks),
            leads=frozenset(leads),
            says=frozenset(says),
            facts=frozenset(facts),
            rules=frozenset([rules[place].id for place in fired]),
        )

    def _held(self, findings: Mapping[str, Finding]) -> tuple[list[int], list[int], list[int]]:
        """Return the nodes of what holds: certainly, with unsure context, with unsure signs."""
        certain: list[int] = []
        context: list[int] = []
        signs: list[int] = []
        for name, finding in findings.items():
            waiting = self._waiting.get(name)
            if waiting is None:
                continue
            if finding.presence is Presence.PRESENT:
                certain += waiting.present
                for leaf, node in waiting.tested:
                    if _holds(leaf, finding):
                        certain.append(node)
            elif finding.presence is Presence.ABSENT:
                certain += waiting.absent
            elif waiting.context:
                context += waiting.unsure
            else:
                signs += waiting.unsure
        return certain, context, signs

    # --- building ---------------------------------------------------------------------------

    def _wait(self, node: int, condition: Condition) -> None:
        """Let a node hold once the condition does."""
        if not isinstance(condition, AllOf | AnyOf):
            self._next[self._leaf(condition)].append(node)
            return
        if isinstance(condition, AllOf):
            self._needs[node] = len(condition.parts)
        for part in condition.parts:
            if isinstance(part, AllOf | AnyOf):
                inner = self._node()
                self._next[inner].append(node)
                self._wait(inner, part)
            else:
                self._next[self._leaf(part)].append(node)

    def _node(self) -> int:
        self._needs.append(1)
        self._next.append([])
        return len(self._needs) - 1

    def _leaf(self, leaf: Leaf) -> int:
        known = self._leaves.get(leaf)
        if known is not None:
            return known
        node = self._leaves[leaf] = self._node()
        if isinstance(leaf, UrgencyAtLeast):
            self._urgencies.append((leaf.urgency, node))
        elif not isinstance(leaf, Derived):
            context = self._kinds[leaf.finding] is Kind.CONTEXT
            waiting = self._waiting.get(leaf.finding)
            if waiting is None:
                waiting = self._waiting[leaf.finding] = _Waiting(context, [], [], [], [])
            if isinstance(leaf, Present):
                waiting.present.append(node)
            elif isinstance(leaf, Absent):
                waiting.absent.append(node)
            else:
                waiting.tested.append((leaf, node))
            if context or not isinstance(leaf, Absent):
                waiting.unsure.append(node)
        return node


def _holds(leaf: Compare | OneOf, finding: Finding) -> bool:
    """Whether a finding that is present compares so."""
    if isinstance(leaf, OneOf):
        return finding.value in leaf.choices
    value = finding.severity if leaf.severity else finding.value
    if not isinstance(value, float | int):
        return False
    if leaf.operator is Operator.AT_LEAST:
        return value >= leaf.number
    if leaf.operator is Operator.ABOVE:
        return value > leaf.number
    if leaf.operator is Operator.AT_MOST:
        return value <= leaf.number
    return value < leaf.number
