"""`python -m rules_lib prove`: what a pack promises, proved of every state of every patient."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rules_lib.checking import folder_of, only_pack
from rules_lib.knowledge_base import KnowledgeBase

if TYPE_CHECKING:
    import argparse

ABOUT = "prove what a pack promises in all states, by two methods (needs the extra 'prove')"
STATES = 10_000


def declare(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("pack", nargs="?", metavar="PACK", help="the shipped one if none")
    about = f"random states to compare with both engines, {STATES} if none are named"
    parser.add_argument("--states", type=int, default=STATES, metavar="N", help=about)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N")
    about = "tell for each property a patient whom it is about"
    parser.add_argument("--witnesses", action="store_true", help=about)
    about = "write what was proved into a document"
    parser.add_argument("--doc", type=Path, metavar="FILE", help=about)
    about = "with --doc: write nothing; fail where it is stale"
    parser.add_argument("--check", action="store_true", help=about)


def run(given: argparse.Namespace) -> int:
    """Run the command; its exit status: 1 where anything fails, 2 without the libraries."""
    try:
        from rules_lib.proving.proof import prove  # noqa: PLC0415 - an extra
        from rules_lib.proving.property_file import read_properties  # noqa: PLC0415 - with it
        from rules_lib.proving.report import in_document, report  # noqa: PLC0415 - with it
    except ImportError as error:
        what = f"prove needs {error.name}: install the extra 'prove'"
        print(what, file=sys.stderr)
        return 2
    pack = given.pack or only_pack()
    folder = folder_of(pack)
    kb = KnowledgeBase.load(folder or pack)
    properties = read_properties(folder, kb) if folder else ()
    proof = prove(kb, properties, given.states, max(1, given.jobs), _progress)
    for line in report(kb, proof, witnesses=given.witnesses):
        print(line)
    status = 0 if proof.sound() else 1
    if given.doc is not None:
        text = given.doc.read_text(encoding="utf-8")
        written = in_document(text, kb, proof)
        if given.check and written != text:
            print(f"{given.doc} is stale: run 'make generate'", file=sys.stderr)
            status = 1
        elif written != text:
            given.doc.write_text(written, encoding="utf-8", newline="\n")
            print(f"wrote {given.doc}")
    return status


def _progress(words: str) -> None:
    if sys.stderr.isatty():
        print(words, file=sys.stderr)
