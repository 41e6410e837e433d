"""Everything that is proved of a pack, in parts that can be worked on side by side."""

from __future__ import annotations

import time
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from rules_lib.proving.agreement import disagreements
from rules_lib.proving.diagrams import Diagrams
from rules_lib.proving.prover import Prover
from rules_lib.proving.structure import Structure, gaps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from rules_lib.knowledge_base import KnowledgeBase
    from rules_lib.proving.claims import Property
    from rules_lib.proving.prover import Outcome
    from rules_lib.proving.structure import Fault


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


def prove(
    kb: KnowledgeBase,
    properties: Sequence[Property],
    states: int,
    jobs: int,
    said: Callable[[str], None],
) -> Proof:
    """
    Prove everything that a pack promises.

    Args:
        kb: the pack.
        properties: what it promises.
        states: how many random states to compare with the engines.
        jobs: processes that work side by side.
        said: called with a few words when a part is done.
    """
    # The longest first. Both methods are worked on a property at a time, so that no process is
    # left alone with them; the pack is read once and sent.
    seconds: dict[str, float] = {}
    spawning = get_context("spawn")
    with ProcessPoolExecutor(jobs, spawning, _start, (kb, tuple(properties))) as pool:
        working: dict[str, Future[Any]] = {
            "states": pool.submit(_states, states),
            "rules": pool.submit(_faults),
        }
        ordered = sorted(properties, key=lambda one: one.change is None)
        by_z3 = {one.id: pool.submit(_by_z3, one.id) for one in ordered}
        by_diagrams = {one.id: pool.submit(_by_diagrams, one.id) for one in ordered}
        methods: dict[str, dict[str, Future[Any]]] = {"z3": by_z3, "diagrams": by_diagrams}
        found: dict[str, Any] = {}
        for part, result in working.items():
            found[part], seconds[part] = result.result()
            said(f"{part}: {seconds[part]:.1f} s")
        for method, results in methods.items():
            outcomes = {name: result.result() for name, result in results.items()}
            found[method] = {one.id: outcomes[one.id][0] for one in properties}
            seconds[method] = sum(taken for _, taken in outcomes.values())
            said(f"{method}: {seconds[method]:.1f} s")
    return Proof(
        tuple(properties),
        tuple(outcome for one in properties for outcome in found["z3"][one.id]),
        found["diagrams"],
        tuple(found["rules"]),
        gaps(kb),
        states,
        tuple(found["states"]),
        seconds,
    )


# --- in a working process -----------------------------------------------------------------------


@dataclass
class _Bench:
    """The pack that a process works on, and what is made of it once."""

    kb: KnowledgeBase
    properties: dict[str, Property]

    @cached_property
    def prover(self) -> Prover:
        return Prover(self.kb)

    @cached_property
    def diagrams(self) -> Diagrams:
        return Diagrams(self.kb, self.properties.values())


_bench: list[_Bench] = []


def _start(kb: KnowledgeBase, properties: Sequence[Property]) -> None:
    _bench[:] = [_Bench(kb, {one.id: one for one in properties})]


def _timed(work: Callable[[_Bench], Iterable[Any]]) -> tuple[tuple[Any, ...], float]:
    """Return what some work finds, and the seconds it took."""
    started = time.perf_counter()
    return tuple(work(_bench[0])), time.perf_counter() - started


def _states(count: int) -> tuple[tuple[str, ...], float]:
    """Return where the model and the engines differ on random states."""
    return _timed(lambda bench: disagreements(bench.kb, count) if count else ())


def _faults() -> tuple[tuple[Fault, ...], float]:
    """Return what is wrong with the rules."""
    return _timed(lambda bench: Structure(bench.kb).faults())


def _by_z3(name: str) -> tuple[tuple[Outcome, ...], float]:
    """Return the outcome of each part of a property."""
    return _timed(lambda bench: bench.prover.outcomes(bench.properties[name]))


def _by_diagrams(name: str) -> tuple[tuple[bool, ...], float]:
    """Return whether each part of a property holds, by diagrams."""
    return _timed(lambda bench: bench.diagrams.holds(bench.properties[name]))
