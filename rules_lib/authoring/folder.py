"""A folder of YAML as a whole: its pack, its problems, its hash."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from rules_lib.authoring.implication_check import implication_problems
from rules_lib.authoring.interview_check import interview_problems
from rules_lib.authoring.reader import read_draft
from rules_lib.authoring.rule_check import rule_problems
from rules_lib.authoring.vocabulary_check import vocabulary_problems
from rules_lib.errors import KnowledgeError

if TYPE_CHECKING:
    from pathlib import Path

    from rules_lib.authoring.draft import Draft
    from rules_lib.errors import Problem


def pack_fields(folder: Path) -> dict[str, Any]:
    """
    Return the fields of the pack that lies in a folder.

    Raises:
        KnowledgeError: with every problem of every file.
    """
    draft, problems = read_folder(folder)
    if problems:
        raise KnowledgeError(problems)
    return draft.fields()


def read_folder(folder: Path) -> tuple[Draft, list[Problem]]:
    """Return what could be read of a pack, and everything that is wrong with it."""
    draft, problems = read_draft(folder)
    for find in (vocabulary_problems, interview_problems, rule_problems, implication_problems):
        problems.extend(find(draft))
    return draft, problems


def folder_hash(folder: Path) -> str:
    """Return the SHA-256 of all YAML in a folder, file names included."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*.yaml")):
        total.update(f"{path.relative_to(folder).as_posix()}\n".encode())
        total.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return total.hexdigest()
