"""
The properties of a pack, read from its `properties.yaml`.

A property says what it promises in one sentence and declares it as data: `if` and `then`
(docs/proofs.md has every word). With `each: advice` it is read once for every piece of advice,
`$each` standing for its id.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rules_lib.authoring.records import Field, ListOf, Record
from rules_lib.authoring.shapes import At, Flag, Id, Ref, Text, Word, shown
from rules_lib.authoring.yaml_reader import Node, plain, read_yaml
from rules_lib.errors import KnowledgeError, Problem
from rules_lib.facts import Kind
from rules_lib.pack import Role
from rules_lib.proving.claim_reader import ClaimReader
from rules_lib.proving.claims import Change, Claim, Obligation, Property, Told
from rules_lib.rules import AllOf

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from rules_lib.knowledge_base import KnowledgeBase

FILE = "properties.yaml"
EACH = "$each"
ALWAYS = AllOf(())
"""The premise of a property without `if`: it holds in every state."""
_CHANGES = {
    (Told.UNTOLD, Told.TOLD),
    (Told.UNTOLD, Told.PRESENT),
    (Told.ABSENT, Told.UNSURE),
    (Told.UNSURE, Told.PRESENT),
    (Told.TOLD, Told.UNSURE),
}
ROW = Id(r"[a-z][a-z0-9_]*", "the id of a row, such as 'chest_pain'")


class _Claims:
    """One claim, or several of which each is looked at by itself; read again with `$each`."""

    def check(self, node: Node, at: At) -> bool:
        """Note what cannot be a claim at all."""
        if node.value is None or node.value == []:
            return at.wrong(node.line, "says nothing", "a claim, or a list of claims")
        return True

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema that says the same."""
        return {"description": "a claim, or a list of claims"}


_CHANGE = Record(
    "change",
    {
        "of": Field(Word(("anything", "sign", "context")), "which findings", required=True),
        "from": Field(Word(tuple(Told)), "how they stood", required=True),
        "to": Field(Word(tuple(Told)), "how they stand then", required=True),
    },
)
_PAIR = Record(
    "pair",
    {
        "if": Field(_Claims(), "the premise", required=True),
        "then": Field(_Claims(), "the conclusion", required=True),
    },
)
_SETS = (
    "advice", "cause", "context", "group", "lead", "medicine", "recap", "sign", "volunteered",
)  # fmt: skip
PROPERTY = Record(
    "property",
    {
        "id": Field(Id(), "of the property", required=True),
        "says": Field(Text(), "what it promises, one sentence", required=True),
        "each": Field(Word(_SETS), "read once for each of these, called $each"),
        "if": Field(_Claims(), "a premise, or several, each by itself"),
        "then": Field(_Claims(), "what follows"),
        "table": Field(ListOf(_PAIR, least=1), "pairs of if and then"),
        "possible": Field(_Claims(), "what must hold in some state"),
        "change": Field(_CHANGE, "a change that never lowers the urgency"),
        "without_causes": Field(Flag(), "true: rules that speak of a cause lower nothing"),
        "hazards": Field(ListOf(Id(r"H-\d+", "H-001"), unique=True), "the hazards it controls"),
        "sources": Field(ListOf(Ref("source"), unique=True), "where it is from"),
        "rows": Field(ListOf(ROW, least=1, unique=True), "rows of the evidence that it states"),
    },
    named=True,
)
SHAPE = ListOf(PROPERTY, least=1)


def read_properties(folder: Path, kb: KnowledgeBase) -> tuple[Property, ...]:
    """
    Return the properties that a pack declares, in the order written; none without the file.

    Raises:
        KnowledgeError: with every problem of the file.
    """
    path = folder / FILE
    if not path.is_file():
        return ()
    problems: list[Problem] = []
    root = read_yaml(path.read_text(encoding="utf-8"), FILE, problems)
    words: dict[str, Collection[str]] = {
        "source": kb.sources, "advice": kb.advice, "cause": kb.causes, "lead": kb.leads,
    }  # fmt: skip
    found: dict[str, Property] = {}
    if root is not None and SHAPE.check(root, At(FILE, "", problems, words)):
        reader = _Reader(kb, words, problems)
        for item in root.value if isinstance(root.value, list) else ():
            made = reader.property(item)
            if found.setdefault(made.id, made) is not made:
                what = f"duplicate id '{made.id}', first in line {found[made.id].line}"
                problems.append(Problem(FILE, item.line, "", what, "each id once"))
    if problems:
        raise KnowledgeError(problems)
    return tuple(found.values())


class _Reader:
    def __init__(
        self, kb: KnowledgeBase, words: Mapping[str, Collection[str]], problems: list[Problem]
    ) -> None:
        self._sets = _sets(kb)
        self._claims = ClaimReader(kb.findings, kb.facts, tuple(kb.findings), words=words)
        self._problems = problems

    def property(self, node: Node) -> Property:
        """Return one property; what is wrong with it is noted."""
        item: dict[str, Node] = node.value  # type: ignore[assignment]
        said = plain(node)
        at = At(FILE, f"property '{said['id']}'", self._problems)
        names = self._sets[said["each"]] if "each" in said else [""]
        if not names:
            at.wrong(node.line, f"there is no {said['each']} in the pack", "a set with members")
        forms: list[str] = [key for key in ("then", "table", "possible", "change") if key in item]
        if said.get("without_causes"):
            forms.append("without_causes")
        if len(forms) != 1 or ("if" in item and "then" not in item):
            what = "promises " + (" and ".join(forms) or "nothing")
            allowed = "one of: if and then, table, possible, change, without_causes"
            at.wrong(node.line, what, allowed)
        obligations: list[Obligation] = []
        possible: list[Claim] = []
        for name in names:
            for pair in [item, *(row.value for row in _items(item.get("table")))]:
                obligations += self._obligations(pair, name, at)
            possible += self._several(item.get("possible"), name, at.inside("possible"))
        return Property(
            said["id"],
            said["says"],
            tuple(obligations),
            tuple(possible),
            self._change(item.get("change"), at.inside("change")),
            said.get("without_causes", False),
            tuple(said.get("hazards", ())),
            tuple(said.get("sources", ())),
            tuple(said.get("rows", ())),
            node.line,
        )

    def _obligations(self, pair: Any, name: str, at: At) -> list[Obligation]:
        if "then" not in pair:
            return []
        conclusions = self._several(pair["then"], name, at.inside("then"))
        premises: list[Claim] = [ALWAYS]
        if "if" in pair:
            premises = self._several(pair["if"], name, at.inside("if"))
        return [Obligation(premise, then) for premise in premises for then in conclusions]

    def _several(self, node: Node | None, name: str, at: At) -> list[Claim]:
        if node is None:
            return []
        filled = _filled(node, name)
        items = filled.value if isinstance(filled.value, list) else [filled]
        claims = [self._claims.claim(item, at) for item in items]
        return [claim for claim in claims if claim is not None]

    def _change(self, node: Node | None, at: At) -> Change | None:
        if node is None:
            return None
        said = plain(node)
        before, after = Told(said["from"]), Told(said["to"])
        if (before, after) not in _CHANGES:
            allowed = "; ".join(sorted(f"from {one} to {two}" for one, two in _CHANGES))
            at.wrong(node.line, f"goes from {shown(before)} to {shown(after)}", allowed)
        return Change(said["of"], before, after)


def _items(node: Node | None) -> list[Node]:
    return node.value if node is not None and isinstance(node.value, list) else []


def _filled(node: Node, name: str) -> Node:
    """Return the node with a name for each `$each`."""
    if isinstance(node.value, dict):
        return replace(node, value={key: _filled(each, name) for key, each in node.value.items()})
    if isinstance(node.value, list):
        return replace(node, value=[_filled(each, name) for each in node.value])
    return replace(node, value=name) if node.value == EACH else node


def _sets(kb: KnowledgeBase) -> dict[str, list[str]]:
    """Return what `each` may range over."""

    def groups(role: Role) -> list[str]:
        return [group.id for group in kb.groups.values() if group.role is role]

    def findings(kind: Kind) -> list[str]:
        return [
            one.id for one in kb.findings.values() if one.kind is kind and one.id not in kb.groups
        ]

    return {
        "advice": list(kb.advice),
        "cause": list(kb.causes),
        "context": findings(Kind.CONTEXT),
        "group": groups(Role.SCREENING),
        "lead": list(kb.leads),
        "medicine": [advice.id for advice in kb.advice.values() if advice.needs_denied],
        "recap": groups(Role.RECAP),
        "sign": findings(Kind.SIGN),
        "volunteered": [one.id for one in kb.findings.values() if one.volunteered_only],
    }
