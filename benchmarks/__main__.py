"""
Every benchmark, its goals, and whether they are met: `make bench`.

    python -m benchmarks [--quick] [--only NAME ...] [--write]

What is compared runs in turns in one run, so that a noisy machine hits all alike; figures are
medians, ratios are medians of the rounds' ratios. The result goes to build/benchmarks.json, and
with --write also into benchmarks/README.md. The exit code is 1 where a goal is not met.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.cold_starts import cold_starts, missing
from benchmarks.device import device, interview
from benchmarks.engines import engines, unsure
from benchmarks.growth import answers, growth, proofs
from benchmarks.memory import memory_alone
from benchmarks.questions import questions
from benchmarks.reading import reading
from benchmarks.results import Section, as_readme, machine
from benchmarks.turns import SYMPTOM, turns
from benchmarks.workbench import workbench

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HERE = Path(__file__).resolve().parent
README = HERE / "README.md"
RESULT = HERE.parent / "build" / "benchmarks.json"
PACK = "iron_infusion"


def benchmarks(*, quick: bool) -> dict[str, Callable[[], Section | None]]:
    """Return what can be measured, by name; None comes of what this machine cannot run."""
    rounds, times = (3, 1) if quick else (9, 4)
    return {
        "engines": lambda: engines(PACK, rounds, times),
        "unsure": lambda: unsure(PACK, rounds, times),
        "questions": lambda: questions(PACK, rounds, times),
        "reading": lambda: reading(rounds, times),
        "growth": lambda: growth(rounds, times),
        "answers": lambda: answers(rounds, times),
        "proofs": lambda: proofs(1),
        "turns": lambda: turns(rounds, times * 10),
        "cold-starts": lambda: _cold_starts(5 if quick else 15),
        "memory": lambda: memory_alone(PACK, 40_000 if quick else 200_000),
        "workbench": lambda: workbench(PACK, 1 if quick else 3),
    }


def _cold_starts(starts: int) -> Section | None:
    lacking = missing()
    if lacking is not None:
        print(f"Cold starts are not measured: {lacking}", file=sys.stderr)
        return None
    asked = [request for _, request in interview(SYMPTOM)]
    return cold_starts(asked[0], device().say(SYMPTOM), asked[1], starts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks asked for, and say which goals are met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rounds: rough figures")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="only these, e.g. engines turns")
    parser.add_argument("--write", action="store_true", help="write the figures to the README")
    asked = parser.parse_args(arguments)
    known = benchmarks(quick=asked.quick)
    unknown = set(asked.only or ()) - set(known)
    if unknown:
        parser.error(f"no benchmark {sorted(unknown)}; there are {', '.join(known)}")
    print(f"{machine()}\n")
    sections = []
    for name in asked.only or known:
        begun = time.monotonic()
        section = known[name]()
        if section is not None:
            sections.append(section)
            print(section.as_text())
            print(f"({name}: {time.monotonic() - begun:.0f} s)\n", flush=True)
    goals = [goal for section in sections for goal in section.goals]
    print("Goals")
    for goal in goals:
        print(f"  {goal.text}")
    RESULT.parent.mkdir(exist_ok=True)
    result = {"machine": machine(), "sections": [section.as_data() for section in sections]}
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    if asked.write:
        text = README.read_text(encoding="utf-8")
        text = as_readme(text, sections, keep=bool(asked.only))
        README.write_text(text, encoding="utf-8")
    return 0 if all(goal.met for goal in goals) else 1


if __name__ == "__main__":
    sys.exit(main())
