"""Quantities such as `38 Cel` or `4 d`: a number with a UCUM unit, converted exactly."""

from __future__ import annotations

import math
import re

_EXACT = (
    {"min": 1, "h": 60, "d": 1440, "wk": 10080},
    {"mo": 1, "a": 12},
    {"mg": 1, "g": 1000, "kg": 1000000},
)
"""Units that convert into one another without rounding, as multiples of the smallest."""
_ALONE = ("Cel", "%", "mm[Hg]", "/min", "mL", "cm")
UNITS = (*(unit for family in _EXACT for unit in family), *_ALONE)
"""Every unit a pack may declare, beside annotations such as `{count}`."""
_QUANTITY = re.compile(r"(-?\d+(?:\.\d+)?)[ ]+(\S+)")


def is_unit(text: str) -> bool:
    """Whether a finding may declare this unit."""
    return text in UNITS or re.fullmatch(r"\{[a-z_]+\}", text) is not None


def is_counted(unit: str) -> bool:
    """Whether numbers of this unit are written bare: none, or an annotation in braces."""
    return not unit or unit.startswith("{")


def convertible(unit: str) -> tuple[str, ...]:
    """Return the units in which a quantity of this unit may be written, its own first."""
    family = next((family for family in _EXACT if unit in family), {})
    return (unit, *(other for other in family if other != unit))


def read_quantity(written: object, unit: str) -> float:
    """
    Return the number that `written` means in `unit`.

    Raises:
        ValueError: with a sentence, where it is no quantity in this unit or one that converts.
    """
    number = not isinstance(written, bool) and isinstance(written, int | float)
    if is_counted(unit):
        if number and math.isfinite(written):  # type: ignore[arg-type]
            return float(written)  # type: ignore[arg-type]
        msg = f"'{str(written)[:60]}' is no number"
        raise ValueError(msg)
    match = _QUANTITY.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        msg = (
            f"'{str(written)[:60]}' has no unit"
            if number
            else f"'{str(written)[:60]}' is no quantity"
        )
        raise ValueError(msg)
    amount, said = float(match[1]), match[2]
    if said == unit:
        return amount
    for family in _EXACT:
        if said in family and unit in family:
            return amount * family[said] / family[unit]
    msg = f"wrong unit '{said[:60]}'"
    raise ValueError(msg)


def allowed_quantities(unit: str) -> str:
    """Return what a comparison with a number of this unit may be written as."""
    if is_counted(unit):
        return "a number without unit"
    return f"a number and its unit, in {' or '.join(convertible(unit))}"
