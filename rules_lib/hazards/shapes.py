"""The files of a hazard log, declared once: checked by these shapes, and JSON Schemas of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rules_lib.authoring.files import ID, SOURCE_ID
from rules_lib.authoring.records import Field, ListOf, MapOf, Record
from rules_lib.authoring.shapes import Day, Flag, Id, Ref, Text, Whole, Word, shown
from rules_lib.errors import nearest
from rules_lib.hazards.log import ControlKind, Decision

if TYPE_CHECKING:
    from collections.abc import Collection

    from rules_lib.authoring.shapes import At, Shape
    from rules_lib.authoring.yaml_reader import Node

KINDS = (
    *("rule", "group", "finding", "advice", "proof", "code"),
    *("test", "case", "dialogue", "phrase", "doc"),
)
"""What a reference may point to."""
EVIDENCE = ("proof", "test", "case", "dialogue")
"""What shows that a control works."""
HAZARD_ID = Id(r"H-\d{3}", "H- and three digits, such as 'H-014'")
CONTROL_ID = Id(r"C[1-9]\d*", "C and a number, such as 'C1'")


@dataclass(frozen=True, slots=True)
class OneReference:
    """`kind: target`, a mapping with one key."""

    kinds: tuple[str, ...]

    def check(self, node: Node, at: At) -> bool:
        """Note a reference of another kind, and one that is no `kind: target`."""
        written = node.value if isinstance(node.value, dict) else {}
        if len(written) != 1:
            allowed = f"one of {', '.join(self.kinds)}, and a target: 'test: tests/x.py::test_y'"
            return at.wrong(node.line, f"is {shown(node.value)}, no reference", allowed)
        ((kind, target),) = written.items()
        if kind not in self.kinds:
            what = f"points to a '{kind[:60]}'"
            guess = nearest(kind, self.kinds)
            return at.wrong(node.key_lines[kind], what, ", ".join(self.kinds), guess)
        return Text().check(target, at.inside(kind))

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema that says the same."""
        return {
            "type": "object",
            "properties": {kind: {"type": "string"} for kind in self.kinds},
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
        }


@dataclass(frozen=True, slots=True)
class Row:
    """The ratings of one likelihood, a whole number for each severity."""

    def check(self, node: Node, at: At) -> bool:
        """Note a row of another length, and what is no number."""
        wanted: Collection[str] = at.words.get("severity", ())
        if not isinstance(node.value, list) or (wanted and len(node.value) != len(wanted)):
            return at.wrong(
                node.line, f"is {shown(node.value)}", f"{len(wanted)} numbers, mildest first"
            )
        sound = [Whole().check(item, at) for item in node.value]
        return all(sound)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema that says the same."""
        return {"type": "array", "items": {"type": "integer"}}


def _level(noun: str) -> ListOf:
    return ListOf(
        Record(
            noun,
            {
                "id": Field(ID, "of the step", required=True),
                "name": Field(Text(), "what people call it", required=True),
                "means": Field(Text(), "what it is", required=True),
            },
            named=True,
        ),
        least=2,
    )


MATRIX = Record(
    "matrix",
    {
        "severities": Field(_level("severity"), "how bad, mildest first", required=True),
        "likelihoods": Field(_level("likelihood"), "how likely, least first", required=True),
        "ratings": Field(MapOf(Row()), "likelihood to its row of ratings", required=True),
        "bands": Field(ListOf(Text(), least=1), "what 1, 2, ... mean", required=True),
        "clinician_from": Field(Whole(), "the rating that wants a clinician", required=True),
        "refused_from": Field(Whole(), "the rating that nobody accepts", required=True),
        "sources": Field(ListOf(Ref("source"), least=1), "where it is from", required=True),
    },
)
SOURCES = ListOf(
    Record(
        "source",
        {
            "id": Field(SOURCE_ID, "of the source", required=True),
            "title": Field(Text(), "of the publication", required=True),
            "year": Field(Whole(), "of the publication"),
            "link": Field(Text(), "where to find it"),
            "says": Field(Text(), "what it found, as far as it matters here", required=True),
            "judgement": Field(Flag(), "true for judgement that no publication backs"),
        },
        named=True,
    ),
    least=1,
)
_RISK = Record(
    "risk",
    {
        "severity": Field(Ref("severity"), "an id of matrix.yaml", required=True),
        "likelihood": Field(Ref("likelihood"), "an id of matrix.yaml", required=True),
    },
)
_CONTROL = Record(
    "control",
    {
        "id": Field(CONTROL_ID, "C1, C2, ... within its hazard", required=True),
        "what": Field(Text(), "what it does, one sentence", required=True),
        "kind": Field(Word(tuple(ControlKind)), "what it is made of", required=True),
        "at": Field(ListOf(OneReference(KINDS), least=1), "where it is", required=True),
        "evidence": Field(
            ListOf(OneReference(EVIDENCE), least=1), "what shows that it works", required=True
        ),
        "withdrawn": Field(Text(), "why it is a control no more"),
    },
    named=True,
)
HAZARDS = ListOf(
    Record(
        "hazard",
        {
            "id": Field(HAZARD_ID, "of the hazard", required=True),
            "title": Field(Text(), "a few words", required=True),
            "hazard": Field(Text(), "what can go wrong", required=True),
            "causes": Field(ListOf(Text(), least=1), "why it may", required=True),
            "harm": Field(
                Record(
                    "harm",
                    {
                        "who": Field(Text(), "who is harmed", required=True),
                        "what": Field(Text(), "how", required=True),
                    },
                ),
                "who is harmed, and how",
                required=True,
            ),
            "before": Field(_RISK, "the risk without the controls", required=True),
            "controls": Field(ListOf(_CONTROL, least=1), "what is done about it", required=True),
            "after": Field(_RISK, "the risk with the controls", required=True),
            "residual": Field(Text(), "what is left, in words", required=True),
            "decision": Field(Word(tuple(Decision)), "what is made of what is left", required=True),
            "owner": Field(Ref("role"), "a role of log.yaml", required=True),
            "sources": Field(
                ListOf(Ref("source"), least=1, unique=True), "where it is known from", required=True
            ),
            "withdrawn": Field(Text(), "why it is a hazard no more"),
        },
        named=True,
    ),
    least=1,
)
_ROLES = ListOf(
    Record(
        "role",
        {
            "id": Field(ID, "of the role", required=True),
            "name": Field(Text(), "what people call it", required=True),
            "who": Field(Text(), "who can fill it", required=True),
            "before_release": Field(ListOf(Text()), "what they look at", required=True),
        },
        named=True,
    ),
    least=1,
)
_THEMES = ListOf(
    Record(
        "theme",
        {
            "id": Field(ID, "the stem of its file", required=True),
            "name": Field(Text(), "what people call it", required=True),
        },
        named=True,
    ),
    least=1,
)
_REVIEWS = ListOf(
    Record(
        "review",
        {
            "item": Field(Text(), "what was reviewed, such as 'locale en-GB'", required=True),
            "by": Field(Ref("role"), "a role of this file", required=True),
            "on": Field(Day(), "when", required=True),
        },
    )
)
FRAME = Record(
    "log",
    {
        "title": Field(Text(), "of the document that is made", required=True),
        "project": Field(Text(), "folder that references start from", required=True),
        "pack": Field(Text(), "the pack: a name, or a folder of the project", required=True),
        "cases": Field(Text(), "folder of vignettes", required=True),
        "phrases": Field(Text(), "folder of locale folders", required=True),
        "status": Field(Text(), "what may be done with the product today", required=True),
        "is_not": Field(ListOf(Text(), least=1), "what the product is not", required=True),
        "rated": Field(Text(), "how severity and likelihood were judged", required=True),
        "reporting": Field(Text(), "how to report an incident", required=True),
        "roles": Field(_ROLES, "who answers for what", required=True),
        "themes": Field(_THEMES, "the files of hazards, in order", required=True),
        "reviews": Field(_REVIEWS, "what has been reviewed", required=True),
    },
)
FILES: dict[str, Shape] = {"log": FRAME, "matrix": MATRIX, "sources": SOURCES}
"""The files of a log that hold no hazards, by stem."""


def log_schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of each kind of file, by the name of its schema file."""
    shapes = {f"hazard-{stem}": shape for stem, shape in FILES.items()} | {"hazards": HAZARDS}
    return {
        name: {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": f"{name.removeprefix('hazard-')}.yaml of a hazard log"
            if name != "hazards"
            else "a file of hazards",
        }
        | shape.schema()
        for name, shape in shapes.items()
    }
