"""
A cold start of the packaged function under Amazon's emulator, against a packaged hello world.

Both packages are laid out and compiled to bytecode the same way, with the same SDK; a start is
timed from the first request to its answer, in which the runtime starts the function.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from benchmarks.measure import Timing, in_turns
from benchmarks.results import Goal, Section

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import emulator  # noqa: E402  (the folder is no package; it makes that of "lambda" importable)
from build import compile_bytecode, dependencies  # noqa: E402
from python312 import MISSING, find_python312  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

HELLO = "hello world, packaged the same way"
OURS = "iron guide, opened"
OURS_TOLD = "iron guide, opened with a symptom: the engines are compiled too"
WARM = "iron guide, the second request: the engines are compiled"
LIMIT = 1.5


def missing() -> str | None:
    """Say in one sentence why cold starts cannot be measured here; None if they can."""
    return emulator.missing()


def cold_starts(
    asked: dict[str, Any], told: dict[str, Any], second: dict[str, Any], rounds: int
) -> Section:
    """
    Measure starts in turns.

    Args:
        asked: the launch that starts either function.
        told: a symptom that starts ours.
        second: what our function is asked after the launch.
        rounds: how many starts of each.
    """
    section = Section(
        title="Cold start of the cloud function",
        about="From the first request to its answer, under Amazon's runtime interface emulator and"
        f"\nclient, with bytecode; {rounds} starts of each in turns.",
        yardstick=HELLO,
    )
    warm = Timing()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        ours = emulator.unzipped_package(folder / "ours")
        hello = hello_package(folder / "hello")

        def start_ours() -> list[float]:
            with emulator.Emulator(ours) as function:
                taken = [_seconds(function, asked)]
                warm.rounds.append([_seconds(function, second)])
            return taken

        def start_told() -> list[float]:
            with emulator.Emulator(ours) as function:
                return [_seconds(function, told)]

        def start_hello() -> list[float]:
            with emulator.Emulator(hello) as function:
                return [_seconds(function, asked)]

        starts: dict[str, Callable[[], list[float]]] = {
            HELLO: start_hello,
            OURS: start_ours,
            OURS_TOLD: start_told,
        }
        timings = in_turns(starts, rounds)
    del warm.rounds[0]
    section.add(timings | {WARM: warm}, "ms")
    section.goals.append(
        Goal("cold start over hello world's", timings[OURS].over(timings[HELLO]), LIMIT)
    )
    return section


def hello_package(folder: Path) -> Path:
    """Lay out a hello world with the dependencies of our own package."""
    python = find_python312()
    if python is None:
        raise emulator.FunctionError(MISSING)
    code = folder.with_name(f"{folder.name}-code")
    code.mkdir()
    shutil.copy(ROOT / "benchmarks" / "hello_world.py", code / "lambda_function.py")
    compile_bytecode(python, code)
    shutil.copytree(dependencies(python), folder)
    shutil.copytree(code, folder, dirs_exist_ok=True)
    return folder


def _seconds(function: emulator.Emulator, asked: dict[str, Any]) -> float:
    begun = perf_counter()
    function.invoke(asked)
    return perf_counter() - begun
