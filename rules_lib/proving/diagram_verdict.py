"""
What the rules of a pack conclude, as decision diagrams: urgency, advice, causes, screening.

Each is a formula, a tree of small diagrams, since one diagram of all rules would be huge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rules_lib.facts import Kind
from rules_lib.proving.diagram_search import All, Formula, Is, Some, opposite
from rules_lib.proving.diagram_state import DiagramState, conjunction, disjunction
from rules_lib.rules import (
    Absent,
    AllOf,
    AnyOf,
    Compare,
    Derived,
    Likelihood,
    Present,
    Urgency,
    UrgencyAtLeast,
    leaves,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rules_lib.knowledge_base import KnowledgeBase
    from rules_lib.rules import Condition, Leaf, Rule

FIRM, DOUBTING_CONTEXT, DOUBTING_SIGNS = 0, 1, 2
"""What counts: certain facts, unsure context as well, unsure signs as well."""
SMALL = 500
"""Nodes of a diagram that is not worth splitting."""


class DiagramVerdict:
    """
    The verdict of some rules.

    Args:
        kb: the pack.
        state: what was told, in the manager of the diagrams.
        rules: whose verdict it is.
    """

    def __init__(self, kb: KnowledgeBase, state: DiagramState, rules: Sequence[Rule]) -> None:
        self._kb = kb
        self._state = state
        self._manager = state.manager
        self._rules = rules
        self._diagrams: dict[tuple[Condition, int], Any] = {}

    def reached(self, rules: Sequence[Rule], level: Urgency) -> Formula:
        """Return whether some rule concludes at least an urgency."""
        speaking = (rule for rule in rules if (rule.then.urgency or 0) >= level)
        return self.when(speaking, self.doubt(level))

    def doubt(self, level: Urgency) -> int:
        """Return what counts towards an urgency: unsure signs no further than the same day."""
        return DOUBTING_CONTEXT if level > Urgency.SAME_DAY else DOUBTING_SIGNS

    def floor(self, level: Urgency) -> Formula:
        """Return whether the floor is at least an urgency."""
        return self.reached(self._rules, level)

    def when(self, rules: Iterable[Rule], doubt: int = DOUBTING_SIGNS) -> Formula:
        """Return whether one of some rules fires."""
        return Some(tuple(self._formula(rule.when, doubt) for rule in rules))

    def _formula(self, condition: Condition, doubt: int) -> Formula:
        """Return a condition: one diagram, but for tests of the urgency, which are many rules."""
        if isinstance(condition, UrgencyAtLeast):
            return self.floor(condition.urgency)
        if not any(isinstance(leaf, UrgencyAtLeast) for leaf in leaves(condition)):
            return Is(self.diagram(condition, doubt))
        parts = tuple(self._formula(part, doubt) for part in condition.parts)  # type: ignore[union-attr]
        return All(parts) if isinstance(condition, AllOf) else Some(parts)

    def diagram(self, condition: Condition, doubt: int) -> Any:
        """Return the diagram of a condition that tests no urgency."""
        key = condition, doubt
        if key not in self._diagrams:
            self._diagrams[key] = self._made(condition, doubt)
        return self._diagrams[key]

    def _made(self, condition: Condition, doubt: int) -> Any:
        if isinstance(condition, AllOf):
            parts = [self.diagram(part, doubt) for part in condition.parts]
            return conjunction(self._manager, parts)
        if isinstance(condition, AnyOf):
            return disjunction(self._manager, [self.diagram(p, doubt) for p in condition.parts])
        if isinstance(condition, Derived):
            ways = [rule.when for rule in self._rules if rule.then.fact == condition.fact]
            return disjunction(self._manager, [self.diagram(way, doubt) for way in ways])
        return self._tested(condition, doubt)

    def _tested(self, leaf: Leaf, doubt: int) -> Any:
        state = self._state
        name = leaf.finding  # type: ignore[union-attr] # facts and urgencies went another way
        if isinstance(leaf, Present):
            firm = state.present[name]
        elif isinstance(leaf, Absent):
            firm = state.absent[name]
        else:
            firm = state.test(leaf)
        is_context = self._kb.findings[name].kind is Kind.CONTEXT
        if is_context and doubt >= DOUBTING_CONTEXT:
            return firm | state.unsure[name]
        # "Unsure" counts as the sign, of a severity that was not told.
        severe = isinstance(leaf, Compare) and leaf.severity
        if not is_context and doubt >= DOUBTING_SIGNS and not (severe or isinstance(leaf, Absent)):
            return firm | state.unsure[name]
        return firm

    def fires(self, level: Urgency) -> list[Any]:
        """Return what makes a rule of an urgency, or a higher one, fire."""
        doubt = self.doubt(level)
        rules = [rule for rule in self._rules if (rule.then.urgency or 0) >= level]
        return list(dict.fromkeys(way for rule in rules for way in self.ways(rule.when, doubt)))

    def ways(self, condition: Condition, doubt: int) -> list[Any]:
        """Return diagrams of which one holds where a condition does: one, or small ones."""
        whole = self.diagram(condition, doubt)
        if len(whole) <= SMALL:
            return [whole]
        if isinstance(condition, AnyOf):
            return [way for part in condition.parts for way in self.ways(part, doubt)]
        if isinstance(condition, Derived):
            rules = [rule for rule in self._rules if rule.then.fact == condition.fact]
            return [way for rule in rules for way in self.ways(rule.when, doubt)]
        if isinstance(condition, AllOf):
            largest = max(condition.parts, key=lambda part: len(self.diagram(part, doubt)))
            others = [self.diagram(part, doubt) for part in condition.parts if part != largest]
            rest = conjunction(self._manager, others)
            return [rest & way for way in self.ways(largest, doubt)]
        return [whole]

    def withheld(self, advice: str) -> Formula:
        """Return whether a rule withholds a piece of advice."""
        return self.when(rule for rule in self._rules if advice in rule.then.withhold)

    def offered(self, advice: str) -> Formula:
        """Return whether a piece of advice is offered."""
        due = self.when((r for r in self._rules if advice in r.then.advise), FIRM)
        if self._kb.advice[advice].always:
            due = Some((due, self.floor(Urgency.SELF_CARE)))
        return All((due, opposite(self.withheld(advice)), self.cleared(advice)))

    def cleared(self, advice: str) -> Formula:
        """Return whether everything that advice needs to be denied was denied."""
        needed = self._kb.advice[advice].needs_denied
        return All(tuple(Is(self._state.absent[name]) for name in needed))

    def lead(self, lead: str) -> Formula:
        """Return whether a sentence is due before everything else."""
        return self.when(rule for rule in self._rules if rule.then.lead == lead)

    def cause(self, cause: str, fit: Likelihood) -> Formula:
        """Return whether a cause is called so."""

        def said_so(wanted: Likelihood) -> Formula:
            speaking = [rule for rule in self._rules if rule.then.cause == cause]
            fits = [r for r in speaking if (r.then.likelihood or Likelihood.POSSIBLE) is wanted]
            return self.when(fits, FIRM)

        stronger = [Likelihood.LESS_LIKELY, Likelihood.LIKELY, Likelihood.POSSIBLE]
        stronger = stronger[: stronger.index(fit)]
        return All((said_so(fit), *(opposite(said_so(each)) for each in stronger)))

    def screened(self) -> Formula:
        """Return whether every screening group of each complaint, and its recap, were denied."""
        state, complaints = self._state, list(self._kb.complaints.values())

        def denied(names: Sequence[str]) -> Formula:
            return All(tuple(Is(state.absent[name]) for name in names))

        told = {
            one.id: disjunction(
                self._manager, [state.present[n] | state.unsure[n] for n in one.findings]
            )
            for one in complaints
        }
        nobody = ~disjunction(self._manager, told.values())
        parts: list[Formula] = []
        asked = self._manager.false
        for one in complaints:
            fits = told[one.id] | nobody if one.default else told[one.id]
            names = [*one.groups, one.recap] if one.recap else list(one.groups)
            last = [self._last_check(one.recap)] if one.recap else []
            parts.append(Some((Is(~fits), All((denied(one.groups), *last)))))
            asked |= fits if names else self._manager.false
        return All((Is(asked), *parts))

    def _last_check(self, recap: str) -> Formula:
        """Return whether a recap is denied, or one that asks for its signs and perhaps more."""
        groups = self._kb.groups
        wide = [
            one.id
            for one in groups.values()
            if one.role is groups[recap].role and not set(groups[recap].members) - {*one.members}
        ]
        return Some(tuple(Is(self._state.absent[name]) for name in wide))

    def announced(self, level: Urgency) -> Formula:
        """Return whether at least an urgency is announced."""
        if level is Urgency.SELF_CARE:
            return All(())
        floor = self.floor(level)
        if level > Urgency.WITHIN_24_HOURS:
            return floor
        told = All((self.screened(), self.floor(Urgency.SELF_CARE)))
        return Some((floor, opposite(told)))
