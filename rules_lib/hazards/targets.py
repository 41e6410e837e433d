"""
What a reference of a hazard log may point to, and whether it is there.

Code and tests are read, never imported or run: that they work is for the tests to say. All
files are read through `Project.text`, so that one can be pretended to say something else.
"""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from rules_lib.authoring.yaml_reader import plain, read_yaml
from rules_lib.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from rules_lib.hazards.log import Reference
    from rules_lib.knowledge_base import KnowledgeBase

PROPERTIES = "properties.yaml"
"""File of a pack that names what is proved of it."""
Fault = tuple[str, str, str]
"""What is wrong with a target, what is allowed, and a guess."""


class Project:
    """The things of one project that a hazard log may point to."""

    def __init__(
        self,
        root: Path,
        kb: KnowledgeBase,
        *,
        cases: Collection[str],
        phrases: str,
        proofs: Collection[str] | None,
    ) -> None:
        """
        Make the index of a project.

        Args:
            root: the folder that paths start from.
            kb: the pack.
            cases: ids of the vignettes.
            phrases: the folder of locale folders, seen from the root.
            proofs: ids of what is proved of the pack; None while nobody has said so.
        """
        self.root = root
        self.rules = frozenset(rule.id for rule in kb.rules)
        self.groups = frozenset(kb.groups)
        self.findings = frozenset(kb.findings) - self.groups
        self.advice = frozenset(kb.advice)
        self.cases = frozenset(cases)
        self.proofs = None if proofs is None else frozenset(proofs)
        self._phrases = phrases
        self._texts: dict[str, str | None] = {}

    def text(self, path: str) -> str | None:
        """Return what a file of the project says, None where there is none; read once."""
        if path not in self._texts:
            self._texts[path] = self._read(path)
        return self._texts[path]

    def _read(self, path: str) -> str | None:
        file = self.root / path
        try:
            inside = file.resolve().is_relative_to(self.root.resolve())
            return file.read_text(encoding="utf-8") if inside else None
        except (OSError, UnicodeDecodeError):
            return None

    def fault(self, reference: Reference) -> Fault | None:
        """Return what is wrong with what a reference points to, None where it is there."""
        kind, target = reference.kind, reference.target
        ids: dict[str, Collection[str] | None] = {
            "rule": self.rules,
            "group": self.groups,
            "finding": self.findings,
            "advice": self.advice,
            "case": self.cases,
            "proof": self.proofs,
        }
        if kind == "phrase":
            return self._phrase(target)
        if kind not in ids:
            return self._in_file(kind, target)
        known = ids[kind]
        if known is None or target in known:
            return None
        return f"there is no {kind} '{target[:80]}'", f"{kind} ids", nearest(target, known)

    def _in_file(self, kind: str, target: str) -> Fault | None:
        """Judge a file, and what `::` or `#` names in it."""
        path, mark, name = _parted(kind, target)
        text = self.text(path)
        if text is None:
            return f"there is no file '{path[:120]}'", "a file of the project", self._file(path)
        if kind in {"code", "test"} and mark != "#":
            return self._object(kind, path, text, name)
        if not mark:
            return None
        known = headings(text) if kind == "doc" else frozenset({name} if name in text else ())
        if name in known:
            return None
        return f"{path} has no '{mark}{name[:80]}'", "headings or words of it", nearest(name, known)

    def _object(self, kind: str, path: str, text: str, name: str) -> Fault | None:
        """Judge `file::Class.name`, a piece of code or a test."""
        known = defined(text)
        if not name:
            return f"names nothing in {path}", f"'{path}::name'", ""
        if kind == "test" and not name.rpartition(".")[2].startswith("test"):
            return f"'{name}' is no test", "a function whose name begins with 'test'", ""
        if name in known:
            return None
        return f"{path} defines no '{name}'", "its functions and classes", nearest(name, known)

    def _phrase(self, target: str) -> Fault | None:
        """Judge `en/phrases.yaml#emergency.call`."""
        path, _, key = target.partition("#")
        text = self.text(f"{self._phrases}/{path}")
        if text is None:
            return (
                f"there is no file '{path[:120]}'",
                f"files of {self._phrases}",
                self._file(f"{self._phrases}/{path}").removeprefix(f"{self._phrases}/"),
            )
        keys = dotted(text)
        if key in keys:
            return None
        return f"{path} has no '{key}'", "its keys, dotted", nearest(key, keys)

    def _file(self, path: str) -> str:
        """Return the path of the project that was probably meant."""
        folder, _, name = path.rpartition("/")
        where = self.root / folder
        names = [each.name for each in where.iterdir()] if where.is_dir() else []
        guess = nearest(name, names)
        return f"{folder}/{guess}" if guess and folder else guess


def property_ids(text: str, file: str) -> tuple[str, ...]:
    """Return the ids of what a pack's file of properties declares, wherever they stand in it."""
    root = read_yaml(text, file, [])
    return tuple(_property_ids(plain(root))) if root is not None else ()


def _property_ids(value: object) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            if isinstance(item, dict) and isinstance(item.get("id"), str):
                yield item["id"]
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _property_ids(inner)


def _parted(kind: str, target: str) -> tuple[str, str, str]:
    """Return the path, the mark behind it (`::` or `#`, or nothing) and what the mark names."""
    marks = [mark for mark in ("::", "#") if mark in target]
    if not marks:
        return target, "", ""
    mark = min(marks, key=target.index)
    path, _, name = target.partition(mark)
    return path, mark, name.replace("::", ".") if kind == "test" else name


@lru_cache(maxsize=512)
def defined(text: str) -> frozenset[str]:
    """Return the dotted names of the functions, classes and constants that a module defines."""
    try:
        return frozenset(_defined(ast.parse(text).body, ""))
    except SyntaxError:
        return frozenset()


def _defined(body: list[ast.stmt], prefix: str) -> Iterator[str]:
    for item in body:
        if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield prefix + item.name
        if isinstance(item, ast.ClassDef):
            yield from _defined(item.body, f"{prefix}{item.name}.")
        elif isinstance(item, ast.Assign):
            yield from (prefix + each.id for each in item.targets if isinstance(each, ast.Name))
        elif isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            yield prefix + item.target.id


@lru_cache(maxsize=64)
def headings(text: str) -> frozenset[str]:
    """Return the anchors of a Markdown document's headings, as they are linked to."""
    found = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return frozenset(anchor(heading) for heading in found)


def anchor(heading: str) -> str:
    """Return the anchor that a heading is linked to by."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@lru_cache(maxsize=64)
def dotted(text: str) -> frozenset[str]:
    """Return every key of a YAML file, dotted; `words.help` of {words: {help: ...}}."""
    root = read_yaml(text, "", [])
    return frozenset(_dotted(plain(root), "")) if root is not None else frozenset()


def _dotted(value: object, prefix: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield prefix + key
            yield from _dotted(inner, f"{prefix}{key}.")
