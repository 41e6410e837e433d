"""What assessing leaves in memory: nothing that grows."""

from __future__ import annotations

import gc
import resource
import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import cycle, islice
from multiprocessing import get_context
from pathlib import Path

from benchmarks.patients import patients, with_one_unsure
from benchmarks.results import Goal, Row, Section
from rules_lib import KnowledgeBase, assess
from rules_lib.facts import findings_from

WARM = 20_000
"""Assessments before the first look: caches are full and the allocator has settled."""
LIMIT_MB = 2.0


def memory_alone(pack: str, until: int) -> Section:
    """Look at a process that does nothing else: what others leave free would hide a growth."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(memory, pack, until).result()


def memory(pack: str, until: int) -> Section:
    """Assess the shipped patients over and over, and compare the process's size."""
    kb = KnowledgeBase.load(pack)
    told = patients(kb)
    people = [findings_from(kb.findings, one) for one in told + with_one_unsure(kb, told)]
    section = Section(
        title=f"Memory between assessment {WARM:,} and {until:,}",
        about=f"{len(people)} patients in turn, both engines and the trace, one process.",
    )
    sizes = []
    done = 0
    endless = cycle(people)
    for count in (WARM, until):
        for findings in islice(endless, count - done):
            assess(kb, findings)
        done = count
        gc.collect()
        sizes.append(_resident_mb())
        section.rows.append(Row(f"resident after {count:,}", sizes[-1], "MB"))
    growth = sizes[1] - sizes[0]
    section.goals.append(Goal("growth of memory", growth, LIMIT_MB, unit="MB"))
    return section


def _resident_mb() -> float:
    """Return what the process holds now, or at most so far where now is not told."""
    now = Path("/proc/self/statm")
    if now.exists():
        pages = int(now.read_text(encoding="ascii").split()[1])
        return pages * resource.getpagesize() / 2**20
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)
