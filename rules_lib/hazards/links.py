"""From a reference of a hazard log to the file that a reader of the document wants to open."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from rules_lib.hazards.targets import PROPERTIES

if TYPE_CHECKING:
    from rules_lib.hazards.log import Frame, Reference

_ID = re.compile(r"^\s*-\s*\{?\s*id:\s*([a-z][a-z0-9-]*)", re.MULTILINE)
_OF_PACK = {
    "group": "interview.yaml",
    "finding": "findings.yaml",
    "advice": "advice.yaml",
    "proof": PROPERTIES,
}


class Links:
    """The paths that a document's references lead to."""

    def __init__(self, frame: Frame, document: Path) -> None:
        """
        Make the links of one document.

        Args:
            frame: says where pack, vignettes and locales lie.
            document: the document; inside the project.
        """
        self._frame = frame
        self._folder = _within(document.parent, frame.project)
        self._rules = _places(frame.project, frame.pack)
        self._cases = _places(frame.project, frame.cases)

    def __call__(self, reference: Reference) -> str:
        """Return the path, seen from the document; empty where there is no such file."""
        path = self._path(reference)
        if not path or not (self._frame.project / path).is_file():
            return ""
        return relative(path, self._folder)

    def _path(self, reference: Reference) -> str:
        kind, target, frame = reference.kind, reference.target, self._frame
        if kind == "rule":
            return self._rules.get(target, "")
        if kind == "case":
            return self._cases.get(target, "")
        if kind in _OF_PACK:
            return f"{frame.pack}/{_OF_PACK[kind]}"
        path = re.split("::|#", target, maxsplit=1)[0]
        return f"{frame.phrases}/{path}" if kind == "phrase" else path


def _places(project: Path, folder: str) -> dict[str, str]:
    """Return each id that an item of a list has, in the files below a folder, and its file."""
    found: dict[str, str] = {}
    for path in sorted((project / folder).rglob("*.yaml"), reverse=True):
        for id_ in _ID.findall(path.read_text(encoding="utf-8")):
            found[id_] = _within(path, project)
    return found


def _within(path: Path, project: Path) -> str:
    """Return a path as seen from the project; from nowhere where it lies outside."""
    full = path.resolve()
    return full.relative_to(project).as_posix() if full.is_relative_to(project) else ""


def relative(path: str, folder: str) -> str:
    """Return a path of the project as seen from one of its folders."""
    target, start = PurePosixPath(path), PurePosixPath(folder)
    up = 0
    while not target.is_relative_to(start):
        start, up = start.parent, up + 1
    return "/".join([".."] * up + list(target.relative_to(start).parts))
