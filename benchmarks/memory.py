"""
What assessing leaves in memory: nothing that grows.

durable-rules takes megabytes for each session and gives them back; the largest piece is one block
of 8 KB a condition. What is resident rises by about half as much at some random time, once, while
what is in use stays the same. Likely the C allocator's gap from the session before was too small
for that block, so that it took another from the system; this was inferred, not traced.
Both are shown, and what is resident long after.
"""

from __future__ import annotations

import ctypes
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
"""Assessments before the first look: caches are full."""
LONG = 3
"""How many times as many assessments are looked at to see whether it goes on."""
LIMIT_MB = 2.0
_MEGABYTE = 2**20


def memory_alone(pack: str, until: int) -> Section:
    """Look at a process that does nothing else: what others leave free would hide a growth."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(memory, pack, until).result()


def memory(pack: str, until: int) -> Section:
    """Assess the shipped patients over and over, and compare the process's size."""
    kb = KnowledgeBase.load(pack)
    told = patients(kb)
    people = [findings_from(kb.findings, one) for one in told + with_one_unsure(kb, told)]
    long = until * LONG
    section = Section(
        title=f"Memory between assessment {WARM:,} and {until:,}",
        about=f"{len(people)} patients in turn, both engines and the trace, one process. In use is "
        "what Python and\ndurable-rules hold of the C allocator's memory; the rest of what is "
        "resident is its own, and the\nprogram's.",
    )
    resident: list[float] = []
    used: list[float] = []
    done = 0
    endless = cycle(people)
    for count in (WARM, until, long):
        for findings in islice(endless, count - done):
            assess(kb, findings)
        done = count
        gc.collect()
        resident.append(_resident_mb())
        section.rows.append(Row(f"resident after {count:,}", resident[-1], "MB"))
        if (in_use := _in_use_mb()) is not None:
            used.append(in_use)
            section.rows.append(Row(f"in use after {count:,}", in_use, "MB"))
    first, second, last = resident
    section.goals.append(Goal("growth of memory", second - first, LIMIT_MB, unit="MB"))
    section.goals.append(
        Goal(f"growth of memory from there to {long:,}", last - second, LIMIT_MB, unit="MB")
    )
    if used:
        growth = used[-1] - used[0]
        section.goals.append(Goal("growth of what is in use", growth, LIMIT_MB, unit="MB"))
    return section


class _Mallinfo(ctypes.Structure):
    """What glibc tells of its memory (mallinfo2)."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            "arena", "ordblks", "smblks", "hblks", "hblkhd",
            "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost",
        )
    )  # fmt: skip


def _in_use_mb() -> float | None:
    """Return what is allocated from the C allocator; None where it cannot be asked."""
    ask = getattr(ctypes.CDLL(None), "mallinfo2", None) if sys.platform == "linux" else None
    if ask is None:
        return None
    ask.restype = _Mallinfo
    told = ask()
    in_use: int = told.uordblks + told.hblkhd
    return in_use / _MEGABYTE


def _resident_mb() -> float:
    """Return what the process holds now, or at most so far where now is not told."""
    now = Path("/proc/self/statm")
    if now.exists():
        pages = int(now.read_text(encoding="ascii").split()[1])
        return pages * resource.getpagesize() / _MEGABYTE
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (_MEGABYTE if sys.platform == "darwin" else 2**10)
