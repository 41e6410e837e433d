"""How everything grows with the number of rules: random packs of 50, 500 and 2,000."""

from __future__ import annotations

import functools
import statistics
import time
from typing import TYPE_CHECKING

from benchmarks.bare import Bare
from benchmarks.measure import in_turns, timed
from benchmarks.random_packs import (
    PATIENTS,
    SIZES,
    TOLD,
    random_pack,
    random_patients,
    with_interview,
)
from benchmarks.results import Goal, Row, Section
from rules_lib import assess, explain, next_question
from rules_lib.chainer import Chainer
from rules_lib.engine import Engine
from rules_lib.proving.agreement import disagreements
from rules_lib.proving.claims import AnnouncedAtLeast, Change, Obligation, Property, Told
from rules_lib.proving.diagrams import Diagrams
from rules_lib.proving.prover import Prover
from rules_lib.proving.structure import Structure
from rules_lib.rules import Urgency, UrgencyAtLeast
from rules_lib.screening import completed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rules_lib.knowledge_base import KnowledgeBase

BASES = 5
STATES = 100
SEARCHED = 500
"""Rules up to which dead and doubled ones are searched for: each is compared with each."""
FLOOR_IS_ANNOUNCED = Property(
    "floor-is-announced",
    "What is announced is never below the floor.",
    obligations=tuple(
        Obligation(UrgencyAtLeast(level), AnnouncedAtLeast(level)) for level in Urgency
    ),
)
MORE_IS_NEVER_LESS = Property(
    "more-is-never-less",
    "One sign more never lowers the floor.",
    change=Change("sign", Told.UNTOLD, Told.PRESENT),
)


class NotProvedError(Exception):
    """What every pack keeps was not proved of a random one: its time says nothing."""


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


def answers(rounds: int, times: int) -> Section:
    """Measure what is asked of a pack at each size: assess, explain, next_question."""
    section = Section(
        title="What a caller waits for, from 50 rules to 2,000",
        about=f"One random pack of each size with screening groups for every sign, {PATIENTS} "
        f"patients who tell of\n{TOLD} findings. It is the first question that is chosen.",
        yardstick="chainer, 50 rules",
    )
    contestants: dict[str, Callable[[], list[float]]] = {}
    for size in SIZES:
        kb = with_interview(random_pack(0, size))
        people = random_patients(kb, 0)
        asked = [told for told in people if next_question(kb, told, ()) is not None]
        reached = [assess(kb, told) for told in people]
        full = [completed(kb, told) for told in asked]
        question = functools.partial(next_question, kb, asked=())
        contestants |= {
            f"chainer, {size} rules": timed(Chainer(kb).verdict, full, times),
            f"assess, {size} rules": timed(functools.partial(assess, kb), people, times),
            f"explain, {size} rules": timed(functools.partial(explain, kb), reached),
            f"next_question, {size} rules": timed(question, asked, times),
        }
    section.add(in_turns(contestants, rounds), "us")
    return section


def proofs(rounds: int) -> Section:
    """Measure what proving takes at each size, by the clock."""
    section = Section(
        title="Proving, from 50 rules to 2,000",
        about=f"One random pack of each size, one process; two promises that every pack keeps, and "
        f"{STATES} random\nstates in which the model is compared with both engines. The search "
        "for dead, doubled and contradictory\nrules compares each with each, so it is left out "
        f"beyond {SEARCHED} rules. {'One run' if rounds == 1 else f'Medians of {rounds} runs'} "
        "by the clock.",
    )
    for size in SIZES:
        kb = with_interview(random_pack(0, size))
        taken: dict[str, list[float]] = {}
        for _ in range(rounds):
            for name, seconds in _proved(kb, search=size <= SEARCHED):
                taken.setdefault(name, []).append(seconds)
        for name, figures in taken.items():
            section.rows.append(Row(f"{name}, {size} rules", statistics.median(figures), "s"))
    return section


def _proved(kb: KnowledgeBase, *, search: bool) -> Iterable[tuple[str, float]]:
    """Give each part of a proof and its seconds."""
    begun = time.perf_counter()
    prover = Prover(kb)
    promises = (FLOOR_IS_ANNOUNCED, MORE_IS_NEVER_LESS)
    by_z3 = [part.holds for promise in promises for part in prover.outcomes(promise)]
    yield "both promises by z3", time.perf_counter() - begun
    begun = time.perf_counter()
    by_diagrams = list(Diagrams(kb, [FLOOR_IS_ANNOUNCED]).holds(FLOOR_IS_ANNOUNCED))
    yield "the first by decision diagrams", time.perf_counter() - begun
    begun = time.perf_counter()
    differing = list(disagreements(kb, STATES))
    yield f"{STATES} states, model against both engines", time.perf_counter() - begun
    if not all(by_z3) or not all(by_diagrams) or differing:
        msg = f"z3 {by_z3}, diagrams {by_diagrams}, states that differ: {differing}"
        raise NotProvedError(msg)
    if search:
        begun = time.perf_counter()
        tuple(Structure(kb).faults())
        yield "search for dead and doubled rules", time.perf_counter() - begun
