"""
The files of a pack that reviewers read and nothing runs: its dossier.

`coverage.yaml` says what the table of all that is ruled looks like, `evidence.yaml` what the
evidence says row by row with patients that show it, `disagreements.yaml` where sources differ
and which choice was taken.
"""

from __future__ import annotations

from rules_lib.authoring.records import Field, ListOf, Record
from rules_lib.authoring.shapes import Day, Id, Ref, Shape, Text, Told, Word
from rules_lib.rules import Urgency

_LEVEL = Word(tuple(level.id for level in Urgency))
_LEVEL_OR_NONE = Word((*_LEVEL.words, "none"))


def _refs(vocabulary: str) -> ListOf:
    return ListOf(Ref(vocabulary), unique=True)


WINDOW = Record(
    "window",
    {
        "id": Field(Id(), "of the window", required=True),
        "name": Field(Text(), "the head of its column", required=True),
        "told": Field(Told(), "what a patient in it tells; nothing where it is left out"),
    },
    named=True,
)
SECTION = Record(
    "section",
    {
        "name": Field(Text(), "the head of its table", required=True),
        "findings": Field(ListOf(Ref("finding"), least=1, unique=True), "signs", required=True),
    },
)
COVERAGE = Record(
    "coverage",
    {
        "choices": Field(Ref("finding"), "a choice that makes rows of its own"),
        "windows": Field(ListOf(WINDOW, least=1), "the columns", required=True),
        "symptoms": Field(
            ListOf(SECTION), "the tables; a sign in none of them stands in one of the rest"
        ),
    },
)
CASE = Record(
    "case",
    {
        "story": Field(Text(), "what is particular about this patient"),
        "told": Field(Told(), "what was reported", required=True),
        "urgency": Field(_LEVEL_OR_NONE, "what the evidence says, or none", required=True),
        "ruled": Field(_LEVEL_OR_NONE, "what is concluded where that is something else"),
        "why": Field(Text(), "why it is something else"),
    },
)
ROW = Record(
    "row",
    {
        "id": Field(Id(), "of the row", required=True),
        "says": Field(Text(), "the row in short", required=True),
        "cases": Field(ListOf(CASE, least=1), "patients that show it", required=True),
    },
    named=True,
)
SIDE = Record(
    "side",
    {
        "says": Field(Text(), "what it holds", required=True),
        "sources": Field(ListOf(Ref("source"), least=1, unique=True), "who", required=True),
    },
)
DISAGREEMENT = Record(
    "disagreement",
    {
        "id": Field(Id(r"[A-Z]+\d+", "capitals and a number, such as D1"), "of it", required=True),
        "about": Field(Text(), "what it is about", required=True),
        "sides": Field(ListOf(SIDE, least=2), "who says what", required=True),
        "choice": Field(Text(), "the safer choice that was taken", required=True),
        "why": Field(Text(), "why that is the safer one", required=True),
        "rules": Field(_refs("rule"), "the rules that keep to it"),
        "causes": Field(_refs("cause"), "the causes whose words keep to it"),
        "advice": Field(_refs("advice"), "the advice that keeps to it"),
        "review_by": Field(Day(), "when it must be looked at again", required=True),
    },
    named=True,
)
DOSSIER: dict[str, Shape] = {
    "coverage": COVERAGE,
    "evidence": ListOf(ROW, least=1),
    "disagreements": ListOf(DISAGREEMENT, least=1),
}
"""Its files by stem; each may be left out."""
