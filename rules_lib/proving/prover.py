"""
The first method of proof: z3 looks for a state in which a property does not hold.

A property is proved when there is none; one that is found is made as small as it can be. Every
state that is shown, witness or counterexample, is one that the engines themselves can be asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import z3

from rules_lib.facts import Kind, ValueType
from rules_lib.frozen import frozen
from rules_lib.proving.claims import (
    ANYTHING,
    AnnouncedAtLeast,
    AnnouncedAtMost,
    Change,
    Claim,
    Cleared,
    Contraindicated,
    First,
    Fits,
    Lead,
    Not,
    Offered,
    Screened,
    Told,
    Unknown,
    Unsure,
    UrgencyAtMost,
)
from rules_lib.proving.examples import Shown, example
from rules_lib.proving.model import ALWAYS, CERTAIN, Model
from rules_lib.proving.state import State
from rules_lib.rules import AllOf, AnyOf, Urgency, UrgencyAtLeast

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rules_lib.knowledge_base import KnowledgeBase
    from rules_lib.proving.claims import Property
    from rules_lib.rules import Rule


@frozen
class Outcome:
    """What became of one part of a property."""

    property: str
    part: int
    """Which obligation or possibility, from 0."""
    holds: bool
    witness: Shown | None
    """A state in which the premise holds; None where there is none, and the part fails so."""
    counterexample: Shown | None


class Prover:
    """Proves properties of a pack, or of some of its rules."""

    def __init__(self, kb: KnowledgeBase, rules: Sequence[Rule] | None = None) -> None:
        self._kb = kb
        self._state = State(kb)
        self.model = Model(kb, self._state, rules)
        self._solver = z3.Solver()
        self._solver.add(*self._state.holds)

    # --- properties -------------------------------------------------------------------------

    def outcomes(self, promised: Property, *, witnesses: bool = True) -> Iterator[Outcome]:
        """Give the outcome of each part of a property."""
        if promised.change is not None:
            yield self._unchanged(promised.id, promised.change, witnesses=witnesses)
        if promised.without_causes:
            yield self._without_causes(promised.id)
        for part, obligation in enumerate(promised.obligations):
            premise = self.claim(obligation.premise)
            broken = z3.And(premise, z3.Not(self.claim(obligation.conclusion)))
            against = example(self._solver, [self._state], broken)
            witness = example(self._solver, [self._state], premise) if witnesses else None
            sound = against is None and (witness is not None or not witnesses)
            yield Outcome(promised.id, part, sound, witness, against)
        for part, claim in enumerate(promised.possible):
            witness = example(self._solver, [self._state], self.claim(claim))
            yield Outcome(promised.id, part, witness is not None, witness, None)

    def example(self, claim: z3.BoolRef) -> Shown | None:
        """Return a smallest state in which a formula over this model holds, None without one."""
        return example(self._solver, [self._state], claim)

    def possible(self, claim: z3.BoolRef) -> bool:
        """Return whether a formula over this model holds in some state."""
        return bool(self._solver.check(claim) == z3.sat)

    def _unchanged(self, name: str, change: Change, *, witnesses: bool) -> Outcome:
        """Return whether a change never lowers the floor; the witness is one that raises it."""
        before = self._state
        after = State(self._kb, "then")
        then = Model(self._kb, after, self.model.rules)
        related = z3.And(*after.holds, *self._changed(change, before, after))
        floors = [
            (self.model.floor_at_least(level), then.floor_at_least(level)) for level in Urgency
        ]
        lower = z3.Or(*[z3.And(one, z3.Not(two)) for one, two in floors])
        higher = z3.Or(*[z3.And(two, z3.Not(one)) for one, two in floors])
        against = example(self._solver, [before, after], z3.And(related, lower))
        witness = None
        if witnesses:
            witness = example(self._solver, [before, after], z3.And(related, higher))
        sound = against is None and (witness is not None or not witnesses)
        return Outcome(name, 0, sound, witness, against)

    def _changed(self, change: Change, before: State, after: State) -> Iterator[z3.BoolRef]:
        for finding, declared in self._kb.findings.items():
            same = before.same(after, [finding])
            kind = change.of in ("anything", declared.kind.value)
            # "Unsure" passes every test of a number, so no number can be worse.
            worse = change.after is not Told.PRESENT or declared.type is ValueType.YES_NO
            if kind and worse:
                moved = z3.And(
                    _stands(before, finding, change.before), _stands(after, finding, change.after)
                )
                yield z3.Or(same, moved)
            else:
                yield same
        for finding in self._kb.findings:
            yield z3.Not(_settled(before, after, finding))

    def _without_causes(self, name: str) -> Outcome:
        silent = [rule for rule in self.model.rules if rule.then.cause is None]
        speaking = [rule for rule in self.model.rules if rule.then.cause is not None]
        without = Model(self._kb, self._state, silent)
        lower = z3.Or(
            *[
                z3.And(without.floor_at_least(level), z3.Not(self.model.floor_at_least(level)))
                for level in Urgency
            ]
        )
        against = example(self._solver, [self._state], lower)
        caused = z3.Or(*[self.model.fired(rule, CERTAIN) for rule in speaking])
        witness = example(self._solver, [self._state], caused) if speaking else None
        return Outcome(name, 0, against is None and witness is not None, witness, against)

    # --- claims -----------------------------------------------------------------------------

    def claim(self, claim: Claim) -> z3.BoolRef:  # noqa: C901, PLR0911, PLR0912 - one a claim
        """Return the formula of a claim."""
        model, state = self.model, self._state
        match claim:
            case AllOf(parts):
                return z3.And(*[self.claim(part) for part in parts])
            case AnyOf(parts):
                return z3.Or(*[self.claim(part) for part in parts])
            case Not(part):
                return z3.Not(self.claim(part))
            case UrgencyAtLeast(urgency):
                return model.floor_at_least(urgency)
            case UrgencyAtMost(urgency):
                return z3.Not(_above(model.floor_at_least, urgency))
            case AnnouncedAtLeast(urgency):
                return model.announced_at_least(urgency)
            case AnnouncedAtMost(urgency):
                return z3.Not(_above(model.announced_at_least, urgency))
            case Unsure(finding):
                return state.unsure[finding]
            case Unknown(finding):
                return state.unknown(finding)
            case Screened(wanted):
                return model.screened if wanted else z3.Not(model.screened)
            case Offered(advice):
                names = self._kb.advice if advice == ANYTHING else (advice,)
                return z3.Or(*[model.offered(name) for name in names])
            case Contraindicated(advice):
                return model.contraindicated(advice)
            case Cleared(advice):
                needed = self._kb.advice[advice].needs_denied
                return z3.And(*[state.absent[name] for name in needed])
            case Fits(cause, likelihoods):
                return z3.Or(*[model.cause(cause, likelihood) for likelihood in likelihoods])
            case Lead(lead):
                return z3.Or(
                    *[model.lead(one) for one in self._kb.leads if lead in (one, ANYTHING)]
                )
            case First(lead):
                return model.lead_first(lead)
        return model.condition(claim, CERTAIN)


def _stands(state: State, finding: str, standing: Told) -> z3.BoolRef:
    present, absent, unsure = state.told[finding]
    if standing is Told.UNTOLD:
        return state.untold(finding)
    if standing is Told.TOLD:
        return z3.Or(present, absent, unsure)
    return {Told.PRESENT: present, Told.ABSENT: absent, Told.UNSURE: unsure}[standing]


def _settled(before: State, after: State, finding: str) -> z3.BoolRef:
    """
    Return whether what was told besides settles a doubt, which may lower what the doubt raised.

    A group that is unsure is denied once each of its signs is; "I cannot say how bad" once a
    severity is told; a clock that followed from an unsure one once it is told itself.
    """
    same = z3.Or(before.same(after, [finding]), before.untold(finding))
    gone = z3.And(before.unsure[finding], z3.Not(after.unsure[finding]), same)
    return z3.Or(gone, z3.And(after.told[finding][2], z3.Not(after.unsure[finding])))


def _above(at_least: object, urgency: Urgency) -> z3.BoolRef:
    """Return whether something is above an urgency."""
    if urgency is Urgency.EMERGENCY:
        return z3.Not(ALWAYS)
    return at_least(Urgency(urgency + 1))  # type: ignore[operator]


def is_sign(kb: KnowledgeBase, finding: str) -> bool:
    """Return whether a finding is of the illness."""
    return kb.findings[finding].kind is Kind.SIGN
