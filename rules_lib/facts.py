"""What was reported about a patient: findings, as frozen values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from rules_lib.errors import FactError, Problem, nearest
from rules_lib.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable


SEVERITY_RANGE = (0.0, 10.0)
"""From none to the worst: the scale of every pain question."""


class Presence(StrEnum):
    """What is known of a finding that was asked or told; never told is no entry at all."""

    PRESENT = "present"
    ABSENT = "absent"
    UNSURE = "unsure"


_PRESENCES = {str(presence): presence for presence in Presence}
# Looking a member up in its enumeration is slow before Python 3.12.
_PRESENT = Presence.PRESENT


class Kind(StrEnum):
    """Whether a finding is of the illness (sign) or of the circumstances (context)."""

    SIGN = "sign"
    CONTEXT = "context"


class ValueType(StrEnum):
    """What a finding holds beside its presence."""

    YES_NO = "yes-no"
    NUMBER = "number"
    CHOICE = "choice"


@frozen
class Finding:
    """A symptom, sign or circumstance as reported: present, absent or unsure."""

    id: str
    presence: Presence = Presence.PRESENT
    value: float | str | None = None
    """A number in the finding's declared unit, or one of its choices."""
    severity: float | None = None
    """0 (none) to 10 (worst); only where the pack says the finding has one."""


@frozen
class FindingType:
    """How a pack declares a finding."""

    id: str
    name: str
    """For people, e.g. `Back pain`."""
    kind: Kind
    type: ValueType = ValueType.YES_NO
    counts: str = "now"
    """`now`: what has gone no longer counts; `since-event`: it still does."""
    unit: str = ""
    """UCUM unit of a number, e.g. `h` or `Cel`."""
    minimum: float = -math.inf
    maximum: float = math.inf
    choices: tuple[str, ...] = ()
    severity: bool = False
    """Whether the finding may carry a severity of 0 to 10."""
    volunteered_only: str = ""
    """Why no screening group asks for this emergency sign; empty where one does."""


_YES_NO = ValueType.YES_NO


def findings_from(
    types: Mapping[str, FindingType],
    reported: Mapping[str, Any] | Iterable[Finding],
) -> dict[str, Finding]:
    """
    Read what was reported into findings, refusing what the pack does not know.

    Args:
        types: the pack's vocabulary, finding id to declaration.
        reported: finding id to `present`, `absent`, `unsure`, a number, a choice, a
            mapping `{presence, value, severity}` or a Finding; or an iterable of Findings.

    Returns:
        Finding id to Finding, reported ones only.

    Raises:
        FactError: with every problem, where an id, value or range is not the pack's.
    """
    items: Iterable[tuple[Any, Any]]
    # An abstract class is slow to say what it knows, so the usual case is asked first.
    if isinstance(reported, (dict, Mapping)):
        items = reported.items()
    else:
        items = [(getattr(finding, "id", finding), finding) for finding in reported]
    problems: list[Problem] = []
    found: dict[str, Finding] = {}
    for name, said in items:
        declared = types.get(name) if isinstance(name, str) else None
        if declared is None:
            shown = str(name)[:60]
            problems.append(
                Problem(
                    "findings",
                    0,
                    "",
                    f"unknown finding '{shown}'",
                    "the ids in the pack's findings.yaml",
                    nearest(shown, types),
                )
            )
            continue
        try:
            found[declared.id] = _read(declared, said)
        except ValueError as error:
            problems.append(
                Problem("findings", 0, f"finding '{name}'", str(error), _allowed(declared, said))
            )
    if problems:
        raise FactError(problems)
    return found


def _read(declared: FindingType, said: Any) -> Finding:
    presence: Any = _PRESENT
    value: Any = None
    severity: Any = None
    if isinstance(said, Finding):
        if said.id != declared.id:
            msg = f"is told with finding '{said.id!s:.60}'"
            raise ValueError(msg)
        presence, value, severity = said.presence, said.value, said.severity
        if (
            value is None
            and severity is None
            and isinstance(presence, Presence)
            and (presence is not _PRESENT or declared.type is _YES_NO)
        ):
            return said
    elif isinstance(said, dict):
        unknown = set(said) - {"presence", "value", "severity"}
        if unknown:
            msg = f"unknown key '{min(map(str, unknown))}'"
            raise ValueError(msg)
        presence = said.get("presence", presence)
        value, severity = said.get("value"), said.get("severity")
    elif isinstance(said, str) and said in _PRESENCES:
        presence = said
    else:
        value = said
    if not isinstance(presence, str) or presence not in _PRESENCES:
        msg = f"presence {presence!r:.60} is not known"
        raise ValueError(msg)
    presence = _PRESENCES[presence]
    if presence is _PRESENT:
        value = _checked_value(declared, value)
        severity = _checked_severity(declared, severity)
    else:
        value = severity = None
    return Finding(declared.id, presence, value, severity)


def _checked_value(declared: FindingType, value: Any) -> float | str | None:
    if declared.type is _YES_NO:
        if value is not None:
            msg = f"takes no value, got {value!r:.60}"
            raise ValueError(msg)
        return None
    if declared.type is ValueType.CHOICE:
        if value not in declared.choices:
            msg = f"{value!r:.60} is not one of its choices"
            raise ValueError(msg)
        return str(value)
    number = _number(value)
    if not declared.minimum <= number <= declared.maximum:
        msg = f"{number:g} is out of range"
        raise ValueError(msg)
    return number


def _checked_severity(declared: FindingType, severity: Any) -> float | None:
    if severity is None:
        return None
    if not declared.severity:
        msg = "carries no severity"
        raise ValueError(msg)
    number = _number(severity)
    least, most = SEVERITY_RANGE
    if not least <= number <= most:
        msg = f"severity {number:g} is out of range {least:g} to {most:g}"
        raise ValueError(msg)
    return number


def _number(value: Any) -> float:
    # bool is an int in Python, and NaN compares false with everything: neither is a number here.
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        msg = f"wants a finite number, got {value!r:.60}"
        raise ValueError(msg)
    return float(value)


def _allowed(declared: FindingType, said: Any) -> str:
    if isinstance(said, Finding) and said.id != declared.id:
        return "a Finding under its own id"
    words = "present, absent, unsure"
    if declared.type is ValueType.CHOICE:
        return f"absent, unsure, {', '.join(declared.choices)}"
    if declared.type is ValueType.NUMBER:
        unit = f" {declared.unit}" if declared.unit else ""
        return f"absent, unsure, a number from {declared.minimum:g} to {declared.maximum:g}{unit}"
    return words
