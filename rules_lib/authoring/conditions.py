"""The condition of a rule: its YAML read into leaves, and the JSON Schema that editors use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rules_lib.authoring.quantities import allowed_quantities, convertible, read_quantity
from rules_lib.authoring.shapes import shown
from rules_lib.errors import nearest
from rules_lib.facts import ValueType
from rules_lib.rules import (
    Absent,
    AllOf,
    AnyOf,
    Compare,
    Derived,
    OneOf,
    Operator,
    Present,
    Urgency,
    UrgencyAtLeast,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from rules_lib.authoring.shapes import At
    from rules_lib.authoring.yaml_reader import Node
    from rules_lib.facts import FindingType
    from rules_lib.rules import Condition

RESERVED = ("all", "any", "absent", "urgency")
"""Words of the condition language, hence no ids of findings, groups or facts."""
_FORMS = (
    "an id, {absent: id}, {id: {at_least: ...}}, {id: {is: [...]}}, "
    "{urgency: {at_least: ...}}, {all: [...]}, {any: [...]}"
)
_OPERATORS = tuple(operator.value for operator in Operator)


@dataclass(frozen=True, slots=True)
class ConditionReader:
    """Reads conditions in the vocabulary of one pack."""

    findings: Mapping[str, FindingType]
    """Findings and groups that could be read."""
    facts: Collection[str]
    named: Collection[str] | None = None
    """Ids of all findings and groups, broken ones too; None where they cannot be known."""
    doubt: str = ""
    """Where an unknown word may yet be declared, in a file that could not be read."""

    def check(self, node: Node, at: At) -> bool:
        """Note what is wrong with a condition; whether one could be read all the same."""
        return self.read(node, at) is not None

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of a condition, which refers to itself by `#/$defs`."""
        return {"$ref": "#/$defs/condition"}

    def read(self, node: Node, at: At) -> Condition | None:
        """
        Read one condition.

        Returns:
            The condition, with a plain `Present` where a word is unknown or a comparison
            is wrong (the problem is noted), or None where it is no condition at all.
        """
        if isinstance(node.value, str):
            return self._present(node.value, node.line, at)
        if not isinstance(node.value, dict) or len(node.value) != 1:
            many = isinstance(node.value, dict) and len(node.value) > 1
            what = f"has {len(node.value)} keys" if many else f"is {shown(node.value)}"  # type: ignore[arg-type]
            at.wrong(node.line, what, _FORMS, "all: [...]" if many else "")
            return None
        ((word, inner),) = node.value.items()
        line = node.key_lines[word]
        if word in ("all", "any"):
            return self._several(word, inner, at.inside(word))
        if word == "absent":
            return self._absent(inner, at.inside(word))
        if word == "urgency":
            return self._urgency(inner, at.inside(word))
        return self._about(word, line, inner, at)

    def _several(self, word: str, node: Node, at: At) -> Condition | None:
        if not isinstance(node.value, list) or not node.value:
            at.wrong(
                node.line, f"is {shown(node.value or None)}", "a list of one or more conditions"
            )
            return None
        parts = [self.read(part, at) for part in node.value]
        if any(part is None for part in parts):
            return None
        sound = tuple(part for part in parts if part is not None)
        return AllOf(sound) if word == "all" else AnyOf(sound)

    def _present(self, word: str, line: int, at: At) -> Present | Derived:
        if word in self.findings:
            return Present(word)
        if word in self.facts:
            return Derived(word)
        if self.named is not None and word not in self.named:
            at.wrong(
                line,
                f"unknown finding or fact '{word[:60]}'",
                f"ids of findings and groups, and facts that some rule concludes{self.doubt}",
                nearest(word, (*self.named, *self.facts, *RESERVED)),
            )
        return Present(word)

    def _finding(self, word: str, line: int, at: At) -> FindingType | None:
        if word in self.findings:
            return self.findings[word]
        if word in self.facts:
            at.wrong(line, f"'{word}' is a derived fact: it holds or it does not", "its bare id")
            return None
        if self.named is not None and word not in self.named:
            at.wrong(
                line,
                f"unknown finding '{word[:60]}'",
                "ids of findings and groups",
                nearest(word, (*self.named, *RESERVED)),
            )
        return None

    def _absent(self, node: Node, at: At) -> Absent | None:
        if not isinstance(node.value, str):
            at.wrong(node.line, f"is {shown(node.value)}", "the id of one finding")
            return None
        self._finding(node.value, node.line, at)
        return Absent(node.value)

    def _urgency(self, node: Node, at: At) -> UrgencyAtLeast | None:
        levels = {level.id: level for level in Urgency}
        said = node.value.get("at_least") if isinstance(node.value, dict) else None
        if said is None or len(node.value) != 1:  # type: ignore[arg-type]
            at.wrong(
                node.line, "is no test of the urgency", "{at_least: " + " | ".join(levels) + "}"
            )
            return None
        if said.value not in levels:
            word = str(said.value)
            what = f"unknown urgency '{word[:60]}'"
            at.wrong(said.line, what, ", ".join(levels), nearest(word, levels))
            return None
        return UrgencyAtLeast(levels[str(said.value)])

    def _about(self, word: str, line: int, node: Node, at: At) -> Condition | None:
        declared = self._finding(word, line, at)
        at = at.inside(word)
        if not isinstance(node.value, dict) or not node.value:
            at.wrong(node.line, f"is {shown(node.value)}", self._tests(declared))
            return None
        if declared is None:
            return Present(word)
        if "is" in node.value and len(node.value) == 1:
            return self._one_of(declared, node.value["is"], at.inside("is"))
        if "severity" in node.value and len(node.value) == 1:
            return self._severity(declared, node.value["severity"], at.inside("severity"))
        return self._comparisons(declared, node, at, severity=False)

    def _severity(self, declared: FindingType, node: Node, at: At) -> Condition | None:
        if not declared.severity:
            at.wrong(
                node.line, f"'{declared.id}' carries no severity", "findings with 'severity: true'"
            )
            return Present(declared.id)
        if not isinstance(node.value, dict) or not node.value:
            at.wrong(
                node.line, f"is {shown(node.value)}", "{at_least: 7}, " + ", ".join(_OPERATORS)
            )
            return None
        return self._comparisons(declared, node, at, severity=True)

    def _one_of(self, declared: FindingType, node: Node, at: At) -> Condition | None:
        if declared.type is not ValueType.CHOICE:
            at.wrong(node.line, f"'{declared.id}' is no choice", self._tests(declared))
            return Present(declared.id)
        if not isinstance(node.value, list) or not node.value:
            at.wrong(node.line, f"is {shown(node.value or None)}", "a list of its choices")
            return None
        for item in node.value:
            if item.value not in declared.choices:
                what = f"unknown choice {shown(item.value)}"
                guess = nearest(str(item.value), declared.choices)
                at.wrong(item.line, what, ", ".join(declared.choices), guess)
        return OneOf(declared.id, tuple(str(item.value) for item in node.value))

    def _comparisons(
        self, declared: FindingType, node: Node, at: At, *, severity: bool
    ) -> Condition:
        if declared.type is not ValueType.NUMBER and not severity:
            at.wrong(node.line, f"'{declared.id}' is no number", self._tests(declared))
            return Present(declared.id)
        entries: dict[str, Node] = node.value  # type: ignore[assignment]
        unit = "" if severity else declared.unit
        made: list[Condition] = []
        for word, written in entries.items():
            if word not in _OPERATORS:
                line = node.key_lines[word]
                guess = nearest(word, _OPERATORS)
                at.wrong(line, f"unknown comparison '{word[:60]}'", ", ".join(_OPERATORS), guess)
                continue
            try:
                number = read_quantity(written.value, unit)
            except ValueError as error:
                guess = _guess(written.value, unit)
                at.inside(word).wrong(written.line, str(error), allowed_quantities(unit), guess)
                continue
            made.append(Compare(declared.id, Operator(word), number, severity))
        if not made:
            return Present(declared.id)
        return made[0] if len(made) == 1 else AllOf(tuple(made))

    def _tests(self, declared: FindingType | None) -> str:
        if declared is None:
            return _FORMS
        tests = {
            ValueType.YES_NO: f"'{declared.id}' or {{absent: {declared.id}}}",
            ValueType.NUMBER: "{"
            + " | ".join(_OPERATORS)
            + f": {allowed_quantities(declared.unit)}"
            + "}",
            ValueType.CHOICE: "{is: [" + ", ".join(declared.choices) + "]}",
        }[declared.type]
        return tests + (", {severity: {...}}" if declared.severity else "")


def _guess(written: object, unit: str) -> str:
    """Return the quantity that was probably meant, or an empty string."""
    amount, _, said = str(written).partition(" ")
    if not said:
        return f"{amount} {unit}" if unit and isinstance(written, int | float) else ""
    meant = nearest(said.strip().lower(), [other.lower() for other in convertible(unit)])
    same = {other.lower(): other for other in convertible(unit)}
    return f"{amount} {same[meant]}" if meant else ""


def condition_definition() -> dict[str, Any]:
    """Return the JSON Schema of a condition, to stand under `$defs` as `condition`."""
    quantity = {"type": ["number", "string"]}
    comparison = {
        "type": "object",
        "properties": dict.fromkeys(_OPERATORS, quantity),
        "additionalProperties": False,
        "minProperties": 1,
    }
    several = {"type": "array", "items": {"$ref": "#/$defs/condition"}, "minItems": 1}
    test = {
        "anyOf": [
            comparison,
            _only("is", {"type": "array", "items": {"type": "string"}, "minItems": 1}),
            _only("severity", comparison),
        ]
    }
    levels = [level.id for level in Urgency]
    return {
        "description": "when the rule holds",
        "anyOf": [
            {"type": "string", "description": "a finding reported present, or a derived fact"},
            _only("absent", {"type": "string"}),
            _only("all", several),
            _only("any", several),
            _only("urgency", _only("at_least", {"enum": levels})),
            {
                "type": "object",
                "propertyNames": {"not": {"enum": list(RESERVED)}},
                "additionalProperties": test,
                "minProperties": 1,
                "maxProperties": 1,
            },
        ],
    }


def _only(key: str, inner: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a mapping with this one key."""
    return {
        "type": "object",
        "properties": {key: inner},
        "required": [key],
        "additionalProperties": False,
    }
