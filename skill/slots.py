"""An intent and its slots -> what was understood; pure, and nothing that was said is dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from rules_lib.facts import Finding, Presence
from skill.amazon_slots import parsed_duration
from skill.reading import Answer, Reading, Wish

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from ask_sdk_model import Slot

    from rules_lib.facts import FindingType

MATCHED = "ER_SUCCESS_MATCH"

SINCE_INFUSION = "hours-since-infusion"
TO_ONSET = "hours-to-onset"
SINCE_ONSET = "hours-since-onset"
DURATION = "duration-hours"
_CLOCKS = frozenset({SINCE_INFUSION, TO_ONSET, SINCE_ONSET, DURATION})
_CLOCK_SLOTS = {
    "infusionAgo": SINCE_INFUSION,
    "infusionMoment": SINCE_INFUSION,
    "startedAgo": SINCE_ONSET,
    "startedMoment": SINCE_ONSET,
    "startedAfter": TO_ONSET,
}
_OPEN_CLOCK_SLOTS = {
    "duration": (SINCE_INFUSION, _CLOCKS),
    "moment": (SINCE_INFUSION, _CLOCKS),
    "ago": (SINCE_INFUSION, _CLOCKS - {DURATION}),
    "lasted": (SINCE_ONSET, _CLOCKS),
}
"""Times that mean what the open question asks for: what they mean where none does, and the
questions that they can answer."""
_COUNTED_FROM_NOW = {TO_ONSET: SINCE_ONSET}
"""Asked how long after the infusion it began, "two days ago" and "for two days" still count from
now."""

_HOURS = {
    "Y": 8760.0,
    "M": 730.0,
    "W": 168.0,
    "D": 24.0,
    "TH": 1.0,
    "TM": 1 / 60,
    "TS": 1 / 3600,
}
"""Unit of ISO 8601 to hours; a month is a twelfth of a year."""

_ANSWERS = {
    "AMAZON.YesIntent": Answer.YES,
    "AMAZON.NoIntent": Answer.NO,
    "DontKnowIntent": Answer.UNSURE,
}
_WISHES = {
    "WhyIntent": Wish.WHY,
    "WhatCanIDoIntent": Wish.WHAT_TO_DO,
    "IsItSeriousIntent": Wish.IS_IT_SERIOUS,
    "IsThatNormalIntent": Wish.IS_IT_NORMAL,
    "CanITakeIntent": Wish.CAN_I_TAKE,
    "ExplainIntent": Wish.EXPLAIN,
    "WhyNotMoreIntent": Wish.WHY_NOT_MORE,
    "WhatElseIntent": Wish.WHAT_IS_MISSING,
}
_NUMBERS = {
    "severity": "severity",
    "temperature": "temperature",
    "age": "age-years",
    "infusions": "infusion-count",
}
"""Slots of type AMAZON.NUMBER that say themselves what they count -> the finding."""
_EXPECTED = {"infusions": "number"}
"""What a question for it would expect, where that is not the slot's own name."""
_SEVERE, _HIGHEST_SEVERITY = 7, 10
_HYPOTHETICAL = "IsThatNormalIntent"
_MEDICINE_INTENT = "CanITakeIntent"
OTHER_MEDICINE = "other-medicine"
"""Any medicine that the locale's lexicon does not name."""


_WORRYING = {Presence.ABSENT: 0, Presence.UNSURE: 1, Presence.PRESENT: 2}


class Reads(Protocol):
    """The locale's reader of free text (skill/reader.py)."""

    @property
    def types(self) -> Mapping[str, FindingType]:
        """The vocabulary, finding id to declaration."""

    def read(
        self, text: str, *, now: datetime, expects: str | None = None, about: str | None = None
    ) -> Reading:
        """Read a sentence."""


class Said(NamedTuple):
    """One value of a slot."""

    value: str
    id: str | None
    """The id of the slot type's value where the words matched one."""


def reading_from_intent(  # noqa: PLR0913 - the turn's whole context
    name: str | None,
    slots: Mapping[str, Slot],
    reader: Reads,
    *,
    now: datetime,
    expects: str | None = None,
    about: str | None = None,
) -> Reading:
    """
    Read an intent.

    Args:
        name: the intent's.
        slots: slot name to slot, as the request has them; unfilled ones may be among them.
        reader: reads phrases, and every slot value that matched no value of its type.
        now: when it was said.
        expects: what the open question expects, None where none is open.
        about: the id of the finding the open question asks for.

    Returns:
        What was understood; an intent that is not known is read by its slots alone.
    """
    turn = _Turn(reader, now, expects, about)
    told = {slot_name: list(said_in(slot)) for slot_name, slot in sorted(slots.items())}
    tenths = told.pop("tenths", ())
    if tenths and told.get("temperature"):
        told["temperature"] = [Said(f"{told['temperature'][0].value}.{tenths[0].value}", None)]
    medicine = OTHER_MEDICINE if name == _MEDICINE_INTENT else None
    readings = [Reading(answer=_ANSWERS.get(name or ""), wish=_WISHES.get(name or ""))]
    for slot_name, values in told.items():
        for said in values:
            readings.append(turn.slot(name, slot_name, said))
            if slot_name == "medicine":
                medicine = said.id or readings[-1].medicine or OTHER_MEDICINE
    return _joined(readings, medicine)


def said_in(slot: Slot | None) -> Iterator[Said]:
    """
    Yield the values of a slot: one, several of a list, or none.

    Alexa puts them into `slotValue`; requests made by other clients may have `value` alone.
    """
    if slot is None:
        return
    value = getattr(slot, "slot_value", None)
    found = list(_flat(value)) if value is not None else []
    if not found:
        found = list(_flat(slot))
    yield from found


def _flat(value: Any) -> Iterator[Said]:
    several = getattr(value, "values", None)
    if several is not None:
        for one in several:
            yield from _flat(one)
        return
    text = getattr(value, "value", None)
    if isinstance(text, str) and text.strip() and text.strip() != "?":
        yield Said(text.strip(), _matched_id(getattr(value, "resolutions", None)))


def _matched_id(resolutions: Any) -> str | None:
    for authority in getattr(resolutions, "resolutions_per_authority", None) or ():
        code = getattr(authority.status, "code", None)
        if getattr(code, "value", code) != MATCHED:
            continue
        for candidate in authority.values or ():
            id_ = getattr(candidate.value, "id", None)
            if id_:
                return str(id_)
    return None


class _Turn:
    """The meaning of slot values in the light of the open question."""

    def __init__(
        self, reader: Reads, now: datetime, expects: str | None, about: str | None
    ) -> None:
        self._reader = reader
        self._now = now
        self._expects = expects
        self._about = about

    def slot(self, intent: str | None, name: str, said: Said) -> Reading:
        """Read one value of a slot; a value that its type does not know is read as free text."""
        if (clock := self._clock(name)) is not None:
            return self.since(said, clock)
        if name in _NUMBERS or name == "product":
            return self.number(name, said) if name in _NUMBERS else self.product(said)
        if name == "number" and self._expects == "yes-no" and _is_severe(said.value):
            # "I'd say nine", to whether the pain stops sleep; "two" may count anything.
            return self.number("severity", said)
        if said.id is None or (name != "medicine" and said.id not in self._reader.types):
            return self.free(said.value)
        if name == "medicine":
            return Reading()
        # "Is it normal to have ...": may be asked by somebody who does not have it.
        if intent == _HYPOTHETICAL:
            return Reading(doubtful=(said.id,))
        return Reading(findings=(Finding(said.id),))

    def _clock(self, slot: str) -> str | None:
        """Return the time that a slot tells, None where it tells none."""
        if slot not in _OPEN_CLOCK_SLOTS:
            return _CLOCK_SLOTS.get(slot)
        otherwise, answers = _OPEN_CLOCK_SLOTS[slot]
        asked = self._about
        if asked is None or asked not in answers:
            return otherwise
        return asked if slot in {"duration", "moment"} else _COUNTED_FROM_NOW.get(asked, asked)

    def free(self, text: str, expects: str | None = None, about: str | None = None) -> Reading:
        """Read words that no slot type knows."""
        return self._reader.read(
            text, now=self._now, expects=expects or self._expects, about=about or self._about
        )

    def since(self, said: Said, finding: str) -> Reading:
        """Read a duration (ISO 8601) or a moment (words) as this time."""
        parts = parsed_duration(said.value) if said.value.startswith("P") else {}
        if not parts:
            return self.free(said.value, "onset", finding)
        hours = sum(_HOURS[unit] * number for unit, number in parts.items() if unit in _HOURS)
        declared = self._reader.types.get(finding)
        if declared is None or not declared.minimum <= hours <= declared.maximum:
            return Reading()
        return Reading(findings=(Finding(finding, value=hours),))

    def number(self, name: str, said: Said) -> Reading:
        """Read the number of a slot that says what it counts."""
        expects, about = _EXPECTED.get(name, name), _NUMBERS[name]
        if name == "severity":
            if self._expects == expects and self._about:
                about = self._about
            elif self._expects and said.value.isdecimal() and int(said.value) > _HIGHEST_SEVERITY:
                return self.free(said.value)  # "a hundred and two" is no severity
        return self.free(said.value, expects, about)

    def product(self, said: Said) -> Reading:
        """Read a product by its id, or by the reader where it is none we know."""
        declared = self._reader.types.get("product")
        if declared is None or said.id not in declared.choices:
            return self.free(said.value, "product", "product")
        return Reading(findings=(Finding("product", value=said.id),))


def _is_severe(value: str) -> bool:
    return value.isdecimal() and _SEVERE <= int(value) <= _HIGHEST_SEVERITY


def _joined(readings: list[Reading], medicine: str | None) -> Reading:
    """Return readings as one: what they found together, and the first answer, person and wish."""
    findings: dict[str, Finding] = {}
    for reading in readings:
        for found in reading.findings:
            findings[found.id] = _worse(findings.get(found.id), found)
    return Reading(
        findings=tuple(findings.values()),
        doubtful=tuple(dict.fromkeys(id_ for reading in readings for id_ in reading.doubtful)),
        answer=next((reading.answer for reading in readings if reading.answer), None),
        person=next((reading.person for reading in readings if reading.person), None),
        wish=next((reading.wish for reading in readings if reading.wish), None),
        medicine=medicine
        or next((reading.medicine for reading in readings if reading.medicine), None),
    )


def _worse(held: Finding | None, found: Finding) -> Finding:
    """Return of two findings of one id the more worrying, and of two like them the severer."""
    if held is None:
        return found
    worrying = _WORRYING[found.presence] - _WORRYING[held.presence]
    if worrying:
        return found if worrying > 0 else held
    return held if (held.severity or 0) > (found.severity or 0) else found
