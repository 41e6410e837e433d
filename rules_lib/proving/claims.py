"""
What can be said of a state and of the assessment it gets: the words of a property.

A claim is a condition as rules have them (present, absent, comparisons, derived facts, `all`,
`any`) or one of the claims below. A `Property` binds claims together and is proved of all states.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from rules_lib.frozen import frozen
from rules_lib.rules import (
    Absent,
    AllOf,
    AnyOf,
    Compare,
    Derived,
    OneOf,
    Present,
    UrgencyAtLeast,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules_lib.rules import Likelihood, Urgency


@frozen
class Unsure:
    """The finding was asked, and the patient cannot say."""

    finding: str


@frozen
class Unknown:
    """Nothing is known of the finding, not even by what is filled in."""

    finding: str


@frozen
class UrgencyAtMost:
    """The floor is at most this, or nothing concludes one."""

    urgency: Urgency


@frozen
class AnnouncedAtLeast:
    """What may be announced is at least this."""

    urgency: Urgency


@frozen
class AnnouncedAtMost:
    """What may be announced is at most this."""

    urgency: Urgency


@frozen
class Offered:
    """The piece of advice is offered; `*` for any."""

    advice: str


@frozen
class Contraindicated:
    """A rule withholds the piece of advice."""

    advice: str


@frozen
class Cleared:
    """Everything that must be denied before the advice is offered was denied."""

    advice: str


@frozen
class Fits:
    """The cause is called one of these."""

    cause: str
    likelihoods: tuple[Likelihood, ...]


@frozen
class Lead:
    """The sentence is spoken before everything else; `*` for any."""

    lead: str


@frozen
class First:
    """It is the very first: no more important one is due."""

    lead: str


@frozen
class Screened:
    """Whether every screening group of the complaint, and the recap, were denied."""

    wanted: bool = True


@frozen
class Not:
    """The part does not hold."""

    part: Claim


Claim = (
    Present
    | Absent
    | Compare
    | OneOf
    | Derived
    | AllOf
    | AnyOf
    | UrgencyAtLeast
    | Unsure
    | Unknown
    | UrgencyAtMost
    | AnnouncedAtLeast
    | AnnouncedAtMost
    | Offered
    | Contraindicated
    | Cleared
    | Fits
    | Lead
    | First
    | Screened
    | Not
)
ANYTHING = "*"
"""Stands for any piece of advice, or any lead."""


class Told(StrEnum):
    """How a finding stands before and after a change."""

    UNTOLD = "untold"
    TOLD = "told"
    PRESENT = "present"
    ABSENT = "absent"
    UNSURE = "unsure"


@frozen
class Change:
    """Some findings go from one standing to another; every other one stays as it was."""

    of: str
    """`anything`, `sign` or `context`."""
    before: Told
    after: Told


@frozen
class Obligation:
    """In every state in which the premise holds, so does the conclusion."""

    premise: Claim
    conclusion: Claim


@frozen
class Property:
    """One named thing that the pack promises of every state."""

    id: str
    says: str
    """In plain words, one sentence."""
    obligations: tuple[Obligation, ...] = ()
    possible: tuple[Claim, ...] = ()
    """Each must hold in some state."""
    change: Change | None = None
    """A change that never lowers the floor."""
    without_causes: bool = False
    """The floor is never lower than it would be without the rules that speak of a cause."""
    hazards: tuple[str, ...] = ()
    """Ids of the hazards it controls."""
    sources: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    """Rows of the evidence that it states."""
    line: int = 0
    """Where it stands in `properties.yaml`."""


def comparisons(promised: Property) -> Iterator[Compare]:
    """Give every test of a number that a property makes, thresholds that no rule has among them."""
    agenda: list[Claim] = [*promised.possible]
    for obligation in promised.obligations:
        agenda += [obligation.premise, obligation.conclusion]
    while agenda:
        claim = agenda.pop()
        if isinstance(claim, AllOf | AnyOf):
            agenda += claim.parts
        elif isinstance(claim, Not):
            agenda.append(claim.part)
        elif isinstance(claim, Compare):
            yield claim
