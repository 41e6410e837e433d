"""
The second method of proof: decision diagrams, searched case by case.

It shares nothing with z3. A property holds where no state breaks it; a change is looked at one
finding at a time, by putting other bits into the same diagrams.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rules_lib.facts import Kind, ValueType
from rules_lib.proving import claims as said
from rules_lib.proving.diagram_search import All, Formula, Is, Search, Some, opposite
from rules_lib.proving.diagram_state import (
    ABSENT,
    CLOCKS,
    PRESENT,
    UNSURE,
    UNTOLD,
    DiagramState,
    conjunction,
    disjunction,
    new_manager,
)
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
    from collections.abc import Iterable, Iterator, Sequence

    from rules_lib.knowledge_base import KnowledgeBase
    from rules_lib.rules import Condition, Leaf, Rule

FIRM, DOUBTING_CONTEXT, DOUBTING_SIGNS = 0, 1, 2


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
        self._manager = new_manager()
        besides = list(said.tested(properties))
        self._told_apart = {*besides, *(leaf for rule in kb.rules for leaf in leaves(rule.when))}
        self._state = DiagramState(kb, self._manager, besides)
        self._search = Search(self._manager, self._state.blocks())
        self._diagrams: dict[tuple[Condition, int], Any] = {}
        self._with_bits: dict[tuple[tuple[tuple[str, bool], ...], Any], Any] = {}

    def holds(self, promised: said.Property) -> tuple[bool, ...]:
        """Return for each part of a property whether it holds, and is no empty promise."""
        compared = {leaf for leaf in said.tested((promised,)) if isinstance(leaf, Compare)}
        if not compared <= self._told_apart:
            return Diagrams(self._kb, (promised,), self._rules).holds(promised)
        possible = self._search.possible
        found: list[bool] = []
        if promised.change is not None:
            found.append(self._never_lowers(promised.change))
        if promised.without_causes:
            silent = [rule for rule in self._rules if rule.then.cause is None]
            lower = [
                All((self._reached(silent, level), opposite(self._floor(level))))
                for level in Urgency
            ]
            found.append(len(silent) < len(self._rules) and not possible(Some(tuple(lower))))
        fulfilled: dict[said.Claim, bool] = {}
        for obligation in promised.obligations:
            premise = self._claim(obligation.premise)
            if obligation.premise not in fulfilled:
                fulfilled[obligation.premise] = possible(premise)
            broken = opposite(self._claim(obligation.conclusion))
            found.append(fulfilled[obligation.premise] and not possible(premise, broken))
        found += [possible(self._claim(claim)) for claim in promised.possible]
        return tuple(found)

    # --- verdict ----------------------------------------------------------------------------

    def _reached(self, rules: Sequence[Rule], level: Urgency) -> Formula:
        """Return whether some rule concludes at least an urgency."""
        # Unsure signs count, but no further than the same day.
        doubt = DOUBTING_CONTEXT if level > Urgency.SAME_DAY else DOUBTING_SIGNS
        return self._when((rule for rule in rules if (rule.then.urgency or 0) >= level), doubt)

    def _floor(self, level: Urgency) -> Formula:
        return self._reached(self._rules, level)

    def _when(self, rules: Iterable[Rule], doubt: int = DOUBTING_SIGNS) -> Formula:
        """Return whether one of some rules fires."""
        return Some(tuple(self._formula(rule.when, doubt) for rule in rules))

    def _formula(self, condition: Condition, doubt: int) -> Formula:
        """Return a condition: one diagram, but for tests of the urgency, which are many rules."""
        if isinstance(condition, UrgencyAtLeast):
            return self._floor(condition.urgency)
        if not any(isinstance(leaf, UrgencyAtLeast) for leaf in leaves(condition)):
            return Is(self._diagram(condition, doubt))
        parts = tuple(self._formula(part, doubt) for part in condition.parts)  # type: ignore[union-attr]
        return All(parts) if isinstance(condition, AllOf) else Some(parts)

    def _diagram(self, condition: Condition, doubt: int) -> Any:
        key = condition, doubt
        if key not in self._diagrams:
            self._diagrams[key] = self._made(condition, doubt)
        return self._diagrams[key]

    def _made(self, condition: Condition, doubt: int) -> Any:
        if isinstance(condition, AllOf):
            parts = [self._diagram(part, doubt) for part in condition.parts]
            return conjunction(self._manager, parts)
        if isinstance(condition, AnyOf):
            return disjunction(self._manager, [self._diagram(p, doubt) for p in condition.parts])
        if isinstance(condition, Derived):
            ways = [rule.when for rule in self._rules if rule.then.fact == condition.fact]
            return disjunction(self._manager, [self._diagram(way, doubt) for way in ways])
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

    def _withheld(self, advice: str) -> Formula:
        return self._when(rule for rule in self._rules if advice in rule.then.withhold)

    def _offered(self, advice: str) -> Formula:
        due = self._when((r for r in self._rules if advice in r.then.advise), FIRM)
        if self._kb.advice[advice].always:
            due = Some((due, self._floor(Urgency.SELF_CARE)))
        return All((due, opposite(self._withheld(advice)), self._cleared(advice)))

    def _cleared(self, advice: str) -> Formula:
        needed = self._kb.advice[advice].needs_denied
        return All(tuple(Is(self._state.absent[name]) for name in needed))

    def _lead(self, lead: str) -> Formula:
        return self._when(rule for rule in self._rules if rule.then.lead == lead)

    def _cause(self, cause: str, fit: Likelihood) -> Formula:
        def said_so(wanted: Likelihood) -> Formula:
            speaking = [rule for rule in self._rules if rule.then.cause == cause]
            fits = [r for r in speaking if (r.then.likelihood or Likelihood.POSSIBLE) is wanted]
            return self._when(fits, FIRM)

        stronger = [Likelihood.LESS_LIKELY, Likelihood.LIKELY, Likelihood.POSSIBLE]
        stronger = stronger[: stronger.index(fit)]
        return All((said_so(fit), *(opposite(said_so(each)) for each in stronger)))

    def _screened(self) -> Formula:
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
            parts.append(Some((Is(~fits), denied(names))))
            asked |= fits if names else self._manager.false
        return All((Is(asked), *parts))

    def _announced(self, level: Urgency) -> Formula:
        if level is Urgency.SELF_CARE:
            return All(())
        floor = self._floor(level)
        if level > Urgency.WITHIN_24_HOURS:
            return floor
        told = All((self._screened(), self._floor(Urgency.SELF_CARE)))
        return Some((floor, opposite(told)))

    # --- claims -----------------------------------------------------------------------------

    def _claim(self, claim: said.Claim) -> Formula:  # noqa: C901, PLR0911, PLR0912 - one a claim
        state = self._state
        match claim:
            case AllOf(parts):
                return All(tuple(self._claim(part) for part in parts))
            case AnyOf(parts):
                return Some(tuple(self._claim(part) for part in parts))
            case said.Not(part):
                return opposite(self._claim(part))
            case UrgencyAtLeast(urgency):
                return self._floor(urgency)
            case said.UrgencyAtMost(urgency):
                higher = [self._floor(level) for level in Urgency if level > urgency]
                return opposite(Some(tuple(higher)))
            case said.AnnouncedAtLeast(urgency):
                return self._announced(urgency)
            case said.AnnouncedAtMost(urgency):
                higher = [self._announced(level) for level in Urgency if level > urgency]
                return opposite(Some(tuple(higher)))
            case said.Unsure(finding):
                return Is(state.unsure[finding])
            case said.Unknown(finding):
                told = state.present[finding] | state.absent[finding] | state.unsure[finding]
                return Is(~told)
            case said.Screened(wanted):
                return self._screened() if wanted else opposite(self._screened())
            case said.Offered(advice):
                names = list(self._kb.advice) if advice == said.ANYTHING else [advice]
                return Some(tuple(self._offered(name) for name in names))
            case said.Contraindicated(advice):
                return self._withheld(advice)
            case said.Cleared(advice):
                return self._cleared(advice)
            case said.Fits(cause, likelihoods):
                return Some(tuple(self._cause(cause, fit) for fit in likelihoods))
            case said.Lead(lead):
                names = list(self._kb.leads) if lead == said.ANYTHING else [lead]
                return Some(tuple(self._lead(name) for name in names))
            case said.First(lead):
                before = self._kb.leads[: self._kb.leads.index(lead)]
                others = [opposite(self._lead(name)) for name in before]
                return All((self._lead(lead), *others))
        return Is(self._diagram(claim, FIRM))

    # --- changes ----------------------------------------------------------------------------

    def _never_lowers(self, change: said.Change) -> bool:
        """Return whether no change of one finding lowers the floor, and some change raises it."""
        raised = False
        fires = {level: self._fires(level) for level in Urgency}
        about = {level: self._by_finding(fires[level]) for level in Urgency}
        for changed, before, after, value in self._changes(change):
            for level in Urgency:
                touched = about[level].get(changed, [])
                pairs = [(self._put(before, one), self._put(after, one)) for one in touched]
                lost = [one & ~two for one, two in pairs]
                if any(each != self._manager.false for each in lost):
                    # Mostly what fired before still fires, and nothing is to be searched.
                    settled = self._settled(before, after, changed, value)
                    kept = [one for one in fires[level] if one not in touched]
                    kept += [two for _, two in pairs]
                    calm = All(tuple(Is(each, wanted=False) for each in kept))
                    if any(self._search.possible(Is(each & ~settled), calm) for each in lost):
                        return False
                if not raised:
                    calm = All(
                        tuple(Is(self._put(before, one), wanted=False) for one in fires[level])
                    )
                    raised = any(self._search.possible(Is(two & ~one), calm) for one, two in pairs)
        return raised

    def _fires(self, level: Urgency) -> list[Any]:
        """Return what makes each rule of an urgency, or a higher one, fire."""
        formula = self._floor(level)
        return [one.diagram for one in formula.parts if isinstance(one, Is)]  # type: ignore[union-attr]

    def _by_finding(self, diagrams: Iterable[Any]) -> dict[str, list[Any]]:
        """Return each finding and the diagrams that depend on it."""
        about: dict[str, list[Any]] = {}
        for one in diagrams:
            for name in self._search.findings(one):
                about.setdefault(name, []).append(one)
        return about

    def _put(self, bits: dict[str, bool], diagram: Any) -> Any:
        """Return a diagram with these bits; a rule is asked for at every level it reaches."""
        key = tuple(bits.items()), diagram
        if key not in self._with_bits:
            self._with_bits[key] = self._manager.let(bits, diagram)
        return self._with_bits[key]

    def _changes(
        self, change: said.Change
    ) -> Iterator[tuple[str, dict[str, bool], dict[str, bool], int]]:
        """Give what changes, its bits before and after, and its value then."""
        state = self._state
        for name, codes in state.codes.items():
            declared = self._kb.findings[name]
            if change.of not in ("anything", declared.kind.value):
                continue
            if change.after is said.Told.PRESENT and declared.type is not ValueType.YES_NO:
                continue
            present = [] if declared.type is not ValueType.YES_NO else [PRESENT]
            present += range(4, codes.values)
            for one in _meant(change.before, present):
                for two in _meant(change.after, present):
                    if one != two:
                        yield name, codes.assignment(one), codes.assignment(two), two
        yield from self._clock_changes(change)

    def _clock_changes(
        self, change: said.Change
    ) -> Iterator[tuple[str, dict[str, bool], dict[str, bool], int]]:
        state = self._state
        clocks = [self._kb.findings[name].kind.value for name in state.told.keys() - state.codes]
        if change.of != "anything" and change.of not in clocks:
            return
        pairs: frozenset[tuple[int, int]] = frozenset()
        if change.before is said.Told.UNTOLD:
            pairs = state.cases.told_more
        elif change.after is said.Told.UNSURE:
            pairs = state.cases.made_unsure
        put = state.clock.assignment
        for one, two in sorted(pairs - state.cases.settles):
            if one != two:
                yield CLOCKS, put(one), put(two), two

    def _settled(
        self, before: dict[str, bool], after: dict[str, bool], changed: str, value: int
    ) -> Any:
        """Return the states in which a doubt is settled that the change itself is not about."""
        let, state = self._manager.let, self._state
        settled = self._manager.false
        if changed == CLOCKS:
            return settled
        names = [*self._kb.groups, *([self._kb.severity] if self._kb.severity else [])]
        for name in names:
            still = let(after, state.unsure[name])
            if name != changed:
                settled |= let(before, state.unsure[name]) & ~still
            elif value == UNSURE:
                settled |= ~still
        return settled


def _meant(told: said.Told, present: list[int]) -> list[int]:
    return {
        said.Told.UNTOLD: [UNTOLD],
        said.Told.TOLD: [*present, ABSENT, UNSURE],
        said.Told.PRESENT: present,
        said.Told.ABSENT: [ABSENT],
        said.Told.UNSURE: [UNSURE],
    }[told]
