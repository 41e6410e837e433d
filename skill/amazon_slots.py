"""Fill Amazon's built-in slot types as a device does: numbers as digits, durations as ISO 8601."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from skill.number_words import takes_unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_LONGEST_NUMBER = 9
_HUNDRED = 100
_TEN = 10
_DATE_UNITS = ("Y", "M", "W", "D")
_TIME_UNITS = ("H", "M", "S")
_ISO_PART = re.compile(r"(\d+(?:\.\d+)?)([YMWDHS])")

Amount = dict[str, float]
"""Unit of ISO 8601 to how many of it; those of a time are written with a T before them."""


def parsed_duration(text: str) -> Amount:
    """Return an ISO 8601 duration by unit, P1DT2H as {D: 1, TH: 2}; nothing if malformed."""
    date, _, time = text.upper().removeprefix("P").partition("T")
    amount: Amount = {}
    for part, mark in ((date, ""), (time, "T")):
        if _ISO_PART.sub("", part):
            return {}
        for number, unit in _ISO_PART.findall(part):
            amount[mark + unit] = amount.get(mark + unit, 0) + float(number)
    return amount


def written_duration(amount: Mapping[str, float]) -> str:
    """Return an amount as ISO 8601."""
    date = "".join(f"{amount[unit]:g}{unit}" for unit in _DATE_UNITS if unit in amount)
    time = "".join(f"{amount['T' + unit]:g}{unit}" for unit in _TIME_UNITS if "T" + unit in amount)
    return f"P{date}T{time}" if time else f"P{date}"


def phrases(spoken: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Return phrases word by word, the longest first, so that the first that fits is the best."""
    return tuple(sorted((tuple(str(phrase).split()) for phrase in spoken), key=len, reverse=True))


def after(words: Sequence[str], at: int, allowed: Iterable[tuple[str, ...]]) -> int | None:
    """Return where the first of the phrases that stands at this place ends, else None."""
    for phrase in allowed:
        if tuple(words[at : at + len(phrase)]) == phrase:
            return at + len(phrase)
    return None


class Numbers:
    """AMAZON.NUMBER: `8`, `thirty eight`, `a hundred and one`."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        said = {tuple(str(words).split()): int(n) for words, n in data["words"].items()}
        self.words: dict[str, int] = {words[0]: n for words, n in said.items() if not words[1:]}
        self._several = sorted(
            ((words, n) for words, n in said.items() if words[1:]), key=lambda it: -len(it[0])
        )
        """Numbers of several words, the longest first: `quatre vingt douze`."""
        self._hundred = frozenset(data["hundred"])
        self._one = frozenset(data["one"])
        self._and = frozenset(data["and"])

    def __call__(self, words: Sequence[str], at: int) -> tuple[int, int] | None:
        """Return the end of the number that begins here and its value, else None."""
        word = words[at]
        if word.isdecimal():
            return (at + 1, int(word)) if len(word) <= _LONGEST_NUMBER else None
        for several, value in self._several:
            if tuple(words[at : at + len(several)]) == several:
                return at + len(several), value
        following = words[at + 1] if at + 1 < len(words) else ""
        if word in self._hundred:
            begun = at > 0 and words[at - 1] in self._one  # "a hundred" begins at the "a"
            return None if begun else self._rest(words, at + 1, _HUNDRED)
        if following in self._hundred:
            if word in self._one:
                return self._rest(words, at + 2, _HUNDRED)
            if 0 < self.words.get(word, 0) < _TEN:
                return self._rest(words, at + 2, self.words[word] * _HUNDRED)
        return self._below_hundred(words, at)

    def _below_hundred(self, words: Sequence[str], at: int) -> tuple[int, int] | None:
        value = self.words.get(words[at]) if at < len(words) else None
        if value is None:
            return None
        unit = self.words.get(words[at + 1], 0) if at + 1 < len(words) else 0
        return (at + 2, value + unit) if takes_unit(value, unit) else (at + 1, value)

    def _rest(self, words: Sequence[str], at: int, value: int) -> tuple[int, int]:
        start = at + 1 if at < len(words) and words[at] in self._and else at
        rest = self._below_hundred(words, start)
        return (rest[0], value + rest[1]) if rest and rest[1] else (at, value)


class Durations:
    """AMAZON.DURATION: `two days`, `half an hour`, `a week and a half`."""

    def __init__(self, data: Mapping[str, Any], numbers: Numbers) -> None:
        self._numbers = numbers
        self._quantities = {tuple(str(q).split()): int(n) for q, n in data["quantities"].items()}
        self._longest_first = phrases(data["quantities"])
        self._units: dict[str, str] = data["units"]
        self._halves: dict[str, str] = data["halves"]
        self._half = phrases(data["half"])
        self._and_a_half = phrases(data["and_a_half"])
        self._and = frozenset(data["and"])

    def __call__(self, words: Sequence[str], at: int) -> tuple[int, str] | None:
        """Return the end of the duration that begins here and its ISO 8601, else None."""
        total: Amount = {}
        end = None
        while (part := self._one_unit(words, at)) is not None:
            end, amount = part
            for unit, number in amount.items():
                total[unit] = total.get(unit, 0) + number
            at = end + 1 if end < len(words) and words[end] in self._and else end
        if end is None:
            return None
        if "W" in total and len(total) > 1:  # ISO 8601 has no weeks beside other units
            total["D"] = total.get("D", 0) + 7 * total.pop("W")
        return end, written_duration(total)

    def _one_unit(self, words: Sequence[str], at: int) -> tuple[int, Amount] | None:
        if at >= len(words):
            return None
        unit_at = after(words, at, self._half)
        if unit_at is not None and (unit := self._unit(words, unit_at)) in self._halves:
            return unit_at + 1, parsed_duration(self._halves[unit])
        quantity_end = after(words, at, self._longest_first)
        if quantity_end is not None:
            quantity = self._quantities[tuple(words[at:quantity_end])]
        else:
            number = self._numbers(words, at)
            if number is None:
                return None
            quantity_end, quantity = number
        half_end = after(words, quantity_end, self._and_a_half)
        unit = self._unit(words, half_end or quantity_end)
        if not unit:
            return None
        end = (half_end or quantity_end) + 1
        if half_end is None:
            half_end = after(words, end, self._and_a_half)
            end = half_end or end
        amount = {name: n * quantity for name, n in parsed_duration(unit).items()}
        if half_end is not None:
            for name, n in parsed_duration(self._halves.get(unit, "")).items():
                amount[name] = amount.get(name, 0) + n
        return end, amount

    def _unit(self, words: Sequence[str], at: int) -> str:
        return self._units.get(words[at], "") if at < len(words) else ""
