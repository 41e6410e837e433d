"""What was heard beside what was said: counts, from which shares and F1 are made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rules_lib.evaluation.intervals import Proportion
from skill.reading import Person

if TYPE_CHECKING:
    from collections.abc import Iterable

    from understanding.corpus import Utterance
    from understanding.listener import Heard

_TOLERANCE = 0.26
"""A time is right within a quarter: "a few days" is no number of hours."""


@dataclass
class Counts:
    """So many right and wrong; `a + b` adds them up."""

    utterances: int = 0
    flags: int = 0
    """Danger signs that were said, or may have been."""
    flags_heard: int = 0
    """Of those, taken as present or asked back."""
    flags_denied: int = 0
    """Of those, taken as denied: the worst mistake."""
    alarms: int = 0
    """Danger signs that were taken as present or asked back."""
    alarms_right: int = 0
    taken: int = 0
    """Danger signs that were taken as present without asking."""
    taken_right: int = 0
    hits: int = 0
    """Findings heard with their polarity, and value within a quarter."""
    missed: int = 0
    invented: int = 0
    intents: int = 0
    intents_right: int = 0
    persons_right: int = 0
    wishes: int = 0
    wishes_right: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Return the sum."""
        return Counts(**{key: value + vars(other)[key] for key, value in vars(self).items()})

    @property
    def recall(self) -> Proportion:
        """Danger signs heard, of those said."""
        return Proportion(self.flags_heard, self.flags)

    @property
    def precision(self) -> Proportion:
        """Danger signs said, of those heard or asked back."""
        return Proportion(self.alarms_right, self.alarms)

    @property
    def precision_of_taken(self) -> Proportion:
        """Danger signs said, of those taken as present at once."""
        return Proportion(self.taken_right, self.taken)

    @property
    def intent_accuracy(self) -> Proportion:
        """Intents right, of those labelled."""
        return Proportion(self.intents_right, self.intents)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall over findings with their polarity."""
        told = 2 * self.hits + self.missed + self.invented
        return 2 * self.hits / told if told else None


@dataclass(frozen=True)
class Score:
    """One utterance judged."""

    counts: Counts
    failures: tuple[str, ...] = field(default=())
    """What went wrong, in words: `missed chest-pain`, `invented fever present`."""


def score(utterance: Utterance, heard: Heard, dangers: frozenset[str]) -> Score:
    """Compare what was heard with the labels."""
    counts, failures = Counts(utterances=1), []
    allowed = utterance.also.union(*utterance.either)
    for mention in utterance.red_flags(dangers):
        counts.flags += 1
        if mention & (heard.present | heard.doubtful):
            counts.flags_heard += 1
            continue
        denied = any(heard.findings.get(name) == "absent" for name in mention)
        counts.flags_denied += denied
        failures.append(f"RED FLAG {'denied' if denied else 'missed'}: {'/'.join(sorted(mention))}")
    open_flags = {name for name, said in utterance.findings.items() if said == "unsure"}
    said_flags = utterance.present | utterance.ask_back | allowed | open_flags
    for name in sorted((heard.present | heard.doubtful) & dangers):
        taken = name in heard.present
        right = name in said_flags and (not taken or name in utterance.present | allowed)
        counts.alarms += 1
        counts.alarms_right += name in said_flags
        counts.taken += taken
        counts.taken_right += taken and right
        if not right:
            failures.append(f"{'took' if taken else 'asks'} {name} that was not said so")
    _score_findings(utterance, heard, allowed, counts, failures)
    _score_asides(utterance, heard, counts, failures)
    return Score(counts, tuple(failures))


def _score_findings(
    utterance: Utterance, heard: Heard, allowed: frozenset[str], counts: Counts, failures: list[str]
) -> None:
    asked = dict.fromkeys(heard.doubtful, "ask") | dict(heard.findings)
    expected = dict.fromkeys(utterance.ask_back, "ask") | dict(utterance.findings)
    for name, said in expected.items():
        held = asked.get(name)
        if held is not None and _same(said, held):
            counts.hits += 1
            continue
        counts.missed += 1
        counts.invented += held is not None
        failures.append(f"{name}: said {said}, heard {held}")
    for name, held in asked.items():
        if name not in expected and name not in allowed:
            counts.invented += 1
            failures.append(f"{name}: not said, heard {held}")


def _same(said: str | float, held: str | float) -> bool:
    if isinstance(said, str) or isinstance(held, str):
        # A danger sign that the speaker is unsure of is asked back: that is what unsure means.
        return said == held or {said, held} <= {"ask", "unsure"}
    return abs(float(said) - float(held)) <= max(_TOLERANCE * abs(float(said)), 0.5)


def _score_asides(utterance: Utterance, heard: Heard, counts: Counts, failures: list[str]) -> None:
    if utterance.intents:
        counts.intents += 1
        counts.intents_right += heard.intent in utterance.intents
        if heard.intent not in utterance.intents:
            wanted = "/".join(sorted(utterance.intents))
            failures.append(f"intent: {wanted}, heard {heard.intent}")
    person = heard.person or Person.SPEAKER
    counts.persons_right += person is utterance.person
    if person is not utterance.person:
        failures.append(f"person: {utterance.person}, heard {person}")
    if utterance.wish:
        counts.wishes += 1
        counts.wishes_right += heard.wish is utterance.wish
        if heard.wish is not utterance.wish:
            failures.append(f"wish: {utterance.wish}, heard {heard.wish}")


def total(scores: Iterable[Score]) -> Counts:
    """Return the sum of the counts."""
    return sum((one.counts for one in scores), Counts())
