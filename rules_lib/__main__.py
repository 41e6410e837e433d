"""
The workbench for those who write packs: `python -m rules_lib check | compile | ...`.

Exit status: 0 when all is well, 1 when something is wrong with a pack or a generated file is
stale, 2 when the command line is.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rules_lib.authoring.dossier import DOSSIER
from rules_lib.authoring.files import KINDS, json_schema
from rules_lib.authoring.folder import folder_hash, read_folder
from rules_lib.authoring.schemas import schema_texts
from rules_lib.authoring.yaml_reader import plain, read_yaml
from rules_lib.checking import check_pack, folder_of, packs_to_check
from rules_lib.compiled import written
from rules_lib.coverage import coverage_text
from rules_lib.derivation_check import derivation_faults
from rules_lib.dossier import dossier_of
from rules_lib.errors import FactError, KnowledgeError, Problem, RulesLibError
from rules_lib.evaluation import command as evaluation
from rules_lib.explanation import explain
from rules_lib.hazards.checking import check_log, project_of
from rules_lib.hazards.document import document, open_items
from rules_lib.hazards.links import Links
from rules_lib.hazards.reader import read_log
from rules_lib.hazards.shapes import log_schemas
from rules_lib.interview_document import ALL, COMPLAINTS, figures, marked
from rules_lib.knowledge_base import SHIPPED, KnowledgeBase
from rules_lib.mutation import command as mutation
from rules_lib.proving import command as proving
from rules_lib.rules import Urgency
from rules_lib.session import assess
from rules_lib.traceability import gaps, traceability
from rules_lib.vignettes import read_vignettes, vignette_schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PROJECT = SHIPPED.parent.parent
"""Where tests and docs lie when this is run from the project."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status."""
    parser = argparse.ArgumentParser(prog="python -m rules_lib", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    check = commands.add_parser("check", help="report everything wrong with packs")
    check.add_argument("packs", nargs="*", metavar="PACK", help="all shipped ones if none is named")
    check.add_argument(
        "--as-of",
        type=_day,
        metavar="DATE",
        help="judge reviews by this day, year-month-day; the commit's if none, else today",
    )
    check.add_argument(
        "--strict-review", action="store_true", help="an overdue review is an error, not a warning"
    )

    compile_ = commands.add_parser("compile", help="write the JSON that runs")
    compile_.add_argument("packs", nargs="*", metavar="PACK_DIR", help="all shipped ones if none")
    compile_.add_argument("-o", "--output", type=Path, help="where to, for one pack")

    commands.add_parser("schema", help="write the JSON Schemas that editors use")

    trace = commands.add_parser("traceability", help="write the table statement -> rules -> cases")
    trace.add_argument("pack", nargs="?", metavar="PACK", help="the first shipped one if none")
    trace.add_argument("--cases", type=Path, default=_PROJECT / "tests/cases", metavar="DIR")
    trace.add_argument("-o", "--output", type=Path, default=_PROJECT / "docs/traceability.md")

    cover = commands.add_parser("coverage", help="write the tables by which a pack is reviewed")
    cover.add_argument("pack", nargs="?", metavar="PACK", help="the first shipped one if none")
    cover.add_argument("-o", "--output", type=Path, default=_PROJECT / "docs/coverage.md")
    graph = commands.add_parser("graph", help="draw a pack: what is told, causes, urgency, advice")
    graph.add_argument("pack", nargs="?", metavar="PACK", help="the first shipped one if none")
    only = graph.add_mutually_exclusive_group()
    only.add_argument("--cause", metavar="ID", help="only what speaks for and against a cause")
    only.add_argument("--urgency", metavar="ID", help="only what leads to an urgency")
    only.add_argument("--pages", type=Path, metavar="DIR", help="write the pack and each cause")
    graph.add_argument("-o", "--output", type=Path, metavar="FILE.svg", help="else it is printed")
    hazards = commands.add_parser("hazards", help="check the hazard log, write the document of it")
    hazards.add_argument("folder", nargs="?", type=Path, default=_PROJECT / "docs/hazards")
    hazards.add_argument("-o", "--output", type=Path, default=_PROJECT / "docs/clinical_safety.md")
    hazards.add_argument("--release", action="store_true", help="fail while anything is open")
    dialogues = commands.add_parser("interview", help="walk every dialogue: how long, how safe")
    dialogues.add_argument("pack", metavar="PACK")
    dialogues.add_argument(
        "--all", action="store_true", help="from every opening, not one a complaint (minutes)"
    )
    dialogues.add_argument("-o", "--output", type=Path, help="a document that has marks for it")

    for name, what in (("assess", "the assessment, as JSON"), ("explain", "why, in words")):
        case = commands.add_parser(name, help=f"of one case, print {what}")
        case.add_argument("pack", metavar="PACK")
        case.add_argument("case", metavar="CASE.yaml", help="finding: value; - for standard input")
    again = "re-check each step of the derivation too, without either engine"
    commands.choices["explain"].add_argument("--check", action="store_true", help=again)

    evaluation.declare(commands.add_parser("evaluate", help=evaluation.ABOUT))
    proving.declare(commands.add_parser("prove", help=proving.ABOUT))
    mutation.declare(commands.add_parser("mutate", help=mutation.ABOUT))

    for name in ("compile", "schema", "traceability", "coverage", "graph", "hazards", "interview"):
        commands.choices[name].add_argument(
            "--check", action="store_true", help="write nothing; fail where a file is stale"
        )
    given = parser.parse_args(arguments)
    try:
        return _COMMANDS[given.command](given)
    except RulesLibError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Who reads along has seen enough, as in "... | head"; nothing can be written any more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        msg = f"{text[:60]!r} is no date; allowed: year-month-day, such as 2027-11-22"
        raise argparse.ArgumentTypeError(msg) from None


def _check(given: argparse.Namespace) -> int:
    status = 0
    for pack in given.packs or packs_to_check():
        checked = check_pack(pack, given.as_of)
        for problem in checked.problems:
            print(problem)
        for late in checked.warnings:
            print(f"{'' if given.strict_review else 'warning: '}{late}")
        print(checked.summary())
        wrong = checked.problems or (given.strict_review and checked.warnings)
        status = max(status, int(bool(wrong)))
    return status


def _compile(given: argparse.Namespace) -> int:
    wanted = given.packs or [path for path in packs_to_check() if folder_of(path)]
    if given.output and len(wanted) != 1:
        print("-o wants exactly one pack", file=sys.stderr)
        return 2
    texts: dict[Path, str] = {}
    for pack in wanted:
        folder = folder_of(pack)
        if folder is None:
            raise KnowledgeError([Problem(str(pack), 0, "", "is no folder of YAML")])
        text = written(KnowledgeBase.load(folder), folder_hash(folder))
        texts[given.output or SHIPPED / f"{folder.resolve().name}.json"] = text
    return _write(texts, "compile", check=given.check)


def _schema(given: argparse.Namespace) -> int:
    of_pack = {kind: json_schema(kind) for kind in KINDS}
    texts = schema_texts(of_pack | {"cases": vignette_schema()} | log_schemas())
    return _write(texts, "schema", check=given.check)


def _traceability(given: argparse.Namespace) -> int:
    kb = _pack(given.pack or packs_to_check()[0])
    vignettes = read_vignettes(given.cases, kb)
    status = _write({given.output: traceability(kb, vignettes)}, "traceability", check=given.check)
    for gap in gaps(kb, vignettes):
        print(gap, file=sys.stderr)
        status = 1
    return status


def _coverage(given: argparse.Namespace) -> int:
    pack = given.pack or packs_to_check()[0]
    folder = folder_of(pack)
    if folder is None:
        raise KnowledgeError([Problem(str(pack), 0, "", "is no folder of YAML")])
    draft, problems = read_folder(folder)
    if problems:
        raise KnowledgeError(problems)
    if not draft.dossier:
        allowed = ", ".join(f"{stem}.yaml" for stem in DOSSIER)
        raise KnowledgeError([Problem(str(pack), 0, "", "has nothing to show", allowed)])
    text = coverage_text(KnowledgeBase(**draft.fields()), dossier_of(draft))
    return _write({given.output: text}, "coverage", check=given.check)


def _graph(given: argparse.Namespace) -> int:
    # Imported here: no other command draws.
    from rules_lib.graphs.pages import graph_of, pages  # noqa: PLC0415
    from rules_lib.graphs.svg import svg  # noqa: PLC0415

    kb = _pack(given.pack or packs_to_check()[0])
    if given.pages is not None:
        texts = pages(kb, given.pages)
        strangers = [path for path in sorted(given.pages.glob("*.svg")) if path not in texts]
        for path in strangers:
            print(f"{path} is of no cause of the pack: remove it", file=sys.stderr)
        return _write(texts, f"graph --pages {given.pages}", check=given.check) or bool(strangers)
    text = svg(graph_of(kb, given.cause, given.urgency))
    if given.output is None:
        print(text, end="")
        return 0
    return _write({given.output: text}, "graph", check=given.check)


def _hazards(given: argparse.Namespace) -> int:
    log = read_log(given.folder)
    frame, output = log.frame, given.output
    local = frame.project / frame.pack
    kb = _pack(local if local.is_dir() else frame.pack)
    before = output.read_text(encoding="utf-8") if output.is_file() else ""
    project = project_of(log, kb)
    check_log(log, project, before)
    spoken = sorted(
        path.name for path in (frame.project / frame.phrases).iterdir() if path.is_dir()
    )
    still_open = list(open_items(log, kb, spoken, proved=project.proofs is not None))
    text = document(log, kb, still_open, Links(frame, output))
    status = _write({output: text}, "hazards", check=given.check)
    for item in still_open if given.release else ():
        print(f"open: {item}", file=sys.stderr)
        status = 1
    return status


def _interview(given: argparse.Namespace) -> int:
    words, text, wrong = figures(_pack(given.pack), every=given.all)
    print(words)
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    status = int(bool(wrong))
    if given.output:
        name = ALL if given.all else COMPLAINTS
        document = marked(given.output.read_text(encoding="utf-8"), name, text)
        command = f"interview {given.pack} -o {given.output}{' --all' * given.all}"
        status = max(status, _write({given.output: document}, command, check=given.check))
    return status


def _write(texts: Mapping[Path, str], command: str, *, check: bool) -> int:
    """Write generated files, or say which are stale."""
    status = 0
    for path, text in texts.items():
        old = path.read_text(encoding="utf-8") if path.is_file() else None
        if old == text:
            continue
        if check:
            state = "missing" if old is None else "stale"
            print(f"{path} is {state}: run 'python -m rules_lib {command}'", file=sys.stderr)
            status = 1
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            print(f"wrote {path}")
    return status


def _assess(given: argparse.Namespace) -> int:
    assessment = assess(_pack(given.pack), _case(given.case))
    print(json.dumps(_simple(assessment), indent=2, ensure_ascii=False, allow_nan=False))
    return 0


def _explain(given: argparse.Namespace) -> int:
    kb = _pack(given.pack)
    assessment = assess(kb, _case(given.case))
    print(explain(kb, assessment).text)
    if not given.check:
        return 0
    faults = derivation_faults(kb, assessment)
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print(f"derivation checked: {len(assessment.trace)} steps")
    return int(bool(faults))


def _pack(name: str | Path) -> KnowledgeBase:
    """Return the pack as people are writing it: its YAML where that is there."""
    return KnowledgeBase.load(folder_of(name) or name)


def _case(name: str) -> dict[str, Any]:
    """Return the findings of one case, from a file or standard input."""
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FactError([Problem(name, 0, "", f"cannot be read: {error}")]) from error
    problems: list[Problem] = []
    root = read_yaml(text, name, problems)
    case = plain(root) if root else None
    if isinstance(case, dict) and isinstance(case.get("findings"), dict):
        case = case["findings"]
    if not isinstance(case, dict):
        problems.append(Problem(name, 1, "", "is no case", "a mapping: 'finding: value'"))
    if problems or not isinstance(case, dict):
        raise FactError(problems)
    return case


def _simple(value: Any) -> Any:
    """Return a frozen value as what JSON can hold, urgencies by their id."""
    if is_dataclass(value):
        return {each.name: _simple(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Urgency):
        return value.id
    if isinstance(value, dict):
        return {key: _simple(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return [_simple(inner) for inner in value]
    return value


_COMMANDS = {
    "check": _check,
    "compile": _compile,
    "schema": _schema,
    "traceability": _traceability,
    "coverage": _coverage,
    "graph": _graph,
    "hazards": _hazards,
    "interview": _interview,
    "assess": _assess,
    "explain": _explain,
    "evaluate": evaluation.run,
    "prove": proving.run,
    "mutate": mutation.run,
}

if __name__ == "__main__":
    sys.exit(main())
