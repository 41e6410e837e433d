"""
A knowledge base as durable-rules is to run it: integers, and nothing that a patient said.

Every condition that a rule tests, and every fact it concludes, is an *atom*: a number. A rule
fires in *ways*: conjunctions of atoms. What a patient says is compared here, in Python;
durable-rules sees nothing but the numbers of the atoms that hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rules_lib.facts import Finding, Presence
from rules_lib.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rules_lib.rules import Urgency

BOOT = 0
"""The atom, and the way, that opens every session: it fires at once, so that the session can
be deleted safely whatever else happens."""
SESSION = "1"
"""The only session key: one assessment at a time lives in a ruleset."""
CERTAIN, UNSURE_CONTEXT, UNSURE_SIGN = range(3)
# Looking a member up in its enumeration is slow before Python 3.12.
_PRESENT, _UNSURE = Presence.PRESENT, Presence.UNSURE

Test = tuple["Callable[[Any, Any], bool]", Any, Any, bool, int]
"""What a value must pass, its types, against what, whether the severity must, the atom then."""


@frozen
class Way:
    """A compiled rule: atoms that together fire it."""

    atoms: tuple[int, ...]
    rules: tuple[int, ...]
    """Places in the pack of the rules that fire with it; none for the compiler's own."""
    gives: tuple[int, ...]
    """The atoms that hold once it fires."""
    keys: tuple[str, ...] | None
    """Keys of the facts it matches, sorted; None where an atom stands for an `any`."""


@dataclass(slots=True)
class FindingAtoms:
    """The atoms that one finding can make hold; 0 for an atom that no rule tests."""

    unsure_as: int
    """UNSURE_CONTEXT or UNSURE_SIGN."""
    present: int = 0
    absent: int = 0
    tests: list[Test] = field(default_factory=list)
    unsure: list[int] = field(default_factory=list)
    """Everything that holds, in the weaker sense, where the finding is unsure."""


@frozen
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


def atoms_of(program: Program, findings: Mapping[str, Finding]) -> tuple[list[int], ...]:
    """Return the atoms that hold: with certainty, with unsure context, with unsure signs."""
    stages: tuple[list[int], ...] = ([], [], [])
    certain = stages[CERTAIN]
    for name, finding in findings.items():
        atoms = program.findings.get(name)
        if atoms is None:
            continue
        presence = finding.presence
        if presence is _PRESENT:
            if atoms.present:
                certain.append(atoms.present)
            for passes, types, wanted, of_severity, atom in atoms.tests:
                value = finding.severity if of_severity else finding.value
                if isinstance(value, types) and passes(value, wanted):
                    certain.append(atom)
        elif presence is _UNSURE:
            stages[atoms.unsure_as].extend(atoms.unsure)
        elif atoms.absent:
            certain.append(atoms.absent)
    return stages
