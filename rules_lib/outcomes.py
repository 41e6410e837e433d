"""What rules that fired conclude together: the verdict, and the trace behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib.assessment import Activation, Cause, Strength, Verdict
from rules_lib.compiler import CERTAIN, UNSURE_SIGN, Program
from rules_lib.rules import Conclusions, Likelihood, Rule, Urgency

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Fired = dict[int, tuple[int, int]]
"""Place of a rule to how firmly it fired (CERTAIN, UNSURE_CONTEXT, UNSURE_SIGN) and the
compiled rule that fired it."""

_STRENGTHS = tuple(Strength)
_LIKELIHOODS = (Likelihood.LIKELY, Likelihood.POSSIBLE, Likelihood.LESS_LIKELY)
_LOWERED = _LIKELIHOODS.index(Likelihood.LESS_LIKELY)


class Outcomes:
    """The conclusions of a pack's rules, laid out once for folding."""

    def __init__(self, rules: tuple[Rule, ...], program: Program) -> None:
        self._rules = rules
        self._program = program
        self._urgencies = tuple(
            tuple(int(_urgency(rule.then, stage) or 0) for stage in range(len(_STRENGTHS)))
            for rule in rules
        )
        self._activations: tuple[dict[int, Activation], ...] = ({}, {}, {})

    def floor(self, fired: Fired) -> int:
        """Return the highest urgency concluded, 0 for none."""
        urgencies = self._urgencies
        return max((urgencies[rule][stage] for rule, (stage, _) in fired.items()), default=0)

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
        causes: dict[str, int] = {}
        indicated: list[str] = []
        withheld: list[str] = []
        asks: list[str] = []
        leads: list[str] = []
        says: list[str] = []
        facts: list[str] = []
        for rule, (stage, _) in fired.items():
            then = self._rules[rule].then
            if stage == CERTAIN:
                if then.cause is not None:
                    _weigh(causes, then.cause, then.likelihood)
                indicated += then.advise
            if then.fact is not None:
                facts.append(then.fact)
            if then.lead is not None:
                leads.append(then.lead)
            withheld += then.withhold
            asks += then.ask
            says += then.say
        trace = tuple(
            [
                self._activations[stage].get(way) or self._activation(rule, stage, way, support)
                for rule, (stage, way) in sorted(fired.items())
            ]
        )
        verdict = Verdict(
            floor=Urgency(floor) if floor else None,
            causes=tuple(
                [
                    Cause(name, _LIKELIHOODS[rank])
                    for rank, name in sorted([(rank, name) for name, rank in causes.items()])
                ]
            ),
            indicated=frozenset(indicated),
            withheld=frozenset(withheld),
            asks=frozenset(asks),
            leads=frozenset(leads),
            says=frozenset(says),
            facts=frozenset(facts),
            rules=frozenset([activation.rule for activation in trace]),
        )
        return verdict, trace

    def _activation(
        self, place: int, stage: int, way: int, support: Mapping[int, int]
    ) -> Activation:
        rule = self._rules[place]
        keys = self._program.ways[way].keys
        made = Activation(
            rule=rule.id,
            facts=tuple(sorted(set(self._keys(way, support)))) if keys is None else keys,
            strength=_STRENGTHS[stage],
            concluded=_concluded(rule.then, stage),
            sources=rule.sources,
        )
        if keys is not None:
            # The same for every patient, so made once.
            self._activations[stage][way] = made
        return made

    def _keys(self, way: int, support: Mapping[int, int]) -> Iterator[str]:
        """Give the facts a compiled rule matched, those behind the compiler's own atoms too."""
        for atom in self._program.ways[way].atoms:
            if key := self._program.keys[atom]:
                yield key
            else:
                yield from self._keys(support[atom], support)


def _weigh(causes: dict[str, int], cause: str, likelihood: Likelihood | None) -> None:
    """Note a cause: what lowers it wins, else the likeliest does."""
    rank = _LIKELIHOODS.index(likelihood or Likelihood.POSSIBLE)
    known = causes.get(cause, rank)
    causes[cause] = _LOWERED if _LOWERED in {rank, known} else min(rank, known)


def _urgency(then: Conclusions, stage: int) -> Urgency | None:
    """Return the urgency as it counts: resting on an unsure sign, at most same-day."""
    if then.urgency is None or stage != UNSURE_SIGN:
        return then.urgency
    return min(then.urgency, Urgency.SAME_DAY)


def _concluded(then: Conclusions, stage: int) -> tuple[str, ...]:
    found: list[str] = []
    urgency = _urgency(then, stage)
    if urgency is not None:
        found.append(f"urgency:{urgency.id}")
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
