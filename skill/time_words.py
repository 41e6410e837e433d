"""Times as people say them: `a fortnight ago`, `last Tuesday`, `ten minutes after the drip`."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from rules_lib.frozen import frozen
from skill.clock_words import ClockWords
from skill.sentence import STOP, Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from skill.sentence import Normaliser

_HOUR = timedelta(hours=1)
_DAYS_A_WEEK = 7
_NOON = 12
_VERB = 8
"""Words before a length of time in which its verb stands."""
_FAR = 40
"""Words further off than this tell nothing of a time."""
_COMMA_COSTS = 4
"""A comma between a time and what it may tell of counts like so many words."""


class Relation(StrEnum):
    """What a time tells."""

    AGO = "ago"
    """How long before now."""
    AFTER = "after"
    """How long after the event the trouble began."""
    ON = "on"
    """How long after the event it is now: `five weeks on`."""
    LASTING = "lasting"
    """For how long, until now."""
    LASTED = "lasted"
    """For how long, over now."""
    BARE = "bare"
    """A length of time and nothing else: it means what was asked."""


@frozen
class Time:
    """A time that was said."""

    start: int
    end: int
    hours: float
    relation: Relation
    of_trouble: bool = True
    """Whether the words before it may speak of a trouble: `it lasted`, not `I was there`."""


class TimeWords:
    """Finds the times of a language in a sentence."""

    def __init__(self, normaliser: Normaliser, words: Mapping[str, Any]) -> None:
        stem = normaliser.stem

        def stems(name: str) -> frozenset[str]:
            return frozenset(stem(word) for word in words[name])

        def phrases(name: str) -> dict[str, list[tuple[tuple[str, ...], Any]]]:
            by_first: dict[str, list[tuple[tuple[str, ...], Any]]] = {}
            for phrase, meaning in words[name].items():
                stems = tuple(stem(word) for word in normaliser.plain(str(phrase)))
                by_first.setdefault(stems[0], []).append((stems, meaning))
            for pairs in by_first.values():
                pairs.sort(key=lambda pair: -len(pair[0]))
            return by_first

        self._units = {stem(unit): float(hours) for unit, hours in words["units"].items()}
        self._vague = phrases("vague")
        self._points = phrases("points")
        self._after_event = phrases("after_event")
        self._weekdays = {stem(day): number for number, day in enumerate(words["weekdays"])}
        self._ago, self._after, self._on = stems("ago"), stems("after"), stems("on")
        self._perfect, self._trouble = stems("perfect"), stems("trouble")
        self._lasting, self._lasted = stems("lasting"), stems("lasted")
        self._before_lasting = stems("before_lasting")
        self._not_told = stems("not_told")
        self._future = stems("future")
        self._before_day, self._since = stems("before_day"), stems("since")
        self._alternatives = stems("alternatives")
        self._hours = ClockWords(normaliser, words, self._units.keys())
        self._ago_before = [
            tuple(map(stem, normaliser.plain(said))) for said in words["ago_before"]
        ]
        self._or_so = stems("or_so")
        self._event, self._onset = stems("event"), stems("onset")
        self._clause = stems("clause")
        self._day_parts = {stem(part): int(hour) for part, hour in words["day_parts"].items()}
        self._begins = self._hours.halves.union(
            self._vague, self._points, self._after_event, self._weekdays
        )
        """Stems that a time may begin with, numbers apart."""

    def find(self, sentence: Sentence, now: datetime) -> list[Time]:
        """Return the times said, in order, reckoned back from `now`."""
        times: list[Time] = []
        at = 0
        stems, numbers = sentence.stems, sentence.numbers
        while at < len(stems):
            if at not in numbers and stems[at] not in self._begins:
                at += 1
                continue
            time = (
                self._after_the_event(sentence, at)
                or self._point(sentence, at, now)
                or self._clock(sentence, at, now)
                or self._length(sentence, at)
            )
            if time is None:
                at += 1
                continue
            if time.hours >= 0:
                times.append(time)
            at = max(time.end, at + 1)
        return times

    def tells_event(
        self,
        sentence: Sentence,
        time: Time,
        trouble: AbstractSet[int],
        *,
        history: bool = False,
    ) -> bool | None:
        """
        Return whether a time before now is that of the event (the infusion) or of the trouble.

        Args:
            sentence: the words.
            time: one with the relation AGO.
            trouble: places of the words that tell of the trouble, the symptoms found.
            history: whether it is so long ago that it tells of nothing beyond its clause: "a car
                accident ten years ago and my back hurts".

        Returns:
            True for the event, False for the trouble, None where the words tell neither.
        """
        stems = sentence.stems
        after = stems[time.end] if time.end < len(stems) else ""
        before = stems[time.start - 1] if time.start else ""
        if before in self._since and after not in self._event:
            return False
        near = range(max(0, time.start - _FAR), min(len(stems), time.end + _FAR))
        if history:
            near = self._clause_of(sentence, time, near)
        event = self._distance(sentence, time, [at for at in near if stems[at] in self._event])
        onset = self._distance(
            sentence,
            time,
            [
                at
                for at in near
                if (stems[at] in self._onset or at in trouble) and stems[at] not in self._event
            ],
        )
        if event is None and onset is None:
            return None
        return onset is None or (event is not None and event <= onset)

    def _clause_of(self, sentence: Sentence, time: Time, near: range) -> range:
        """Return those of the places that no comma and no `and` parts from a time."""
        first, last = time.start, time.end
        while first > near.start and not self._parts(sentence, first):
            first -= 1
        while last < near.stop and not self._parts(sentence, last):
            last += 1
        return range(first, last)

    def _parts(self, sentence: Sentence, at: int) -> bool:
        return bool(sentence.breaks[at]) or sentence.stems[at] in self._clause

    def _distance(self, sentence: Sentence, time: Time, places: Sequence[int]) -> int | None:
        nearest: int | None = None
        for at in places:
            if time.start <= at < time.end:
                continue
            low, high = (at, time.start) if at < time.start else (time.end - 1, at)
            crossed = range(low + 1, high + 1)
            if any(sentence.breaks[place] == STOP for place in crossed):
                continue
            cost = (
                high - low + sum(_COMMA_COSTS for place in crossed if self._parts(sentence, place))
            )
            nearest = cost if nearest is None else min(nearest, cost)
        return nearest

    # -- lengths of time -----------------------------------------------------------------------

    def _length(self, sentence: Sentence, at: int) -> Time | None:
        amount = self._amount(sentence, at)
        if amount is None:
            return None
        quantity, place = amount
        stems = sentence.stems
        if place >= len(stems) or stems[place] not in self._units:
            return None
        hours = quantity * self._units[stems[place]]
        end = place + 1
        half = self._hours.half_after(sentence, end)
        if half > end:
            hours, end = hours + self._units[stems[place]] / 2, half
        elif end + 1 < len(stems) and stems[end] in self._alternatives:
            # "A day or two", "an hour or so": the longer one.
            more = sentence.numbers.get(end + 1)
            hours = more.value * self._units[stems[place]] if more else hours
            end = more.end if more else end + (2 if stems[end + 1] in self._or_so else 0)
        return self._related(sentence, at, end, hours)

    def _amount(self, sentence: Sentence, at: int) -> tuple[float, int] | None:
        number = sentence.numbers.get(at)
        if number is not None:
            if number.ordinal:
                return None
            place, value = number.end, number.value
            stems = sentence.stems
            if place + 1 < len(stems) and stems[place] in self._alternatives:
                more = sentence.numbers.get(place + 1)
                if more is not None:
                    return more.value, more.end
            return value, place
        for phrase, value in self._vague.get(sentence.stems[at], ()):
            if sentence.stems[at : at + len(phrase)] == phrase:
                place = at + len(phrase)
                number = sentence.numbers.get(place)
                if number is None:
                    return float(value), place
        return None

    def _related(self, sentence: Sentence, start: int, end: int, hours: float) -> Time:
        stems, breaks = sentence.stems, sentence.breaks
        after = stems[end] if end < len(stems) and not breaks[end] else ""
        second = stems[end + 1] if end + 1 < len(stems) and not breaks[end + 1] else ""
        before = stems[max(0, start - 3) : start]
        last = before[-1] if before else ""
        if last in self._not_told or after in self._not_told:
            return Time(start, end, -1, Relation.BARE)
        if after in self._ago:
            return Time(start, end + 1, hours, Relation.AGO)
        for phrase in self._ago_before:
            if stems[max(0, start - len(phrase)) : start] == phrase:
                return Time(start - len(phrase), end, hours, Relation.AGO)
        if after in self._after or last in self._after:
            return Time(start, end + (after in self._after), hours, Relation.AFTER)
        if after in self._on and second not in self._units:
            return Time(start, end + 1, hours, Relation.ON)
        if set(before) & self._lasted:
            return Time(start, end, hours, Relation.LASTED)
        if set(before) & self._before_lasting or after in self._lasting:
            # "I had it for an hour" is over; "I have had it for an hour" is not.
            begun = set(stems[max(0, start - _VERB) : start]) & self._perfect
            going_on = begun or after in self._lasting or start <= len(before[-1:])
            relation = Relation.LASTING if going_on else Relation.LASTED
            told = not start or bool(set(stems[max(0, start - _VERB) : start]) & self._trouble)
            return Time(start, end, hours, relation, told)
        return Time(start, end, hours, Relation.BARE)

    # -- points of time ------------------------------------------------------------------------

    def _after_the_event(self, sentence: Sentence, at: int) -> Time | None:
        for phrase, hours in self._after_event.get(sentence.stems[at], ()):
            if sentence.stems[at : at + len(phrase)] == phrase:
                return Time(at, at + len(phrase), float(hours), Relation.AFTER)
        return None

    def _point(self, sentence: Sentence, at: int, now: datetime) -> Time | None:
        for phrase, (days, hour) in self._points.get(sentence.stems[at], ()):
            if sentence.stems[at : at + len(phrase)] == phrase:
                return Time(at, at + len(phrase), _back(now, days, hour), Relation.AGO)
        day = self._weekdays.get(sentence.stems[at])
        if day is None:
            return None
        around = {*sentence.stems[max(0, at - _VERB) : at], *sentence.stems[at + 1 : at + 2]}
        if around & self._future:
            return None
        days = (now.weekday() - day) % _DAYS_A_WEEK or _DAYS_A_WEEK
        end = at + 1
        hour = _NOON
        if end < len(sentence) and sentence.stems[end] in self._day_parts:
            hour, end = self._day_parts[sentence.stems[end]], end + 1
        start = at - 1 if at and sentence.stems[at - 1] in self._before_day else at
        return Time(start, end, _back(now, days, hour), Relation.AGO)

    def _clock(self, sentence: Sentence, at: int, now: datetime) -> Time | None:
        hour = self._hours.find(sentence, at, now)
        return Time(hour.start, hour.end, hour.ago, Relation.AGO) if hour else None


def _back(now: datetime, days: float, hour: int) -> float:
    """Return the hours from an hour of a day past until now, at least a little."""
    then = (now - timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)
    return max((now - then) / _HOUR, 0.5 if days < 1 else 1.0)
