"""
Weaken the controls of the hazard log one by one, and see that the tests which guard them notice.

    PYTHONPATH=. python tests/weaken_code.py [--jobs 2] [--only ID ...]

Each weakening of `code_weakenings.yaml` is made alone, in a copy of the project; what is
generated from a changed file is made anew; then only its own tests are run. Exit status: 0
where every weakening is caught, 1 where one survives or cannot be made.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from queue import Queue
from typing import TYPE_CHECKING

from rules_lib.authoring.yaml_reader import load_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parents[1]
WEAKENINGS = ROOT / "tests/code_weakenings.yaml"
NOT_COPIED = (
    *(".git", ".venv", ".cache", "build", "dist", "*.egg-info", "node_modules"),
    *("__pycache__", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache"),
)
LONGEST_S = 300
_ALL_PASSED, _SOME_FAILED = 0, 1
_WIDTH = 30


class Outcome(StrEnum):
    """What became of a weakening."""

    CAUGHT = "caught"
    SURVIVED = "survived"
    BROKEN = "broken"
    """It could not be made, or its tests could not be run: nothing is known of it."""


@dataclass(frozen=True, slots=True)
class Weakening:
    """A change of one file that takes a control away."""

    id: str
    file: str
    old: str
    """Stands once in the file."""
    new: str
    defeats: tuple[str, ...]
    """Controls of the hazard log, such as `H-001/C1`."""
    tests: tuple[str, ...]
    """What must fail, as pytest is told it."""
    sample: bool = False
    """Whether `make test` makes it too."""


def weakenings() -> tuple[Weakening, ...]:
    """Return those of the file, in its order."""
    items = load_yaml(WEAKENINGS)
    lists = ("defeats", "tests")
    return tuple(
        Weakening(**{**item, **{name: tuple(item[name]) for name in lists}}) for item in items
    )


class Workshop:
    """A copy of the project, in which one weakening after the other is made and taken back."""

    def __init__(self, folder: Path) -> None:
        """Copy the project into a folder that is not there yet."""
        self._folder = folder
        shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*NOT_COPIED))
        # Python files that change within a second must not be taken from a cache of bytecode.
        self._environment = os.environ | {
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": os.pathsep.join([str(folder), str(folder / "tests")]),
        }

    def passes(self, tests: Sequence[str]) -> tuple[int, str]:
        """Run tests in the copy; pytest's exit status, and the end of what it printed."""
        options = ["-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0", "--no-header"]
        ran = self._run("-m", "pytest", *options, *tests)
        return ran.returncode, (ran.stdout + ran.stderr)[-2000:]

    def outcome(self, weakening: Weakening) -> tuple[Outcome, str]:
        """Make one weakening, run its tests, and take it back; with what there is to say of it."""
        path = self._folder / weakening.file
        before = path.read_text(encoding="utf-8")
        if before.count(weakening.old) != 1:
            return Outcome.BROKEN, f"{weakening.file} says it {before.count(weakening.old)} times"
        path.write_text(before.replace(weakening.old, weakening.new), encoding="utf-8")
        try:
            made = self._generate(weakening.file)
            if made:
                return Outcome.BROKEN, made
            status, said = self.passes(weakening.tests)
        except subprocess.TimeoutExpired:
            return Outcome.CAUGHT, f"its tests do not end within {LONGEST_S} s"
        finally:
            path.write_text(before, encoding="utf-8")
            self._restore(weakening.file)
        if status == _SOME_FAILED:
            return Outcome.CAUGHT, ""
        return (Outcome.SURVIVED if status == _ALL_PASSED else Outcome.BROKEN), said

    def _generate(self, file: str) -> str:
        """Make anew what comes from a file of words; what went wrong with that."""
        if not file.startswith("skill/locales/"):
            return ""
        ran = self._run("-m", "skill.locale_files")
        return "" if ran.returncode == 0 else ran.stderr[-2000:]

    def _restore(self, file: str) -> None:
        if file.startswith("skill/locales/"):
            for path in (ROOT / "skill/locales").glob("*.json"):
                shutil.copy2(path, self._folder / "skill/locales" / path.name)

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            check=False,
        )


@contextmanager
def workshops(number: int) -> Iterator[Queue[Workshop]]:
    """Give so many copies of the project, and remove them afterwards."""
    with tempfile.TemporaryDirectory(prefix="weakened-") as folder:
        free: Queue[Workshop] = Queue()
        for place in range(number):
            free.put(Workshop(Path(folder) / str(place)))
        yield free


def judged(
    chosen: Sequence[Weakening], free: Queue[Workshop], jobs: int
) -> Iterator[tuple[Weakening, Outcome, str]]:
    """Give what became of each weakening, as soon as it is known."""

    def judge(weakening: Weakening) -> tuple[Weakening, Outcome, str]:
        workshop = free.get()
        try:
            return weakening, *workshop.outcome(weakening)
        finally:
            free.put(workshop)

    with ThreadPoolExecutor(jobs) as pool:
        for done in as_completed([pool.submit(judge, each) for each in chosen]):
            yield done.result()


def unguarded(chosen: Sequence[Weakening], free: Queue[Workshop]) -> str:
    """Return what fails without any weakening: a test that fails anyhow guards nothing."""
    workshop = free.get()
    try:
        status, said = workshop.passes(sorted({test for each in chosen for test in each.tests}))
    finally:
        free.put(workshop)
    return "" if status == _ALL_PASSED else said


def _show(done: int, total: int, line: str) -> None:
    """Draw the bar on a terminal; elsewhere a line each."""
    filled = "#" * (_WIDTH * done // total)
    end = "\r" if sys.stderr.isatty() else "\n"
    sys.stderr.write(f"[{filled:<{_WIDTH}}] {done}/{total} {line:<60}{end}")
    sys.stderr.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the weakenings and report those that nobody noticed; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0] if __doc__ else "")
    parser.add_argument("--jobs", type=int, default=2, help="how many at the same time")
    parser.add_argument("--only", nargs="+", default=(), metavar="ID", help="only these")
    given = parser.parse_args(arguments)
    known = {each.id: each for each in weakenings()}
    if unknown := set(given.only) - set(known):
        parser.error(f"no weakening {', '.join(sorted(unknown))}; see {WEAKENINGS.name}")
    chosen = [each for each in known.values() if not given.only or each.id in given.only]
    bad: list[tuple[Weakening, Outcome, str]] = []
    with workshops(given.jobs) as free:
        sys.stderr.write("the tests, without any weakening\n")
        if said := unguarded(chosen, free):
            sys.stdout.write(f"{said}\nThe tests fail on the project as it is.\n")
            return 1
        for done, (weakening, outcome, said) in enumerate(judged(chosen, free, given.jobs), 1):
            _show(done, len(chosen), f"{weakening.id} {outcome}")
            if outcome is not Outcome.CAUGHT:
                bad.append((weakening, outcome, said))
            elif said:
                # A slow machine may not pass for a test that noticed.
                sys.stdout.write(f"{weakening.id}: {said}\n")
    for weakening, outcome, said in bad:
        sys.stdout.write(
            f"\n{weakening.id} {outcome}: {weakening.file}, {weakening.tests}\n{said}\n"
        )
    sys.stdout.write(f"{len(chosen) - len(bad)} of {len(chosen)} weakenings caught\n")
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
