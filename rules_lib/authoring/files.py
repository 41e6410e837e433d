"""The files of a pack, declared once: checked by these shapes, and JSON Schemas made of them."""

from __future__ import annotations

from typing import Any

from rules_lib.authoring.conditions import ConditionReader, condition_definition
from rules_lib.authoring.dossier import DOSSIER
from rules_lib.authoring.records import Field, ListOf, MapOf, Record
from rules_lib.authoring.shapes import (
    Day,
    Flag,
    Id,
    Ref,
    Shape,
    Span,
    Text,
    Told,
    Whole,
    Word,
)
from rules_lib.facts import Kind, ValueType
from rules_lib.pack import Expects, Role
from rules_lib.rules import Likelihood, Status, Urgency

ID = Id()
SOURCE_ID = Id(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*", "capitals and digits, such as 'NHSANA'")
_STATUS = Word(tuple(Status))
_KIND = Word(tuple(Kind))


def _refs(vocabulary: str) -> ListOf:
    return ListOf(Ref(vocabulary), unique=True)


_STATEMENTS = Field(_refs("statement"), "the statements of the seed text that it carries")

PACK = Record(
    "pack",
    {
        "id": Field(ID, "who we are", required=True),
        "version": Field(
            Id(r"\d+\.\d+\.\d+", "three numbers, such as 1.0.0"), "of the pack", required=True
        ),
        "title": Field(Text(), "what the pack is about", required=True),
        "use": Field(Text(), "what it is for", required=True),
        "misuse": Field(Text(), "what it is not for", required=True),
        "status": Field(_STATUS, "draft, reviewed or retired", required=True),
        "clocks": Field(
            Record(
                "clocks",
                {
                    "since_event": Field(Ref("finding"), "hours since the event", required=True),
                    "event_to_onset": Field(
                        Ref("finding"), "hours from its end to the first symptom", required=True
                    ),
                    "since_onset": Field(
                        Ref("finding"), "hours since the first symptom", required=True
                    ),
                },
            ),
            "number findings in h of which any two give the third",
        ),
        "severity": Field(Ref("finding"), "the number finding that holds the worst severity"),
        "leads": Field(
            ListOf(ID, unique=True), "sentences that may be spoken first, most important first"
        ),
    },
)
FINDING = Record(
    "finding",
    {
        "id": Field(ID, "of the finding", required=True),
        "name": Field(Text(), "what people call it", required=True),
        "kind": Field(_KIND, "sign or context", required=True),
        "counts": Field(Word(("now", "since-event")), "whether it counts when it has gone"),
        "type": Field(Word(tuple(ValueType)), "yes-no (default), number or choice"),
        "severity": Field(Flag(), "whether it may carry a severity of 0 to 10"),
        "unit": Field(Text(), "of a number, in UCUM"),
        "range": Field(Span(), "of a number: at least, at most"),
        "choices": Field(ListOf(ID, least=1, unique=True), "of a choice"),
        "volunteered_only": Field(Text(), "why no group asks for this emergency sign"),
    },
    named=True,
)
SOURCE = Record(
    "source",
    {
        "id": Field(SOURCE_ID, "of the source", required=True),
        "title": Field(Text(), "of the publication", required=True),
        "year": Field(Whole(), "of the publication"),
        "link": Field(Text(), "where to find it"),
        "judgement": Field(Flag(), "true for clinical judgement that no publication backs"),
    },
    named=True,
)
CAUSE = Record(
    "cause",
    {
        "id": Field(ID, "of the cause", required=True),
        "name": Field(Text(), "what people call it", required=True),
        "statements": _STATEMENTS,
    },
    named=True,
)
ADVICE = Record(
    "advice",
    {
        "id": Field(ID, "of the advice", required=True),
        "name": Field(Text(), "what people call it", required=True),
        "needs_denied": Field(_refs("finding"), "what must be denied before it is offered"),
        "always": Field(Flag(), "true where it goes with every urgency, unless withheld"),
        "statements": _STATEMENTS,
    },
    named=True,
)
GROUP = Record(
    "group",
    {
        "id": Field(ID, "of the group", required=True),
        "name": Field(Text(), "what it asks for", required=True),
        "members": Field(
            ListOf(Ref("finding"), least=1, unique=True), "findings, at most 5", required=True
        ),
        "also_yes": Field(
            ListOf(Ref("finding"), least=1, unique=True),
            "milder signs that its words take in: a truthful yes, but no denies none of them",
        ),
        "role": Field(Word(tuple(Role)), "screening (default), recap or medicine"),
        "kind": Field(_KIND, "sign (default) or context"),
    },
    named=True,
)
QUESTION = Record(
    "question",
    {
        "id": Field(ID, "of the question", required=True),
        "finding": Field(Ref("finding"), "what it asks for", required=True),
        "expects": Field(Word(tuple(Expects)), "the kind of answer", required=True),
        "not_with": Field(
            ListOf(Ref("finding"), least=1, unique=True),
            "findings beside which its answer says nothing: not asked where one is present",
        ),
    },
    named=True,
)
COMPLAINT = Record(
    "complaint",
    {
        "id": Field(ID, "of the complaint", required=True),
        "findings": Field(_refs("finding"), "any of these makes it this complaint"),
        "groups": Field(_refs("group"), "at most 6 screening groups, in order"),
        "questions": Field(_refs("question"), "at most 3, in order"),
        "recap": Field(Ref("group"), "the recap group"),
        "default": Field(Flag(), "true for the one used where no other fits"),
        "not_asked": Field(MapOf(Text()), "emergency sign it does not ask for: why"),
    },
    named=True,
)
INTERVIEW = Record(
    "interview",
    {
        "groups": Field(ListOf(GROUP), "signs asked for in one question", required=True),
        "questions": Field(ListOf(QUESTION), "each asks for one finding", required=True),
        "complaints": Field(ListOf(COMPLAINT, least=1), "what is asked of whom", required=True),
    },
)
STATEMENTS = MapOf(Text())
CONCLUSIONS = Record(
    "conclusion",
    {
        "urgency": Field(Word(tuple(level.id for level in Urgency)), "how soon care is needed"),
        "fact": Field(ID, "a derived fact"),
        "cause": Field(
            Record(
                "cause",
                {
                    "id": Field(Ref("cause"), "of the cause", required=True),
                    "likelihood": Field(Word(tuple(Likelihood)), "how well it fits", required=True),
                },
            ),
            "a possible cause",
        ),
        "advise": Field(_refs("advice"), "advice that is indicated"),
        "withhold": Field(_refs("advice"), "advice that must not be offered"),
        "ask": Field(_refs("question"), "questions that should be asked"),
        "lead": Field(Ref("lead"), "a sentence to be spoken first"),
        "say": Field(ListOf(ID, unique=True), "phrases to be spoken"),
    },
    least=1,
)


CASES = Record(
    "cases",
    {
        "fires": Field(ListOf(Told(), least=1), "cases that fire the rule", required=True),
        "nearly": Field(ListOf(Told(), least=1), "cases that nearly fire it", required=True),
    },
)


def rule_shape(condition: ConditionReader) -> Record:
    """Return the shape of a rule whose condition is read so."""
    return Record(
        "rule",
        {
            "id": Field(ID, "of the rule", required=True),
            "says": Field(Text(), "the rule in plain words, one sentence", required=True),
            "when": Field(condition, "when it holds", required=True),
            "then": Field(CONCLUSIONS, "what it concludes", required=True),
            "sources": Field(
                ListOf(Ref("source"), least=1, unique=True), "ids of sources.yaml", required=True
            ),
            "statements": _STATEMENTS,
            "status": Field(_STATUS, "draft, reviewed or retired", required=True),
            "review_by": Field(Day(), "when it must be looked at again", required=True),
            "misuse": Field(Text(), "what it is not for"),
            "implied_by": Field(_refs("rule"), "rules that conclude as much whenever it does"),
            "salience": Field(Whole(), "order of the trace, higher first; never meaning"),
            "cases": Field(CASES, "cases that fire it, and that nearly do", required=True),
        },
        named=True,
    )


SECTIONS: dict[str, Shape] = {
    "pack": PACK,
    "findings": ListOf(FINDING, least=1),
    "sources": ListOf(SOURCE, least=1),
    "causes": ListOf(CAUSE),
    "advice": ListOf(ADVICE),
    "interview": INTERVIEW,
    "statements": STATEMENTS,
    **DOSSIER,
}
"""The files of a pack by stem, but for rules/*.yaml."""


def json_schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of one kind of file: a section, or `rules`."""
    empty = ConditionReader({}, ())
    shape = ListOf(rule_shape(empty), least=1) if kind == "rules" else SECTIONS[kind]
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{kind}.yaml of a knowledge pack" if kind != "rules" else "a file of rules/",
    }
    if kind == "rules":
        schema["$defs"] = {"condition": condition_definition()}
    return schema | shape.schema()


KINDS = (*SECTIONS, "rules")
ITEMS = {
    record.noun: record for record in (FINDING, SOURCE, CAUSE, ADVICE, GROUP, QUESTION, COMPLAINT)
}
"""The items that have an id, but for rules, by what they are."""
