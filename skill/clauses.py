"""Where clauses begin and end, and which cues stand in them."""

from __future__ import annotations

from bisect import bisect_left
from enum import StrEnum
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any

from rules_lib.frozen import frozen
from skill.matches import Places
from skill.sentence import COMMA, STOP

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from skill.matches import Match
    from skill.sentence import Normaliser, Sentence

REACH = 40
"""Words to either side in which a cue can bear on a symptom, where nobody speaks full stops."""
GOVERNING = frozenset({"hedge", "unsure", "wobble"})
"""Cues that make the symptom after them uncertain."""
_CUES = GOVERNING | {"not_negation", "question", "contrast"}


class Said(StrEnum):
    """How a symptom that was named was meant."""

    PRESENT = "present"
    ABSENT = "absent"
    DOUBTFUL = "doubtful"
    """Said so that it cannot be told: ask back."""
    UNSURE = "unsure"
    """The speaker says not to know."""
    ASKED = "asked"
    """In a question, of nobody in particular."""
    GONE = "gone"
    """Was there, is not any more."""
    SUPPOSED = "supposed"
    """Imagined, feared or long ago: not reported."""


@frozen
class ScopeWords:
    """The words of words.yaml that scopes are made of, as stems; explained there."""

    negators: frozenset[str]
    transparent: frozenset[str]
    boundaries: frozenset[str]
    subjects: frozenset[str]
    possessives: frozenset[str]
    before_possessive: frozenset[str]
    openers: frozenset[str]
    inverts: frozenset[str]
    inverts_subject: frozenset[str]
    supposes: frozenset[str]
    articles: frozenset[str]
    owners: frozenset[str]
    denials: frozenset[str]
    affirmations: frozenset[str]
    past: frozenset[str]
    still: frozenset[str]
    lasting: frozenset[str]
    ever: frozenset[str]
    carriers: frozenset[str]
    joins: frozenset[str]
    list_ends: frozenset[str]
    agreeing: frozenset[str]
    tags: frozenset[str]
    turns: frozenset[str]
    only: frozenset[str]
    asserts: frozenset[str]
    irrealis: frozenset[str]
    lacking: frozenset[str]
    gone_by: frozenset[str]
    finite: frozenset[str]
    present: frozenset[str]
    """Those of `finite` that are not in `past`."""

    @classmethod
    def read(cls, normaliser: Normaliser, words: Mapping[str, Any]) -> ScopeWords:
        """Return the lists under `scope` of words.yaml; a language needs not have them all."""
        scope = words["scope"]
        plain = {
            name: {part for word in scope.get(name, ()) for part in normaliser.plain(str(word))}
            for name in cls.__dataclass_fields__
        }
        plain["present"] = plain["finite"] - plain["past"]
        stems = {name: frozenset(map(normaliser.stem, said)) for name, said in plain.items()}
        # A verb is told from a noun by its ending alone: "my back aches", "back ache".
        spelt = {name: frozenset(plain[name]) for name in ("finite", "present", "gone_by")}
        return cls(**{**stems, **spelt})


class Clauses:
    """A sentence with its cues, as seen from the symptoms named in it."""

    def __init__(
        self,
        sentence: Sentence,
        found: Sequence[Match],
        named: Sequence[Match],
        words: ScopeWords,
    ) -> None:
        self.said = sentence.words
        self.stems = sentence.stems
        self.breaks = sentence.breaks
        self.asked = sentence.asked
        self.words = words
        self._places = Places(named)
        self._bounds: dict[tuple[int, int], tuple[int, int]] = {}
        self.covered = {at for match in named for at in range(match.start, match.end)}
        self.consumed = {
            at for match in named for at in range(match.start, match.end) if match.names(at)
        }
        """Places whose word a symptom's own pattern names: the `not` of "cannot breathe"."""
        self.cues: dict[int, Match] = {}
        """Place -> the weightiest cue that covers it."""
        self._by_kind: dict[str, list[Match]] = {}
        for match in found:
            self._by_kind.setdefault(match.kind, []).append(match)
            if match.kind in _CUES:
                for at in range(match.start, match.end):
                    held = self.cues.get(at)
                    if held is None or match.weight > held.weight:
                        self.cues[at] = match

    def opens(self, at: int) -> bool:
        """Whether a word begins a clause of its own: `..., my back`, `and she`."""
        words, word = self.words, self.stems[at]
        if word in words.subjects:
            return True
        if word not in words.possessives:
            return False
        if self.breaks[at] > 0 or at == 0:
            return True
        return self.stems[at - 1] not in words.before_possessive or at - 1 in self.covered

    def parted(self, start: int, end: int) -> bool:
        """Whether a word of contrast or a clause of its own lies between two places."""
        return any(
            self.stems[at] in self.words.boundaries or (self.breaks[at] == COMMA and self.opens(at))
            for at in range(start, end)
        )

    def sentence_of(self, match: Match) -> tuple[int, int]:
        """Return the bounds of the sentence that a match stands in, as far as words reach."""
        bounds = self._bounds.get((match.start, match.end))
        if bounds is None:
            bounds = self._bounds[match.start, match.end] = self._reached(match)
        return bounds

    def _reached(self, match: Match) -> tuple[int, int]:
        start, end = match.start, match.end
        first, last = max(0, start - REACH), min(len(self.stems), end + REACH)
        while start > first and self.breaks[start] != STOP:
            start -= 1
        while end < last and self.breaks[end] != STOP:
            end += 1
        return start, end

    def near(self, match: Match, kind: str) -> Iterator[Match]:
        """Yield the cues of a kind in the sentence of a match."""
        cues = self._by_kind.get(kind)
        if cues:
            start, end = self.sentence_of(match)
            first = bisect_left(cues, start, key=_start)
            yield from takewhile(lambda cue: cue.start < end, islice(cues, first, None))

    def passed(self, at: int, match: Match) -> int | None:
        """Return where another symptom begins that covers a place left of this one, if any."""
        starts = [other.start for other in self._places.at(at) if not other.meets(match)]
        return min(starts, default=None)

    def named_between(self, start: int, end: int) -> bool:
        """Whether another symptom begins between two places."""
        return any(other.start == at for at in range(start, end) for other in self._places.at(at))


def _start(match: Match) -> int:
    return match.start
