"""Hours of the clock as people say them: `at half seven`, `since three`, `9 am`, `15 Uhr 30`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from skill.sentence import Normaliser, Sentence

_HOUR = timedelta(hours=1)
_NOON = 12
_DAY = 24
_HALF = 0.5
_MINUTES = 60


class Clock(NamedTuple):
    """An hour that was said."""

    start: int
    end: int
    ago: float
    """Hours since it was last so late."""


class ClockWords:
    """Finds the hours of a language in a sentence."""

    def __init__(
        self, normaliser: Normaliser, words: Mapping[str, Any], units: AbstractSet[str]
    ) -> None:
        """
        Make the finder.

        Args:
            normaliser: of the locale's words.
            words: what stands under `time` of words.yaml.
            units: stems of the units of time: "three hours" is no hour of the clock.

        """

        def stems(name: str) -> frozenset[str]:
            return frozenset(normaliser.stem(word) for word in words[name])

        self._units = units
        self._at_hour, self._oclock = stems("at_hour"), stems("oclock")
        self._past_hour, self._not_hour = stems("past_hour"), stems("not_hour")
        self.halves, self._half_to = stems("half"), bool(words["half_to"])
        """Stems that stand before an hour and a number: `half seven`."""
        self._half_days = {
            normaliser.stem(part): int(hour) for part, hour in words["half_days"].items()
        }
        self._bare = bool(words.get("bare_hours", True))
        self._and_a_half = [
            tuple(map(normaliser.stem, normaliser.plain(said))) for said in words["and_a_half"]
        ]

    def half_after(self, sentence: Sentence, at: int) -> int:
        """Return the place after an "and a half" that stands at a place, or the place itself."""
        for half in self._and_a_half:
            if sentence.stems[at : at + len(half)] == half:
                return at + len(half)
        return at

    def find(self, sentence: Sentence, at: int, now: datetime) -> Clock | None:
        """Return the hour that is said at a place, the last time it was that late, or None."""
        stems = sentence.stems
        before = stems[at - 1] if at else ""
        place = at + 1 if stems[at] in self.halves else at
        halved = place > at
        if halved and place < len(stems) and stems[place] in self._past_hour:
            place += 1
        number = sentence.numbers.get(place)
        if number is None or number.ordinal:
            return None
        after = stems[number.end] if number.end < len(stems) else ""
        asked_for = before in self._at_hour
        oclock = after in self._oclock and (asked_for or after not in self._units)
        named = oclock or after in self._half_days
        spoken = (
            self._bare and asked_for and after not in self._units and after not in self._not_hour
        )
        # "Three and a half" is one number to those who count.
        hour, rest = divmod(number.value, 1)
        if rest not in {0, _HALF} or not (named or spoken or (at == 0 and halved)):
            return None
        if not (0 if oclock else 1) <= hour <= (_DAY if oclock else _NOON):
            return None
        end, minutes = self._end(sentence, number.end, named=named, oclock=oclock)
        hour += max(rest, minutes)
        if halved:
            hour += -_HALF if self._half_to else _HALF
        hours = [hour % _DAY] if hour > _NOON + _HALF else [hour % _NOON, hour % _NOON + _NOON]
        if after in self._half_days:
            hours = [hour % _NOON + self._half_days[after]]
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return Clock(at, end, min((now - midnight - one * _HOUR) / _HOUR % _DAY for one in hours))

    def _end(self, sentence: Sentence, at: int, *, named: bool, oclock: bool) -> tuple[int, float]:
        """Return where the hour ends that ends with its number at a place, and how much past it."""
        end = at + 1 if named else at
        minutes = sentence.numbers.get(end) if oclock else None
        if minutes is not None and not minutes.ordinal and 0 <= minutes.value < _MINUTES:
            return minutes.end, minutes.value / _MINUTES
        half = self.half_after(sentence, end)
        return half, _HALF if half > end else 0.0
