"""What rules that fired conclude together: the verdict, and the trace behind it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from rules_lib.assessment import Activation, Cause, Strength, Verdict
from rules_lib.program import CERTAIN, UNSURE_SIGN, Program
from rules_lib.rules import Conclusions, Likelihood, Rule, Urgency

if TYPE_CHECKING:
    from collections.abc import Mapping

Fired = dict[int, tuple[int, int]]
"""Place of a rule to how firmly it fired (CERTAIN, UNSURE_CONTEXT, UNSURE_SIGN) and the
compiled rule that fired it."""

_Effect = tuple[int, tuple[str, ...]]
_Told = tuple[tuple[_Effect, ...], tuple[int, str] | None, Activation]
"""What a rule adds to a verdict, the cause it concludes with its rank, and its activation."""

_STRENGTHS = tuple(Strength)
_LIKELIHOODS = (Likelihood.LIKELY, Likelihood.POSSIBLE, Likelihood.LESS_LIKELY)
_FLOORS = (None, *Urgency)
_NOTHING: frozenset[str] = frozenset()
_LOWERED = _LIKELIHOODS.index(Likelihood.LESS_LIKELY)


class Outcomes:
    """The conclusions of a pack's rules, laid out once so that folding them is quick."""

    def __init__(self, rules: tuple[Rule, ...], program: Program) -> None:
        self._rules = rules
        self._program = program
        stages = range(len(_STRENGTHS))
        # The engine leaves nothing of ours in the processor's caches: what is small is fetched
        # again sooner.
        self._urgencies = [bytes(_urgency(rule.then, stage) for rule in rules) for stage in stages]
        self._ids = [rule.id for rule in rules]
        self._effects = [[_effects(rule.then, stage) for rule in rules] for stage in stages]
        self._causes = [_cause(rule.then) for rule in rules]
        self._concluded = [[_concluded(rule.then, stage) for rule in rules] for stage in stages]
        self._told: list[list[dict[int, _Told]]] = [[{} for _ in rules] for _ in stages]
        """By strength, rule and compiled rule; what is the same for every patient."""

    def floor(self, fired: Fired) -> int:
        """Return the highest urgency concluded, 0 for none."""
        urgencies = self._urgencies
        return max([urgencies[stage][rule] for rule, (stage, _) in fired.items()], default=0)

    def fold(
        self, fired: Fired, floor: int, support: Mapping[int, int]
    ) -> tuple[Verdict, tuple[Activation, ...]]:
        """
        Fold what fired into one verdict.

        Args:
            fired: the rules that fired; any order.
            floor: as returned by `floor`.
            support: atom that some rule made hold, to the compiled rule that did.

        Returns:
            The verdict, and an activation of each rule, in the pack's order.
        """
        found: tuple[list[str], ...] = ([], [], [], [], [], [])
        causes: dict[str, int] = {}
        trace: list[Activation] = []
        told = self._told
        order = sorted(fired)
        for rule in order:
            stage, way = fired[rule]
            effects, cause, activation = told[stage][rule].get(way) or self._tell(
                rule, fired[rule], support
            )
            for part, names in effects:
                found[part].extend(names)
            if cause is not None:
                # What lowers a cause wins, else the likeliest does.
                rank, name = cause
                known = causes.get(name, rank)
                causes[name] = _LOWERED if _LOWERED in (rank, known) else min(rank, known)
            trace.append(activation)
        indicated, withheld, asks, leads, says, facts = [
            frozenset(names) if names else _NOTHING for names in found
        ]
        # In the order of the fields: keywords cost a tenth of folding.
        verdict = Verdict(
            _FLOORS[floor],
            _ranked(causes) if causes else (),
            indicated,
            withheld,
            asks,
            leads,
            says,
            facts,
            frozenset(map(self._ids.__getitem__, order)),
        )
        return verdict, tuple(trace)

    def _tell(self, place: int, how: tuple[int, int], support: Mapping[int, int]) -> _Told:
        """Return what a rule that fired so adds to a verdict and to its trace."""
        stage, way = how
        rule = self._rules[place]
        keys = self._program.ways[way].keys
        activation = Activation(
            rule.id,
            self._keys(way, support) if keys is None else keys,
            _STRENGTHS[stage],
            self._concluded[stage][place],
            rule.sources,
        )
        cause = self._causes[place] if stage == CERTAIN else None
        made = self._effects[stage][place], cause, activation
        if keys is not None:
            self._told[stage][place][way] = made
        return made

    def _keys(self, way: int, support: Mapping[int, int]) -> tuple[str, ...]:
        """Return the facts a compiled rule matched, those behind the compiler's own atoms too."""
        keys, ways = self._program.keys, self._program.ways
        found = set()
        unread = [way]
        while unread:
            for atom in ways[unread.pop()].atoms:
                if keys[atom]:
                    found.add(keys[atom])
                else:
                    unread.append(support[atom])
        return tuple(sorted(found))


def _effects(then: Conclusions, stage: int) -> tuple[_Effect, ...]:
    """Return what a rule adds to a verdict: the place of the part, and the names for it."""
    parts = (
        then.advise if stage == CERTAIN else (),
        then.withhold,
        then.ask,
        () if then.lead is None else (then.lead,),
        then.say,
        () if then.fact is None else (then.fact,),
    )
    return tuple((part, names) for part, names in enumerate(parts) if names)


def _cause(then: Conclusions) -> tuple[int, str] | None:
    """Return the cause that a rule concludes, and how likely it calls it."""
    if then.cause is None:
        return None
    return _LIKELIHOODS.index(then.likelihood or Likelihood.POSSIBLE), then.cause


def _ranked(causes: dict[str, int]) -> tuple[Cause, ...]:
    ranked = sorted([(rank, name) for name, rank in causes.items()])
    return tuple([_fitting(name, rank) for rank, name in ranked])


@functools.cache
def _fitting(name: str, rank: int) -> Cause:
    """Return a cause of some pack with its likelihood, made once."""
    return Cause(name, _LIKELIHOODS[rank])


def _urgency(then: Conclusions, stage: int) -> int:
    """Return the urgency as it counts, 0 for none: with an unsure sign at most same-day."""
    urgency = int(then.urgency or 0)
    return min(urgency, int(Urgency.SAME_DAY)) if stage == UNSURE_SIGN else urgency


def _concluded(then: Conclusions, stage: int) -> tuple[str, ...]:
    found: list[str] = []
    if urgency := _urgency(then, stage):
        found.append(f"urgency:{Urgency(urgency).id}")
    if then.fact is not None:
        found.append(f"fact:{then.fact}")
    if stage == CERTAIN:
        if then.cause is not None:
            found.append(f"cause:{then.cause}:{then.likelihood or Likelihood.POSSIBLE}")
        found += [f"advise:{name}" for name in then.advise]
    found += [f"withhold:{name}" for name in then.withhold]
    found += [f"ask:{name}" for name in then.ask]
    if then.lead is not None:
        found.append(f"lead:{then.lead}")
    return (*found, *(f"say:{name}" for name in then.say))
