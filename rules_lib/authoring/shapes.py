"""
Shapes: what a value in a pack may look like, declared once.

From the same declaration come the check of the YAML (all problems at once, each with its
line, what is allowed and a guess) and the JSON Schema that editors use.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from rules_lib.errors import Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from rules_lib.authoring.yaml_reader import Node

KEBAB = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"


@dataclass(frozen=True, slots=True)
class At:
    """A place in a file, the problems found so far, and the words known there."""

    file: str
    place: str
    problems: list[Problem]
    words: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Vocabulary (`finding`, `source`, ...) to the ids in it."""

    def inside(self, step: str) -> At:
        """Return the place called `step` inside this one."""
        return replace(self, place=f"{self.place}: {step}" if self.place else step)

    def wrong(self, line: int, what: str, allowed: str = "", guess: str = "") -> bool:
        """Note a problem; always False, so that a check can end with it."""
        self.problems.append(Problem(self.file, line, self.place, what, allowed, guess))
        return False


class Shape(Protocol):
    """What every shape can do."""

    def check(self, node: Node, at: At) -> bool:
        """Note what is wrong with a value; whether a frozen value can be built from it."""

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema that says the same."""


def shown(value: object) -> str:
    """Return a value as a message may quote it."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"'{str(value).lower()}'"
    return f"'{str(value)[:60]}'"


@dataclass(frozen=True, slots=True)
class Text:
    """Words for people."""

    def check(self, node: Node, at: At) -> bool:
        """Note a value that is no text, or blank."""
        if isinstance(node.value, str) and node.value.strip():
            return True
        return at.wrong(node.line, f"is {shown(node.value)}", "text, in quotes if need be")

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema that says the same."""
        return {"type": "string", "minLength": 1}


@dataclass(frozen=True, slots=True)
class Id:
    """A new id; whether it is taken is checked where all ids are known."""

    pattern: str = KEBAB
    allowed: str = "kebab-case, such as 'back-pain'"

    def check(self, node: Node, at: At) -> bool:
        """Note an id that is not of the pattern."""
        if isinstance(node.value, str) and re.fullmatch(self.pattern, node.value):
            return True
        guess = re.sub(r"[^a-z0-9]+", "-", str(node.value).lower()).strip("-")
        fits = isinstance(node.value, str) and re.fullmatch(self.pattern, guess) is not None
        return at.wrong(
            node.line, f"is {shown(node.value)}, no id", self.allowed, guess if fits else ""
        )

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema that says the same."""
        return {"type": "string", "pattern": self.pattern}


@dataclass(frozen=True, slots=True)
class Ref:
    """An id that must be known elsewhere in the pack."""

    vocabulary: str
    """Which ids: `finding`, `source`, `rule` ..."""

    def check(self, node: Node, at: At) -> bool:
        """Note an id nobody declares; a value can be built from it all the same."""
        word, known = node.value, at.words.get(self.vocabulary)
        if not isinstance(word, str):
            return at.wrong(node.line, f"is {shown(word)}", f"the id of a {self.vocabulary}")
        # Where a file could not be read, nobody can tell what it declares.
        if known is not None and word not in known:
            at.wrong(
                node.line,
                f"unknown {self.vocabulary} '{word[:60]}'",
                f"the {self.vocabulary} ids of the pack",
                nearest(word, known),
            )
        return True

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema that says the same, as far as one file can tell."""
        return {"type": "string", "description": f"id of a {self.vocabulary}"}


@dataclass(frozen=True, slots=True)
class Word:
    """One of a few fixed words."""

    words: tuple[str, ...]

    def check(self, node: Node, at: At) -> bool:
        """Note any other word."""
        if node.value in self.words:
            return True
        guess = nearest(str(node.value), self.words)
        return at.wrong(node.line, f"is {shown(node.value)}", ", ".join(self.words), guess)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema that says the same."""
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Flag:
    """`true` or `false`."""

    def check(self, node: Node, at: At) -> bool:
        """Note anything else."""
        if isinstance(node.value, bool):
            return True
        return at.wrong(node.line, f"is {shown(node.value)}", "true, false")

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema that says the same."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number."""

    def check(self, node: Node, at: At) -> bool:
        """Note anything else; `true` is no number."""
        if isinstance(node.value, int) and not isinstance(node.value, bool):
            return True
        return at.wrong(node.line, f"is {shown(node.value)}", "a whole number")

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema that says the same."""
        return {"type": "integer"}


@dataclass(frozen=True, slots=True)
class Span:
    """Two numbers, at least and at most."""

    def check(self, node: Node, at: At) -> bool:
        """Note anything else, and bounds the wrong way round."""
        ends = node.value if isinstance(node.value, list) else []
        numbers = [end.value for end in ends if type(end.value) in (int, float)]
        if len(ends) == len(numbers) == 2 and numbers[0] < numbers[1]:  # type: ignore[operator]  # noqa: PLR2004
            return True
        return at.wrong(
            node.line, "is no range", "[at least, at most], two numbers, the smaller first"
        )

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema that says the same."""
        return {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}


@dataclass(frozen=True, slots=True)
class Day:
    """A date."""

    def check(self, node: Node, at: At) -> bool:
        """Note anything that is no day of the calendar."""
        try:
            dt.date.fromisoformat(node.value if isinstance(node.value, str) else "")
        except ValueError:
            return at.wrong(node.line, f"is {shown(node.value)}", "a date, year-month-day")
        return True

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema that says the same."""
        return {"type": "string", "format": "date"}


@dataclass(frozen=True, slots=True)
class Told:
    """Finding to what is reported of it; read again once the pack is whole."""

    def check(self, node: Node, at: At) -> bool:
        """Note a case that is no mapping."""
        if isinstance(node.value, dict) and node.value:
            return True
        return at.wrong(node.line, "is no case", "{finding: present, another: 38.5}")

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema that says the same."""
        return {"type": "object", "minProperties": 1}
