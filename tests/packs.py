"""Small packs for tests: the sound one of `small_pack`, with something changed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rules_lib.checking import check_pack

if TYPE_CHECKING:
    from collections.abc import Sequence

SMALL = Path(__file__).parent / "small_pack"
BROKEN = Path(__file__).parent / "broken_pack"
RULE: dict[str, Any] = {
    "says": "As the test wants it.",
    "sources": ["CJ"],
    "status": "draft",
    "review_by": "2027-11-22",
    "cases": {"fires": [{"fever": "present"}], "nearly": [{"fever": "absent"}]},
}
"""What every rule has; its cases are not meant to be run."""


def altered(
    folder: Path, *edits: tuple[str, str, str], rules: Sequence[dict[str, Any]] = ()
) -> Path:
    """
    Return a copy of the small pack.

    Args:
        folder: where to; it must not be there yet.
        edits: (file, text that is there, text instead of it).
        rules: further rules, in a file of their own.
    """
    shutil.copytree(SMALL, folder)
    for file, old, new in edits:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} does not say {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    if rules:
        # JSON is YAML 1.2, too.
        (folder / "rules/more.yaml").write_text(json.dumps(list(rules)), encoding="utf-8")
    return folder


def complaints(
    folder: Path, *edits: tuple[str, str, str], rules: Sequence[dict[str, Any]] = ()
) -> list[str]:
    """Return every problem of the small pack changed so, as it is printed."""
    return [str(problem) for problem in check_pack(altered(folder, *edits, rules=rules)).problems]
