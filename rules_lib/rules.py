"""Rules as frozen values: conditions, conclusions, sources. No behaviour but naming."""

from __future__ import annotations

from dataclasses import field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any

from rules_lib.frozen import frozen

if TYPE_CHECKING:
    import datetime as dt


class Urgency(IntEnum):
    """How soon care is needed; higher is sooner. `id` is its name in data."""

    SELF_CARE = 1
    ROUTINE = 2
    WITHIN_24_HOURS = 3
    SAME_DAY = 4
    EMERGENCY = 5

    @property
    def id(self) -> str:
        """The kebab-case id, e.g. `within-24-hours`."""
        return self.name.lower().replace("_", "-")

    @classmethod
    def from_id(cls, text: str) -> Urgency:
        """Return the level called `text`; ValueError where there is none."""
        for level in cls:
            if level.id == text:
                return level
        msg = f"{text!r} is no urgency"
        raise ValueError(msg)


class Likelihood(StrEnum):
    """How well a cause fits what was reported; never spoken as odds."""

    LIKELY = "likely"
    POSSIBLE = "possible"
    LESS_LIKELY = "less-likely"


class Status(StrEnum):
    """Where a rule stands in its clinical life."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    RETIRED = "retired"


class Operator(StrEnum):
    """A comparison with a constant; the words are those of the YAML."""

    AT_LEAST = "at_least"
    ABOVE = "above"
    AT_MOST = "at_most"
    BELOW = "below"


_SYMBOLS = {"at_least": ">=", "above": ">", "at_most": "<=", "below": "<"}


@frozen
class Present:
    """The finding was reported present (for a group: answered yes)."""

    finding: str

    @property
    def key(self) -> str:
        """Canonical name of the fact, e.g. `back-pain`."""
        return self.finding


@frozen
class Absent:
    """The finding was asked and denied."""

    finding: str

    @property
    def key(self) -> str:
        """Canonical name of the fact, e.g. `!fever`."""
        return f"!{self.finding}"


@frozen
class Compare:
    """The finding's number (or its severity) compares so with a constant."""

    finding: str
    operator: Operator
    number: float
    """In the finding's declared unit, already converted by the loader."""
    severity: bool = False
    """True: compare the severity (0 to 10) of the finding, not its value."""

    @property
    def key(self) -> str:
        """Canonical name of the fact, e.g. `temperature>=38` or `headache~severity>=7`."""
        name = f"{self.finding}~severity" if self.severity else self.finding
        return f"{name}{_SYMBOLS[self.operator]}{self.number:g}"


@frozen
class OneOf:
    """The finding's choice is one of these."""

    finding: str
    choices: tuple[str, ...]

    @property
    def key(self) -> str:
        """Canonical name of the fact, e.g. `product=a|b`."""
        return f"{self.finding}={'|'.join(sorted(self.choices))}"


@frozen
class Derived:
    """Another rule concluded this fact."""

    fact: str

    @property
    def key(self) -> str:
        """Canonical name of the fact, e.g. `skin-sign`; ids of facts and findings never clash."""
        return self.fact


@frozen
class UrgencyAtLeast:
    """The floor is at least this; only rules that withhold, say or ask may test it."""

    urgency: Urgency

    @property
    def key(self) -> str:
        """Canonical name of the fact, e.g. `urgency>=same-day`."""
        return f"urgency>={self.urgency.id}"


@frozen
class AllOf:
    """Every part holds; at least one part."""

    parts: tuple[Condition, ...]


@frozen
class AnyOf:
    """At least one part holds; at least one part."""

    parts: tuple[Condition, ...]


Leaf = Present | Absent | Compare | OneOf | Derived | UrgencyAtLeast
Condition = Leaf | AllOf | AnyOf


@frozen
class Conclusions:
    """What a rule concludes; several at once are allowed."""

    urgency: Urgency | None = None
    fact: str | None = None
    cause: str | None = None
    likelihood: Likelihood | None = None
    """Goes with `cause`; LESS_LIKELY lowers it whatever else fires."""
    advise: tuple[str, ...] = ()
    withhold: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    lead: str | None = None
    say: tuple[str, ...] = ()


@frozen
class Source:
    """A citation behind rules."""

    id: str
    title: str
    year: int | None = None
    link: str = ""
    judgement: bool = False
    """True for clinical judgement that no publication backs."""


@frozen
class Rule:
    """One rule as written in the pack."""

    id: str
    says: str
    """The rule in plain words, one sentence."""
    when: Condition
    then: Conclusions
    sources: tuple[str, ...]
    statements: tuple[str, ...] = ()
    """Places in the seed text, e.g. `S24`."""
    status: Status = Status.DRAFT
    review_by: dt.date | None = None
    misuse: str = ""
    implied_by: tuple[str, ...] = ()
    salience: int = 0
    """Order of the trace, higher first; never meaning."""
    fires: tuple[dict[str, Any], ...] = field(default=(), hash=False)
    """Cases that fire the rule, as a caller would report them."""
    nearly: tuple[dict[str, Any], ...] = field(default=(), hash=False)
    """Cases that nearly do."""


def leaves(condition: Condition) -> tuple[Leaf, ...]:
    """Return every leaf of a condition, in the order written."""
    if isinstance(condition, AllOf | AnyOf):
        return tuple(leaf for part in condition.parts for leaf in leaves(part))
    return (condition,)
