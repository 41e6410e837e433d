"""
Rules into a program of integers: the closed vocabulary that durable-rules is driven with.

Every condition that a rule tests, and every fact it concludes, becomes an *atom*: a number.
A rule becomes *ways*: conjunctions of atoms, any of which fires it. What a patient says is
compared here, in Python; durable-rules sees nothing but the numbers of atoms that hold.
"""

from __future__ import annotations

import json
import math
import operator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from rules_lib.errors import KnowledgeError, Problem, nearest
from rules_lib.facts import Finding, Kind, Presence
from rules_lib.rules import (
    Absent,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Derived,
    Leaf,
    OneOf,
    Operator,
    Present,
    Rule,
    Urgency,
    UrgencyAtLeast,
    leaves,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rules_lib.knowledge_base import KnowledgeBase

BOOT = 0
"""The atom, and the way, that opens every session: it fires at once, so that the session can
be deleted safely whatever else happens."""
SESSION = "1"
"""The only session key: one assessment at a time lives in a ruleset."""
CERTAIN, UNSURE_CONTEXT, UNSURE_SIGN = range(3)
_OPERATORS: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.AT_LEAST: operator.ge,
    Operator.ABOVE: operator.gt,
    Operator.AT_MOST: operator.le,
    Operator.BELOW: operator.lt,
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What durable-rules 2.0.28 can bear, with a margin; see docs/engine_dangers.md."""

    ways: int = 4_000
    """Compiled rules of a ruleset; the engine refuses at 4,097."""
    ways_per_atom: int = 250
    """Compiled rules that test one atom; at 256 a foreign rule fires."""
    atoms_per_group: int = 256
    """Atoms below one group; at 512 the engine loops for ever."""
    groups: int = 500
    """Groups below the root; at 512 the engine loops for ever."""
    atoms_per_way: int = 16
    """Facts that one compiled rule joins; at 17 the engine fails half-way."""
    spread: int = 8
    """Ways an `all` may multiply into before its widest `any` becomes an atom of its own."""
    spread_late: int = 64
    """The same for rules that test the urgency, where an `any` must be multiplied out."""


@dataclass(frozen=True, slots=True)
class Way:
    """A compiled rule: atoms that together fire it."""

    rule: int
    """Place of the rule in the pack; -1 for the boot rule and for an `any` of its own."""
    atoms: tuple[int, ...]
    gives: int
    """The atom that holds once this fires; 0 for none."""
    keys: tuple[str, ...] | None
    """Keys of the facts it matches, sorted; None where an atom stands for an `any`."""


@dataclass(slots=True)
class FindingAtoms:
    """The atoms that one finding can make hold; 0 for an atom that no rule tests."""

    unsure_as: int
    """UNSURE_CONTEXT or UNSURE_SIGN."""
    present: int = 0
    absent: int = 0
    tests: list[tuple[Compare | OneOf, int]] = field(default_factory=list)
    unsure: list[int] = field(default_factory=list)
    """Everything that holds, in the weaker sense, where the finding is unsure."""

    def holding(self, finding: Finding) -> list[int]:
        """Return the atoms whose test the finding, which is present, passes."""
        return [atom for test, atom in self.tests if _passes(test, finding)]


@dataclass(frozen=True, slots=True)
class Program:
    """A knowledge base as durable-rules is to run it."""

    definition: str
    """JSON of the ruleset; names of its rules are places in `ways`."""
    facts: tuple[str, ...]
    """JSON of each atom's fact; no two share an id, nor the hash of one."""
    keys: tuple[str, ...]
    """Name of each atom in the trace; empty for those of the compiler's own."""
    ways: tuple[Way, ...]
    findings: dict[str, FindingAtoms]
    urgencies: tuple[tuple[Urgency, int], ...]
    """Atoms of `urgency at least`, lowest first."""


def fnv32(text: str) -> int:
    """Return the 32-bit hash under which durable-rules looks fact ids up (ASCII only)."""
    value = 0x811C9DC5
    for byte in text.encode("ascii"):
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


def distinct_ids(count: int, hashed: Callable[[str], int] = fnv32) -> tuple[int, ...]:
    """Return `count` ids of which no two, nor the engine's own, share a hash."""
    # The engine keeps a fact of its own in each session, and calls it so.
    taken = {hashed(f"sid-{SESSION}")}
    ids: list[int] = []
    candidate = 0
    while len(ids) < count:
        candidate += 1
        value = hashed(str(candidate))
        if value not in taken:
            taken.add(value)
            ids.append(candidate)
    return tuple(ids)


def compile_program(kb: KnowledgeBase, limits: Limits | None = None) -> Program:
    """
    Compile the rules of a knowledge base.

    Raises:
        KnowledgeError: naming each rule or finding that goes beyond a limit.
    """
    return _Compiler(kb, limits or Limits()).program()


def atoms_of(program: Program, findings: Mapping[str, Finding]) -> tuple[list[int], ...]:
    """Return the atoms that hold: with certainty, with unsure context, with unsure signs."""
    stages: tuple[list[int], ...] = ([], [], [])
    certain = stages[CERTAIN]
    for name, finding in findings.items():
        atoms = program.findings.get(name)
        if atoms is None:
            continue
        if finding.presence is Presence.PRESENT:
            if atoms.present:
                certain.append(atoms.present)
            if atoms.tests:
                certain += atoms.holding(finding)
        elif finding.presence is Presence.UNSURE:
            stages[atoms.unsure_as].extend(atoms.unsure)
        elif atoms.absent:
            certain.append(atoms.absent)
    return stages


class _Compiler:
    def __init__(self, kb: KnowledgeBase, limits: Limits) -> None:
        self._kb = kb
        self._limits = limits
        self._atoms: dict[Leaf | frozenset[frozenset[int]], int] = {}
        self._keys: list[str] = [""]
        self._ways: list[Way] = [Way(-1, (BOOT,), 0, ())]
        self._findings: dict[str, FindingAtoms] = {}
        self._urgencies: dict[Urgency, int] = {}
        self._problems: list[Problem] = []

    def program(self) -> Program:
        for index, rule in enumerate(self._kb.rules):
            self._compile(index, rule)
        self._check_sizes()
        if self._problems:
            raise KnowledgeError(self._problems)
        # Tests below one parent are searched one by one, so groups of about the square root
        # of the number of atoms find a fact's rules soonest.
        size = min(math.isqrt(len(self._keys)) + 1, self._limits.atoms_per_group)
        names = [{"g": atom // size, "a": atom} for atom in range(len(self._keys))]
        tested = {atom for way in self._ways for atom in way.atoms}
        rules = {
            str(place): {
                "all": [
                    {f"m{at}": {"$and": [{key: value} for key, value in names[atom].items()]}}
                    for at, atom in enumerate(way.atoms)
                ]
            }
            for place, way in enumerate(self._ways)
        }
        return Program(
            definition=_compact(rules),
            facts=tuple(
                _compact({"sid": int(SESSION), "id": number, **name})
                for number, name in zip(distinct_ids(len(names)), names, strict=True)
            ),
            keys=tuple(self._keys),
            # A fact that no rule tests is refused by the engine, so it is never asserted.
            ways=tuple(way if way.gives in tested else replace(way, gives=0) for way in self._ways),
            findings=self._findings,
            urgencies=tuple(sorted(self._urgencies.items())),
        )

    def _compile(self, index: int, rule: Rule) -> None:
        then = rule.then
        late = any(isinstance(leaf, UrgencyAtLeast) for leaf in leaves(rule.when))
        if late and (then.urgency or then.fact or then.cause or then.advise):
            self._problem(
                rule.id, "tests the urgency and concludes more", "withhold, ask, lead and say"
            )
        gives = 0 if then.fact is None else self._atom(Derived(then.fact), rule)
        for way in self._spread(rule.when, rule, late=late):
            self._add(index, rule, way, gives)

    def _add(self, index: int, rule: Rule, atoms: frozenset[int], gives: int) -> None:
        if len(atoms) > self._limits.atoms_per_way:
            self._problem(
                rule.id,
                f"joins {len(atoms)} facts",
                f"at most {self._limits.atoms_per_way}; conclude a derived fact from some of them",
            )
        ordered = tuple(sorted(atoms))
        keys = tuple(sorted(self._keys[atom] for atom in ordered))
        self._ways.append(Way(index, ordered, gives, keys if all(keys) else None))

    def _spread(self, condition: Condition, rule: Rule, *, late: bool) -> list[frozenset[int]]:
        """Return the ways a condition can hold, each once, in the order written."""
        if isinstance(condition, AnyOf):
            spread = [self._spread(part, rule, late=late) for part in condition.parts]
            return list(dict.fromkeys(way for ways in spread for way in ways))
        if not isinstance(condition, AllOf):
            return [frozenset((self._atom(condition, rule),))]
        ways = [frozenset[int]()]
        # The widest last: that is where an atom of its own spares most.
        for part in sorted(
            (self._spread(part, rule, late=late) for part in condition.parts), key=len
        ):
            choices = part
            if not late and len(ways) * len(choices) > self._limits.spread:
                choices = [frozenset((self._alternative(choices, rule),))]
            ways = list(dict.fromkeys(way | choice for way in ways for choice in choices))
            if late and len(ways) > self._limits.spread_late:
                self._problem(
                    rule.id,
                    "tests the urgency and can hold in too many ways",
                    f"at most {self._limits.spread_late}; conclude a derived fact from the any",
                )
                break
        return ways

    def _alternative(self, choices: list[frozenset[int]], rule: Rule) -> int:
        """Return the atom that stands for `any of choices`, shared by all rules that say so."""
        key = frozenset(choices)
        known = self._atoms.get(key)
        if known is None:
            known = self._atoms[key] = self._new_atom("")
            for choice in choices:
                self._add(-1, rule, choice, known)
        return known

    def _atom(self, leaf: Leaf, rule: Rule) -> int:
        known = self._atoms.get(leaf)
        if known is None:
            known = self._atoms[leaf] = self._new_atom(leaf.key)
            if isinstance(leaf, UrgencyAtLeast):
                self._urgencies[leaf.urgency] = known
            elif not isinstance(leaf, Derived):
                self._index(leaf, known, rule)
        return known

    def _new_atom(self, key: str) -> int:
        self._keys.append(key)
        return len(self._keys) - 1

    def _index(self, leaf: Present | Absent | Compare | OneOf, atom: int, rule: Rule) -> None:
        """File an atom under the finding that makes it hold."""
        declared = self._kb.findings.get(leaf.finding)
        if declared is None:
            guess = nearest(leaf.finding, self._kb.findings)
            self._problem(rule.id, f"unknown finding '{leaf.finding}'", guess=guess)
            return
        context = declared.kind is Kind.CONTEXT
        entry = self._findings.setdefault(
            leaf.finding, FindingAtoms(UNSURE_CONTEXT if context else UNSURE_SIGN)
        )
        if context or not isinstance(leaf, Absent):
            entry.unsure.append(atom)
        if isinstance(leaf, Present):
            entry.present = atom
        elif isinstance(leaf, Absent):
            entry.absent = atom
        else:
            entry.tests.append((leaf, atom))

    def _check_sizes(self) -> None:
        limits = self._limits
        uses = [0] * len(self._keys)
        for way in self._ways:
            for atom in way.atoms:
                uses[atom] += 1
        for key, count in zip(self._keys, uses, strict=True):
            if count > limits.ways_per_atom:
                self._problem(
                    "",
                    f"'{key}' is tested in {count} compiled rules",
                    f"at most {limits.ways_per_atom}; test a derived fact in some of them",
                )
        if len(self._ways) > limits.ways:
            self._problem("", f"{len(self._ways)} compiled rules", f"at most {limits.ways}")
        room = limits.atoms_per_group * limits.groups
        if len(self._keys) > room:
            self._problem("", f"{len(self._keys)} conditions and facts", f"at most {room}")

    def _problem(self, rule: str, what: str, allowed: str = "", guess: str = "") -> None:
        place = f"rule '{rule}'" if rule else ""
        self._problems.append(Problem("rules", 0, place, what, allowed, guess))


def _passes(test: Compare | OneOf, finding: Finding) -> bool:
    if isinstance(test, OneOf):
        return finding.value in test.choices
    value = finding.severity if test.severity else finding.value
    return value is not None and _OPERATORS[test.operator](value, test.number)


def _compact(value: dict[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"))
