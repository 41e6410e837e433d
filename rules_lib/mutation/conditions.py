"""Conditions with one thing changed: narrower ones, which hold less often, and wider ones."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rules_lib.facts import SEVERITY_RANGE
from rules_lib.frozen import frozen
from rules_lib.rules import Absent, AllOf, AnyOf, Compare, OneOf, Operator, Present

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from rules_lib.facts import FindingType
    from rules_lib.rules import Condition

UPWARD = (Operator.AT_LEAST, Operator.ABOVE)
_SMALL = 2
"""Below this a threshold moves by a tenth of its unit, else by one."""


@frozen
class Edit:
    """A condition with one thing changed."""

    place: str
    """What was changed, in the keys of its leaves."""
    says: str
    """What that means for a rule, after "The rule ... "."""
    when: Condition


def edits(condition: Condition, change: Change) -> Iterator[Edit]:
    """Give the condition with each change of it, and of each of its parts, made alone."""
    yield from change(condition)
    if isinstance(condition, AllOf | AnyOf):
        for at, part in enumerate(condition.parts):
            for edit in edits(part, change):
                parts = (*condition.parts[:at], edit.when, *condition.parts[at + 1 :])
                yield Edit(edit.place, edit.says, type(condition)(parts))


def words(condition: Condition) -> str:
    """Return a condition in the keys of its leaves."""
    if isinstance(condition, AllOf | AnyOf):
        mark = "+" if isinstance(condition, AllOf) else "|"
        return f"({mark.join(map(words, condition.parts))})"
    return condition.key


# -- narrower ------------------------------------------------------------------------------------


def fewer_alternatives(node: Condition) -> Iterator[Edit]:
    """Give an `any` without each of its alternatives."""
    if isinstance(node, AnyOf) and len(node.parts) > 1:
        for at, part in enumerate(node.parts):
            rest = (*node.parts[:at], *node.parts[at + 1 :])
            yield Edit(words(part), f"no longer takes {words(part)} for enough", _one(AnyOf, rest))


def first_alternative(node: Condition) -> Iterator[Edit]:
    """Give the first alternative of an `any` alone."""
    # Of two it is the same as one fewer.
    if isinstance(node, AnyOf) and len(node.parts) > 2:  # noqa: PLR2004
        says = f"looks at {words(node.parts[0])} alone of {words(node)}"
        yield Edit(words(node), says, node.parts[0])


def every_alternative(node: Condition) -> Iterator[Edit]:
    """Give an `any` that wants all."""
    if isinstance(node, AnyOf) and len(node.parts) > 1:
        yield Edit(words(node), f"wants all of {words(node)} together", AllOf(node.parts))


def fewer_choices(node: Condition) -> Iterator[Edit]:
    """Give a test of a choice without each of the choices."""
    if isinstance(node, OneOf) and len(node.choices) > 1:
        for choice in node.choices:
            rest = tuple(other for other in node.choices if other != choice)
            place = f"{node.finding}={choice}"
            yield Edit(place, f"no longer counts {place}", OneOf(node.finding, rest))


def swapped_presence(node: Condition) -> Iterator[Edit]:
    """Give present for absent, and absent for present."""
    if isinstance(node, Present):
        says = f"asks that {node.finding} is absent, not present"
        yield Edit(node.key, says, Absent(node.finding))
    elif isinstance(node, Absent):
        says = f"asks that {node.finding} is present, not absent"
        yield Edit(node.key, says, Present(node.finding))


def exclusive(node: Condition) -> Iterator[Edit]:
    """Give a comparison that leaves out its threshold."""
    if isinstance(node, Compare) and node.operator in (Operator.AT_LEAST, Operator.AT_MOST):
        beyond = Operator.ABOVE if node.operator is Operator.AT_LEAST else Operator.BELOW
        yield _compared(node, beyond, node.number)


def narrower(findings: Mapping[str, FindingType]) -> Change:
    """Return the change of a threshold to one that less passes."""
    return lambda node: _stepped(node, findings, wider=False)


# -- wider ---------------------------------------------------------------------------------------


def fewer_conditions(node: Condition) -> Iterator[Edit]:
    """Give an `all` without each of its parts."""
    if isinstance(node, AllOf) and len(node.parts) > 1:
        for at, part in enumerate(node.parts):
            rest = (*node.parts[:at], *node.parts[at + 1 :])
            yield Edit(words(part), f"no longer asks for {words(part)}", _one(AllOf, rest))


def any_condition(node: Condition) -> Iterator[Edit]:
    """Give an `all` to which any part is enough."""
    if isinstance(node, AllOf) and len(node.parts) > 1:
        yield Edit(words(node), f"takes any of {words(node)} for enough", AnyOf(node.parts))


def inclusive(node: Condition) -> Iterator[Edit]:
    """Give a comparison that takes in its threshold."""
    if isinstance(node, Compare) and node.operator in (Operator.ABOVE, Operator.BELOW):
        within = Operator.AT_LEAST if node.operator is Operator.ABOVE else Operator.AT_MOST
        yield _compared(node, within, node.number)


def wider(findings: Mapping[str, FindingType]) -> Change:
    """Return the change of a threshold to one that more passes."""
    return lambda node: _stepped(node, findings, wider=True)


def _stepped(
    node: Condition, findings: Mapping[str, FindingType], *, wider: bool
) -> Iterator[Edit]:
    if not isinstance(node, Compare):
        return
    step = 1.0 if node.number >= _SMALL else 0.1
    up = (node.operator in UPWARD) is not wider
    number = round(node.number + (step if up else -step), 6)
    declared = findings[node.finding]
    low, high = SEVERITY_RANGE if node.severity else (declared.minimum, declared.maximum)
    if math.isfinite(number) and low <= number <= high:
        yield _compared(node, node.operator, number)


def _compared(node: Compare, operator: Operator, number: float) -> Edit:
    new = Compare(node.finding, operator, number, node.severity)
    return Edit(node.key, f"asks for {new.key}, not {node.key}", new)


def _one(kind: type[AllOf | AnyOf], parts: Sequence[Condition]) -> Condition:
    return parts[0] if len(parts) == 1 else kind(tuple(parts))


if TYPE_CHECKING:
    Change = Callable[[Condition], Iterator[Edit]]
