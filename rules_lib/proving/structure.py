"""
What z3 finds of the rules themselves: dead, doubled, contradictory and idle ones, and gaps.

    dead          no state fires the rule with certainty
    doubled       another rule fires in exactly the same states and concludes the same
    contradictory what it advises is withheld, or the cause it speaks for is outweighed, always
    idle          other rules conclude as much whenever it fires; it must say so (`implied_by`)
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import z3

from rules_lib.facts import Finding, Kind, ValueType
from rules_lib.frozen import frozen
from rules_lib.proving.model import CERTAIN, WITH_CONTEXT, WITH_SIGNS, Model
from rules_lib.proving.state import State
from rules_lib.rules import Likelihood, Urgency
from rules_lib.session import session_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rules_lib.knowledge_base import KnowledgeBase
    from rules_lib.rules import Rule

STRENGTHS = (CERTAIN, WITH_CONTEXT, WITH_SIGNS)


@frozen
class Fault:
    """Something wrong with a rule."""

    kind: str
    """`dead`, `doubled`, `contradictory` or `idle`."""
    rule: str
    what: str
    """One sentence."""


class Structure:
    """The rules of a pack, asked about themselves."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self._kb = kb
        self._state = State(kb)
        self._model = Model(kb, self._state)
        self._solver = z3.Solver()
        self._solver.add(*self._state.holds)

    def faults(self) -> Iterator[Fault]:
        """Give every fault of every rule."""
        for rule in self._kb.rules:
            if not self._possible(self._model.fired(rule, CERTAIN)):
                yield Fault("dead", rule.id, "no state fires it")
                continue
            yield from self._contradictory(rule)
            yield from self._idle(rule)
        yield from self._doubled()

    def _possible(self, formula: z3.BoolRef) -> bool:
        return bool(self._solver.check(formula) == z3.sat)

    # --- contradictory ----------------------------------------------------------------------

    def _contradictory(self, rule: Rule) -> Iterator[Fault]:
        model, fired = self._model, self._model.fired(rule, CERTAIN)
        for advice in rule.then.advise:
            against = model.contraindicated(advice)
            if not self._possible(z3.And(fired, z3.Not(against))):
                what = f"advises '{advice}', which is withheld whenever it fires"
                yield Fault("contradictory", rule.id, what)
        cause, likelihood = rule.then.cause, rule.then.likelihood or Likelihood.POSSIBLE
        if cause is not None and likelihood is not Likelihood.LESS_LIKELY:
            lowered = model.cause(cause, Likelihood.LESS_LIKELY)
            if not self._possible(z3.And(fired, z3.Not(lowered))):
                what = f"speaks for '{cause}', which is lowered whenever it fires"
                yield Fault("contradictory", rule.id, what)

    # --- idle -------------------------------------------------------------------------------

    def _idle(self, rule: Rule) -> Iterator[Fault]:
        """Find a rule that adds nothing undeclared, or that declares what cannot be proved."""
        names = rule.implied_by
        others = [other for other in self._kb.rules if other.id != rule.id]
        allowed = [other for other in others if not names or other.id in names]
        adds = self._possible(self._beyond(rule, self._model, allowed))
        if not adds and _carries(rule):
            # What follows only because the rule itself fired proves nothing.
            alone = Model(self._kb, self._state, others)
            adds = self._possible(self._beyond(rule, alone, allowed))
        if names and adds:
            yield Fault("idle", rule.id, f"is not implied by {', '.join(names)}")
        elif not names and not adds:
            yield Fault("idle", rule.id, "adds nothing, and no 'implied_by' says so")

    def _beyond(self, rule: Rule, alone: Model, others: Sequence[Rule]) -> z3.BoolRef:
        """Return the states in which a rule concludes something that no other rule does."""
        model, then = self._model, rule.then
        beyond: list[z3.BoolRef] = []

        def lost(strength: int, covering: Sequence[Rule]) -> None:
            held = [alone.fired(other, strength) for other in covering]
            beyond.append(z3.And(model.fired(rule, strength), z3.Not(z3.Or(*held))))

        if then.urgency is not None:
            lost(WITH_CONTEXT, [o for o in others if (o.then.urgency or 0) >= then.urgency])
            least = min(then.urgency, Urgency.SAME_DAY)
            lost(WITH_SIGNS, [o for o in others if (o.then.urgency or 0) >= least])
        if then.fact is not None:
            for strength in STRENGTHS:
                lost(strength, [o for o in others if o.then.fact == then.fact])
        if then.cause is not None:
            lost(CERTAIN, [o for o in others if _says_as_much(o, rule)])
        for advice in then.advise:
            lost(CERTAIN, [o for o in others if advice in o.then.advise])
        for part in ("withhold", "ask", "say"):
            for name in getattr(then, part):
                lost(WITH_SIGNS, [o for o in others if name in getattr(o.then, part)])
        if then.lead is not None:
            lost(WITH_SIGNS, [o for o in others if o.then.lead == then.lead])
        return z3.Or(*beyond)

    # --- doubled ----------------------------------------------------------------------------

    def _doubled(self) -> Iterator[Fault]:
        same: dict[object, list[Rule]] = {}
        for rule in self._kb.rules:
            same.setdefault(rule.then, []).append(rule)
        for alike in same.values():
            for one, two in combinations(alike, 2):
                differ = [
                    self._model.fired(one, strength) != self._model.fired(two, strength)
                    for strength in STRENGTHS
                ]
                if not self._possible(z3.Or(*differ)):
                    yield Fault("doubled", two.id, f"says what '{one.id}' says")


def gaps(kb: KnowledgeBase) -> tuple[str, ...]:
    """Return the signs that conclude no urgency by themselves; nothing wrong, but worth a look."""
    chainer = session_of(kb).chainer
    return tuple(
        name
        for name, declared in kb.findings.items()
        if declared.kind is Kind.SIGN
        and declared.type is ValueType.YES_NO
        and chainer.verdict({name: Finding(name)}).floor is None
    )


def _carries(rule: Rule) -> bool:
    """Return whether other rules may fire because this one does."""
    return rule.then.fact is not None or rule.then.urgency is not None


def _says_as_much(other: Rule, rule: Rule) -> bool:
    return other.then.cause == rule.then.cause and (
        (other.then.likelihood or Likelihood.POSSIBLE)
        is (rule.then.likelihood or Likelihood.POSSIBLE)
    )
