"""The hazard log holds: everything that it points to is there, and whatever goes is noticed."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rules_lib.__main__ import main
from rules_lib.errors import HazardLogError, Problem
from rules_lib.hazards.checking import check_log, project_of, reference_problems
from rules_lib.hazards.document import hazard_section
from rules_lib.hazards.links import Links
from rules_lib.hazards.reader import read_log
from rules_lib.hazards.targets import Project, defined
from rules_lib.knowledge_base import KnowledgeBase

if TYPE_CHECKING:
    from rules_lib.hazards.log import Control, Hazard, HazardLog, Reference

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs/hazards"
DOCUMENT = ROOT / "docs/clinical_safety.md"
KB = KnowledgeBase.load("iron_infusion")
LOG = read_log(FOLDER)
IDS = frozenset({"rule", "group", "finding", "advice", "case", "proof"})
"""Kinds of references to something of the pack or its vignettes."""
TARGETS = sorted({(each.kind, each.target) for each in LOG.references()})


@cache
def _project() -> Project:
    return project_of(LOG, KB)


@cache
def _written() -> str:
    return DOCUMENT.read_text(encoding="utf-8")


@cache
def _links() -> Links:
    return Links(LOG.frame, DOCUMENT)


class Without(Project):
    """The project with one thing gone from it: an id, a file, or a name or words in a file."""

    def __init__(self, whole: Project, kind: str, target: str) -> None:
        """Take away what a reference of this kind points to."""
        vars(self).update(vars(whole))
        held = f"{kind}s" if kind != "advice" else kind
        if kind in IDS:
            setattr(self, held, (getattr(self, held) or frozenset()) - {target})
        path, *names = re.split("::|#", target, maxsplit=1)
        self._gone = names[0] if names else ""
        self._path = f"{LOG.frame.phrases}/{path}" if kind == "phrase" else path
        self._kind = kind
        self._changed = self._without(whole.text(self._path)) if kind not in IDS else None

    def text(self, path: str) -> str | None:
        """Return what a file says without what is gone."""
        return self._changed if path == self._path and self._kind not in IDS else super().text(path)

    def _without(self, text: str | None) -> str | None:
        if text is None or not self._gone:
            return None
        if self._kind == "phrase":
            return _without_key(text, self._gone.split("."))
        if self._kind == "doc":
            return "\n".join(line for line in text.splitlines() if not line.startswith("#"))
        name = self._gone.replace("::", ".")
        if self._path.endswith(".py") and name in defined(text):
            return _without_name(text, name)
        return text.replace(self._gone, "")


def _without_name(text: str, name: str) -> str:
    """Return a module without one function, class or constant: its lines are taken out."""
    body: list[ast.stmt] = ast.parse(text).body
    lines = text.splitlines()
    found: list[ast.stmt] = []
    for step in name.split("."):
        found = [item for item in body if step in _names(item)]
        body = [inner for item in found if isinstance(item, ast.ClassDef) for inner in item.body]
    for item in found:
        indent = " " * item.col_offset
        for place in range(item.lineno - 1, item.end_lineno or item.lineno):
            lines[place] = ""
        lines[item.lineno - 1] = f"{indent}pass"
        for decorator in getattr(item, "decorator_list", ()):
            for place in range(decorator.lineno - 1, decorator.end_lineno or decorator.lineno):
                lines[place] = ""
    return "\n".join(lines)


def _names(item: ast.stmt) -> set[str]:
    if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {item.name}
    targets = item.targets if isinstance(item, ast.Assign) else [getattr(item, "target", None)]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _without_key(text: str, steps: list[str]) -> str:
    """Return YAML of block mappings with one key renamed, found by its indentation."""
    lines, place, depth = text.splitlines(), 0, 0
    for step in steps:
        while not re.match(rf"^ {{{depth}}}{re.escape(step)}:", lines[place]):
            place += 1
        depth += 2
    lines[place] = lines[place].replace(f"{steps[-1]}:", "gone-from-here:", 1)
    return "\n".join(lines)


def _problems(log: HazardLog, before: str = "") -> list[Problem]:
    try:
        check_log(log, _project(), before)
    except HazardLogError as error:
        return list(error.problems)
    return []


# -- as it is ----------------------------------------------------------------------------------


def test_everything_the_log_points_to_is_there() -> None:
    """Rules, proofs, tests, code, words and documents: each of them by name."""
    assert _problems(LOG, _written()) == []


def test_the_document_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    """docs/clinical_safety.md is what the log and the pack make today."""
    assert main(["hazards", "--check"]) == 0, capsys.readouterr().err


def test_there_are_sixty_hazards_and_what_coroners_found() -> None:
    """The log is broad, and holds what people died of in telephone triage."""
    sources = {source for hazard in LOG.hazards for source in hazard.sources}

    assert len(LOG.hazards) >= 60
    assert len([source for source in sources if source.startswith("PFD-")]) >= 5
    assert all(LOG.of(theme) for theme in LOG.frame.themes)


def test_every_control_has_evidence_beside_a_proof() -> None:
    """What is proved of the rules is shown on an example or by a test too, so that it is seen."""
    for hazard in LOG.hazards:
        kinds = {each.kind for control in hazard.controls for each in control.evidence}
        assert kinds - {"proof"}, hazard.id


def test_links_of_the_document_lead_to_headings_and_files() -> None:
    """Every hazard can be jumped to, and every file of a reference be opened."""
    text = _written()

    assert {f"#{hazard.id.lower()}" for hazard in LOG.hazards} == set(
        re.findall(r"\]\((#h-\d+)\)", text)
    )
    for link in set(re.findall(r"\]\((?!https?:|#)([^)]+)\)", text)):
        assert (DOCUMENT.parent / link).is_file(), link


# -- what goes is noticed ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted({kind for kind, _ in TARGETS}))
def test_each_target_that_goes_is_reported(kind: str) -> None:
    """Take away one rule, test, function or phrase after the other: the log says who misses it."""
    targets = [target for each, target in TARGETS if each == kind]
    for target in targets:
        if kind == "proof" and _project().proofs is None:
            pytest.skip("the pack has no properties.yaml yet")
        missed = [
            (each.file, each.line, each.place)
            for each in LOG.references()
            if _falls_with(each, kind, target)
        ]

        found = list(reference_problems(LOG, Without(_project(), kind, target)))

        assert sorted((each.file, each.line, each.place) for each in found) == sorted(missed)
        assert missed, target


def _falls_with(reference: Reference, kind: str, target: str) -> bool:
    """Whether a reference loses its target with another: the same one, or what lies inside it."""
    if kind in IDS or reference.kind in IDS:
        return (reference.kind, reference.target) == (kind, target)
    file, *names = re.split("::|#", f"{_folder(kind)}{target}")
    own_file, *own_names = re.split("::|#", f"{_folder(reference.kind)}{reference.target}")
    if file != own_file or kind == "doc" or not names:
        return file == own_file and bool(kind != "doc" or own_names or not names)
    return f"{'.'.join(own_names)}.".startswith(f"{'.'.join(names)}.")


def _folder(kind: str) -> str:
    return f"{LOG.frame.phrases}/" if kind == "phrase" else ""


def _without_control(hazard: Hazard, control: Control) -> Hazard:
    return replace(hazard, controls=tuple(each for each in hazard.controls if each != control))


def _with(old: Hazard, new: Hazard | None) -> HazardLog:
    hazards = [new if hazard is old else hazard for hazard in LOG.hazards]
    return replace(LOG, hazards=tuple(hazard for hazard in hazards if hazard is not None))


def test_each_entry_deleted_is_noticed() -> None:
    """A hazard, a control or a piece of evidence that is taken out of the log turns a check red."""
    for hazard in LOG.hazards:
        assert _problems(_with(hazard, None), _written()), hazard.id
        for control in hazard.controls:
            name = f"{hazard.id}/{control.id}"
            shorter = _with(hazard, _without_control(hazard, control))
            assert [each for each in _problems(shorter, _written()) if name in str(each)], name
            for place in range(len(control.evidence)):
                rest = control.evidence[:place] + control.evidence[place + 1 :]
                changed = replace(control, evidence=rest)
                controls = tuple(changed if each == control else each for each in hazard.controls)
                assert _hazard_text(replace(hazard, controls=controls)) not in _written(), name


def _hazard_text(hazard: Hazard) -> str:
    """Return the part of the document that is about one hazard."""
    return "\n".join(hazard_section(LOG, hazard, _links()))


def test_a_hazards_part_of_the_document_is_found_again() -> None:
    """The comparison above can succeed: an unchanged hazard stands in the document as it is."""
    for hazard in LOG.hazards:
        assert _hazard_text(hazard) in _written()


# -- what the document says --------------------------------------------------------------------


def test_use_and_misuse_stand_in_the_document() -> None:
    """What it is for and not for comes from the pack, and what it is not from the log."""
    text = _written()

    for said in (KB.use, KB.misuse, *LOG.frame.is_not):
        assert " ".join(said.split()) in text


def test_the_document_names_who_reviews_what() -> None:
    """Every role with what it looks at, and what is still open today."""
    text = _written()

    for role in LOG.frame.roles.values():
        assert f"| {role.name} |" in text
        assert all(item in text for item in role.before_release)
    assert f"{len(KB.rules)} of {len(KB.rules)}" in text
    for locale in ("en-GB", "en-US"):
        assert re.search(rf"locales not reviewed[^\n]*\b{locale}\b", text)


def test_the_document_says_how_to_report() -> None:
    """Whoever was harmed finds what to do, in order."""
    text = _written()

    assert "## How to report an incident" in text
    assert all(f"\n{step}. " in text for step in range(1, 5))
