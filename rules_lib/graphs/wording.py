"""Conditions in a few words, as they stand in the boxes of a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib.rules import (
    Absent,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Derived,
    OneOf,
    Operator,
    Present,
    Rule,
    UrgencyAtLeast,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rules_lib.pack import Pack

_LIMITS = {
    Operator.AT_LEAST: "at least",
    Operator.ABOVE: "more than",
    Operator.AT_MOST: "at most",
    Operator.BELOW: "less than",
}
_UNITS = {"Cel": "°C", "h": "hours", "{count}": ""}
_LONG_TIME_H, _DAY_H = 48, 24
FEW = 4
"""Ways to a derived fact that are named beside it; of more, only their number is."""


def readable(identifier: str) -> str:
    """Return an id as words: ids are readable aloud."""
    return identifier.replace("-", " ")


def parts_of(condition: Condition) -> tuple[Condition, ...]:
    """Return the conditions that must all hold."""
    if isinstance(condition, AllOf):
        return tuple(inner for part in condition.parts for inner in parts_of(part))
    return (condition,)


def alternatives(condition: Condition) -> tuple[Condition, ...]:
    """Return the conditions of which one is enough."""
    if isinstance(condition, AnyOf):
        return tuple(inner for part in condition.parts for inner in alternatives(part))
    return (condition,)


def lines_of(pack: Pack, condition: Condition) -> tuple[str, ...]:
    """Return a line for each alternative of a condition."""
    return tuple(dict.fromkeys(phrase(pack, part) for part in alternatives(condition)))


def phrase(pack: Pack, condition: Condition) -> str:
    """Return a condition in a few words."""
    if isinstance(condition, AllOf):
        return " and ".join(_bracketed(pack, part) for part in condition.parts)
    if isinstance(condition, AnyOf):
        return " or ".join(phrase(pack, part) for part in condition.parts)
    if isinstance(condition, Absent):
        return f"no {readable(condition.finding)}"
    if isinstance(condition, Compare):
        return _comparison(pack, condition)
    if isinstance(condition, OneOf):
        choices = " or ".join(readable(choice) for choice in condition.choices)
        return f"{readable(condition.finding)}: {choices}"
    if isinstance(condition, UrgencyAtLeast):
        return f"at least {readable(condition.urgency.id)}"
    if isinstance(condition, Derived):
        return _derived(pack, condition.fact)
    return readable(condition.finding)


def full(pack: Pack, condition: Condition) -> str:
    """Return a condition in the pack's own names, for who wants to know all of it."""
    names = []
    for part in alternatives(condition):
        if isinstance(part, Derived):
            says = " ".join(rule.says for rule in concluding(pack, part.fact))
            names.append(f"{readable(part.fact)}: {says}")
        elif isinstance(part, Present):
            names.append(pack.findings[part.finding].name)
        else:
            names.append(phrase(pack, part))
    return "\n".join(names)


def concluding(pack: Pack, fact: str) -> Iterator[Rule]:
    """Give the rules that conclude a derived fact."""
    return (rule for rule in pack.rules if rule.then.fact == fact)


def wrapped(text: str, width: int) -> tuple[str, ...]:
    """Return text in lines of at most about so many letters, broken between words."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return tuple(lines)


def listed(names: Sequence[str]) -> str:
    """Return names in a row: a, b and c."""
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def _bracketed(pack: Pack, condition: Condition) -> str:
    text = phrase(pack, condition)
    return f"({text})" if isinstance(condition, AnyOf) else text


def _comparison(pack: Pack, leaf: Compare) -> str:
    unit, number = pack.findings[leaf.finding].unit, leaf.number
    words = _UNITS.get(unit, unit)
    if leaf.severity:
        words = "of 10"
    elif unit == "h" and number >= _LONG_TIME_H and number % _DAY_H == 0:
        number, words = number / _DAY_H, "days"
    return f"{readable(leaf.finding)} {_LIMITS[leaf.operator]} {number:g} {words}".rstrip()


def _derived(pack: Pack, fact: str) -> str:
    ways = [
        readable(part.finding) if isinstance(part, Present) else phrase(pack, part)
        for rule in concluding(pack, fact)
        for part in alternatives(rule.when)
        if not isinstance(part, Derived)
    ]
    if len(ways) > FEW:
        return f"{readable(fact)} (one of {len(ways)})"
    return f"{readable(fact)} ({', '.join(ways)})" if ways else readable(fact)
