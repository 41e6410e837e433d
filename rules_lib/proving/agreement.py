"""Random patients, assessed by the model of the proofs and by both engines, and compared."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING, Any

import z3

from rules_lib.assessment import WithheldReason
from rules_lib.facts import Finding, Presence, ValueType
from rules_lib.proving.model import Model
from rules_lib.proving.state import State
from rules_lib.proving.terms import Exact, Table, exact
from rules_lib.rules import Compare, Likelihood, Urgency, leaves
from rules_lib.session import assess

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rules_lib.assessment import Assessment
    from rules_lib.facts import FindingType
    from rules_lib.knowledge_base import KnowledgeBase

UNSURE_SHARES = (0.0, 0.1, 0.5)
MOST_TOLD = 15


def disagreements(kb: KnowledgeBase, states: int, seed: int = 1) -> Iterator[str]:
    """
    Give a sentence for each thing in which the model and an assessment differ.

    Every state is assessed by both engines (`assess` reports where they differ from each other)
    and compared in floor, announced urgency, screening, causes, advice, leads, facts and rules.
    """
    patients = random_patients(kb, states, seed)
    state = State(kb)
    table = _table(kb, state, patients)
    wrong = table.bits(z3.And(*state.holds)) ^ ((1 << states) - 1)
    if wrong:
        yield f"state {_first(wrong)}: the model calls it impossible: {patients[_first(wrong)]}"
    modelled = {name: table.bits(term) for name, term in _terms(kb, Model(kb, state))}
    for place, patient in enumerate(patients):
        answer = assess(kb, patient)
        for difference in answer.differences:
            yield f"state {place}: {difference}: {patient}"
        said = _said(answer)
        for name, bits in modelled.items():
            if bool(bits >> place & 1) != (name in said):
                which = "the assessment" if name in said else "the model"
                yield f"state {place}: only {which} says '{name}': {patient}"


def random_patients(kb: KnowledgeBase, count: int, seed: int) -> list[dict[str, Finding]]:
    """Return what random patients tell: few or many findings, the rules' own thresholds often."""
    chance = random.Random(seed)  # noqa: S311 - patients, no secrets
    telling = _Telling(kb)
    patients: list[dict[str, Finding]] = []
    for _ in range(count):
        pool = telling.related(chance)
        names = chance.sample(pool, min(len(pool), chance.randint(0, MOST_TOLD)))
        unsure = chance.choice(UNSURE_SHARES)
        patients.append({name: telling.finding(name, chance, unsure) for name in names})
    return patients


class _Telling:
    """What is worth telling of each finding of a pack."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self._kb = kb
        self._names = sorted(kb.findings)
        # Findings of one rule and of what it needs: told together they fire it.
        self._together = [
            sorted({leaf.finding for leaf in leaves(rule.when) if hasattr(leaf, "finding")})
            for rule in kb.rules
        ]
        self._numbers: dict[str, list[float]] = {}
        for rule in kb.rules:
            for leaf in leaves(rule.when):
                if isinstance(leaf, Compare) and not leaf.severity:
                    self._numbers.setdefault(leaf.finding, []).append(leaf.number)
        self._groups = sorted(kb.groups)
        clocks = kb.clocks
        self._clocks = clocks.names if clocks else ()

    def related(self, chance: random.Random) -> list[str]:
        """Return findings of which some are told: anything, or those of a few rules and groups."""
        if chance.random() < 0.3:  # noqa: PLR2004 - a share
            return self._names
        pool: set[str] = set()
        for _ in range(chance.randint(1, 4)):
            pool.update(chance.choice(self._together))
        if self._groups and chance.random() < 0.5:  # noqa: PLR2004 - a share
            group = chance.choice(self._groups)
            pool.update([group, *self._kb.groups[group].members])
        if chance.random() < 0.6:  # noqa: PLR2004 - a share
            pool.update(self._clocks)
        return sorted(pool)

    def finding(self, name: str, chance: random.Random, unsure: float) -> Finding:
        """Return something told of a finding."""
        declared = self._kb.findings[name]
        if chance.random() < unsure:
            return Finding(name, Presence.UNSURE)
        if chance.random() < 0.25:  # noqa: PLR2004 - a share
            return Finding(name, Presence.ABSENT)
        value: Any = None
        if declared.type is ValueType.CHOICE:
            value = chance.choice(declared.choices)
        elif declared.type is ValueType.NUMBER:
            value = self._number(declared, chance)
        severity = None
        if declared.severity and chance.random() < 0.5:  # noqa: PLR2004 - a share
            severity = float(chance.randint(0, 20)) / 2
        return Finding(name, Presence.PRESENT, value, severity)

    def _number(self, declared: FindingType, chance: random.Random) -> float:
        near = self._numbers.get(declared.id, [0.0])
        low = max(declared.minimum, -1e6)
        high = min(declared.maximum, 2 * max(near) + 10)
        number = chance.choice(near) + chance.choice((-24, -1, -0.5, 0, 0, 0.5, 1, 24))
        if chance.random() < 0.3:  # noqa: PLR2004 - a share
            number = float(chance.randint(math.floor(low), math.ceil(high)))
        return float(min(max(number, declared.minimum), declared.maximum))


def _table(kb: KnowledgeBase, state: State, patients: Sequence[Mapping[str, Finding]]) -> Table:
    """Return the variables of a state as the patients tell them."""
    booleans: dict[str, int] = {}
    numbers: dict[str, list[Exact]] = {}
    for name, declared in kb.findings.items():
        low = exact(declared.minimum) if math.isfinite(declared.minimum) else 0
        found = [patient.get(name) for patient in patients]
        for one, presence in zip(state.told[name], Presence, strict=True):
            told = [each is not None and each.presence is presence for each in found]
            booleans[_name(one)] = _packed(told)
        for choice, one in state.choices.get(name, {}).items():
            booleans[_name(one)] = _packed(
                [each is not None and each.value == choice for each in found]
            )
        if name in state.values:
            values = [each.value if each is not None else None for each in found]
            numbers[_name(state.values[name])] = [
                exact(value) if isinstance(value, float) else low for value in values
            ]
        if name in state.severities:
            given, number = state.severities[name]
            told_severities = [each.severity if each is not None else None for each in found]
            booleans[_name(given)] = _packed([one is not None for one in told_severities])
            numbers[_name(number)] = [exact(one or 0) for one in told_severities]
    return Table(len(patients), booleans, numbers)


def _terms(kb: KnowledgeBase, model: Model) -> Iterator[tuple[str, z3.BoolRef]]:
    """Give everything that is compared: what it is called, and its formula."""
    for level in Urgency:
        yield f"floor {level.id}", model.floor_at_least(level)
        yield f"announced {level.id}", model.announced_at_least(level)
    yield "screened", model.screened
    for cause in kb.causes:
        for likelihood in Likelihood:
            yield f"cause {cause} {likelihood}", model.cause(cause, likelihood)
    for advice in kb.advice:
        yield f"offered {advice}", model.offered(advice)
        yield f"contraindicated {advice}", model.contraindicated(advice)
    for lead in kb.leads:
        yield f"lead {lead}", model.lead(lead)
    for fact in sorted(kb.facts):
        yield f"fact {fact}", model.fact(fact)
    for rule in kb.rules:
        yield f"rule {rule.id}", model.fired(rule)


def _said(answer: Assessment) -> set[str]:
    """Return what an assessment says, in the names of `_terms`."""
    said = {f"floor {level.id}" for level in Urgency if answer.floor and level <= answer.floor}
    said |= {f"announced {level.id}" for level in Urgency if level <= answer.announced}
    said |= {"screened"} if answer.screened else set()
    said |= {f"cause {cause.id} {cause.likelihood}" for cause in answer.causes}
    said |= {f"offered {advice}" for advice in answer.advice}
    said |= {
        f"contraindicated {item.id}"
        for item in answer.withheld
        if item.reason is WithheldReason.CONTRAINDICATED
    }
    said |= {f"lead {lead}" for lead in answer.leads}
    said |= {f"rule {rule}" for rule in answer.rules}
    facts = [one for each in answer.trace for one in each.concluded if one.startswith("fact:")]
    return said | {f"fact {one.removeprefix('fact:')}" for one in facts}


def _first(bits: int) -> int:
    return (bits & -bits).bit_length() - 1


def _name(term: z3.ExprRef) -> str:
    return str(term.decl().name())


def _packed(truths: Sequence[bool]) -> int:
    text = "".join("1" if truth else "0" for truth in truths)
    return int(text[::-1], 2) if text else 0
