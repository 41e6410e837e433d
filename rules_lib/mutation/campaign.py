"""Every mutant of a pack, or a sample, judged in processes side by side."""

from __future__ import annotations

import random
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING

from rules_lib.mutation.judge import Judge, Judged, material
from rules_lib.mutation.operators import mutants_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from rules_lib.mutation.mutant import Mutant

CHUNK = 4
"""Mutants that a process takes at a time: their cost differs a hundredfold."""
_bench: list[tuple[Judge, dict[str, Mutant]]] = []
"""In a working process: its judge and all mutants by id."""


def sample_of(mutants: Sequence[Mutant], count: int, seed: int) -> tuple[Mutant, ...]:
    """Return so many mutants drawn at random, in their own order; all where there are fewer."""
    drawn = random.Random(seed).sample(range(len(mutants)), min(count, len(mutants)))  # noqa: S311
    return tuple(mutants[at] for at in sorted(drawn))


def judged(  # noqa: PLR0913 - a run has as many knobs
    pack: str | Path,
    cases: Path | None,
    mutants: Sequence[Mutant],
    *,
    jobs: int,
    shown: bool = False,
    said: Callable[[int], None] = lambda _: None,
) -> tuple[Judged, ...]:
    """
    Return what becomes of each mutant, in their order.

    Args:
        pack: as `material` takes it.
        cases: vignettes, a file or folder; None for none.
        mutants: of that pack.
        jobs: processes that work side by side.
        shown: whether a smallest patient who tells a survivor from the pack is wanted.
        said: called with how many are done.
    """
    found: list[Judged] = []
    for one in _verdicts(pack, cases, mutants, jobs, shown=shown):
        found.append(one)
        said(len(found))
    return tuple(found)


def _verdicts(
    pack: str | Path, cases: Path | None, mutants: Sequence[Mutant], jobs: int, *, shown: bool
) -> Iterator[Judged]:
    if jobs == 1:
        judge = Judge(material(pack, cases), shown=shown)
        yield from map(judge.judged, mutants)
        return
    # Not forked: z3 keeps state of its own.
    with ProcessPoolExecutor(
        jobs, get_context("spawn"), initializer=_set_up, initargs=(pack, cases, shown)
    ) as pool:
        yield from pool.map(_one, [mutant.id for mutant in mutants], chunksize=CHUNK)


def _set_up(pack: str | Path, cases: Path | None, shown: bool) -> None:  # noqa: FBT001 - of a pool
    given = material(pack, cases)
    _bench.append((Judge(given, shown=shown), {each.id: each for each in mutants_of(given.kb)}))


def _one(mutant: str) -> Judged:
    judge, mutants = _bench[0]
    return judge.judged(mutants[mutant])
