"""Vignettes: a patient's story, what was reported, and what must come of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rules_lib.assessment import UNKNOWN_CAUSE, WithheldReason
from rules_lib.authoring.records import Field, ListOf, MapOf, Record
from rules_lib.authoring.shapes import At, Id, Ref, Text, Word
from rules_lib.authoring.yaml_reader import plain, read_yaml
from rules_lib.errors import FactError, KnowledgeError, Problem, nearest
from rules_lib.facts import findings_from
from rules_lib.rules import Likelihood, Urgency
from rules_lib.session import assess

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from rules_lib.authoring.yaml_reader import Node
    from rules_lib.facts import FindingType
    from rules_lib.knowledge_base import KnowledgeBase


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
    line: int


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
    Return the vignettes of every YAML file in a folder, in the order of files and lines.

    Raises:
        KnowledgeError: with every problem of every file.
    """
    words: dict[str, Collection[str]] = {
        "cause": [*kb.causes, UNKNOWN_CAUSE],
        "advice": kb.advice,
        "rule": [rule.id for rule in kb.rules],
        "lead": kb.leads,
        "statement": kb.statements,
        "source": kb.sources,
    }
    problems: list[Problem] = []
    shape = _shape(kb.findings)
    found: dict[str, Vignette] = {}
    for path in sorted(folder.glob("*.yaml")):
        root = read_yaml(path.read_text(encoding="utf-8"), path.name, problems)
        if root is None or not shape.check(root, At(path.name, "", problems, words)):
            continue
        for node in root.value if isinstance(root.value, list) else ():
            vignette = _vignette(plain(node), path.name, node.line)
            first = found.setdefault(vignette.id, vignette)
            if first is not vignette:
                what = f"duplicate id, first in {first.file}:{first.line}"
                place = f"vignette '{vignette.id}'"
                problems.append(Problem(path.name, node.line, place, what, "each id once"))
    if problems:
        raise KnowledgeError(problems)
    return tuple(found.values())


def _vignette(item: Mapping[str, Any], file: str, line: int) -> Vignette:
    return Vignette(
        id=item["id"],
        story=item["story"],
        findings=item["findings"],
        expect=item["expect"],
        statements=tuple(item.get("statements", ())),
        sources=tuple(item.get("sources", ())),
        file=file,
        line=line,
    )


def shortfalls(kb: KnowledgeBase, vignette: Vignette) -> tuple[str, ...]:
    """Return where the assessment of a vignette is not what it expects, a sentence each."""
    answer = assess(kb, vignette.findings)
    got: dict[str, Any] = {
        "floor": answer.floor.id if answer.floor else None,
        "announced": answer.announced.id,
        "causes": {cause.id: cause.likelihood.value for cause in answer.causes},
        "advice": answer.advice,
        "withheld": {advice.id: advice.reason.value for advice in answer.withheld},
        "rules": answer.rules,
        "leads": answer.leads,
    }
    return tuple(
        sentence
        for key, wanted in vignette.expect.items()
        for sentence in _missing(key, wanted, got[key])
    )


def _missing(key: str, wanted: Any, got: Any) -> Iterator[str]:
    if isinstance(wanted, dict):
        for id_, word in wanted.items():
            if got.get(id_) != word:
                yield f"{key}: '{id_}' is {got.get(id_, 'not there')}, not {word}; all: {got}"
    elif isinstance(wanted, list):
        for id_ in wanted:
            if id_ not in got:
                yield f"{key}: '{id_}' is not among {', '.join(got) or 'none'}"
    elif wanted != got:
        yield f"{key} is {got}, not {wanted}"
