"""
The second method of proof: decision diagrams, searched case by case.

It shares nothing with z3. A property holds where no state breaks it; a change is looked at one
finding at a time, by putting other bits into the same diagrams.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from rules_lib.proving import claims as said
from rules_lib.proving.diagram_changes import DiagramChanges
from rules_lib.proving.diagram_search import All, Formula, Is, Search, Some, opposite
from rules_lib.proving.diagram_state import DiagramState, new_manager
from rules_lib.proving.diagram_verdict import FIRM, DiagramVerdict
from rules_lib.rules import AllOf, AnyOf, Compare, Urgency, UrgencyAtLeast, leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rules_lib.knowledge_base import KnowledgeBase
    from rules_lib.rules import Rule


class Diagrams:
    """
    The verdict of a pack's rules as diagrams, and the properties checked on them.

    Args:
        kb: the pack.
        properties: those whose thresholds are told apart from the start; `holds` takes any, but
            one with a threshold of its own costs diagrams of its own.
        rules: other rules than the pack's.
    """

    def __init__(
        self,
        kb: KnowledgeBase,
        properties: Iterable[said.Property] = (),
        rules: Sequence[Rule] | None = None,
    ) -> None:
        self._kb = kb
        self._rules = kb.rules if rules is None else tuple(rules)
        besides = list(said.tested(properties))
        self._told_apart = {*besides, *(leaf for rule in kb.rules for leaf in leaves(rule.when))}
        self._state = DiagramState(kb, new_manager(), besides)
        self._search = Search(self._state.manager, self._state.blocks())
        self._verdict = DiagramVerdict(kb, self._state, self._rules)

    @cached_property
    def _changes(self) -> DiagramChanges:
        fires = {level: self._verdict.fires(level) for level in Urgency}
        return DiagramChanges(self._kb, self._state, self._search, fires)

    def holds(self, promised: said.Property) -> tuple[bool, ...]:
        """Return for each part of a property whether it holds, and is no empty promise."""
        compared = {leaf for leaf in said.tested((promised,)) if isinstance(leaf, Compare)}
        if not compared <= self._told_apart:
            return Diagrams(self._kb, (promised,), self._rules).holds(promised)
        possible = self._search.possible
        found: list[bool] = []
        if promised.change is not None:
            found.append(self._changes.never_lower(promised.change))
        if promised.without_causes:
            silent = [rule for rule in self._rules if rule.then.cause is None]
            speaking = [rule for rule in self._rules if rule.then.cause is not None]
            lower = [
                All((self._verdict.reached(silent, level), opposite(self._verdict.floor(level))))
                for level in Urgency
            ]
            spoken = possible(self._verdict.when(speaking, FIRM))
            found.append(spoken and not possible(Some(tuple(lower))))
        fulfilled: dict[said.Claim, bool] = {}
        for obligation in promised.obligations:
            premise = self._claim(obligation.premise)
            if obligation.premise not in fulfilled:
                fulfilled[obligation.premise] = possible(premise)
            broken = opposite(self._claim(obligation.conclusion))
            found.append(fulfilled[obligation.premise] and not possible(premise, broken))
        found += [possible(self._claim(claim)) for claim in promised.possible]
        return tuple(found)

    # --- claims -----------------------------------------------------------------------------

    def _claim(self, claim: said.Claim) -> Formula:  # noqa: C901, PLR0911, PLR0912 - one a claim
        state, verdict = self._state, self._verdict
        match claim:
            case AllOf(parts):
                return All(tuple(self._claim(part) for part in parts))
            case AnyOf(parts):
                return Some(tuple(self._claim(part) for part in parts))
            case said.Not(part):
                return opposite(self._claim(part))
            case UrgencyAtLeast(urgency):
                return verdict.floor(urgency)
            case said.UrgencyAtMost(urgency):
                higher = [verdict.floor(level) for level in Urgency if level > urgency]
                return opposite(Some(tuple(higher)))
            case said.AnnouncedAtLeast(urgency):
                return verdict.announced(urgency)
            case said.AnnouncedAtMost(urgency):
                higher = [verdict.announced(level) for level in Urgency if level > urgency]
                return opposite(Some(tuple(higher)))
            case said.Unsure(finding):
                return Is(state.unsure[finding])
            case said.Unknown(finding):
                told = state.present[finding] | state.absent[finding] | state.unsure[finding]
                return Is(~told)
            case said.Screened(wanted):
                return verdict.screened() if wanted else opposite(verdict.screened())
            case said.Offered(advice):
                names = list(self._kb.advice) if advice == said.ANYTHING else [advice]
                return Some(tuple(verdict.offered(name) for name in names))
            case said.Contraindicated(advice):
                return verdict.withheld(advice)
            case said.Cleared(advice):
                return verdict.cleared(advice)
            case said.Fits(cause, likelihoods):
                return Some(tuple(verdict.cause(cause, fit) for fit in likelihoods))
            case said.Lead(lead):
                names = list(self._kb.leads) if lead == said.ANYTHING else [lead]
                return Some(tuple(verdict.lead(name) for name in names))
            case said.First(lead):
                before = self._kb.leads[: self._kb.leads.index(lead)]
                others = [opposite(verdict.lead(name)) for name in before]
                return All((verdict.lead(lead), *others))
        return Is(verdict.diagram(claim, FIRM))
