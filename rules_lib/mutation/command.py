"""`python -m rules_lib mutate`: weaken a pack in every way; a case or a proof must notice."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rules_lib.checking import folder_of, only_pack
from rules_lib.errors import KnowledgeError, Problem, nearest
from rules_lib.evaluation.progress import Progress
from rules_lib.knowledge_base import KnowledgeBase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rules_lib.mutation.judge import Judged
    from rules_lib.mutation.mutant import Mutant

ABOUT = "weaken a pack in every way; a case or a proof must notice (needs the extra 'prove')"
_PROJECT = Path(__file__).parents[2]
CASES = _PROJECT / "tests/cases"
ARGUMENTS = _PROJECT / "tests/mutation_arguments.yaml"


def declare(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("pack", nargs="?", metavar="PACK", help="the shipped one if none")
    parser.add_argument("--cases", type=Path, metavar="DIR", help="vignettes of the pack")
    parser.add_argument("--jobs", type=_number, default=os.cpu_count() or 1, metavar="N")
    about = "judge only so many, drawn at random"
    parser.add_argument("--sample", type=_number, metavar="N", help=about)
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of the draw; 0 if none")
    parser.add_argument("--only", metavar="OPERATOR", help="judge only what this operator made")
    about = "survivors of which it is argued that they are harmless"
    parser.add_argument("--arguments", type=Path, metavar="FILE", help=about)
    about = "show a smallest patient of each survivor; it takes seconds for each"
    parser.add_argument("--patients", action="store_true", help=about)
    about = "write what became of every mutant"
    parser.add_argument("--json", type=Path, metavar="FILE", help=about)
    parser.add_argument("--doc", type=Path, metavar="FILE", help="write the figures into it")
    about = "with --doc: judge nothing; fail where the figures are of another pack"
    parser.add_argument("--check", action="store_true", help=about)


def run(given: argparse.Namespace) -> int:
    """
    Run the command; its exit status: 1 where any mutant survives, 2 without the libraries.

    Raises:
        RulesLibError: where the pack, the vignettes or another file cannot be used.
    """
    problem = _unfit(given)
    if problem:
        print(problem, file=sys.stderr)
        return 2
    try:
        from rules_lib.mutation import arguments, campaign, operators, report  # noqa: PLC0415
    except ImportError as error:
        what = f"mutate needs {error.name}: install the extra 'prove'"
        print(what, file=sys.stderr)
        return 2
    pack = given.pack or only_pack()
    # That what was compiled is of the YAML is another check's affair, and it loads at once.
    kb = KnowledgeBase.load(pack if given.check else folder_of(pack) or pack)
    every = operators.mutants_of(kb)
    if given.check:
        return _checked(given.doc, report.heading(kb, every))
    mutants = _wanted(given, every)
    if not mutants:
        return 2
    # What stands in the project is of the pack that it ships.
    own = given.pack is None
    cases = given.cases or (CASES if own and CASES.is_dir() else None)
    file = given.arguments or (ARGUMENTS if own and ARGUMENTS.is_file() else None)
    heard = arguments.read_arguments(file, {each.id for each in every}) if file else None
    progress = Progress(len(mutants), sys.stderr, time.monotonic, "mutants")
    found = campaign.judged(
        pack, cases, mutants, jobs=given.jobs, shown=given.patients, said=progress.at
    )
    progress.end()
    found, idle = arguments.argued(found, heard) if heard else (found, ())
    for line in report.report(kb, every, mutants, found):
        print(line)
    for each in idle:
        print(each, file=sys.stderr)
    _written(given, kb, mutants, found)
    return int(bool(idle) or _survives(found))


def _wanted(given: argparse.Namespace, every: Sequence[Mutant]) -> Sequence[Mutant]:
    """Return the mutants to be judged; none, and says why, where there is no such operator."""
    from rules_lib.mutation.campaign import sample_of  # noqa: PLC0415 - an extra
    from rules_lib.mutation.operators import OPERATORS  # noqa: PLC0415

    mutants = every
    if given.only is not None:
        mutants = [mutant for mutant in every if mutant.operator == given.only]
        if given.only not in OPERATORS:
            what = f"there is no operator '{given.only}'"
            guess = nearest(given.only, OPERATORS)
            problem = Problem("--only", 0, "", what, ", ".join(OPERATORS), guess)
            print(problem, file=sys.stderr)
        elif not mutants:
            print(f"--only: '{given.only}' finds nothing to weaken here", file=sys.stderr)
    return mutants if given.sample is None else sample_of(mutants, given.sample, given.seed)


def _written(
    given: argparse.Namespace, kb: KnowledgeBase, mutants: Sequence[Mutant], found: Sequence[Judged]
) -> None:
    from rules_lib.mutation.report import as_data, figures, in_document  # noqa: PLC0415 - an extra

    if given.json:
        data = json.dumps(as_data(kb, mutants, found), indent=2, ensure_ascii=False)
        _write(given.json, f"{data}\n")
    if given.doc:
        _write(
            given.doc,
            in_document(_read(given.doc), str(given.doc), tuple(figures(kb, mutants, found))),
        )


def _survives(found: Sequence[Judged]) -> bool:
    from rules_lib.mutation.judge import Fate  # noqa: PLC0415 - an extra

    return any(one.fate is Fate.SURVIVED for one in found)


def _unfit(given: argparse.Namespace) -> str:
    """Return what of the command line does not go together."""
    if given.check and not given.doc:
        return "--check wants --doc FILE, the document to be checked"
    if given.doc and (given.sample is not None or given.only is not None):
        return "--doc wants all mutants: leave out --sample and --only"
    return ""


def _checked(document: Path, heading: str) -> int:
    if heading in _read(document):
        return 0
    print(f"{document} is stale, it does not say '{heading}': run 'make mutate'", file=sys.stderr)
    return 1


def _number(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) > 0:
        return int(text)
    msg = f"'{text[:60]}' is no number of them; allowed: 1, 2, ..."
    raise argparse.ArgumentTypeError(msg)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError([Problem(str(path), 0, "", f"cannot be read: {error}")]) from error


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise KnowledgeError([Problem(str(path), 0, "", f"cannot be written: {error}")]) from error
    print(f"wrote {path}")
