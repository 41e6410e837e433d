"""Commands that write what is generated: of a pack, of its hazard log, of its dialogues."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rules_lib.authoring.dossier import DOSSIER
from rules_lib.authoring.files import KINDS, json_schema
from rules_lib.authoring.folder import folder_hash, read_folder
from rules_lib.authoring.schemas import schema_texts
from rules_lib.checking import folder_of, only_pack, packs_to_check
from rules_lib.commands.files import PROJECT, pack_of, write
from rules_lib.compiled import written
from rules_lib.compiler import compile_program
from rules_lib.coverage import coverage_text
from rules_lib.dossier import dossier_of
from rules_lib.errors import KnowledgeError, Problem
from rules_lib.hazards.checking import check_log, project_of
from rules_lib.hazards.document import document, open_items
from rules_lib.hazards.links import Links
from rules_lib.hazards.reader import read_log
from rules_lib.hazards.shapes import log_schemas
from rules_lib.interview_document import ALL, COMPLAINTS, figures, marked
from rules_lib.knowledge_base import SHIPPED, KnowledgeBase
from rules_lib.traceability import gaps, traceability
from rules_lib.vignettes import read_vignettes, vignette_schema

if TYPE_CHECKING:
    import argparse


def declare(commands: Any) -> None:
    """Say what the commands take."""
    compile_ = commands.add_parser("compile", help="write the JSON that runs")
    compile_.add_argument("packs", nargs="*", metavar="PACK_DIR", help="all shipped ones if none")
    compile_.add_argument("-o", "--output", type=Path, help="where to, for one pack")

    commands.add_parser("schema", help="write the JSON Schemas that editors use")

    trace = commands.add_parser("traceability", help="write the table statement -> rules -> cases")
    trace.add_argument("pack", nargs="?", metavar="PACK", help="the shipped one if none")
    trace.add_argument("--cases", type=Path, default=PROJECT / "tests/cases", metavar="DIR")
    trace.add_argument("-o", "--output", type=Path, default=PROJECT / "docs/traceability.md")

    cover = commands.add_parser("coverage", help="write the tables by which a pack is reviewed")
    cover.add_argument("pack", nargs="?", metavar="PACK", help="the shipped one if none")
    cover.add_argument("-o", "--output", type=Path, default=PROJECT / "docs/coverage.md")
    graph = commands.add_parser("graph", help="draw a pack: what is told, causes, urgency, advice")
    graph.add_argument("pack", nargs="?", metavar="PACK", help="the shipped one if none")
    only = graph.add_mutually_exclusive_group()
    only.add_argument("--cause", metavar="ID", help="only what speaks for and against a cause")
    only.add_argument("--urgency", metavar="ID", help="only what leads to an urgency")
    only.add_argument("--pages", type=Path, metavar="DIR", help="write the pack and each cause")
    graph.add_argument("-o", "--output", type=Path, metavar="FILE.svg", help="else it is printed")
    hazards = commands.add_parser("hazards", help="check the hazard log, write the document of it")
    hazards.add_argument("folder", nargs="?", type=Path, default=PROJECT / "docs/hazards")
    hazards.add_argument("-o", "--output", type=Path, default=PROJECT / "docs/clinical_safety.md")
    hazards.add_argument("--release", action="store_true", help="fail while anything is open")
    dialogues = commands.add_parser("interview", help="walk every dialogue: how long, how safe")
    dialogues.add_argument("pack", metavar="PACK")
    dialogues.add_argument(
        "--all", action="store_true", help="from every opening, not one a complaint (minutes)"
    )
    dialogues.add_argument("-o", "--output", type=Path, help="a document that has marks for it")

    for name in COMMANDS:
        commands.choices[name].add_argument(
            "--check", action="store_true", help="write nothing; fail where a file is stale"
        )


def _compile(given: argparse.Namespace) -> int:
    """Write the JSON that runs."""
    wanted = given.packs or [path for path in packs_to_check() if folder_of(path)]
    if given.output and len(wanted) != 1:
        print("-o wants exactly one pack", file=sys.stderr)
        return 2
    texts: dict[Path, str] = {}
    for pack in wanted:
        folder = folder_of(pack)
        if folder is None:
            raise KnowledgeError([Problem(str(pack), 0, "", "is no folder of YAML")])
        kb = KnowledgeBase.load(folder)
        compile_program(kb)  # what durable-rules cannot bear is refused here, not at a patient
        text = written(kb, folder_hash(folder))
        texts[given.output or SHIPPED / f"{folder.resolve().name}.json"] = text
    return write(texts, "compile", check=given.check)


def _schema(given: argparse.Namespace) -> int:
    """Write the JSON Schemas that editors use."""
    of_pack = {kind: json_schema(kind) for kind in KINDS}
    texts = schema_texts(of_pack | {"cases": vignette_schema()} | log_schemas())
    return write(texts, "schema", check=given.check)


def _traceability(given: argparse.Namespace) -> int:
    """Write the table statement -> rules -> cases; 1 where it has a gap."""
    kb = pack_of(given.pack or only_pack())
    vignettes = read_vignettes(given.cases, kb)
    status = write({given.output: traceability(kb, vignettes)}, "traceability", check=given.check)
    for gap in gaps(kb, vignettes):
        print(gap, file=sys.stderr)
        status = 1
    return status


def _coverage(given: argparse.Namespace) -> int:
    """Write the tables by which a pack is reviewed."""
    pack = given.pack or only_pack()
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
    return write({given.output: text}, "coverage", check=given.check)


def _graph(given: argparse.Namespace) -> int:
    """Draw a pack, or its pages."""
    from rules_lib.graphs.pages import graph_of, pages  # noqa: PLC0415 - no other command draws
    from rules_lib.graphs.svg import svg  # noqa: PLC0415 - with it

    kb = pack_of(given.pack or only_pack())
    if given.pages is not None:
        texts = pages(kb, given.pages)
        strangers = [path for path in sorted(given.pages.glob("*.svg")) if path not in texts]
        for path in strangers:
            print(f"{path} is of no cause of the pack: remove it", file=sys.stderr)
        return write(texts, f"graph --pages {given.pages}", check=given.check) or bool(strangers)
    text = svg(graph_of(kb, given.cause, given.urgency))
    if given.output is None:
        print(text, end="")
        return 0
    return write({given.output: text}, "graph", check=given.check)


def _hazards(given: argparse.Namespace) -> int:
    """Check the hazard log and write the document of it."""
    log = read_log(given.folder)
    frame, output = log.frame, given.output
    local = frame.project / frame.pack
    kb = pack_of(local if local.is_dir() else frame.pack)
    before = output.read_text(encoding="utf-8") if output.is_file() else ""
    project = project_of(log, kb)
    check_log(log, project, before)
    spoken = sorted(
        path.name for path in (frame.project / frame.phrases).iterdir() if path.is_dir()
    )
    still_open = list(open_items(log, kb, spoken, proved=project.proofs is not None))
    text = document(log, kb, still_open, Links(frame, output))
    status = write({output: text}, "hazards", check=given.check)
    for item in still_open if given.release else ():
        print(f"open: {item}", file=sys.stderr)
        status = 1
    return status


def _interview(given: argparse.Namespace) -> int:
    """Walk every dialogue; 1 where one breaks a bound."""
    words, text, wrong = figures(pack_of(given.pack), every=given.all)
    print(words)
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    status = int(bool(wrong))
    if given.output:
        name = ALL if given.all else COMPLAINTS
        document = marked(given.output.read_text(encoding="utf-8"), name, text)
        command = f"interview {given.pack} -o {given.output}{' --all' * given.all}"
        status = max(status, write({given.output: document}, command, check=given.check))
    return status


COMMANDS = {
    "compile": _compile,
    "schema": _schema,
    "traceability": _traceability,
    "coverage": _coverage,
    "graph": _graph,
    "hazards": _hazards,
    "interview": _interview,
}
