"""Shapes made of shapes: lists, mappings of words, and records with named fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rules_lib.authoring.shapes import shown
from rules_lib.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rules_lib.authoring.shapes import At, Shape
    from rules_lib.authoring.yaml_reader import Node


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list whose items all have one shape."""

    item: Shape
    least: int = 0
    unique: bool = False
    """Whether an item may stand in it only once."""

    def check(self, node: Node, at: At) -> bool:
        """Note what is wrong with the list or with any item."""
        if not isinstance(node.value, list):
            return at.wrong(node.line, f"is {shown(node.value)}", "a list: [one, another]")
        if len(node.value) < self.least:
            return at.wrong(node.line, "is empty", "a list of one or more")
        seen: set[object] = set()
        for item in node.value:
            if self.unique and isinstance(item.value, str):
                if item.value in seen:
                    at.wrong(item.line, f"names '{item.value}' twice", "each once")
                seen.add(item.value)
        sound = [self.item.check(item, at) for item in node.value]
        return all(sound)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema that says the same."""
        schema: dict[str, Any] = {"type": "array", "items": self.item.schema()}
        if self.least:
            schema["minItems"] = self.least
        if self.unique:
            schema["uniqueItems"] = True
        return schema


@dataclass(frozen=True, slots=True)
class MapOf:
    """A mapping from any words to values of one shape."""

    value: Shape

    def check(self, node: Node, at: At) -> bool:
        """Note what is wrong with the mapping or with any value."""
        if not isinstance(node.value, dict):
            return at.wrong(node.line, f"is {shown(node.value)}", "a mapping: 'word: value'")
        sound = [self.value.check(item, at.inside(key)) for key, item in node.value.items()]
        return all(sound)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema that says the same."""
        return {"type": "object", "additionalProperties": self.value.schema()}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record."""

    shape: Shape
    about: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with named fields and no others."""

    noun: str
    """What it is, e.g. `rule`."""
    fields: Mapping[str, Field]
    least: int = 0
    """How many fields it has at least."""
    named: bool = False
    """Whether problems call it by its id, as an item of a file."""

    def check(self, node: Node, at: At) -> bool:
        """Note unknown and missing fields and what is wrong with the others."""
        if not isinstance(node.value, dict):
            return at.wrong(
                node.line, f"is {shown(node.value)}", f"a mapping with {', '.join(self.fields)}"
            )
        if self.named:
            id_ = node.value.get("id")
            at = at.inside(f"{self.noun} {shown(id_.value)}" if id_ else self.noun)
        sound = True
        for key, value in node.value.items():
            known = self.fields.get(key)
            if known is None:
                at.wrong(
                    node.key_lines[key],
                    f"unknown key '{key[:60]}'",
                    ", ".join(self.fields),
                    nearest(key, self.fields),
                )
            else:
                sound = known.shape.check(value, at.inside(key)) and sound
        for key, wanted in self.fields.items():
            if wanted.required and key not in node.value:
                sound = at.wrong(node.line, f"'{key}' is missing", wanted.about)
        if len(node.value) < self.least:
            sound = at.wrong(node.line, "says nothing", f"one of {', '.join(self.fields)}")
        return sound

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema that says the same."""
        properties = {
            key: {"description": known.about} | known.shape.schema()
            for key, known in self.fields.items()
        }
        schema: dict[str, Any] = {
            "type": "object",
            "properties": properties,
            "additionalProperties": False,
        }
        if required := [key for key, known in self.fields.items() if known.required]:
            schema["required"] = required
        if self.least:
            schema["minProperties"] = self.least
        return schema
