"""Everything that is proved of a pack, in parts that can be worked on side by side."""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from rules_lib.checking import folder_of
from rules_lib.knowledge_base import KnowledgeBase
from rules_lib.proving.agreement import disagreements
from rules_lib.proving.diagrams import Diagrams
from rules_lib.proving.property_file import read_properties
from rules_lib.proving.prover import Outcome, Prover
from rules_lib.proving.structure import Fault, Structure, gaps

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rules_lib.proving.claims import Property


@dataclass(frozen=True)
class Proof:
    """What was proved of a pack, and how long it took."""

    properties: tuple[Property, ...]
    outcomes: tuple[Outcome, ...]
    """Of every part of every property, by z3."""
    second: dict[str, tuple[bool, ...]]
    """Property to whether each part holds, by decision diagrams."""
    faults: tuple[Fault, ...]
    gaps: tuple[str, ...]
    """Signs that conclude no urgency by themselves."""
    states: int
    """Random states in which the model and both engines were compared."""
    differences: tuple[str, ...]
    seconds: dict[str, float]
    """Part to how long it took."""

    def broken(self) -> tuple[Outcome, ...]:
        """Return the parts that do not hold, or whose premise no state fulfils."""
        return tuple(outcome for outcome in self.outcomes if not outcome.holds)

    def disputed(self) -> tuple[Outcome, ...]:
        """Return the parts on which the two methods do not agree."""
        return tuple(
            outcome
            for outcome in self.outcomes
            if self.second[outcome.property][outcome.part] is not outcome.holds
        )

    def sound(self) -> bool:
        """Return whether everything holds, by both methods, and nothing differs."""
        return not (self.broken() or self.disputed() or self.faults or self.differences)


def prove(pack: str | Path, states: int, jobs: int, said: Callable[[str], None]) -> Proof:
    """
    Prove everything that a pack promises.

    Args:
        pack: as `KnowledgeBase.load` takes it; the promises stand in its folder of YAML.
        states: how many random states to compare with the engines.
        jobs: processes that work side by side.
        said: called with a few words when a part is done.
    """
    folder = folder_of(pack)
    kb = KnowledgeBase.load(folder or pack)
    properties = read_properties(folder, kb) if folder else ()
    # The longest first; each starts from the pack as it lies on disk. Diagrams are worked on a
    # property at a time, so that no process is left alone with them.
    found: dict[str, Any] = {}
    seconds: dict[str, float] = {}
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        working = {part: pool.submit(_part, part, pack, states) for part in ("z3", "states")}
        ordered = sorted(properties, key=lambda one: one.change is None)
        second = {one.id: pool.submit(_by_diagrams, one.id, pack) for one in ordered}
        working["rules"] = pool.submit(_part, "rules", pack, states)
        checked = {name: result.result() for name, result in second.items()}
        found["diagrams"] = {one.id: checked[one.id][0] for one in properties}
        seconds["diagrams"] = sum(taken for _, taken in checked.values())
        said(f"diagrams: {seconds['diagrams']:.1f} s")
        for part, result in working.items():
            found[part], seconds[part] = result.result()
            said(f"{part}: {seconds[part]:.1f} s")
    return Proof(
        properties,
        tuple(found["z3"]),
        found["diagrams"],
        tuple(found["rules"]),
        gaps(kb),
        states,
        tuple(found["states"]),
        seconds,
    )


def _part(part: str, pack: str | Path, states: int) -> tuple[Any, float]:
    """Return one part of the proof, and the seconds it took; a process of its own runs it."""
    started = time.perf_counter()
    folder = folder_of(pack)
    kb = KnowledgeBase.load(folder or pack)
    properties = read_properties(folder, kb) if folder else ()
    found: Any
    if part == "z3":
        prover = Prover(kb)
        found = [outcome for promised in properties for outcome in prover.outcomes(promised)]
    elif part == "states":
        found = list(disagreements(kb, states)) if states else []
    else:
        found = list(Structure(kb).faults())
    return found, time.perf_counter() - started


_bench: dict[str, tuple[Diagrams, dict[str, Property]]] = {}
"""In a working process: the diagrams of a pack, made once, and its properties."""


def _by_diagrams(name: str, pack: str | Path) -> tuple[tuple[bool, ...], float]:
    """Return whether each part of a property holds, by diagrams, and the seconds it took."""
    started = time.perf_counter()
    if str(pack) not in _bench:
        folder = folder_of(pack)
        kb = KnowledgeBase.load(folder or pack)
        properties = read_properties(folder, kb) if folder else ()
        _bench[str(pack)] = Diagrams(kb, properties), {one.id: one for one in properties}
    diagrams, by_name = _bench[str(pack)]
    return diagrams.holds(by_name[name]), time.perf_counter() - started
