"""
durable-rules with as little around it as it can be driven with: the yardstick.

It runs the ruleset that our engine compiles, in the same way (a fresh session each time, the C
functions in a loop, what follows asserted in waves), but everything that can be made ready before
is: no comparison of a finding, no JSON of a first wave, no verdict and no trace is made while
the clock runs. Of a firing it reads the one thing that driving needs, which rule it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import durable_rules_engine as native

from rules_lib.compiler import compile_program
from rules_lib.engine import Engine
from rules_lib.program import BOOT, SESSION, Program, atoms_of
from rules_lib.rules import Urgency

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rules_lib.facts import Finding
    from rules_lib.knowledge_base import KnowledgeBase


@dataclass(frozen=True, slots=True)
class Prepared:
    """A patient as durable-rules takes it."""

    atoms: tuple[tuple[int, ...], ...]
    """What is asserted, batch by batch."""
    batches: tuple[str, ...]
    """The same as JSON."""
    last: str
    """The urgency reached, as a batch; rules that test it fire last. Empty for none."""
    rules: frozenset[str]
    """Ids of the rules that must fire."""


class Bare:
    """One compiled ruleset and the shortest loop around it."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.program: Program = compile_program(kb)
        self._rules = kb.rules
        self._engine = Engine(kb)
        self._handle = native.create_ruleset("bare", self.program.definition)

    def prepare(self, findings: Mapping[str, Finding]) -> Prepared:
        """Return a patient ready to run."""
        stages = [stage for stage in atoms_of(self.program, findings) if stage]
        batches = [tuple(stage) for stage in stages] or [()]
        batches[0] = (BOOT, *batches[0])
        verdict, _ = self._engine.run(findings)
        floor = verdict.floor or 0
        late = [atom for level, atom in self.program.urgencies if Urgency(level) <= floor]
        return Prepared(
            atoms=tuple(batches),
            batches=tuple(self._json(list(batch)) for batch in batches),
            last=self._json(late) if late else "",
            rules=verdict.rules,
        )

    def run(self, patient: Prepared) -> list[int]:
        """Return the compiled rules that fired."""
        fired: list[int] = []
        held: set[int] = set()
        ways = self.program.ways
        try:
            for atoms, batch in zip(patient.atoms, patient.batches, strict=True):
                held.update(atoms)
                text = batch
                while text:
                    following = []
                    for place in self._fire(text):
                        fired.append(place)
                        for atom in ways[place].gives:
                            if atom not in held:
                                held.add(atom)
                                following.append(atom)
                    text = self._json(following) if following else ""
            if patient.last:
                fired += self._fire(patient.last)
        finally:
            native.delete_state(self._handle, SESSION)
        return fired

    def names(self, fired: Iterable[int]) -> frozenset[str]:
        """Return the ids of the rules behind compiled rules."""
        ways = self.program.ways
        return frozenset(self._rules[rule].id for place in fired for rule in ways[place].rules)

    def _fire(self, batch: str) -> list[int]:
        handle = self._handle
        _, state = native.assert_facts(handle, batch)
        started = native.start_action_for_state(handle, state)
        places = []
        message = started[1] if started else None
        while message is not None:
            places.append(int(message[2 : message.index('"', 2)]))
            message = native.complete_and_start_action(handle, state)
        return places

    def _json(self, atoms: list[int]) -> str:
        facts = self.program.facts
        return f"[{','.join([facts[atom] for atom in atoms])}]"
