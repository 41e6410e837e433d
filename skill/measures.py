"""Numbers that mean something: a temperature, a severity, an age, a count of infusions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rules_lib.frozen import frozen
from skill.sentence import STOP, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from skill.matches import Match
    from skill.number_words import Spoken
    from skill.sentence import Normaliser

_FAHRENHEIT_FROM = 45.0
"""Above this a body temperature can only be in degrees Fahrenheit."""
_COLD, _HOT = 35.0, 43.0
"""A number with tenths between these, in degrees Celsius, can hardly be anything else."""
_WORST = 10
_TENTHS = 10
_FAR = 40
"""Words further off than this tell nothing of a measure."""
_REACH = 6
"""Words between a number and the word that tells what it is."""


@frozen
class Measure:
    """A value and the words it was said with."""

    start: int
    end: int
    value: float


class Measures:
    """Reads the measures of a sentence."""

    def __init__(self, normaliser: Normaliser, words: Mapping[str, Any]) -> None:
        def stems(name: str) -> frozenset[str]:
            return frozenset(normaliser.stem(word) for word in words[name])

        self._thermal, self._degrees = stems("temperature"), stems("degrees")
        self._not_degrees = stems("not_degrees")
        self._fahrenheit: frozenset[str] = stems("fahrenheit")
        self._scale: list[str] = [normaliser.stem(word) for word in words["out_of"]]
        self._scale_to = float(words["scale_to"])
        self._before_severity = stems("before_severity")
        self._not_severity = stems("not_severity")
        self._doses, self._before_count = stems("doses"), stems("before_count")
        self._between_count = stems("between_count")
        self._after_age = stems("after_age")
        self._people = stems("people")
        self._years, self._months = stems("years"), stems("months")
        self._old, self._aged, self._is = stems("old"), stems("aged"), stems("be")
        self._has = stems("has_years") if "has_years" in words else frozenset()

    def temperature_c(self, sentence: Sentence, *, expected: bool) -> Measure | None:
        """Return the body temperature said, in degrees Celsius."""
        said = [
            measure
            for number in sentence.numbers.values()
            if not number.ordinal
            and (measure := self._temperature(sentence, number, expected=expected)) is not None
        ]
        # "At eight it was 39.4", "it went from 37 to 39.5": the hour is none, the highest counts.
        bodily = [measure for measure in said if _COLD <= measure.value < _HOT]
        return max(bodily or said, key=lambda measure: measure.value, default=None)

    def _temperature(self, sentence: Sentence, number: Spoken, *, expected: bool) -> Measure | None:
        stems = sentence.stems
        near = stems[max(0, number.start - _REACH) : number.start]
        value, end = self._with_tenths(sentence, number)
        after = stems[end : end + 2]
        told = (
            bool(set(near) & self._thermal)
            or bool(set(after) & self._degrees)
            or (value != int(value) and _COLD <= value < _HOT)
        )
        if not (told or expected) or set(after[:1]) & self._not_degrees:
            return None
        if value > _FAHRENHEIT_FROM or set(after) & self._fahrenheit:
            value = (value - 32) * 5 / 9
        return Measure(number.start, end, round(value, 1))

    def _with_tenths(self, sentence: Sentence, number: Spoken) -> tuple[float, int]:
        """Read `thirty eight five` and `one oh one` beside `thirty eight point five`."""
        at = number.end
        tenth = sentence.numbers.get(at)
        whole = number.value == int(number.value)
        if tenth is not None and whole and number.value >= _TENTHS and tenth.value < _TENTHS:
            return number.value + tenth.value / _TENTHS, tenth.end
        return number.value, at

    def severities(
        self, sentence: Sentence, found: Iterable[Match], *, expected: bool
    ) -> list[Measure]:
        """Return how bad things are said to be, 0 to 10, by numbers and by words."""
        said: list[Measure] = []
        stems = sentence.stems
        scale = len(self._scale)
        for number in sentence.numbers.values():
            if number.ordinal or not 0 <= number.value <= _WORST:
                continue
            top = sentence.numbers.get(number.end + scale)
            scaled = (
                list(stems[number.end : number.end + scale]) == self._scale
                and top is not None
                and top.value == self._scale_to
            )
            ends = number.end + scale + 1 if scaled else number.end
            alone = expected and not set(stems[ends : ends + 1]) & self._not_severity
            before = set(stems[max(0, number.start - 3) : number.start])
            rated = before & self._before_severity and not (
                set(stems[ends : ends + 1]) & self._not_severity
            )
            if scaled or alone or rated:
                said.append(Measure(number.start, ends, number.value))
        taken = [range(measure.start, measure.end) for measure in said]
        if not taken:
            said += [
                Measure(match.start, match.end, float(match.id))
                for match in found
                if match.kind == "severity"
            ]
        return said

    def age_years(
        self, sentence: Sentence, found: Iterable[Match], *, expected: bool
    ) -> Measure | None:
        """Return the age said of anybody."""
        people = {match.end for match in found if match.kind == "person"}
        stems = sentence.stems
        for number in sentence.numbers.values():
            if number.ordinal:
                continue
            after = list(stems[number.end : number.end + 2])
            before = stems[max(0, number.start - 2) : number.start]
            unit = set(after[:1])
            if len(after) > 1 and after[1] in self._old and unit & (self._years | self._months):
                value = number.value / 12 if unit & self._months else number.value
                return Measure(number.start, number.end + 2, value)
            ends = (
                number.end >= len(stems)
                or sentence.breaks[number.end] > 0
                or bool(unit & self._after_age)
            )
            if set(before) & self._has and unit & self._years and self._age_ends(sentence, number):
                # "Tengo doce anos", but not "tengo dos anos con esto".
                return Measure(number.start, number.end + 1, number.value)
            if set(before) & self._aged and not unit & self._not_severity:
                return Measure(number.start, number.end, number.value)
            if before and before[-1] in self._is and not unit & self._not_severity:
                whose = number.start - 1
                if whose in people or (len(before) > 1 and before[0] in self._people):
                    return Measure(number.start, number.end, number.value)
            if expected and (ends or unit & self._years):
                return Measure(number.start, number.end, number.value)
        return None

    def _age_ends(self, sentence: Sentence, number: Spoken) -> bool:
        """Whether nothing after the years of a number says that they are something else's."""
        at = number.end + 1
        return sentence.breaks[at] > 0 or sentence.stems[at] in self._after_age

    def count(self, sentence: Sentence, *, expected: bool) -> Measure | None:
        """Return how many infusions were had: `five infusions`, `my third dose`."""
        stems = sentence.stems
        for number in sentence.numbers.values():
            place = number.end
            while place < len(stems) and stems[place] in self._between_count:
                place += 1
            if place < len(stems) and stems[place] in self._doses and not sentence.breaks[place]:
                return Measure(number.start, place + 1, number.value)
            before = stems[number.start - 1] if number.start else ""
            bare = number.end >= len(stems) or sentence.breaks[number.end] > 0
            if expected and (bare or number.ordinal or before in self._before_count):
                return Measure(number.start, number.end, number.value)
        return None


def nearest(measure: Measure, matches: Sequence[Match], sentence: Sentence) -> Match | None:
    """Return the match that a measure is said of: the nearest one, left before right."""
    best: tuple[int, Match] | None = None
    for match in matches:
        low, high = sorted((match.start, measure.start))
        if high - low > _FAR:
            continue
        if match.start < measure.end and measure.start < match.end:
            gap = 0
        elif match.end <= measure.start:
            crossed = sentence.breaks[match.end : measure.start + 1]
            gap = measure.start - match.end + sum(2 for strength in crossed if strength)
            gap += 4 if STOP in crossed else 0
        else:
            gap = match.start - measure.end + 1
            gap += 8 if STOP in sentence.breaks[measure.end : match.start + 1] else 0
        if best is None or gap < best[0]:
            best = (gap, match)
    return best[1] if best else None
