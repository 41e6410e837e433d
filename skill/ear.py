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
ASKED = 100
"""Hundredths of log odds from which a mention is asked back; chosen on utterances of others."""
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
    used: int
    """Bit n is set where the word start + n speaks for the sign."""


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
        found.append((at, at, word))
        if before:
            found.append((at - 1, at, f"{before} {word}"))
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


def stretch_of(votes: Iterable[Vote], breaks: Sequence[int]) -> Stretch | None:
    """Return the words that speak loudest, without a sentence's end among them."""
    best: Stretch | None = None
    loudness, start, used, end = 0, 0, 0, -1
    for first, last, weight in votes:
        if loudness > 0:
            loudness -= _SILENCE * max(0, last - end - 1)
            apart = last - start >= LONGEST or STOP in breaks[end + 1 : last + 1]
        else:
            apart = True
        if apart or loudness <= 0:
            if weight <= 0:
                loudness = 0
                continue
            loudness, start, used = 0, first, 0
        loudness += weight
        end = last
        if weight >= NAMED:
            used |= 1 << (last - start)
            used |= 1 << max(0, first - start)
        if loudness > 0 and (best is None or loudness > best.loudness):
            best = Stretch(loudness, start, last + 1, used)
    return best


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

    def find(self, sentence: Sentence) -> list[Match]:
        """Return the signs that seem to be mentioned."""
        votes: dict[int, list[Vote]] = {}
        for first, last, feature in features(sentence):
            weights = self._weights.get(feature)
            if weights is not None:
                for at in range(0, len(weights), 2):
                    if self._wanted[weights[at]]:
                        votes.setdefault(weights[at], []).append((first, last, weights[at + 1]))
        mentions: list[tuple[int, int, Stretch]] = []
        for sign, its in votes.items():
            total, start, end = loudest_run(its)
            if total + self._bias[sign] >= ASKED:
                stretch = stretch_of(its[start:end], sentence.breaks)
                if stretch is not None:
                    mentions.append((-total - self._bias[sign], sign, stretch))
        mentions.sort()
        taken = 0
        found: list[Match] = []
        for loudness, sign, (_, start, end, used) in mentions:
            # The same words are asked back as what they say loudest, unless they say something
            # else as clearly.
            if taken & used << start and -loudness < ASKED + CLEAR:
                continue
            taken |= used << start
            found.append(Match(KIND, self._signs[sign], start, end, used))
        return found
