"""Check a whole pack: its files, what they say of each other, and the cases of its rules."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rules_lib.authoring.folder import read_folder
from rules_lib.case_check import case_count, case_problems
from rules_lib.errors import KnowledgeError, Problem
from rules_lib.knowledge_base import SHIPPED, KnowledgeBase, shipped_packs

if TYPE_CHECKING:
    from collections.abc import Callable

    from rules_lib.authoring.draft import Draft
    from rules_lib.case_check import Place


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found."""

    pack: str
    """As it was asked for."""
    kb: KnowledgeBase | None
    """None where it cannot be loaded; its cases were not run then."""
    problems: tuple[Problem, ...]

    def summary(self) -> str:
        """Return what was looked at, in one line, or how much is wrong."""
        if self.problems or self.kb is None:
            unrun = "" if self.kb else " (cases run once these are mended)"
            return f"{self.pack}: {_some(len(self.problems), 'problem')}{unrun}"
        kb = self.kb
        counts = (
            _some(len(kb.rules), "rule"),
            _some(len(kb.findings) - len(kb.groups), "finding"),
            _some(len(kb.groups), "group"),
            _some(len(kb.sources), "source"),
            _some(case_count(kb), "case"),
        )
        return f"{kb.id} {kb.version}: {', '.join(counts)}, no problems"


def packs_to_check() -> tuple[str | Path, ...]:
    """Return every shipped pack: its folder where that is there, else its name."""
    folders = {path.name: path for path in sorted(SHIPPED.iterdir()) if path.is_dir()}
    return tuple(folders.get(name, name) for name in sorted({*folders, *shipped_packs()}))


def check_pack(pack: str | Path) -> Checked:
    """Return everything that is wrong with a pack: a folder, a `.json` file or a shipped name."""
    folder = folder_of(pack)
    if folder is None:
        try:
            kb = KnowledgeBase.load(pack)
        except KnowledgeError as error:
            return Checked(str(pack), None, error.problems)
        problems = case_problems(kb, lambda _: (f"{kb.id}.json", 0))
        return Checked(str(pack), kb, tuple(sorted(problems)))
    draft, problems = read_folder(folder)
    if problems:
        return Checked(str(pack), None, tuple(sorted(problems)))
    kb = KnowledgeBase(**draft.fields())
    return Checked(str(pack), kb, tuple(sorted(case_problems(kb, _places(draft)))))


def folder_of(pack: str | Path) -> Path | None:
    """Return the folder of YAML that `pack` means, a shipped pack's where it is one."""
    return next((path for path in (SHIPPED / pack, Path(pack)) if path.is_dir()), None)


def _places(draft: Draft) -> Callable[[Place], tuple[str, int]]:
    def where(place: Place) -> tuple[str, int]:
        rule, kind, number = place
        file, node = draft.nodes["rule", rule]
        return file, node.at("cases", kind, number).line

    return where


def _some(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
