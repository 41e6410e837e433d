"""What was understood of one turn, whatever way it came: slots, free text, yes or no."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from rules_lib.frozen import frozen

if TYPE_CHECKING:
    from rules_lib.facts import Finding


class Answer(StrEnum):
    """A direct answer to the question that is open."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


class Person(StrEnum):
    """Whom the words are about."""

    SPEAKER = "speaker"
    OTHER = "other"
    CHILD = "child"


class Wish(StrEnum):
    """What the speaker asks of us beside reporting."""

    WHY = "why"
    """Why is this happening: the cause."""
    WHAT_TO_DO = "what-to-do"
    EMERGENCY = "emergency"
    """Call an ambulance, this is an emergency: no symptom, and no time to ask for one."""
    IS_IT_SERIOUS = "is-it-serious"
    IS_IT_NORMAL = "is-it-normal"
    CAN_I_TAKE = "can-i-take"
    EXPLAIN = "explain"
    """Why do you say that: the reasons behind the answer."""
    WHY_NOT_MORE = "why-not-more"
    """Why is it not more serious: what would make it so."""
    WHAT_IS_MISSING = "what-is-missing"
    """What else do you need to know."""
    TAKE_BACK = "take-back"
    """Wait, I meant yes: the no before is none."""


@frozen
class Reading:
    """The understood content of a turn; everything empty where nothing was understood."""

    findings: tuple[Finding, ...] = ()
    """About the patient, with presence, value and severity."""
    doubtful: tuple[str, ...] = ()
    """Ids of findings that may have been said: to be asked back as yes or no, never dropped."""
    answer: Answer | None = None
    """A yes, no or I-don't-know that the words carry for the open question."""
    person: Person | None = None
    """Whom it is about, None where the words do not say."""
    wish: Wish | None = None
    medicine: str | None = None
    """Goes with CAN_I_TAKE: a medicine id of the locale's lexicon (`ibuprofen`,
    `paracetamol`, `aspirin`, `other-medicine`)."""
