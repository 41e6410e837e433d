"""The second method of proof against the first, on random packs and promises."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from dangerous import rule
from random_knowledge import ADVICE, CAUSES, LEADS, random_knowledge

from rules_lib.facts import FindingType, Kind, ValueType
from rules_lib.pack import Group, Role
from rules_lib.proving import claims as said
from rules_lib.proving import diagram_search
from rules_lib.proving.claims import Change, Obligation, Property, Told
from rules_lib.proving.diagram_search import All, Formula, Is, Search, Some
from rules_lib.proving.diagram_state import conjunction, disjunction, new_manager
from rules_lib.proving.diagrams import Diagrams
from rules_lib.proving.prover import Prover
from rules_lib.rules import (
    Absent,
    AllOf,
    AnyOf,
    Derived,
    Likelihood,
    Present,
    Urgency,
    UrgencyAtLeast,
    leaves,
)

if TYPE_CHECKING:
    from rules_lib.knowledge_base import KnowledgeBase
    from rules_lib.proving.claims import Claim
    from rules_lib.rules import Rule

CHANGES = (
    (Told.UNTOLD, Told.TOLD),
    (Told.UNTOLD, Told.PRESENT),
    (Told.ABSENT, Told.UNSURE),
    (Told.UNSURE, Told.PRESENT),
    (Told.TOLD, Told.UNSURE),
)
PACKS = 10
PROMISES = 8


def pack(seed: int) -> KnowledgeBase:
    """Return a random pack of few rules, with two groups of its signs."""
    kb = random_knowledge(seed, random.Random(seed).randint(3, 14))
    signs = [
        one.id
        for one in kb.findings.values()
        if one.kind is Kind.SIGN and one.type is ValueType.YES_NO
    ]
    groups = {
        name: Group(name, name, tuple(members), Role.SCREENING, Kind.SIGN)
        for name, members in (("group-a", signs[:3]), ("group-b", signs[2:4]))
        if members
    }
    about = {name: FindingType(name, name, Kind.SIGN) for name in groups}
    asked = [rule(f"yes-{name}", Present(name), urgency=Urgency.EMERGENCY) for name in groups]
    asked += [rule(f"no-{name}", Absent(name), urgency=Urgency.SELF_CARE) for name in groups]
    # A pack knows no fact that follows from itself; a random one may.
    kept = [one for one in kb.rules if not _circular(one)]
    findings = {**kb.findings, **about}
    return replace(kb, groups=groups, findings=findings, rules=(*kept, *asked))


def _circular(one: Rule) -> bool:
    needed = [leaf.fact for leaf in leaves(one.when) if isinstance(leaf, Derived)]
    return one.then.fact is not None and any(_number(f) >= _number(one.then.fact) for f in needed)


def _number(fact: str) -> int:
    return int(fact.removeprefix("fact-"))


def claim(kb: KnowledgeBase, chance: random.Random, depth: int) -> Claim:
    """Return a random claim."""
    if depth:
        parts: Any = tuple(claim(kb, chance, depth - 1) for _ in range(chance.randint(1, 3)))
        return chance.choice((AllOf(parts), AnyOf(parts), said.Not(parts[0])))
    finding = chance.choice(sorted(kb.findings))
    level = chance.choice(tuple(Urgency))
    made: list[Claim] = [
        Present(finding),
        Absent(finding),
        said.Unsure(finding),
        said.Unknown(finding),
        UrgencyAtLeast(level),
        said.UrgencyAtMost(level),
        said.Contraindicated(chance.choice(ADVICE)),
        said.Fits(chance.choice(CAUSES), (chance.choice(tuple(Likelihood)),)),
        said.Lead(chance.choice(LEADS)),
        said.First(chance.choice(LEADS)),
    ]
    return chance.choice(made)


def promise(kb: KnowledgeBase, chance: random.Random) -> Property:
    """Return a random property."""
    kind = chance.random()
    name = f"promise-{chance.random()}"
    if kind < 0.3:
        of = chance.choice(("anything", "sign", "context"))
        return Property(name, "", change=Change(of, *chance.choice(CHANGES)))
    if kind < 0.4:
        return Property(name, "", without_causes=True)
    first: Any
    second: Any
    first, second = claim(kb, chance, 1), claim(kb, chance, 2)
    if kind < 0.6:
        return Property(name, "", possible=(AllOf((first, second)),))
    return Property(name, "", obligations=(Obligation(first, second),))


@pytest.mark.parametrize("seed", range(PACKS))
def test_both_methods_agree(seed: int) -> None:
    """Whatever is promised of a pack, z3 and the diagrams find the same of it."""
    kb = pack(seed)
    chance = random.Random(seed)
    promises = [promise(kb, chance) for _ in range(PROMISES)]
    prover, diagrams = Prover(kb), Diagrams(kb, promises)

    for one in promises:
        by_z3 = tuple(outcome.holds for outcome in prover.outcomes(one))
        assert diagrams.holds(one) == by_z3, one


FORMULAS = 1_000


@pytest.mark.parametrize("attempts", [diagram_search.ATTEMPTS, 1, 0])
def test_the_search_finds_what_one_diagram_says(
    monkeypatch: pytest.MonkeyPatch, attempts: int
) -> None:
    """Case by case, now or left for later, the same is possible as in one diagram of it all."""
    monkeypatch.setattr(diagram_search, "ATTEMPTS", attempts)
    chance = random.Random(1)
    manager = new_manager()
    blocks = {f"{name}@{bit}": name for name in "abcdef" for bit in range(2)}
    manager.declare(*blocks)

    def some_diagram() -> Any:
        # Mostly of things that are told, as conditions are: telling more rarely takes them back.
        bits = chance.sample(sorted(blocks), chance.randint(1, 4))
        cubes = [{bit: chance.random() < 0.8 for bit in bits[at:]} for at in range(2)]
        return disjunction(manager, [manager.cube(cube) for cube in cubes if cube])

    def some_formula(depth: int) -> Formula:
        if not depth:
            return Is(some_diagram(), wanted=chance.random() < 0.4)
        parts = tuple(some_formula(depth - 1) for _ in range(chance.randint(1, 4)))
        return chance.choice((All, All, Some))(parts)

    def whole(formula: Formula) -> Any:
        if isinstance(formula, Is):
            return formula.diagram if formula.wanted else ~formula.diagram
        parts = [whole(part) for part in formula.parts]
        return (conjunction if isinstance(formula, All) else disjunction)(manager, parts)

    found = {True: 0, False: 0}
    for _ in range(FORMULAS):
        spared = [Is(some_diagram(), wanted=False) for _ in range(chance.randint(0, 8))]
        formula = All((some_formula(1), some_formula(2), *spared))
        wanted = whole(formula) != manager.false
        assert Search(manager, blocks).possible(formula) is wanted
        found[wanted] += 1

    assert min(found.values()) > FORMULAS / 10
