"""What commands read and write: packs as people are writing them, and generated files."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rules_lib.checking import folder_of
from rules_lib.knowledge_base import SHIPPED, KnowledgeBase

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PROJECT = SHIPPED.parent.parent
"""Where tests and docs lie when this is run from the project."""


def pack_of(name: str | Path) -> KnowledgeBase:
    """Return the pack as people are writing it: its YAML where that is there."""
    return KnowledgeBase.load(folder_of(name) or name)


def write(texts: Mapping[Path, str], command: str, *, check: bool) -> int:
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
