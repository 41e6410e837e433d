"""
YAML 1.2 into plain values that remember their lines.

Duplicate keys, anchors, aliases, tags and keys that are no text are refused: a pack says
each thing once, where it is read. All of a file's problems are reported together, except
that YAML which cannot be parsed hides what follows it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rules_lib.errors import KnowledgeError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_Wrong = tuple[int, str, str]
"""Line, what is wrong, what is allowed."""
Value = None | bool | int | float | str | list["Node"] | dict[str, "Node"]


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a YAML file and where it stands."""

    value: Value
    line: int
    """First line is 1."""
    key_lines: Mapping[str, int] = field(default_factory=dict)
    """Of a mapping: line of each key."""

    def at(self, *steps: str | int) -> Node:
        """Return the node that the steps lead to, or the last one that is there."""
        node = self
        for step in steps:
            inner = node.value
            if isinstance(inner, dict) and step in inner:
                node = inner[str(step)]
            elif isinstance(inner, list) and isinstance(step, int) and step < len(inner):
                node = inner[step]
        return node

    def line_of(self, word: str) -> int:
        """Return the first line below this node that says a word, or 0."""
        if isinstance(self.value, dict):
            if word in self.value:
                return self.key_lines[word]
            return next(filter(None, (item.line_of(word) for item in self.value.values())), 0)
        if isinstance(self.value, list):
            return next(filter(None, (item.line_of(word) for item in self.value)), 0)
        return self.line if self.value == word else 0

    def words(self) -> Iterator[str]:
        """Give every key and text at and below this node."""
        if isinstance(self.value, dict):
            for key, item in self.value.items():
                yield key
                yield from item.words()
        elif isinstance(self.value, list):
            for item in self.value:
                yield from item.words()
        elif isinstance(self.value, str):
            yield self.value


def plain(node: Node) -> Any:
    """Return the value of a node and of all below it, without lines."""
    if isinstance(node.value, dict):
        return {key: plain(value) for key, value in node.value.items()}
    if isinstance(node.value, list):
        return [plain(item) for item in node.value]
    return node.value


def read_yaml(text: str, file: str, problems: list[Problem]) -> Node | None:
    """
    Read one YAML document.

    Args:
        text: the file's content.
        file: how problems name the file.
        problems: problems found are added here.

    Returns:
        The root, or None where the text is no YAML or holds nothing.
    """
    root, wrong = _parsed(text)
    problems.extend(Problem(file, line, "", what, allowed) for line, what, allowed in wrong)
    return root


@lru_cache(maxsize=256)
def _parsed(text: str) -> tuple[Node | None, tuple[_Wrong, ...]]:
    """Return what a text holds; parsing is slow, and the same files are read again and again."""
    # Imported here: what runs reads generated JSON and never pays for a YAML reader.
    from ruamel.yaml import YAML  # noqa: PLC0415
    from ruamel.yaml.error import MarkedYAMLError, YAMLError  # noqa: PLC0415

    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        what = " ".join(filter(None, (error.context, error.problem)))
        return None, ((line, f"is not valid YAML: {what}", "YAML 1.2"),)
    except YAMLError as error:
        what = " ".join(str(error).split())
        return None, ((0, f"is not valid YAML: {what}", "YAML 1.2"),)
    except RecursionError:
        return None, ((0, "is nested too deeply", "a few levels"),)
    if root is None:
        return None, ((1, "is empty", "a YAML document"),)
    reading = _Reading()
    return reading.node(root), tuple(reading.wrong)


def load_yaml(path: Path) -> Any:
    """
    Return the plain values of one YAML file.

    Raises:
        KnowledgeError: with every problem of the file.
    """
    problems: list[Problem] = []
    root = read_yaml(path.read_text(encoding="utf-8"), path.name, problems)
    if problems or root is None:
        raise KnowledgeError(problems)
    return plain(root)


class _Reading:
    """One pass over ruamel.yaml's representation of a file."""

    def __init__(self) -> None:
        self.wrong: list[_Wrong] = []

    def node(self, raw: Any) -> Node:
        line = raw.start_mark.line + 1
        if raw.anchor is not None:
            self._refuse(
                line, f"uses the anchor '{raw.anchor}'", "say it in full where it is meant"
            )
            return Node(None, line)
        kind = str(raw.tag).rpartition(":")[2]
        if kind == "seq":
            return Node([self.node(item) for item in raw.value], line)
        if kind == "map":
            return self._mapping(raw, line)
        return Node(self._scalar(kind, raw, line), line)

    def _mapping(self, raw: Any, line: int) -> Node:
        entries: dict[str, Node] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in raw.value:
            key, key_line = key_node.value, key_node.start_mark.line + 1
            if not isinstance(key, str) or not str(key_node.tag).endswith(":str"):
                self._refuse(
                    key_line, f"key {key!s:.40} is no text", "a word, in quotes if need be"
                )
            elif key in entries:
                self._refuse(
                    key_line, f"duplicate key '{key}', first on line {lines[key]}", "each key once"
                )
            else:
                entries[key], lines[key] = self.node(value_node), key_line
        return Node(entries, line, lines)

    def _scalar(self, kind: str, raw: Any, line: int) -> bool | int | float | str | None:
        text = str(raw.value)
        if kind in ("str", "timestamp"):
            return text
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() == "true"
        if kind in ("int", "float"):
            # 0x1f, .inf and .nan are numbers of YAML, and none that anybody means in a pack.
            if re.fullmatch(r"[-+]?\d+(\.\d+)?", text):
                return int(text) if kind == "int" else float(text)
            self._refuse(line, f"'{text:.40}' is not a plain number", "digits and one point")
            return None
        self._refuse(line, f"uses the tag '{kind}'", "plain text, numbers, true, false")
        return None

    def _refuse(self, line: int, what: str, allowed: str) -> None:
        self.wrong.append((line, what, allowed))
