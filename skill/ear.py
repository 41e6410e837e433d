"""
Hears danger signs in words that no pattern knows: a linear model over word stems.

Patterns are exact and forget what nobody wrote down. The ear was trained on the language's
phrasebook (skill/ear_training.py): each stem, and each pair of stems that follow each other,
speaks for or against each sign, and a run of words that is loud enough is a mention of it. A
mention of the ear alone is never taken as told: the reader asks it back as yes or no, unless
the words deny it or other findings account for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from skill.lexicon import Match
from skill.sentence import STOP

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from skill.sentence import Sentence

KIND = "ear"
"""Kind of the matches it makes."""
WINDOW = 20
"""Words that are weighed together at most."""
LONGEST = 12
"""Words that one mention may span."""
ASKED = 80
"""Hundredths of log odds from which a mention is asked back: see docs/understanding.md."""
DOUBTS = -100
"""Hundredths of log odds below which what a pattern found is asked back as well."""
CLEAR = 150
"""Hundredths above what is asked back from which words may mean a second sign as well."""
NAMED = 60
"""Hundredths from which a word is one of those that name the sign."""
_SILENCE = 2
"""What a word that says nothing of a sign costs a mention, in hundredths: so words part."""

Vote = tuple[int, int, int]
"""First word, last word and weight in hundredths of what speaks for or against a sign."""


class Stretch(NamedTuple):
    """Words that speak for a sign."""

    loudness: int
    start: int
    end: int


def features(sentence: Sentence) -> list[tuple[int, int, str]]:
    """
    Return what the words of a sentence are known by.

    Returns:
        (first word, last word, feature): stems, and pairs of stems that follow each other, in
        the order of their last words; numbers are all alike.
    """
    found: list[tuple[int, int, str]] = []
    before = ""
    for at, stem in enumerate(sentence.stems):
        if sentence.breaks[at] == STOP:
            before = ""
        word = "<n>" if at in sentence.numbers else stem
        # The pair first: so a run that begins at this word leaves out the word before it.
        if before:
            found.append((at - 1, at, f"{before} {word}"))
        found.append((at, at, word))
        before = word
    return found


def loudest_run(votes: Sequence[Vote]) -> tuple[int, int, int]:
    """
    Return the votes in a row that sum up to most, within a window.

    What is said around them never lowers it: "it's probably nothing but" before a danger sign
    must not hide the sign.

    Args:
        votes: by last word; at least one.

    Returns:
        (sum, index of the first vote, index after the last).
    """
    best = (votes[0][2], 0, 1)
    total = start = 0
    for at, (_, last, weight) in enumerate(votes):
        if total <= 0:
            total, start = 0, at
        total += weight
        if last - votes[start][0] >= WINDOW:
            total, start = _loudest_end(votes, at)
        if total > best[0]:
            best = (total, start, at + 1)
    return best


def _loudest_end(votes: Sequence[Vote], at: int) -> tuple[int, int]:
    """Return the largest sum of votes within a window that ends here, and where it starts."""
    best, total = (votes[at][2], at), 0
    for start in range(at, -1, -1):
        if votes[at][1] - votes[start][0] >= WINDOW:
            break
        total += votes[start][2]
        best = max(best, (total, start))
    return best


def stretch_of(votes: Sequence[Vote], breaks: Sequence[int]) -> Stretch | None:
    """
    Return the words that speak loudest, without a sentence's end among them.

    Args:
        votes: by last word; those of a mention, so few.
        breaks: of the sentence.

    """
    best: Stretch | None = None
    for at in range(len(votes)):
        found = _loudest_stretch(votes, at, breaks)
        if found.loudness > 0 and (best is None or found.loudness > best.loudness):
            best = found
    return best


def _loudest_stretch(votes: Sequence[Vote], at: int, breaks: Sequence[int]) -> Stretch:
    """Return the words that end with a vote and speak loudest."""
    first, last, loudness = votes[at]
    best = Stretch(loudness, first, last + 1)
    start = first
    for first, last, weight in reversed(votes[:at]):
        if best.end - first > LONGEST or STOP in breaks[first + 1 : start + 1]:
            break
        loudness += weight - _SILENCE * max(0, start - last - 1)
        start = min(start, first)
        if loudness > best.loudness:
            best = Stretch(loudness, start, best.end)
    return best


def _names(votes: Iterable[Vote], stretch: Stretch) -> int:
    """Return which words of a stretch speak for the sign: bit n is the word start + n."""
    used = 0
    for first, last, weight in votes:
        if weight >= NAMED and stretch.start <= first and last < stretch.end:
            used |= 1 << (first - stretch.start) | 1 << (last - stretch.start)
    return used


class Heard(NamedTuple):
    """What the ear makes of a sentence."""

    loudness: dict[str, int]
    """Sign to hundredths of log odds."""
    mentions: list[Match]

    def doubts(self, sign: str) -> bool:
        """Whether a sign is unlikely; never one that the ear did not learn."""
        return self.loudness.get(sign, DOUBTS) < DOUBTS


class Ear:
    """The trained ear of a language; holds nothing of what it hears."""

    def __init__(self, model: Mapping[str, Any], wanted: Container[str]) -> None:
        """
        Take a model as skill/ear_training.py makes it.

        Args:
            model: `signs`, their `bias`, `weights` (feature to sign, weight, sign, weight, ...;
                hundredths of log odds).
            wanted: ids that are listened for; the model's others only helped to tell them apart.

        """
        self._signs: list[str] = model["signs"]
        self._wanted = [sign in wanted for sign in self._signs]
        self._bias: list[int] = model["bias"]
        self._weights: dict[str, list[int]] = model["weights"]
        self._silence = dict(zip(self._signs, self._bias, strict=True))

    def listen(self, sentence: Sentence) -> Heard:
        """Return how loud each sign is, and which seem to be mentioned."""
        votes: dict[int, list[Vote]] = {}
        for first, last, feature in features(sentence):
            weights = self._weights.get(feature)
            if weights is not None:
                for at in range(0, len(weights), 2):
                    if self._wanted[weights[at]]:
                        votes.setdefault(weights[at], []).append((first, last, weights[at + 1]))
        loudness = dict(self._silence)
        mentions: list[tuple[int, int, Stretch, int]] = []
        for sign, its in votes.items():
            total, start, end = loudest_run(its)
            loudness[self._signs[sign]] = loud = total + self._bias[sign]
            if loud >= ASKED:
                run = its[start:end]
                stretch = stretch_of(run, sentence.breaks)
                if stretch is not None:
                    mentions.append((-loud, sign, stretch, _names(run, stretch)))
        mentions.sort()
        taken = 0
        found: list[Match] = []
        for loud, sign, (_, start, end), used in mentions:
            # The same words are asked back as what they say loudest, unless they say something
            # else as clearly.
            if taken & used << start and -loud < ASKED + CLEAR:
                continue
            taken |= used << start
            found.append(Match(KIND, self._signs[sign], start, end, used))
        return Heard(loudness, found)
