"""Vignettes: a patient's story, what was reported, and what must come of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rules_lib.assessment import UNKNOWN_CAUSE, WithheldReason
from rules_lib.authoring.records import Field, ListOf, MapOf, Record
from rules_lib.authoring.shapes import At, Id, Ref, Text, Word
from rules_lib.authoring.yaml_reader import plain, read_yaml
from rules_lib.errors import FactError, KnowledgeError, Problem, nearest
from rules_lib.facts import findings_from
from rules_lib.rules import Likelihood, Urgency

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from rules_lib.authoring.yaml_reader import Node
    from rules_lib.facts import FindingType
    from rules_lib.knowledge_base import KnowledgeBase

TAGS: Mapping[str, str] = {
    "denial": "names the sign as something else, or denies it first: 'no pain, a tight band'",
    "emergency-last": "the sign that matters most is named last",
    "misattribution": "puts it down to something harmless",
    "minimising": "plays it down: 'it is probably nothing'",
    "minimal": "says one or two words",
    "second-hand": "somebody else tells it",
    "unsure": "cannot answer something that matters",
    "unknown-product": "does not know what was given",
    "gone": "the sign has come and gone",
    "combination": "no single sign decides, several together do",
    "boundary": "just on one side of a time or a number that decides",
    "at-risk": "who the patient is raises the level",
    "child": "the patient is under age",
    "before": "it began before the event, or the event is still to come",
    "during": "while it goes on, or still on the premises",
    "after": "when it is over",
    "no-event": "there was no such event at all",
    "reassurance": "what is normal and needs no call",
}
"""What can make a story hard, whatever its level."""


@dataclass(frozen=True, slots=True)
class Vignette:
    """One story."""

    id: str
    story: str
    """What happened to whom, for people."""
    findings: Mapping[str, Any]
    """As a caller would report them."""
    expect: Mapping[str, Any]
    """Keys of `EXPECTED`, those that matter to the story."""
    statements: tuple[str, ...]
    """Statements of the seed text that it shows."""
    sources: tuple[str, ...]
    file: str
    """Path inside the folder that was read."""
    line: int
    opening: Mapping[str, Any] = field(default_factory=dict)
    """What is said first, part of `findings`; all of them where the file does not say."""
    level: str | None = None
    """Urgency that a whole interview should announce; else the one expected, announced or floor."""
    row: str = ""
    """Id of the piece of evidence that decides the level."""
    quote: str = ""
    """The words of that piece of evidence."""
    tags: tuple[str, ...] = ()
    """Words of `TAGS`."""


class _Told:
    """What was reported; the pack's vocabulary judges it."""

    def __init__(self, types: Mapping[str, FindingType]) -> None:
        self.types = types

    def check(self, node: Node, at: At) -> bool:
        """Note what the pack does not know."""
        if not isinstance(node.value, dict):
            return at.wrong(node.line, "is no mapping", "finding: present")
        try:
            findings_from(self.types, plain(node))
        except FactError as error:
            for found in error.problems:
                what = f"{found.place}: {found.what}" if found.place else found.what
                at.wrong(node.line, what, found.allowed, found.guess)
        return True

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema that says the same."""
        return {"type": "object"}


@dataclass(frozen=True, slots=True)
class _Level:
    """An urgency, or null where none is concluded."""

    nullable: bool = False

    def check(self, node: Node, at: At) -> bool:
        """Note anything else."""
        levels = tuple(level.id for level in Urgency)
        return (self.nullable and node.value is None) or Word(levels).check(node, at)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema that says the same."""
        return {"enum": [level.id for level in Urgency] + [None] * self.nullable}


@dataclass(frozen=True, slots=True)
class _Keyed:
    """A mapping from ids of one vocabulary to words."""

    vocabulary: str
    words: tuple[str, ...]

    def check(self, node: Node, at: At) -> bool:
        """Note unknown ids and other words."""
        sound = MapOf(Word(self.words)).check(node, at)
        known = at.words[self.vocabulary]
        for key in node.value if isinstance(node.value, dict) else ():
            if key not in known:
                what = f"unknown {self.vocabulary} '{key[:60]}'"
                at.wrong(node.key_lines[key], what, f"{self.vocabulary} ids", nearest(key, known))
        return sound

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema that says the same."""
        return MapOf(Word(self.words)).schema()


EXPECTED = Record(
    "expectation",
    {
        "floor": Field(_Level(nullable=True), "the highest urgency concluded, or null"),
        "announced": Field(_Level(), "what may be told if the interview ended now"),
        "causes": Field(_Keyed("cause", tuple(Likelihood)), "causes and how well they fit"),
        "advice": Field(ListOf(Ref("advice")), "advice that must be offered"),
        "withheld": Field(_Keyed("advice", tuple(WithheldReason)), "advice withheld, and why"),
        "rules": Field(ListOf(Ref("rule")), "rules that must fire"),
        "leads": Field(ListOf(Ref("lead")), "sentences that must be spoken first"),
        "says": Field(ListOf(Ref("saying")), "what must be said beside"),
        "asks": Field(ListOf(Ref("question")), "questions that rules must want asked"),
        "complaints": Field(ListOf(Ref("complaint")), "complaints it must be taken for"),
        "screens": Field(ListOf(Ref("finding")), "groups, and recap, of these complaints"),
        "again": Field(ListOf(Ref("finding")), "what their recap must ask for once more"),
        "denied": Field(ListOf(Ref("finding")), "what a no to a group must count as"),
    },
    least=1,
)


def _shape(types: Mapping[str, FindingType]) -> ListOf:
    vignette = Record(
        "vignette",
        {
            "id": Field(Id(), "of the vignette", required=True),
            "story": Field(Text(), "what happened to whom", required=True),
            "findings": Field(_Told(types), "what was reported", required=True),
            "expect": Field(EXPECTED, "what must come of it", required=True),
            "statements": Field(ListOf(Ref("statement")), "statements that it shows"),
            "sources": Field(ListOf(Ref("source")), "where the story is from"),
            "opening": Field(_Told(types), "what is said first, some of the findings"),
            "level": Field(_Level(), "what a whole interview should announce"),
            "row": Field(Text(), "id of the piece of evidence that decides the level"),
            "quote": Field(Text(), "its words"),
            "tags": Field(ListOf(Word(tuple(TAGS)), unique=True), "what makes the story hard"),
        },
        named=True,
    )
    return ListOf(vignette, least=1)


def vignette_schema() -> dict[str, Any]:
    """Return the JSON Schema of a file of vignettes."""
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": dialect, "title": "a file of vignettes"} | _shape({}).schema()


def read_vignettes(folder: Path, kb: KnowledgeBase) -> tuple[Vignette, ...]:
    """
    Return the vignettes of one YAML file, or of every one in a folder and those inside it.

    They come in the order of files and lines.

    Raises:
        KnowledgeError: with every problem of every file.
    """
    words: dict[str, Collection[str]] = {
        "cause": [*kb.causes, UNKNOWN_CAUSE],
        "advice": kb.advice,
        "rule": [rule.id for rule in kb.rules],
        "lead": kb.leads,
        "saying": {saying for rule in kb.rules for saying in rule.then.say},
        "question": kb.questions,
        "complaint": kb.complaints,
        "finding": kb.findings,
        "statement": kb.statements,
        "source": kb.sources,
    }
    problems: list[Problem] = []
    shape = _shape(kb.findings)
    found: dict[str, Vignette] = {}
    for path in [folder] if folder.is_file() else sorted(folder.rglob("*.yaml")):
        file = path.name if path == folder else path.relative_to(folder).as_posix()
        root = read_yaml(path.read_text(encoding="utf-8"), file, problems)
        if root is None or not shape.check(root, At(file, "", problems, words)):
            continue
        for node in root.value if isinstance(root.value, list) else ():
            vignette = _vignette(plain(node), file, node.line)
            at = At(file, f"vignette '{vignette.id}'", problems)
            first = found.setdefault(vignette.id, vignette)
            if first is not vignette:
                at.wrong(
                    node.line, f"duplicate id, first in {first.file}:{first.line}", "each id once"
                )
            _check_opening(node, at.inside("opening"))
    if problems:
        raise KnowledgeError(problems)
    return tuple(found.values())


def _check_opening(vignette: Node, at: At) -> None:
    """Note what is said first and is not among what is true."""
    parts: Any = vignette.value
    findings = parts["findings"].value
    opening = parts.get("opening")
    for key, line in opening.key_lines.items() if opening else ():
        if key not in findings:
            what = f"'{key}' is not among its findings"
            at.wrong(line, what, ", ".join(findings), nearest(key, findings))


def _vignette(item: Mapping[str, Any], file: str, line: int) -> Vignette:
    expect = item["expect"]
    return Vignette(
        id=item["id"],
        story=item["story"],
        findings=item["findings"],
        expect=expect,
        statements=tuple(item.get("statements", ())),
        sources=tuple(item.get("sources", ())),
        file=file,
        line=line,
        opening=item.get("opening", item["findings"]),
        level=item.get("level") or expect.get("announced") or expect.get("floor"),
        row=item.get("row", ""),
        quote=item.get("quote", ""),
        tags=tuple(item.get("tags", ())),
    )
