"""The answer: urgency, causes, advice, what is withheld and why, and the trace behind it."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from rules_lib.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rules_lib.facts import Finding
    from rules_lib.rules import Likelihood, Urgency

UNKNOWN_CAUSE = "unknown"


class Strength(StrEnum):
    """How firmly the facts behind an activation are known."""

    CERTAIN = "certain"
    """Every fact was reported so."""
    UNSURE_CONTEXT = "unsure-context"
    """Some circumstance is unsure and counted as the worse answer."""
    UNSURE_SIGN = "unsure-sign"
    """Some sign is unsure: its urgency is capped at same-day."""


class WithheldReason(StrEnum):
    """Why indicated advice is not offered."""

    CONTRAINDICATED = "contraindicated"
    NOT_SCREENED = "not-screened"


@frozen
class Activation:
    """A rule that fired, the facts it matched, and what it concluded."""

    rule: str
    facts: tuple[str, ...]
    """Keys of the matched facts (see rules.py), one sufficient set, sorted."""
    strength: Strength
    concluded: tuple[str, ...]
    """E.g. `urgency:emergency`, `fact:skin-sign`, `cause:sprain:possible`,
    `advise:fluids`, `withhold:ibuprofen`, `ask:q`, `lead:l`, `say:s`; urgency as it
    counted (after the cap)."""
    sources: tuple[str, ...]


@frozen
class Cause:
    """A possible explanation; never a diagnosis."""

    id: str
    likelihood: Likelihood


@frozen
class Withheld:
    """Advice that was indicated and is not offered."""

    id: str
    reason: WithheldReason


class Verdict(NamedTuple):
    """
    What one engine concludes from the findings, before screening is looked at.

    A named tuple, for a frozen dataclass of nine fields takes a tenth of a whole verdict.
    """

    floor: Urgency | None
    causes: tuple[Cause, ...]
    """Most likely first, then by id; empty where no rule concludes one."""
    indicated: frozenset[str]
    withheld: frozenset[str]
    """Withheld by a rule, whether indicated or not."""
    asks: frozenset[str]
    leads: frozenset[str]
    says: frozenset[str]
    facts: frozenset[str]
    """Derived facts that hold with certainty or not (weakest strength)."""
    rules: frozenset[str]
    """Ids of the rules that fired at any strength."""


@frozen
class Assessment:
    """What the rules conclude from what is known now."""

    findings: Mapping[str, Finding] = field(hash=False)
    """As completed: groups answered no have set their members absent, clocks are filled in."""
    floor: Urgency | None
    """Maximum of the urgencies concluded; None while there is none."""
    announced: Urgency
    """What the patient may be told if the interview ended now: never below the floor, and
    never below within-24-hours unless every screening group was answered no."""
    screened: bool
    """Whether every screening group of the complaint, and the recap, were answered no."""
    causes: tuple[Cause, ...]
    """Most likely first; the one cause `unknown` where no rule concludes any."""
    advice: tuple[str, ...]
    """Offered: indicated and not withheld, in the pack's order."""
    withheld: tuple[Withheld, ...]
    asks: tuple[str, ...]
    """Questions that rules want asked, in the pack's order."""
    leads: tuple[str, ...]
    """Sentences to be spoken first, most important first."""
    says: tuple[str, ...]
    trace: tuple[Activation, ...]
    """Activations by salience, then by rule id."""
    knowledge_base: str
    """Version of the pack."""
    engine: str
    """`both`, or `chainer` where durable-rules cannot be imported or failed."""
    differences: tuple[str, ...] = ()
    """Where the two engines differed, empty otherwise."""

    @property
    def rules(self) -> tuple[str, ...]:
        """Ids of the rules that fired, in trace order, each once."""
        return tuple(dict.fromkeys(activation.rule for activation in self.trace))
