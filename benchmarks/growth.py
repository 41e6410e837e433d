"""How assessing grows with the number of rules: random packs of 50, 500 and 2,000."""

from __future__ import annotations

import random
import statistics
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from benchmarks.bare import Bare
from benchmarks.measure import in_turns, timed
from benchmarks.results import Goal, Section
from rules_lib.chainer import Chainer
from rules_lib.engine import Engine
from rules_lib.facts import Finding, FindingType, Kind, ValueType
from rules_lib.rules import (
    AllOf,
    Compare,
    Conclusions,
    Condition,
    Derived,
    Leaf,
    Likelihood,
    Operator,
    Present,
    Rule,
    Urgency,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rules_lib.knowledge_base import KnowledgeBase

SIZES = {50: 40, 500: 120, 2000: 480}
"""Rules to findings."""
BASES = 5
PATIENTS = 40
TOLD = 6
"""Findings that a patient tells."""


@dataclass(frozen=True, eq=False)
class RandomPack:
    """As much of a knowledge base as the engines read."""

    rules: tuple[Rule, ...]
    findings: dict[str, FindingType]
    leads: tuple[str, ...] = ()
    facts: frozenset[str] = field(default=frozenset())


def random_pack(seed: int, rules: int) -> KnowledgeBase:
    """
    Return a pack of so many rules, the same for the same seed; four to a finding if not in `SIZES`.

    A rule joins one to three findings and facts, one test in five compares a number, and
    every rule concludes something; few rules are tied to any one finding, as in real packs.
    """
    chance = random.Random(seed)
    findings = {}
    for place in range(SIZES.get(rules, rules // 4)):
        name = f"finding-{place}"
        number = chance.random() < 0.2
        kind = ValueType.NUMBER if number else ValueType.YES_NO
        findings[name] = FindingType(name, name, Kind.SIGN, kind, minimum=0, maximum=10)
    names = list(findings)
    facts: list[str] = []

    def leaf() -> Leaf:
        if facts and chance.random() < 0.3:
            return Derived(chance.choice(facts))
        name = chance.choice(names)
        if findings[name].type is ValueType.NUMBER:
            return Compare(name, chance.choice(tuple(Operator)), float(chance.randint(2, 8)))
        return Present(name)

    made = []
    for place in range(rules):
        parts: set[Leaf] = {leaf() for _ in range(chance.choice((1, 1, 2, 2, 3)))}
        ordered = sorted(parts, key=_key)
        when: Condition = AllOf(tuple(ordered)) if len(ordered) > 1 else ordered[0]
        made.append(
            Rule(f"rule-{place:03}", "Something follows.", when, _then(chance, facts), ("own",))
        )
    return cast("KnowledgeBase", RandomPack(tuple(made), findings, facts=frozenset(facts)))


def _key(leaf: Leaf) -> str:
    return leaf.key


def _then(chance: random.Random, facts: list[str]) -> Conclusions:
    fact = None
    if chance.random() < 0.4:
        fact = f"fact-{len(facts)}"
        facts.append(fact)
    urgency = chance.choice(tuple(Urgency)) if fact is None or chance.random() < 0.2 else None
    cause = f"cause-{chance.randint(0, 4)}" if chance.random() < 0.2 else None
    advise = (f"advice-{chance.randint(0, 9)}",) if chance.random() < 0.2 else ()
    likelihood = Likelihood.POSSIBLE if cause else None
    return Conclusions(urgency, fact, cause, likelihood, advise)


def random_patients(kb: KnowledgeBase, seed: int) -> list[dict[str, Finding]]:
    """Return patients who each tell of a few findings."""
    chance = random.Random(seed)
    people = []
    for _ in range(PATIENTS):
        names = chance.sample(sorted(kb.findings), TOLD)
        numbers = {name for name in names if kb.findings[name].type is ValueType.NUMBER}
        people.append(
            {
                name: Finding(name, value=chance.randint(0, 20) / 2 if name in numbers else None)
                for name in names
            }
        )
    return people


def growth(rounds: int, times: int) -> Section:
    """Measure both engines on random packs of each size."""
    section = Section(
        title="From 50 rules to 2,000",
        about="",
        yardstick="chainer, 50 rules",
    )
    contestants: dict[str, Callable[[], list[float]]] = {}
    about = []
    for size in SIZES:
        chainers, engines, bares, fired = [], [], [], []
        for seed in range(BASES):
            kb = random_pack(seed, size)
            people = random_patients(kb, seed)
            chainer, engine, bare = Chainer(kb), Engine(kb), Bare(kb)
            fired += [len(chainer.verdict(found).rules) for found in people]
            chainers.append(timed(chainer.verdict, people, times))
            engines.append(timed(engine.run, people, times))
            bares.append(timed(bare.run, [bare.prepare(found) for found in people], times))
        contestants[f"chainer, {size} rules"] = _all_of(chainers)
        contestants[f"our engine on durable-rules, {size} rules"] = _all_of(engines)
        contestants[f"bare durable-rules, {size} rules"] = _all_of(bares)
        about.append(f"{statistics.mean(fired):.1f} rules fire at {size}")
    section.about = (
        f"{BASES} random packs of each size, {PATIENTS} patients each, who tell of {TOLD} "
        f"findings;\non average {', '.join(about)}."
    )
    timings = in_turns(contestants, rounds)
    section.add(timings, "us")
    small, large = (timings[f"chainer, {size} rules"] for size in (50, 500))
    section.goals.append(Goal("chainer at 500 rules over 50 rules", large.over(small), 3))
    for size in SIZES:
        ours = timings[f"our engine on durable-rules, {size} rules"]
        bare_timing = timings[f"bare durable-rules, {size} rules"]
        section.goals.append(
            Goal(f"our engine over bare durable-rules, {size} rules", ours.over(bare_timing), 1.5)
        )
    return section


def _all_of(parts: Iterable[Callable[[], list[float]]]) -> Callable[[], list[float]]:
    fixed = tuple(parts)
    return lambda: [taken for part in fixed for taken in part()]
