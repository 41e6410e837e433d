"""
What would have to be told, or told differently, for an assessment to be more urgent.

Rules are searched for a way in which one of higher urgency would fire; what is missing of it is
turned into findings, tried, and thinned out until nothing is to spare. So whatever the search
guesses, what it returns has been shown: it raises the floor, and no part of it does so alone.
"""

from __future__ import annotations

import math
from itertools import islice
from typing import TYPE_CHECKING

from rules_lib.answers import answers_apart
from rules_lib.assessment import Strength
from rules_lib.frozen import frozen
from rules_lib.grounds import irreducible
from rules_lib.rules import (
    Absent,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Derived,
    OneOf,
    Present,
    Rule,
    Urgency,
    UrgencyAtLeast,
)
from rules_lib.screening import complaints_of, completed, recaps, screening_groups
from rules_lib.session import session_of
from rules_lib.trace import Matcher

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from rules_lib.assessment import Assessment
    from rules_lib.facts import Finding
    from rules_lib.knowledge_base import KnowledgeBase

Told = Present | Absent | Compare | OneOf
"""A condition on a finding."""
FEW, MANY = 1, 60
"""Ways to a condition that are kept: the cheapest, and, where that fails, as many as this."""


@frozen
class Change:
    """A finding that would have to be told, or told differently."""

    finding: Finding
    """As it would have to be told; a number is one of many that would do."""
    told: Finding | None
    """As it was told (or follows from what was), None where nobody told of it."""
    needs: tuple[Told, ...]
    """The conditions that it would meet, in the order written."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Canonical names of the conditions, e.g. `temperature>=38`."""
        return tuple(leaf.key for leaf in self.needs)


def applied(
    kb: KnowledgeBase, findings: Mapping[str, Finding], changed: Iterable[Finding]
) -> dict[str, Finding]:
    """
    Return completed findings with some of them told differently, completed anew.

    Two clocks give the third: where one changes, of the other two only the first stays that it
    can be told with, in the order since event, event to onset, since onset; the last follows.
    """
    new = {found.id: found for found in changed}
    kept = dict(findings)
    if kb.clocks is not None:
        names = kb.clocks.names
        moved = [name for name in names if name in new]
        still = [name for name in names if name in kept and name not in new]
        if moved:
            for name in still:
                del kept[name]
            for name in still if len(moved) == 1 else ():
                if _tellable(names, {**new, name: findings[name]}):
                    kept[name] = findings[name]
                    break
    return completed(kb, {**kept, **new})


def reached(
    kb: KnowledgeBase, findings: Mapping[str, Finding], changes: Iterable[Change]
) -> Urgency | None:
    """Return the floor of findings with changes applied."""
    told = applied(kb, findings, [change.finding for change in changes])
    return session_of(kb).chainer.verdict(told).floor


def _tellable(clocks: tuple[str, str, str], told: Mapping[str, Finding]) -> bool:
    """Whether the onset is not later than now."""
    whole, before = (told[name].value if name in told else None for name in clocks[:2])
    return not (isinstance(whole, float) and isinstance(before, float) and before > whole)


def more_urgent(kb: KnowledgeBase, assessment: Assessment) -> tuple[Change, ...]:
    """
    Return changes that together raise the floor, none of them to spare; empty where none can.

    The fewest changes first; among them what this complaint's questions ask for, in their order,
    rather what was not told of than what was denied, and what is only ever volunteered last.
    """
    findings, floor = assessment.findings, assessment.floor
    if floor is Urgency.EMERGENCY:
        return ()

    def raises(changes: tuple[Change, ...]) -> bool:
        return (reached(kb, findings, changes) or 0) > (floor or 0)

    for width in (FEW, MANY):
        for changes in _Search(kb, assessment, width).found():
            if raises(changes):
                # The farthest-fetched are dropped first.
                return irreducible(changes[::-1], raises)[::-1]
    return ()


_Way = tuple[int, frozenset[Told]]
"""The price of making a condition hold, and all conditions on findings that it then rests on."""


class _Search:
    """Looks for ways in which rules of higher urgency would fire, the cheapest first."""

    def __init__(self, kb: KnowledgeBase, assessment: Assessment, width: int) -> None:
        self._kb = kb
        self._findings = assessment.findings
        self._floor = assessment.floor or 0
        self._width = width
        self._matcher = Matcher(kb, assessment.findings, assessment.floor)
        for step in assessment.trace:
            for said in step.concluded:
                if said.startswith("fact:"):
                    self._matcher.derived.setdefault(said[5:], step.strength)
        # With an unsure sign a rule counts for same-day at most: beyond, it must be certain.
        self._too_weak = Strength.UNSURE_SIGN if self._floor >= Urgency.SAME_DAY else None
        self._price = _Prices(kb, assessment.findings)
        self._concluding: dict[str, list[Rule]] = {}
        for rule in kb.rules:
            if rule.then.fact is not None:
                self._concluding.setdefault(rule.then.fact, []).append(rule)
        self._facts: dict[str, list[_Way]] = {}
        self._most = math.inf
        """The price worth looking at, where one way is enough; only ever lowered, so that what
        was searched before stays right."""

    def found(self) -> Iterator[tuple[Change, ...]]:
        """Give what would have to change for each way, the cheapest first."""
        ways: list[_Way] = []
        for rule in self._kb.rules:
            if (rule.then.urgency or 0) > self._floor:
                for way in self._ways(rule.when):
                    ways.append(way)
                    if self._width == FEW:
                        self._most = min(self._most, way[0])
        for _, conditions in sorted(ways, key=_price_of):
            changes = self._changes(conditions)
            if changes:
                yield changes

    def _ways(self, condition: Condition) -> list[_Way]:
        """Return the cheapest ways to make a condition hold; none where it never can."""
        if isinstance(condition, AllOf):
            ways: list[_Way] = [(0, frozenset())]
            for part in condition.parts:
                more = self._ways(part)
                ways = self._cheapest(self._together(one, other) for one in ways for other in more)
                if not ways:
                    break
            return ways
        if isinstance(condition, AnyOf):
            return self._cheapest(way for part in condition.parts for way in self._ways(part))
        if isinstance(condition, Derived):
            return self._fact(condition.fact)
        if isinstance(condition, UrgencyAtLeast):
            return []
        price = 0 if self._holds(condition) else self._price[condition.finding]
        return [(price, frozenset((condition,)))]

    def _fact(self, fact: str) -> list[_Way]:
        if self._width == FEW and self._holds(Derived(fact)):
            return [(0, frozenset())]
        if fact not in self._facts:
            # While it is searched: a fact is no way to itself.
            self._facts[fact] = []
            rules = self._concluding.get(fact, ())
            self._facts[fact] = self._cheapest(way for one in rules for way in self._ways(one.when))
        return self._facts[fact]

    def _cheapest(self, ways: Iterable[_Way]) -> list[_Way]:
        if self._width == FEW:
            least = min(ways, key=_price_of, default=None)
            return [] if least is None or least[0] > self._most else [least]
        in_turn = sorted(dict.fromkeys(ways), key=_price_of)
        possible = (way for way in in_turn if self._changes(way[1]) is not None)
        return list(islice(possible, self._width))

    def _together(self, one: _Way, other: _Way) -> _Way:
        both = one[1] | other[1]
        if one[0] == 0 or other[0] == 0:
            return one[0] + other[0], both
        changed = {leaf.finding for leaf in both if not self._holds(leaf)}
        return sum(self._price[name] for name in changed), both

    def _holds(self, leaf: Told | Derived) -> bool:
        strength = self._matcher.strength(leaf)
        return strength is not None and strength is not self._too_weak

    def _changes(self, conditions: frozenset[Told]) -> tuple[Change, ...] | None:
        """Return the changes that make all conditions hold, None where they contradict."""
        wanted: dict[str, list[Told]] = {}
        for leaf in conditions:
            wanted.setdefault(leaf.finding, []).append(leaf)
        changes: list[Change] = []
        for name, needs in wanted.items():
            missing = [leaf for leaf in needs if not self._holds(leaf)]
            if missing:
                finding = self._meeting(name, needs)
                if finding is None:
                    return None
                told = self._findings.get(name)
                needed = tuple(sorted(missing, key=lambda leaf: leaf.key))
                changes.append(Change(finding, told, needed))
        return tuple(sorted(changes, key=lambda change: self._price[change.finding.id]))

    def _meeting(self, name: str, needs: list[Told]) -> Finding | None:
        """Return an answer that meets all conditions, one on a limit rather than beyond it."""
        limits = {leaf.number for leaf in needs if isinstance(leaf, Compare)}
        met = [
            answer
            for answer in answers_apart(self._kb, name, self._findings)
            if all(_met(self._kb, answer, leaf) for leaf in needs)
        ]
        beyond = {answer: limits.isdisjoint((answer.value, answer.severity)) for answer in met}
        return min(met, key=beyond.__getitem__, default=None)


def _met(kb: KnowledgeBase, answer: Finding, leaf: Told) -> bool:
    return Matcher(kb, {answer.id: answer}, None).strength(leaf) is Strength.CERTAIN


def _price_of(way: _Way) -> int:
    return way[0]


class _Prices(dict[str, int]):
    """What it costs to change a finding: less for one more finding than for a farther one."""

    CHANGE, FARTHER = 1_000_000, 10_000

    def __init__(self, kb: KnowledgeBase, findings: Mapping[str, Finding]) -> None:
        super().__init__()
        self._kb, self._told = kb, findings
        complaints = complaints_of(kb, findings)
        groups = [group.id for group in screening_groups(kb, complaints)]
        asked = [name for complaint in complaints for name in complaint.questions]
        near: list[str] = []
        for name in (*groups, *asked):
            if name in kb.groups:
                near += kb.groups[name].members
            else:
                near.append(kb.questions[name].finding if name in kb.questions else name)
        names = dict.fromkeys([*near, *groups, *recaps(complaints)])
        self._near = {name: rank for rank, name in enumerate(names)}

    def __missing__(self, name: str) -> int:
        # Its own class first what was not told, then what was told otherwise.
        away = 0 if name in self._near else 2
        if self._kb.findings[name].volunteered_only:
            away = 4
        away += name in self._told
        rank = self._near.get(name, len(self._near))
        price = self[name] = self.CHANGE + self.FARTHER * away + rank
        return price
