"""What a knowledge pack holds, as frozen values: vocabulary, interview, advice and rules."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from rules_lib.facts import Presence
from rules_lib.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rules_lib.facts import Finding, FindingType, Kind
    from rules_lib.rules import Rule, Source, Status


class Role(StrEnum):
    """What a group of signs is asked for."""

    SCREENING = "screening"
    """One yes/no question before any comfort is given."""
    RECAP = "recap"
    """The danger signs once more, in other words."""
    MEDICINE = "medicine"
    """What must be denied before a medicine is offered."""


class Expects(StrEnum):
    """What kind of answer a question is waiting for."""

    YES_NO = "yes-no"
    SEVERITY = "severity"
    ONSET = "onset"
    PRODUCT = "product"
    TEMPERATURE = "temperature"
    NUMBER = "number"
    AGE = "age"


@frozen
class Group:
    """Several findings asked for in one yes/no question; itself a yes-no finding."""

    id: str
    name: str
    members: tuple[str, ...]
    role: Role
    kind: Kind
    also_yes: tuple[str, ...] = ()
    """Milder signs that the words of the question take in: who has one says yes truthfully. A no
    does not deny them."""


@frozen
class Question:
    """A question that asks for one finding (or for one group, under the group's id)."""

    id: str
    finding: str
    expects: Expects
    not_with: tuple[str, ...] = ()
    """Findings beside which its answer says nothing: never asked where one is present."""

    def is_idle(self, found: Mapping[str, Finding]) -> bool:
        """Return whether something that was found makes it pointless."""
        return any(
            name in found and found[name].presence is Presence.PRESENT for name in self.not_with
        )


@frozen
class Complaint:
    """What is asked, in order, of a patient who reports one of these findings."""

    id: str
    findings: tuple[str, ...]
    groups: tuple[str, ...]
    """Screening groups, in order."""
    questions: tuple[str, ...]
    """Context questions that follow the groups, in order."""
    recap: str | None
    default: bool = False
    """Used where no other complaint fits; exactly one is."""
    not_asked: tuple[tuple[str, str], ...] = ()
    """Emergency signs that it does not ask for, each with the reason; said, they are heard."""


@frozen
class CauseType:
    """A possible cause, as the pack names it."""

    id: str
    name: str
    statements: tuple[str, ...] = ()


@frozen
class Advice:
    """A piece of advice, as the pack names it."""

    id: str
    name: str
    needs_denied: tuple[str, ...] = ()
    """Never offered until each of these findings or groups was denied."""
    statements: tuple[str, ...] = ()
    always: bool = False
    """Offered with every urgency that is concluded, whatever it rests on, unless withheld."""


@frozen
class Clocks:
    """Ids of the number findings in hours of which any two give the third."""

    since_event: str
    """From the end of the event to now."""
    event_to_onset: str
    """From the end of the event to the first symptom."""
    since_onset: str
    """From the first symptom to now."""

    @property
    def names(self) -> tuple[str, str, str]:
        """The three, the sum of the others first."""
        return self.since_event, self.event_to_onset, self.since_onset


@dataclass(frozen=True, eq=False)
class Pack:
    """Everything a pack says, cross-checked; equal to itself alone."""

    id: str
    version: str
    title: str
    use: str
    misuse: str
    status: Status
    findings: Mapping[str, FindingType]
    """The vocabulary; groups are in it too, as yes-no findings of their kind."""
    facts: frozenset[str]
    """Derived facts that some rule concludes."""
    sources: Mapping[str, Source]
    causes: Mapping[str, CauseType]
    advice: Mapping[str, Advice]
    """In the order offered."""
    groups: Mapping[str, Group]
    questions: Mapping[str, Question]
    """Groups are in it too: each is asked for under its own id."""
    complaints: Mapping[str, Complaint]
    statements: Mapping[str, str]
    """The seed text, e.g. `S24` to its words."""
    rules: tuple[Rule, ...]
    """Rules in force (retired ones are left out) by descending salience, then id."""
    clocks: Clocks | None = None
    severity: str | None = None
    """The number finding that holds the worst severity told."""
    leads: tuple[str, ...] = ()
    """Sentences that may be spoken first, most important first."""
