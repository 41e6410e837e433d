"""
Random knowledge bases and patients, and the two engines run against each other on them.

    make engines-agree

Plain `random.Random(seed)`: a difference is found again from the seed that is printed.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rules_lib.chainer import Chainer
from rules_lib.engine import Engine
from rules_lib.facts import Finding, FindingType, Kind, Presence, ValueType
from rules_lib.knowledge_base import KnowledgeBase
from rules_lib.rules import (
    Absent,
    AllOf,
    AnyOf,
    Compare,
    Conclusions,
    Condition,
    Derived,
    Leaf,
    Likelihood,
    OneOf,
    Operator,
    Present,
    Rule,
    Status,
    Urgency,
    UrgencyAtLeast,
)
from rules_lib.trace import trace_of

if TYPE_CHECKING:
    from collections.abc import Sequence

CHOICES = ("red", "green", "blue", "violet")
CAUSES = ("cause-a", "cause-b", "cause-c", "cause-d")
ADVICE = ("rest", "drink", "walk", "pill", "cream")
LEADS = ("tell-nurse", "crisis-line")
TRACED = 2
"""Patients of a base whose trace is compared too, which takes longer than all the rest."""


def knowledge(findings: dict[str, FindingType], *rules: Rule) -> KnowledgeBase:
    """Return a knowledge base of these findings and rules and nothing else."""
    return KnowledgeBase(
        id="random",
        version="0",
        title="For tests",
        use="Tests.",
        misuse="Anything else.",
        status=Status.DRAFT,
        findings=findings,
        facts=frozenset(rule.then.fact for rule in rules if rule.then.fact is not None),
        sources={},
        causes={},
        advice={},
        groups={},
        questions={},
        complaints={},
        statements={},
        rules=tuple(sorted(rules, key=lambda rule: (-rule.salience, rule.id))),
        leads=LEADS,
    )


@dataclass(frozen=True)
class _Grown:
    """A knowledge base while it grows."""

    random: random.Random
    findings: dict[str, FindingType]
    facts: list[str]
    """Derived facts that earlier rules conclude, so that no cycle can arise."""


def random_knowledge(seed: int, rules: int | None = None) -> KnowledgeBase:
    """Return a knowledge base of 5 to 120 rules (or as many as asked for)."""
    chance = random.Random(seed)
    count = rules or min(120, max(5, int(chance.expovariate(1 / 30))))
    grown = _Grown(chance, _findings(chance, count), [])
    return knowledge(grown.findings, *[_rule(grown, place, count) for place in range(count)])


def random_patient(kb: KnowledgeBase, chance: random.Random, most: int = 15) -> dict[str, Finding]:
    """Return findings about one patient: mostly few, present, absent or unsure."""
    names = chance.sample(sorted(kb.findings), min(len(kb.findings), chance.randint(0, most)))
    unsure = chance.choice((0.0, 0.1, 0.5))
    return {name: _finding(kb.findings[name], chance, unsure) for name in names}


def difference(kb: KnowledgeBase, seed: int, patients: int) -> str:
    """Return the first difference between the engines as text, empty where there is none."""
    chance = random.Random(seed)
    engine, chainer = Engine(kb), Chainer(kb)
    try:
        for patient in range(patients):
            findings = random_patient(kb, chance)
            first, trace = engine.run(findings)
            second = chainer.verdict(findings)
            where = f"base {seed}, patient {patient}: {findings}"
            if first != second:
                return f"{where}\n{first}\n{second}"
            if patient >= TRACED:
                continue
            # The facts of a trace may differ: any set that suffices is as good as another.
            seen = [replace(activation, facts=()) for activation in trace]
            wanted = [replace(one, facts=()) for one in trace_of(kb, findings, second)]
            if seen != wanted:
                return f"{where}\n{seen}\n{wanted}"
    finally:
        engine.close()
    return ""


def _findings(chance: random.Random, rules: int) -> dict[str, FindingType]:
    found = {}
    for place in range(chance.randint(4, 12 + rules // 2)):
        name = f"finding-{place}"
        kind = chance.choice((Kind.SIGN, Kind.SIGN, Kind.CONTEXT))
        value = chance.choices(tuple(ValueType), (6, 2, 1))[0]
        found[name] = FindingType(
            name,
            name.capitalize(),
            kind,
            value,
            minimum=0,
            maximum=10,
            choices=CHOICES if value is ValueType.CHOICE else (),
            severity=value is ValueType.YES_NO and chance.random() < 0.3,
        )
    return found


def _rule(grown: _Grown, place: int, count: int) -> Rule:
    chance = grown.random
    late = chance.random() < 0.1
    while True:
        when = _condition(grown, chance.choice((0, 1, 1, 2, 3)), late=late)
        if late and chance.random() < 0.8:
            when = AllOf((UrgencyAtLeast(chance.choice(tuple(Urgency))), when))
        ways, joins = _shape(when)
        # Beyond this durable-rules is not driven; tests of the compiler show it refuses.
        if joins <= 16 and (ways <= 64 or not late):
            break
    # Named against the order of growing, so that a fact is often concluded after its use.
    return Rule(
        id=f"rule-{count - place:04}",
        says="Something follows.",
        when=when,
        then=_conclusions(grown, late=late or _tests_urgency(when)),
        sources=("CJ",),
        salience=chance.choice((0, 0, 0, 5, -1)),
    )


def _conclusions(grown: _Grown, *, late: bool) -> Conclusions:
    chance = grown.random
    then: dict[str, object] = {}
    if not late:
        kind = chance.random()
        if kind < 0.45:
            then["urgency"] = chance.choice(tuple(Urgency))
        if 0.35 < kind < 0.7:
            new = f"fact-{len(grown.facts)}"
            then["fact"] = chance.choice([new, new, *grown.facts[-3:]])
        if kind > 0.65:
            then["cause"] = chance.choice(CAUSES)
            then["likelihood"] = chance.choice(tuple(Likelihood))
        if chance.random() < 0.25:
            then["advise"] = tuple(chance.sample(ADVICE, chance.randint(1, 2)))
        if isinstance(then.get("fact"), str) and then["fact"] not in grown.facts:
            grown.facts.append(str(then["fact"]))
    for name in ("withhold", "ask", "say"):
        if chance.random() < (0.5 if late else 0.1):
            then[name] = tuple(chance.sample(ADVICE, chance.randint(1, 2)))
    if chance.random() < (0.3 if late else 0.05):
        then["lead"] = chance.choice(LEADS)
    return Conclusions(**then)  # type: ignore[arg-type]


def _condition(grown: _Grown, depth: int, *, late: bool) -> Condition:
    chance = grown.random
    if depth == 0 or chance.random() < 0.2:
        return _leaf(grown, late=late)
    # Wide ones too: an `any` in an `all` is where compilers go wrong.
    width = chance.choice((1, 2, 2, 3, 3, 4) if depth > 1 or late else (2, 3, 5, 12))
    parts = tuple(_condition(grown, depth - 1, late=late) for _ in range(width))
    return chance.choice((AllOf, AnyOf))(parts)


def _leaf(grown: _Grown, *, late: bool) -> Leaf:
    chance = grown.random
    if late and chance.random() < 0.2:
        return UrgencyAtLeast(chance.choice(tuple(Urgency)))
    if grown.facts and chance.random() < 0.3:
        return Derived(chance.choice(grown.facts))
    declared = grown.findings[chance.choice(sorted(grown.findings))]
    leaf: Leaf = Present(declared.id)
    if chance.random() < 0.15:
        leaf = Absent(declared.id)
    elif declared.severity and chance.random() < 0.5:
        leaf = _compare(declared, chance, severity=True)
    elif declared.type is ValueType.NUMBER and chance.random() < 0.8:
        leaf = _compare(declared, chance, severity=False)
    elif declared.type is ValueType.CHOICE and chance.random() < 0.8:
        leaf = OneOf(declared.id, tuple(chance.sample(CHOICES, chance.randint(1, 3))))
    return leaf


def _compare(declared: FindingType, chance: random.Random, *, severity: bool) -> Compare:
    number = float(chance.randint(0, 10))
    return Compare(declared.id, chance.choice(tuple(Operator)), number, severity)


def _shape(condition: Condition) -> tuple[int, int]:
    """Return in how many ways a condition can hold, and how many facts the longest joins."""
    if not isinstance(condition, AllOf | AnyOf):
        return 1, 1
    shapes = [_shape(part) for part in condition.parts]
    ways, joins = [ways for ways, _ in shapes], [joins for _, joins in shapes]
    if isinstance(condition, AllOf):
        return math.prod(ways), sum(joins)
    return sum(ways), max(joins)


def _tests_urgency(condition: Condition) -> bool:
    if isinstance(condition, AllOf | AnyOf):
        return any(_tests_urgency(part) for part in condition.parts)
    return isinstance(condition, UrgencyAtLeast)


def _finding(declared: FindingType, chance: random.Random, unsure: float) -> Finding:
    told = chance.random()
    if told < unsure:
        return Finding(declared.id, Presence.UNSURE)
    if told < unsure + (1 - unsure) * 0.3:
        return Finding(declared.id, Presence.ABSENT)
    value: float | str | None = None
    if declared.type is ValueType.NUMBER:
        # Halves lie between the constants, whole numbers on them.
        value = chance.randint(0, 20) / 2
    elif declared.type is ValueType.CHOICE:
        value = chance.choice(CHOICES)
    severity = chance.randint(0, 20) / 2 if declared.severity and chance.random() < 0.7 else None
    return Finding(declared.id, Presence.PRESENT, value, severity)


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare the engines on many bases; 0 where they agree on everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bases", type=int, default=5000)
    parser.add_argument("--patients", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    started = time.monotonic()
    different = 0
    for seed in range(asked.seed, asked.seed + asked.bases):
        found = difference(random_knowledge(seed), seed, asked.patients)
        if found:
            different += 1
            sys.stdout.write(found + "\n")
    sys.stdout.write(
        f"{asked.bases} knowledge bases, {asked.patients} patients each, "
        f"{different} differences, {time.monotonic() - started:.0f} s\n"
    )
    return min(different, 1)


if __name__ == "__main__":
    sys.exit(main())
