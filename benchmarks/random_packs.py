"""Random knowledge bases of any size, whole: with rules, screening groups and complaints."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from typing import TYPE_CHECKING

from rules_lib.facts import Finding, FindingType, Kind, ValueType
from rules_lib.knowledge_base import Complaint, Expects, Group, KnowledgeBase, Question, Role
from rules_lib.pack import Advice, CauseType
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
    Status,
    Urgency,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

SIZES: Mapping[int, int] = {50: 40, 500: 120, 2000: 480}
"""Rules to findings."""
PATIENTS = 40
TOLD = 6
"""Findings that a patient tells."""
MEMBERS = 5
"""Signs that one screening group asks for, as many as a pack may."""
GROUPS = 6
"""Screening groups of one complaint, as many as a pack may have."""


def random_pack(seed: int, rules: int) -> KnowledgeBase:
    """
    Return a pack of so many rules, the same for the same seed; four to a finding if not in `SIZES`.

    A rule joins one to three findings and facts, one test in five compares a number, and
    every rule concludes something; few rules are tied to any one finding, as in real packs.
    No group is in it and no complaint; `with_interview` adds them.
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
    return KnowledgeBase(
        id="random",
        version="0",
        title="Random",
        use="Benchmarks.",
        misuse="Anything else.",
        status=Status.DRAFT,
        findings=findings,
        facts=frozenset(facts),
        sources={},
        causes={f"cause-{place}": CauseType(f"cause-{place}", "A cause") for place in range(5)},
        advice={f"advice-{place}": Advice(f"advice-{place}", "Advice") for place in range(10)},
        groups={},
        questions={},
        complaints={},
        statements={},
        rules=tuple(made),
    )


def with_interview(kb: KnowledgeBase) -> KnowledgeBase:
    """
    Return a random pack that can be asked: each sign in a group, each group in a complaint.

    A group answered yes concludes an urgency by one rule more; the last complaint is the default.
    """
    signs = [name for name, one in kb.findings.items() if one.type is ValueType.YES_NO]
    groups: dict[str, Group] = {}
    complaints: dict[str, Complaint] = {}
    rules: list[Rule] = []
    blocks = [signs[at : at + MEMBERS * GROUPS] for at in range(0, len(signs), MEMBERS * GROUPS)]
    for place, block in enumerate(blocks):
        asked: list[str] = []
        for part in range(0, len(block), MEMBERS):
            members = tuple(block[part : part + MEMBERS])
            group = Group(f"group-{len(asked)}-{place}", "A group", members, *_SCREENING)
            groups[group.id] = group
            asked.append(group.id)
            when, then = Present(group.id), Conclusions(Urgency.EMERGENCY)
            rules.append(Rule(f"of-{group.id}", "One of these.", when, then, ("own",)))
        recap = Group(f"recap-{place}", "All again", tuple(block), Role.RECAP, Kind.SIGN)
        groups[recap.id] = recap
        complaints[f"complaint-{place}"] = Complaint(
            f"complaint-{place}",
            tuple(block),
            tuple(asked),
            (),
            recap.id,
            default=block is blocks[-1],
        )
    findings = {name: FindingType(name, "A group", Kind.SIGN) for name in groups}
    return replace(
        kb,
        findings={**kb.findings, **findings},
        groups=groups,
        questions={name: Question(name, name, Expects.YES_NO) for name in groups},
        complaints=complaints,
        rules=(*rules, *itertools.islice(kb.rules, len(kb.rules) - len(rules))),
    )


_SCREENING = (Role.SCREENING, Kind.SIGN)


def random_patients(kb: KnowledgeBase, seed: int) -> list[dict[str, Finding]]:
    """Return patients who each tell of a few findings, never of a group."""
    chance = random.Random(seed)
    single = sorted(name for name in kb.findings if name not in kb.groups)
    people = []
    for _ in range(PATIENTS):
        names = chance.sample(single, TOLD)
        numbers = {name for name in names if kb.findings[name].type is ValueType.NUMBER}
        people.append(
            {
                name: Finding(name, value=chance.randint(0, 20) / 2 if name in numbers else None)
                for name in names
            }
        )
    return people


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
