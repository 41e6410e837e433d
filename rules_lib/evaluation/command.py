"""`python -m rules_lib evaluate`: judge a pack on vignettes and report it, in any form."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rules_lib.checking import folder_of, only_pack
from rules_lib.errors import KnowledgeError, Problem
from rules_lib.evaluation.data import as_data
from rules_lib.evaluation.demands import DEMANDS, read_demands, read_share, unmet
from rules_lib.evaluation.evaluation import evaluate
from rules_lib.evaluation.page import as_page
from rules_lib.evaluation.progress import Progress
from rules_lib.evaluation.summary import with_figures
from rules_lib.evaluation.text import as_text
from rules_lib.knowledge_base import KnowledgeBase
from rules_lib.vignettes import read_vignettes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rules_lib.evaluation.evaluation import Evaluation
    from rules_lib.vignettes import Vignette

ABOUT = "judge a pack on vignettes, beside baselines; print the figures"


def declare(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("cases", type=Path, metavar="CASES", help="a file or folder of vignettes")
    parser.add_argument("--pack", metavar="PACK", help="the shipped one if none is named")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page with plots")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure and case")
    parser.add_argument(
        "--doc", type=Path, metavar="FILE", help="write the figures into a document"
    )
    parser.add_argument(
        "--check", action="store_true", help="with --doc: write nothing; fail where it is stale"
    )
    parser.add_argument(
        "--require", type=Path, metavar="FILE", help="YAML of thresholds; fail where one is not met"
    )
    for demand in DEMANDS:
        parser.add_argument(
            f"--{demand.id}",
            type=_share,
            metavar="SHARE",
            help=f"{demand.about}, {'at least' if demand.least else 'at most'}; 0 to 1",
        )


def run(given: argparse.Namespace) -> int:
    """
    Run the command; its exit status.

    Raises:
        RulesLibError: where the pack, the vignettes or another file cannot be used.
    """
    if given.check and not given.doc:
        sys.stderr.write("--check wants --doc FILE, the document to be checked\n")
        return 2
    thresholds = _thresholds(given)
    kb = KnowledgeBase.load(_pack(given.pack or only_pack()))
    vignettes = _vignettes(given.cases, kb)
    progress = Progress(len(vignettes), sys.stderr, time.monotonic)
    evaluation = evaluate(kb, vignettes, progress.at)
    progress.end()
    status = _documented(given, evaluation) if given.doc else _reported(given, evaluation)
    for sentence in unmet(evaluation, thresholds):
        sys.stderr.write(f"{sentence}\n")
        status = 1
    return status


def _reported(given: argparse.Namespace, evaluation: Evaluation) -> int:
    sys.stdout.write(as_text(evaluation))
    sys.stdout.flush()
    if given.html:
        _write(given.html, as_page(evaluation))
    if given.json:
        data = json.dumps(as_data(evaluation), indent=2, ensure_ascii=False, allow_nan=False)
        _write(given.json, f"{data}\n")
    return 0


def _documented(given: argparse.Namespace, evaluation: Evaluation) -> int:
    old = _read(given.doc)
    new = with_figures(old, evaluation, str(given.doc))
    if new == old:
        return 0
    if given.check:
        command = f"python -m rules_lib evaluate {given.cases} --doc {given.doc}"
        sys.stderr.write(f"{given.doc} is stale: run '{command}'\n")
        return 1
    _write(given.doc, new)
    return 0


def _thresholds(given: argparse.Namespace) -> Mapping[str, float]:
    """Return what is asked for; the command line goes before the file."""
    named = {each.id: getattr(given, each.id.replace("-", "_")) for each in DEMANDS}
    written = read_demands(given.require) if given.require else {}
    return {**written, **{name: share for name, share in named.items() if share is not None}}


def _share(text: str) -> float:
    try:
        return read_share(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _pack(name: str | Path) -> str | Path:
    """Return the pack as people are writing it: its YAML where that is there."""
    return folder_of(name) or name


def _vignettes(place: Path, kb: KnowledgeBase) -> tuple[Vignette, ...]:
    files = [place] if place.is_file() else sorted(place.rglob("*.yaml"))
    if not files:
        what = "holds no .yaml file" if place.is_dir() else "is neither a file nor a folder"
        raise KnowledgeError([Problem(str(place), 0, "", what, "vignettes, such as tests/cases")])
    for file in files:
        _read(file)
    vignettes = read_vignettes(place, kb)
    if not any(vignette.level for vignette in vignettes):
        what, allowed = "names no right level at all", "'level: same-day' in a vignette"
        raise KnowledgeError([Problem(str(place), 0, "", what, allowed)])
    return vignettes


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
    sys.stdout.write(f"wrote {path}\n")
