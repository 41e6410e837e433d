"""Compiles rules into a program of integers, within what durable-rules can bear."""

from __future__ import annotations

import json
import math
import operator
from typing import TYPE_CHECKING, Any

from rules_lib.errors import KnowledgeError, Problem, nearest
from rules_lib.facts import Kind
from rules_lib.frozen import frozen
from rules_lib.program import (
    BOOT,
    SESSION,
    UNSURE_CONTEXT,
    UNSURE_SIGN,
    FindingAtoms,
    Program,
    Way,
    distinct_ids,
)
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
    from collections.abc import Callable

    from rules_lib.knowledge_base import KnowledgeBase

_NUMBER = (float, int)
_OPERATORS: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.AT_LEAST: operator.ge,
    Operator.ABOVE: operator.gt,
    Operator.AT_MOST: operator.le,
    Operator.BELOW: operator.lt,
}


@frozen
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
    ways_late: int = 64
    """Ways in which a rule that tests the urgency can hold: there every `any` is multiplied out."""


def compile_program(kb: KnowledgeBase, limits: Limits | None = None) -> Program:
    """
    Compile the rules of a knowledge base.

    Raises:
        KnowledgeError: naming each rule or finding that goes beyond a limit.
    """
    return _Compiler(kb, limits or Limits()).program()


class _Compiler:
    def __init__(self, kb: KnowledgeBase, limits: Limits) -> None:
        self._kb = kb
        self._limits = limits
        self._atoms: dict[Leaf | frozenset[frozenset[int]], int] = {}
        self._keys: list[str] = [""]
        self._ways: dict[tuple[int, ...], tuple[dict[int, None], dict[int, None]]] = {}
        """What each conjunction of atoms fires and what it gives, each once."""
        self._findings: dict[str, FindingAtoms] = {}
        self._urgencies: dict[Urgency, int] = {}
        self._problems: list[Problem] = []

    def program(self) -> Program:
        self._ways[(BOOT,)] = ({}, {})
        for index, rule in enumerate(self._kb.rules):
            self._compile(index, rule)
        self._check_sizes()
        if self._problems:
            raise KnowledgeError(self._problems)
        # Tests below one parent are searched one by one, so groups of about the square root
        # of the number of atoms find a fact's rules soonest.
        size = min(math.isqrt(len(self._keys)) + 1, self._limits.atoms_per_group)
        names = [{"g": atom // size, "a": atom} for atom in range(len(self._keys))]
        definition = {
            str(place): {
                "all": [
                    {f"m{at}": {"$and": [{key: value} for key, value in names[atom].items()]}}
                    for at, atom in enumerate(atoms)
                ]
            }
            for place, atoms in enumerate(self._ways)
        }
        return Program(
            definition=_compact(definition),
            facts=tuple(
                _compact({"sid": int(SESSION), "id": number, **name})
                for number, name in zip(distinct_ids(len(names)), names, strict=True)
            ),
            keys=tuple(self._keys),
            ways=self._laid_out(),
            findings=self._findings,
            urgencies=tuple(sorted(self._urgencies.items())),
        )

    def _laid_out(self) -> tuple[Way, ...]:
        tested = {atom for atoms in self._ways for atom in atoms}
        ways = []
        for atoms, (rules, gives) in self._ways.items():
            keys = tuple(sorted(self._keys[atom] for atom in atoms))
            # A fact that no rule tests is refused by the engine, so it is never asserted.
            given = tuple(atom for atom in gives if atom in tested)
            ways.append(Way(atoms, tuple(rules), given, keys if all(keys) else None))
        return tuple(ways)

    def _compile(self, index: int, rule: Rule) -> None:
        then = rule.then
        late = any(isinstance(leaf, UrgencyAtLeast) for leaf in leaves(rule.when))
        if late and (then.urgency or then.fact or then.cause or then.advise):
            self._problem(
                rule.id, "tests the urgency and concludes more", "withhold, ask, lead and say"
            )
        gives = None if then.fact is None else self._atom(Derived(then.fact), rule)
        for way in self._spread(rule.when, rule, late=late):
            rules, given = self._way(way, rule)
            rules[index] = None
            if gives is not None:
                given[gives] = None

    def _way(self, atoms: frozenset[int], rule: Rule) -> tuple[dict[int, None], dict[int, None]]:
        """Return what a conjunction fires and gives; one compiled rule serves all that say it."""
        if len(atoms) > self._limits.atoms_per_way:
            self._problem(
                rule.id,
                f"joins {len(atoms)} facts",
                f"at most {self._limits.atoms_per_way}; conclude a derived fact from some of them",
            )
        return self._ways.setdefault(tuple(sorted(atoms)), ({}, {}))

    def _spread(self, condition: Condition, rule: Rule, *, late: bool) -> list[frozenset[int]]:
        """Return the ways a condition can hold, each once, in the order written."""
        if isinstance(condition, AnyOf):
            spread = [self._spread(part, rule, late=late) for part in condition.parts]
            return list(dict.fromkeys(way for ways in spread for way in ways))
        if not isinstance(condition, AllOf):
            return [frozenset((self._atom(condition, rule),))]
        ways = [frozenset[int]()]
        for part in condition.parts:
            choices = self._spread(part, rule, late=late)
            if len(choices) > 1 and not late:
                # Multiplied out, every way would cost each session memory; so it is an atom.
                choices = [frozenset((self._alternative(choices, rule),))]
            ways = list(dict.fromkeys(way | choice for way in ways for choice in choices))
            if late and len(ways) > self._limits.ways_late:
                self._problem(
                    rule.id,
                    "tests the urgency and can hold in too many ways",
                    f"at most {self._limits.ways_late}; conclude a derived fact from the any",
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
                self._way(choice, rule)[1][known] = None
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
        # "Unsure" counts as the sign, of a severity that was not told.
        of_severity = isinstance(leaf, Compare) and leaf.severity
        if context or not (of_severity or isinstance(leaf, Absent)):
            entry.unsure.append(atom)
        if isinstance(leaf, Present):
            entry.present = atom
        elif isinstance(leaf, Absent):
            entry.absent = atom
        elif isinstance(leaf, OneOf):
            entry.tests.append((_is_one_of, str, frozenset(leaf.choices), False, atom))
        else:
            passes = _OPERATORS[leaf.operator]
            entry.tests.append((passes, _NUMBER, leaf.number, leaf.severity, atom))

    def _check_sizes(self) -> None:
        limits = self._limits
        uses = [0] * len(self._keys)
        for atoms in self._ways:
            for atom in atoms:
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


def _is_one_of(value: object, choices: frozenset[str]) -> bool:
    return value in choices


def _compact(value: dict[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"))
