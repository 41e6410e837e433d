"""
The JSON that runs: a whole pack, cross-checked when it was written, its hash checked when read.

The payload begins on the second line, so that its hash is taken over the text as it stands
and reading stays quick; an item a line keeps differences readable.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
from dataclasses import fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rules_lib.errors import KnowledgeError, Problem
from rules_lib.facts import FindingType, Kind, ValueType
from rules_lib.pack import Advice, CauseType, Clocks, Complaint, Expects, Group, Question, Role
from rules_lib.rules import (
    Absent,
    AllOf,
    AnyOf,
    Compare,
    Conclusions,
    Derived,
    Likelihood,
    OneOf,
    Operator,
    Present,
    Rule,
    Source,
    Status,
    Urgency,
    UrgencyAtLeast,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from rules_lib.pack import Pack
    from rules_lib.rules import Condition

FORMAT = 1
"""Raised when the JSON changes so that older code cannot read it."""
_TABLES = (
    "findings", "sources", "causes", "advice", "groups", "questions", "complaints", "statements",
)  # fmt: skip


def hashed(text: str) -> str:
    """Return the SHA-256 of a text, whatever the line ends of this machine."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()


# --- writing --------------------------------------------------------------------------------


def written(pack: Pack, sources: str) -> str:
    """
    Return the JSON of a pack, the same for the same pack.

    Args:
        pack: the pack, loaded from its YAML.
        sources: SHA-256 of that YAML, for those who want to know what it was made of.
    """
    head: dict[str, str | None] = {
        "id": pack.id,
        "version": pack.version,
        "title": pack.title,
        "use": pack.use,
    }
    head |= {"misuse": pack.misuse, "status": pack.status, "severity": pack.severity}
    entries = [f'"{key}": {_line(value)}' for key, value in head.items()]
    entries.append(f'"leads": {_line(pack.leads)}')
    entries.append(f'"clocks": {_line(_slim(pack.clocks) if pack.clocks else None)}')
    entries.append(f'"facts": {_line(sorted(pack.facts))}')
    for name in _TABLES:
        table = getattr(pack, name)
        lines = [f"  {_line(key)}: {_line(_slim(item))}" for key, item in table.items()]
        entries.append(f'"{name}": {{\n' + ",\n".join(lines) + "\n}")
    rules = [f"  {_line(_rule_written(rule))}" for rule in pack.rules]
    entries.append('"rules": [\n' + ",\n".join(rules) + "\n]")
    payload = "{\n" + ",\n".join(entries) + "\n}"
    mark = {"format": FORMAT, "made_of": sources, "sha256": hashed(payload)}
    return f'{_line(mark)[:-1]}, "pack":\n{payload}}}\n'


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _slim(item: Any) -> Any:
    """Return a frozen value as a mapping without the fields left at their default."""
    if isinstance(item, str):
        return item
    slim = {}
    for each in fields(item):
        value = getattr(item, each.name)
        if value != each.default and value is not None:
            slim[each.name] = list(value) if isinstance(value, tuple) else value
    return slim


def _rule_written(rule: Rule) -> dict[str, Any]:
    slim: dict[str, Any] = _slim(rule)
    slim["when"], slim["then"] = _condition_written(rule.when), _slim(rule.then)
    if rule.review_by:
        slim["review_by"] = rule.review_by.isoformat()
    return slim


def _condition_written(condition: Condition) -> Any:
    match condition:
        case Present(finding):
            return ["present", finding]
        case Absent(finding):
            return ["absent", finding]
        case Compare(finding, operator, number, severity):
            return ["severity" if severity else "number", finding, operator, number]
        case OneOf(finding, choices):
            return ["choice", finding, *choices]
        case Derived(fact):
            return ["fact", fact]
        case UrgencyAtLeast(urgency):
            return ["urgency", urgency]
        case AllOf(parts):
            return ["all", *map(_condition_written, parts)]
    return ["any", *map(_condition_written, condition.parts)]


# --- reading --------------------------------------------------------------------------------


def read_written(text: str, file: str) -> dict[str, Any]:
    """
    Return the fields of the pack that `written` wrote.

    Args:
        text: content of the file.
        file: how problems name it.

    Raises:
        KnowledgeError: where it is damaged or of another format.
    """
    mark, _, rest = text.replace("\r\n", "\n").partition('"pack":\n')
    payload = rest.rstrip("\n")[:-1]
    remedy = "what 'python -m rules_lib compile' wrote, unchanged"
    try:
        head = json.loads(mark + '"pack": 0}')
        if head["format"] != FORMAT:
            what = f"is of format {head['format']}, not {FORMAT}"
            raise KnowledgeError([Problem(file, 1, "", what, remedy)])
        if head["sha256"] != hashed(payload):
            what = "is damaged: its content does not fit its SHA-256"
            raise KnowledgeError([Problem(file, 1, "", what, remedy)])
        return _fields(json.loads(payload))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        problem = Problem(file, 1, "", "is no compiled pack", remedy)
        raise KnowledgeError([problem]) from error


def _fields(pack: dict[str, Any]) -> dict[str, Any]:
    for name, read in _READERS.items():
        pack[name] = {key: read(entry) for key, entry in pack[name].items()}
    pack["status"] = Status(pack["status"])
    pack["facts"] = frozenset(pack["facts"])
    pack["leads"] = tuple(pack["leads"])
    pack["clocks"] = Clocks(**pack["clocks"]) if pack["clocks"] else None
    pack["rules"] = tuple(_rule_read(entry) for entry in pack["rules"])
    return pack


def _finding_read(entry: dict[str, Any]) -> FindingType:
    return FindingType(
        entry["id"],
        entry["name"],
        Kind(entry["kind"]),
        ValueType(entry.get("type", ValueType.YES_NO)),
        entry.get("counts", "now"),
        entry.get("unit", ""),
        entry.get("minimum", -math.inf),
        entry.get("maximum", math.inf),
        tuple(entry.get("choices", ())),
        entry.get("severity", False),
        entry.get("volunteered_only", ""),
    )


def _group_read(entry: dict[str, Any]) -> Group:
    members, role, kind = tuple(entry["members"]), Role(entry["role"]), Kind(entry["kind"])
    also_yes = tuple(entry.get("also_yes", ()))
    return Group(entry["id"], entry["name"], members, role, kind, also_yes)


def _complaint_read(entry: dict[str, Any]) -> Complaint:
    findings, groups = tuple(entry["findings"]), tuple(entry["groups"])
    questions, default = tuple(entry["questions"]), entry.get("default", False)
    recap = entry.get("recap")
    not_asked = tuple((name, why) for name, why in entry.get("not_asked", ()))
    return Complaint(entry["id"], findings, groups, questions, recap, default, not_asked)


def _advice_read(entry: dict[str, Any]) -> Advice:
    denied, statements = entry.get("needs_denied", ()), entry.get("statements", ())
    always = entry.get("always", False)
    return Advice(entry["id"], entry["name"], tuple(denied), tuple(statements), always)


_READERS = {
    "findings": _finding_read,
    "sources": lambda entry: Source(**entry),
    "causes": lambda entry: CauseType(
        entry["id"], entry["name"], tuple(entry.get("statements", ()))
    ),
    "advice": _advice_read,
    "groups": _group_read,
    "questions": lambda entry: Question(
        entry["id"], entry["finding"], Expects(entry["expects"]), tuple(entry.get("not_with", ()))
    ),
    "complaints": _complaint_read,
}


def _rule_read(entry: dict[str, Any]) -> Rule:
    review_by = entry.get("review_by")
    return Rule(
        entry["id"],
        entry["says"],
        _condition_read(entry["when"]),
        _conclusions_read(entry["then"]),
        tuple(entry.get("sources", ())),
        tuple(entry.get("statements", ())),
        Status(entry.get("status", Status.DRAFT)),
        dt.date.fromisoformat(review_by) if review_by else None,
        entry.get("misuse", ""),
        tuple(entry.get("implied_by", ())),
        entry.get("salience", 0),
        tuple(entry.get("fires", ())),
        tuple(entry.get("nearly", ())),
    )


def _conclusions_read(entry: dict[str, Any]) -> Conclusions:
    return Conclusions(
        Urgency(entry["urgency"]) if "urgency" in entry else None,
        entry.get("fact"),
        entry.get("cause"),
        Likelihood(entry["likelihood"]) if "likelihood" in entry else None,
        tuple(entry.get("advise", ())),
        tuple(entry.get("withhold", ())),
        tuple(entry.get("ask", ())),
        entry.get("lead"),
        tuple(entry.get("say", ())),
    )


def _condition_read(entry: list[Any]) -> Condition:
    if entry[0] in _PARTS:
        return _PARTS[entry[0]](tuple(_condition_read(part) for part in entry[1:]))
    return _leaf_read(*entry)


@lru_cache(maxsize=10_000)
def _leaf_read(kind: str, *rest: Any) -> Condition:
    """Return a leaf; rules share most of theirs, and frozen values cost time to make."""
    return _LEAVES[kind](*rest)


_PARTS: dict[str, Callable[[tuple[Condition, ...]], Condition]] = {"all": AllOf, "any": AnyOf}
_LEAVES: dict[str, Callable[..., Condition]] = {
    "present": Present,
    "absent": Absent,
    "number": lambda finding, operator, number: Compare(finding, Operator(operator), number),
    "severity": lambda finding, operator, number: Compare(
        finding, Operator(operator), number, severity=True
    ),
    "choice": lambda finding, *choices: OneOf(finding, choices),
    "fact": Derived,
    "urgency": lambda level: UrgencyAtLeast(Urgency(level)),
}
