"""What the rules of a pack conclude in a state: formulas over the variables of `State`."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import z3

from rules_lib.facts import Kind
from rules_lib.pack import Role
from rules_lib.rules import (
    Absent,
    AllOf,
    AnyOf,
    Compare,
    Derived,
    Likelihood,
    OneOf,
    Present,
    Rule,
    Urgency,
    UrgencyAtLeast,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from rules_lib.pack import Pack
    from rules_lib.proving.state import State
    from rules_lib.rules import Conclusions, Condition

CERTAIN, WITH_CONTEXT, WITH_SIGNS = range(3)
"""What counts: certain facts, unsure context as well, unsure signs as well."""
NEVER, ALWAYS = z3.BoolVal(False), z3.BoolVal(True)  # noqa: FBT003 - z3's own constants


class Model:
    """The verdict of some rules in one symbolic state."""

    def __init__(self, pack: Pack, state: State, rules: Sequence[Rule] | None = None) -> None:
        self._pack = pack
        self.state = state
        self.rules = tuple(pack.rules if rules is None else rules)
        self._facts: dict[tuple[str, int], z3.BoolRef] = {}
        self._fired: dict[tuple[str, int], z3.BoolRef] = {}
        self._concluding: dict[str, list[Rule]] = {}
        for rule in self.rules:
            if rule.then.fact is not None:
                self._concluding.setdefault(rule.then.fact, []).append(rule)

    # --- rules ------------------------------------------------------------------------------

    def fired(self, rule: Rule, strength: int = WITH_SIGNS) -> z3.BoolRef:
        """Return whether a rule fires on what counts at a strength."""
        key = rule.id, strength
        if key not in self._fired:
            self._fired[key] = self.condition(rule.when, strength)
        return self._fired[key]

    def fact(self, fact: str, strength: int = WITH_SIGNS) -> z3.BoolRef:
        """Return whether a derived fact holds."""
        key = fact, strength
        if key not in self._facts:
            ways = [self.fired(rule, strength) for rule in self._concluding.get(fact, ())]
            self._facts[key] = _any(ways)
        return self._facts[key]

    def condition(self, condition: Condition, strength: int) -> z3.BoolRef:
        """Return whether a condition holds on what counts at a strength."""
        match condition:
            case AllOf(parts):
                return z3.And(*[self.condition(part, strength) for part in parts])
            case AnyOf(parts):
                return z3.Or(*[self.condition(part, strength) for part in parts])
            case Derived(fact):
                return self.fact(fact, strength)
            case UrgencyAtLeast(urgency):
                return self.floor_at_least(urgency)
        return self._leaf(condition, strength)

    def _leaf(self, leaf: Present | Absent | Compare | OneOf, strength: int) -> z3.BoolRef:
        state = self.state
        match leaf:
            case Present(finding):
                certain = state.present[finding]
            case Absent(finding):
                certain = state.absent[finding]
            case Compare():
                certain = state.compares(leaf)
            case OneOf():
                certain = state.is_one_of(leaf)
        context = self._pack.findings[leaf.finding].kind is Kind.CONTEXT
        counts = strength >= (WITH_CONTEXT if context else WITH_SIGNS)
        # "Unsure" counts as the sign, of a severity that was not told.
        of_severity = isinstance(leaf, Compare) and leaf.severity
        if counts and (context or not (of_severity or isinstance(leaf, Absent))):
            return z3.Or(certain, state.unsure[leaf.finding])
        return certain

    # --- verdict ----------------------------------------------------------------------------

    @cached_property
    def _floors(self) -> dict[Urgency, z3.BoolRef]:
        """Return each urgency to whether the floor is at least that."""
        floors: dict[Urgency, z3.BoolRef] = {}
        for level in Urgency:
            ways: list[z3.BoolRef] = []
            for rule in self.rules:
                if rule.then.urgency is None or rule.then.urgency < level:
                    continue
                # What needs an unsure sign counts up to the same day only.
                capped = level <= Urgency.SAME_DAY
                ways.append(self.fired(rule, WITH_SIGNS if capped else WITH_CONTEXT))
            floors[level] = _any(ways)
        return floors

    def floor_at_least(self, level: Urgency) -> z3.BoolRef:
        """Return whether the floor is at least an urgency."""
        return self._floors[level]

    def announced_at_least(self, level: Urgency) -> z3.BoolRef:
        """Return whether what may be announced is at least an urgency."""
        if level is Urgency.SELF_CARE:
            return ALWAYS
        floor = self.floor_at_least(level)
        if level > Urgency.WITHIN_24_HOURS:
            return floor
        told = z3.And(self.screened, self.floor_at_least(Urgency.SELF_CARE))
        return z3.Or(floor, z3.Not(told))

    @cached_property
    def screened(self) -> z3.BoolRef:
        """Whether each screening group of every complaint that fits, and its recap, is denied."""
        state, pack = self.state, self._pack
        fits: dict[str, z3.BoolRef] = {}
        for complaint in pack.complaints.values():
            told = [z3.Or(state.present[name], state.unsure[name]) for name in complaint.findings]
            fits[complaint.id] = _any(told)
        none = z3.Not(_any(fits.values()))
        parts: list[z3.BoolRef] = []
        asked: list[z3.BoolRef] = []
        for complaint in pack.complaints.values():
            applies = z3.Or(fits[complaint.id], none) if complaint.default else fits[complaint.id]
            names = [*complaint.groups, *([complaint.recap] if complaint.recap else [])]
            denied = [state.absent[name] for name in complaint.groups]
            if complaint.recap:
                # A no to a recap that asks for as much counts as well.
                members = set(pack.groups[complaint.recap].members)
                as_wide = [
                    state.absent[group.id]
                    for group in pack.groups.values()
                    if group.role is Role.RECAP
                    and members.issubset((*group.members, *group.also_yes))
                ]
                denied.append(_any(as_wide))
            parts.append(z3.Implies(applies, z3.And(*denied)))
            asked.append(applies if names else NEVER)
        return z3.And(_any(asked), *parts)

    def names(self, part: Callable[[Conclusions], Iterable[str]], name: str) -> z3.BoolRef:
        """Return whether some rule that fires, at any strength, names this in a conclusion."""
        return _any([self.fired(rule) for rule in self.rules if name in part(rule.then)])

    def indicated(self, advice: str) -> z3.BoolRef:
        """Return whether a rule indicates a piece of advice, with certainty."""
        rules = [rule for rule in self.rules if advice in rule.then.advise]
        return _any([self.fired(rule, CERTAIN) for rule in rules])

    def contraindicated(self, advice: str) -> z3.BoolRef:
        """Return whether a rule withholds a piece of advice."""
        return self.names(lambda then: then.withhold, advice)

    def offered(self, advice: str) -> z3.BoolRef:
        """Return whether a piece of advice is offered."""
        needed = [self.state.absent[name] for name in self._pack.advice[advice].needs_denied]
        due = self.indicated(advice)
        if self._pack.advice[advice].always:
            due = z3.Or(due, self.floor_at_least(Urgency.SELF_CARE))
        return z3.And(due, z3.Not(self.contraindicated(advice)), *needed)

    def lead(self, lead: str) -> z3.BoolRef:
        """Return whether a sentence is to be spoken before everything else."""
        return self.names(lambda then: () if then.lead is None else (then.lead,), lead)

    def lead_first(self, lead: str) -> z3.BoolRef:
        """Return whether it is the very first: none more important is due."""
        more = self._pack.leads[: self._pack.leads.index(lead)]
        return z3.And(self.lead(lead), *[z3.Not(self.lead(other)) for other in more])

    def cause(self, cause: str, likelihood: Likelihood) -> z3.BoolRef:
        """Return whether a cause is called so likely: what lowers it wins, then the likeliest."""

        def said(wanted: Likelihood) -> z3.BoolRef:
            return _any(
                [
                    self.fired(rule, CERTAIN)
                    for rule in self.rules
                    if rule.then.cause == cause
                    and (rule.then.likelihood or Likelihood.POSSIBLE) is wanted
                ]
            )

        less, likely = said(Likelihood.LESS_LIKELY), said(Likelihood.LIKELY)
        if likelihood is Likelihood.LESS_LIKELY:
            return less
        if likelihood is Likelihood.LIKELY:
            return z3.And(likely, z3.Not(less))
        return z3.And(said(Likelihood.POSSIBLE), z3.Not(less), z3.Not(likely))


def _any(parts: Iterable[z3.BoolRef]) -> z3.BoolRef:
    parts = list(parts)
    return z3.Or(*parts) if parts else NEVER
