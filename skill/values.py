"""The values of a turn - temperature, severity, times, product, counts - and whose they are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rules_lib.facts import Finding, FindingType, Kind, Presence, ValueType
from rules_lib.frozen import frozen
from skill.measures import Measures, nearest
from skill.time_words import Relation, Time, TimeWords
from skill.whole_turn import TIME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from skill.matches import Match
    from skill.sentence import Normaliser, Sentence

_NEAR = 5
"""Words between `temperature` and its number."""


@frozen
class Turn:
    """One turn as far as it has been read."""

    sentence: Sentence
    found: Sequence[Match]
    reported: Sequence[Match]
    """Of the matches found, the symptoms that are present or doubtful."""
    expects: str | None
    about: str | None
    now: datetime


class Values:
    """Puts the values of turns into findings; which finding holds what, the locale's roles say."""

    def __init__(
        self,
        normaliser: Normaliser,
        words: Mapping[str, Any],
        products: Mapping[str, Any],
        types: Mapping[str, FindingType],
    ) -> None:
        self._types = types
        self._role: Mapping[str, Any] = words["roles"]
        self._measures = Measures(normaliser, words["measures"])
        self._times = TimeWords(normaliser, words["time"])
        self._sounds = _Sounds(products)

    def add(self, turn: Turn, findings: dict[str, Finding]) -> float | None:
        """Add every value that was said to the findings; return the age in years, if any."""
        asks_age = turn.expects == "age" or turn.about == self._role["age"]
        age = self._measures.age_years(turn.sentence, turn.found, expected=asks_age)
        self._add_temperature(turn, findings)
        self._add_severity(turn, findings)
        self._add_count(turn, findings)
        self._add_product(turn, findings)
        signs = {
            at
            for match in turn.reported
            if self._types[match.id].kind is Kind.SIGN
            for at in range(match.start, match.end)
        }
        times = self._times.find(turn.sentence, turn.now) or [
            Time(match.start, match.end, float(match.id), Relation.AGO)
            for match in turn.found
            if match.kind == TIME
        ]
        history = [match for match in turn.found if match.kind == "history"]
        for time in times:
            if age is not None and time.start < age.end and age.start < time.end:
                continue
            long_ago = any(match.start < time.end and time.start < match.end for match in history)
            of_event = self._times.tells_event(turn.sentence, time, signs, history=long_ago)
            told = signs or turn.expects or turn.about or time.of_trouble
            if time.relation in {Relation.LASTING, Relation.LASTED} and not told:
                continue
            for name in self._clocks(turn, time, of_event=of_event):
                if name not in findings:
                    self._put(findings, name, time.hours)
        if age is not None:
            self._put(findings, self._role["age"], age.value)
        return age.value if age is not None else None

    def _put(self, findings: dict[str, Finding], name: str, value: float | str) -> None:
        """Add a value where the pack can hold it; what is out of its range was misheard."""
        declared = self._types.get(name)
        if declared is None:
            return
        if isinstance(value, float):
            number = declared.type is ValueType.NUMBER
            if not number or not declared.minimum <= value <= declared.maximum:
                return
        elif value not in declared.choices:
            return
        findings[name] = Finding(name, value=value)

    def _add_temperature(self, turn: Turn, findings: dict[str, Finding]) -> None:
        name, fever = self._role["temperature"], self._role["fever"]
        asked = turn.expects == "temperature" or turn.about == name
        measure = self._measures.temperature_c(turn.sentence, expected=asked)
        if measure is None:
            return
        self._put(findings, name, measure.value)
        if name not in findings or fever not in self._types:
            return
        if measure.value >= float(self._role["fever_from_c"]):
            findings[fever] = Finding(fever)
        elif any(
            match.id == fever and match.start <= measure.end and measure.start <= match.end + _NEAR
            for match in turn.found
        ):
            # "A temperature of 36.8": the word was the measure's, not a fever's.
            findings.pop(fever, None)

    def _add_severity(self, turn: Turn, findings: dict[str, Finding]) -> None:
        name = self._role["severity"]
        asked = turn.expects == "severity" or turn.about == name
        bearers = [
            match
            for match in turn.reported
            if self._types[match.id].severity
            and match.id in findings
            and findings[match.id].presence is Presence.PRESENT
        ]
        about = self._types.get(turn.about or "")
        for measure in self._measures.severities(turn.sentence, turn.found, expected=asked):
            bearer = nearest(measure, bearers, turn.sentence)
            if bearer is not None:
                held = findings[bearer.id]
                if held.severity is None or held.severity < measure.value:
                    findings[bearer.id] = replace(held, severity=measure.value)
            elif about is not None and about.severity and asked:
                findings[about.id] = Finding(about.id, severity=measure.value)
            else:
                before = findings[name].value if name in findings else None
                if not isinstance(before, float) or before < measure.value:
                    self._put(findings, name, measure.value)

    def _add_count(self, turn: Turn, findings: dict[str, Finding]) -> None:
        name = self._role["count"]
        asked = turn.expects == "number"
        count = self._measures.count(turn.sentence, expected=asked and turn.about in {None, name})
        if count is not None:
            self._put(findings, name, count.value)
        elif asked and turn.about not in {None, name}:
            numbers = [number for number in turn.sentence.numbers.values() if not number.ordinal]
            if len(numbers) == 1:
                self._put(findings, str(turn.about), numbers[0].value)

    def _add_product(self, turn: Turn, findings: dict[str, Finding]) -> None:
        choices = {match.id for match in turn.found if match.kind == "product"}
        if not choices and turn.expects == "product":
            choices = self._sounds.like(turn.sentence)
        if len(choices) == 1:
            self._put(findings, self._role["product"], choices.pop())

    def _clocks(self, turn: Turn, time: Time, *, of_event: bool | None) -> list[str]:
        """Return the ids of the time findings that a time is the value of."""
        since_event, to_onset, since_onset, duration = (
            self._role[clock]
            for clock in ("since_event", "event_to_onset", "since_onset", "duration")
        )
        asked = turn.about if turn.about in {since_event, to_onset, since_onset, duration} else None
        told = {
            Relation.AFTER: [to_onset],
            Relation.ON: [since_event],
            Relation.LASTED: [duration],
            Relation.LASTING: [since_onset, duration],
        }.get(time.relation)
        if told is not None:
            return told
        expected = asked is not None or turn.expects == "onset"
        if time.relation is Relation.BARE:
            return [asked or to_onset] if expected else []
        if of_event is None:
            if asked == since_event:
                return [since_event]
            return [since_onset] if expected else []
        return [since_event if of_event else since_onset]


class _Sounds:
    """Names of products by ear: their consonants, as a recogniser may have spelt them."""

    _LEAST = 4

    def __init__(self, products: Mapping[str, Any]) -> None:
        self._ids: dict[str, set[str]] = {}
        for name, entry in products.items():
            for brand in entry.get("sounds", ()):
                self._ids.setdefault(_consonants(brand), set()).add(name)

    def like(self, sentence: Sentence) -> set[str]:
        """Return the products that one to three neighbouring words sound like."""
        words = sentence.words
        return {
            name
            for size in (1, 2, 3)
            for at in range(len(words) - size + 1)
            for name in self._ids.get(_consonants("".join(words[at : at + size])), ())
        }


def _consonants(word: str) -> str:
    word = word.lower().replace("ph", "f").replace("ck", "k")
    key = ""
    for letter in word.translate(str.maketrans("cqzv", "kksf", "aeiouyhw -")):
        key += "" if key.endswith(letter) else letter
    return key
