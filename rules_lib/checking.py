"""Check a whole pack: its files, what they say of each other, its cases and review dates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rules_lib.authoring.folder import read_folder
from rules_lib.case_check import case_count, case_problems
from rules_lib.compiler import compile_program
from rules_lib.dossier import dossier_of, dossier_problems
from rules_lib.errors import KnowledgeError, Problem
from rules_lib.knowledge_base import SHIPPED, KnowledgeBase, shipped_packs
from rules_lib.review import default_day, due_rules, overdue

if TYPE_CHECKING:
    import datetime as dt
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
    warnings: tuple[Problem, ...] = ()
    """What should have been reviewed by now."""

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
        warned = f", {_some(len(self.warnings), 'overdue review')}" if self.warnings else ""
        return f"{kb.id} {kb.version}: {', '.join(counts)}, no problems{warned}"


def packs_to_check() -> tuple[str | Path, ...]:
    """Return every shipped pack: its folder where that is there, else its name."""
    folders = {path.name: path for path in sorted(SHIPPED.iterdir()) if path.is_dir()}
    return tuple(folders.get(name, name) for name in sorted({*folders, *shipped_packs()}))


def only_pack() -> str | Path:
    """
    Return the shipped pack, which is meant where none is named.

    Raises:
        KnowledgeError: where several are shipped; the documents of one are not those of the first.
    """
    packs = packs_to_check()
    if len(packs) != 1:
        allowed = ", ".join(Path(pack).name for pack in packs)
        raise KnowledgeError([Problem("pack", 0, "", "which one is meant was not said", allowed)])
    return packs[0]


def check_pack(pack: str | Path, as_of: dt.date | None = None) -> Checked:
    """
    Return everything that is wrong with a pack.

    Args:
        pack: a folder, a `.json` file or a shipped name.
        as_of: the day by which reviews are judged; the day of the pack's commit where it lies in
            a checkout, today elsewhere.
    """
    folder = folder_of(pack)
    if folder is None:
        try:
            kb = KnowledgeBase.load(pack)
        except KnowledgeError as error:
            return Checked(str(pack), None, error.problems)
        file = f"{kb.id}.json"
        problems = [*case_problems(kb, lambda _: (file, 0)), *_limits(kb, lambda _: (file, 0))]
        file_given = Path(pack).is_file()
        day = as_of or default_day(Path(pack).parent if file_given else SHIPPED)
        late = overdue(due_rules(kb), day, lambda *_: (file, 0))
        return Checked(str(pack), kb, tuple(sorted(problems)), tuple(late))
    draft, problems = read_folder(folder)
    if problems:
        return Checked(str(pack), None, tuple(sorted(problems)))
    kb = KnowledgeBase(**draft.fields())
    problems = [*case_problems(kb, _places(draft)), *dossier_problems(kb, draft)]
    problems += _limits(kb, _rules(draft))
    return Checked(
        str(pack), kb, tuple(sorted(problems)), _late(kb, draft, as_of or default_day(folder))
    )


def folder_of(pack: str | Path) -> Path | None:
    """Return the folder of YAML that `pack` means, a shipped pack's where it is one."""
    return next((path for path in (SHIPPED / pack, Path(pack)) if path.is_dir()), None)


def _places(draft: Draft) -> Callable[[Place], tuple[str, int]]:
    def where(place: Place) -> tuple[str, int]:
        rule, kind, number = place
        file, node = draft.nodes["rule", rule]
        return file, node.at("cases", kind, number).line

    return where


def _rules(draft: Draft) -> Callable[[str], tuple[str, int]]:
    def where(rule: str) -> tuple[str, int]:
        file, node = draft.nodes["rule", rule]
        return file, node.at("when").line

    return where


def _limits(kb: KnowledgeBase, where: Callable[[str], tuple[str, int]]) -> list[Problem]:
    """Return what durable-rules cannot bear, each once, though many ways of a rule may be wrong."""
    try:
        compile_program(kb)
    except KnowledgeError as error:
        places = {f"rule '{rule.id}'": where(rule.id) for rule in kb.rules}
        return [
            replace(problem, file=file, line=line)
            for problem in dict.fromkeys(error.problems)
            for file, line in [places.get(problem.place, (problem.file, problem.line))]
        ]
    return []


def _late(kb: KnowledgeBase, draft: Draft, day: dt.date) -> tuple[Problem, ...]:
    def where(noun: str, id_: str) -> tuple[str, int]:
        file, node = draft.nodes[noun, id_]
        return file, node.at("review_by").line

    due = due_rules(kb)
    due += [("disagreement", one.id, one.review_by) for one in dossier_of(draft).disagreements]
    return tuple(overdue(due, day, where))


def _some(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
