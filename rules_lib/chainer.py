"""
The second engine: a forward chainer of our own, in plain Python.

It shares nothing with the first but the rules as loaded, and it counts. Every condition is a
node: an `all` waits for each of its parts, an `any` for one. What holds is passed on to the
nodes that wait for it, from the findings to the rules they fire, so that an assessment costs
what it touches, not what the pack holds. Facts are only ever added: the certain ones first,
then unsure context, then unsure signs; the round a rule fires in is how firmly it does.
"""

from __future__ import annotations

from array import array
from collections import Counter
from operator import contains, ge, gt, le, lt
from typing import TYPE_CHECKING, Any

from rules_lib import rules as written
from rules_lib.assessment import Cause, Verdict
from rules_lib.facts import Finding, Kind, Presence
from rules_lib.rules import Likelihood, Urgency

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rules_lib.knowledge_base import KnowledgeBase

# With what the rule wants on the left: 38 <= the temperature, these choices contain the product.
_COMPARE = {"at_least": le, "above": lt, "at_most": ge, "below": gt}
_FLOORS = (None, *Urgency)
_SAME_DAY = int(Urgency.SAME_DAY)
# What is said of a cause by several rules: the later of these counts; and which comes first.
_WEIGHTS = (Likelihood.POSSIBLE, Likelihood.LIKELY, Likelihood.LESS_LIKELY)
_RANKS = (1, 0, 2)
_Test = tuple["Callable[[Any, Any], bool]", Any, Any, bool, int]
_NONE: frozenset[str] = frozenset()
# Looking a member up in its enumeration is slow before Python 3.12.
_PRESENT, _ABSENT = Presence.PRESENT, Presence.ABSENT


class Chainer:
    """The rules of one knowledge base as counters; keeps nothing between verdicts."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self._ids = [rule.id for rule in kb.rules]
        # As bytes: the first engine, run in between, leaves little of ours in the caches.
        self._urgency = bytes(int(rule.then.urgency or 0) for rule in kb.rules)
        # What a rule adds to a verdict: causes and advice need certain facts.
        self._firm = [_added(rule.then) for rule in kb.rules]
        self._weak = [[one for one in added if one[0] > 1] for added in self._firm]
        self._context = {name for name, one in kb.findings.items() if one.kind is Kind.CONTEXT}
        # The first nodes are the rules themselves, in the pack's order.
        self._wants = [1] * len(kb.rules)
        self._next: list[list[int]] = [[] for _ in kb.rules]
        self._leaves: dict[written.Leaf, int] = {}
        # By finding, the nodes that hold once it is present, absent, passes a test, is unsure.
        self._present: dict[str, list[int]] = {}
        self._absent: dict[str, list[int]] = {}
        self._tested: dict[str, list[_Test]] = {}
        self._unsure: dict[str, list[int]] = {}
        # By floor, the nodes that hold once it is reached.
        self._reached: list[list[int]] = [[] for _ in _FLOORS]
        concluding = Counter(rule.then.fact for rule in kb.rules)
        for place, rule in enumerate(kb.rules):
            self._wait(place, rule.when)
            if (fact := rule.then.fact) is not None:
                leaf = self._leaf(written.Derived(fact))
                if concluding[fact] == 1:
                    # Whoever waits for the fact waits for this rule.
                    self._next[place] = self._next[leaf]
                else:
                    self._next[place].append(leaf)
        # As they are read, over and over.
        self._following = [tuple(nodes) for nodes in self._next]
        self._waiting = array("i", self._wants)

    def verdict(self, findings: Mapping[str, Finding]) -> Verdict:
        """
        Chain once and fold what fired.

        Args:
            findings: finding id to Finding, completed; ids that no rule tests are ignored.
        """
        certain, context, signs = self._held(findings)
        wants = self._waiting[:]
        fired: list[int] = []
        self._chain(certain, wants, fired)
        sure = len(fired)
        if context:
            self._chain(context, wants, fired)
        floor = self._highest(fired)
        if signs:
            full = len(fired)
            self._chain(signs, wants, fired)
            floor = max(floor, min(self._highest(fired[full:]), _SAME_DAY))
        if reached := self._reached[floor]:
            self._chain(reached.copy(), wants, fired)
        return self._verdict(fired, sure, floor)

    def floor_with(self, findings: Mapping[str, Finding]) -> Callable[..., int]:
        """
        Return what tells the floor if findings that were not told were present as well.

        For looking ahead, many times over from one patient: what was told is chained once, and
        each look chains on from there.

        Args:
            findings: as for `verdict`.

        Returns:
            A function of ids, none of them among `findings`, to the floor as a number, 0 for none.
        """
        certain, context, signs = self._held(findings)
        known = self._waiting[:]
        present = self._present
        at_first: list[int] = []
        self._chain(certain + context, known, at_first)
        least = self._highest(at_first)

        def floor(*names: str) -> int:
            wants = known[:]
            fired: list[int] = []
            self._chain(
                [node for name in set(names) for node in present.get(name, ())], wants, fired
            )
            reached = max(self._highest(fired), least)
            if signs and reached < _SAME_DAY:
                doubted: list[int] = []
                self._chain(signs.copy(), wants, doubted)
                reached = max(reached, min(self._highest(doubted), _SAME_DAY))
            return reached

        return floor

    def _highest(self, fired: list[int]) -> int:
        """Return the highest urgency that rules conclude, 0 for none."""
        urgency = self._urgency
        return max([urgency[rule] for rule in fired], default=0)

    def _held(self, findings: Mapping[str, Finding]) -> tuple[list[int], list[int], list[int]]:
        """Return the nodes of what holds: certainly, with unsure context, with unsure signs."""
        certain: list[int] = []
        context: list[int] = []
        signs: list[int] = []
        present, absent, tested = self._present, self._absent, self._tested
        for name, finding in findings.items():
            presence = finding.presence
            if presence is _ABSENT:
                if name in absent:
                    certain += absent[name]
            elif presence is _PRESENT:
                if name in present:
                    certain += present[name]
                if name in tested:
                    for passes, wanted, kind, of_severity, node in tested[name]:
                        value = finding.severity if of_severity else finding.value
                        if isinstance(value, kind) and passes(wanted, value):
                            certain.append(node)
            elif name in self._context:
                context += self._unsure.get(name, ())
            else:
                signs += self._unsure.get(name, ())
        return certain, context, signs

    def _chain(self, agenda: list[int], wants: array[int], fired: list[int]) -> None:
        """Pass on what holds until nothing new does; `wants` counts what each node waits for."""
        following, rules = self._following, len(self._ids)
        while agenda:
            for node in following[agenda.pop()]:
                left = wants[node] = wants[node] - 1
                if left == 0:
                    if node < rules:
                        fired.append(node)
                    if following[node]:
                        agenda.append(node)

    def _verdict(self, fired: list[int], sure: int, floor: int) -> Verdict:
        parts: tuple[list[Any], ...] = ([], [], [], [], [], [], [])
        firm, weak = self._firm, self._weak
        for rule in fired[:sure]:
            for part, names in firm[rule]:
                parts[part].extend(names)
        for rule in fired[sure:]:
            for part, names in weak[rule]:
                parts[part].extend(names)
        causes, *others = parts
        sets = [frozenset(names) if names else _NONE for names in others]
        rules = frozenset(map(self._ids.__getitem__, fired))
        return Verdict._make((_FLOORS[floor], _fitting(causes) if causes else (), *sets, rules))

    def _wait(self, node: int, condition: written.Condition) -> None:
        """Let a node wait for a condition."""
        whole = (written.AllOf, written.AnyOf)
        parts = condition.parts if isinstance(condition, whole) else (condition,)
        self._wants[node] = len(parts) if isinstance(condition, written.AllOf) else 1
        for part in parts:
            if isinstance(part, whole):
                before = self._node()
                self._wait(before, part)
            else:
                before = self._leaf(part)
            self._next[before].append(node)

    def _node(self) -> int:
        self._wants.append(1)
        self._next.append([])
        return len(self._wants) - 1

    def _leaf(self, leaf: written.Leaf) -> int:
        """Return the node of a leaf, the same for all that test it."""
        if leaf in self._leaves:
            return self._leaves[leaf]
        node = self._leaves[leaf] = self._node()
        if isinstance(leaf, written.UrgencyAtLeast):
            for reached in self._reached[leaf.urgency :]:
                reached.append(node)
        elif not isinstance(leaf, written.Derived):
            name = leaf.finding
            if isinstance(leaf, written.Present):
                self._present.setdefault(name, []).append(node)
            elif isinstance(leaf, written.Absent):
                self._absent.setdefault(name, []).append(node)
            elif isinstance(leaf, written.OneOf):
                test: _Test = contains, leaf.choices, str, False, node
                self._tested.setdefault(name, []).append(test)
            else:
                passes = _COMPARE[leaf.operator]
                test = passes, leaf.number, (float, int), leaf.severity, node
                self._tested.setdefault(name, []).append(test)
            # "Unsure" counts as the sign, of a severity that was not told.
            of_severity = isinstance(leaf, written.Compare) and leaf.severity
            if name in self._context or not (of_severity or isinstance(leaf, written.Absent)):
                self._unsure.setdefault(name, []).append(node)
        return node


def _fitting(told: list[tuple[int, Cause]]) -> tuple[Cause, ...]:
    """Return the causes that rules told of, each once, the likeliest first."""
    causes: dict[str, tuple[int, Cause]] = {}
    for weight, cause in told:
        if cause.id not in causes or causes[cause.id][0] < weight:
            causes[cause.id] = weight, cause
    ranked = sorted([(_RANKS[weight], name) for name, (weight, _) in causes.items()])
    return tuple([causes[name][1] for _, name in ranked])


def _added(then: written.Conclusions) -> list[tuple[int, Sequence[Any]]]:
    """Return what a rule adds to a verdict: the place of the part, and the names for it."""
    fits = then.likelihood or Likelihood.POSSIBLE
    causes = [(_WEIGHTS.index(fits), Cause(then.cause, fits))] if then.cause is not None else []
    lead, fact = ([name] if name is not None else [] for name in (then.lead, then.fact))
    parts = (causes, then.advise, then.withhold, then.ask, lead, then.say, fact)
    return [(part, names) for part, names in enumerate(parts) if names]
