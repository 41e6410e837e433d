"""
Hears danger signs in words that no pattern knows: a small linear model over word stems.

Patterns are exact and forget what nobody wrote down. The ear was trained on the locale's
phrasebook (skill/ear_training.py): each stem, and each pair of stems that follow each other,
speaks for or against some signs. The stretch of a sentence that speaks loudest for a sign is a
mention of it, if it is loud enough. A mention of the ear alone is never taken as told: the
reader asks it back as yes or no, unless the words deny it or other findings account for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from skill.lexicon import Match
from skill.sentence import STOP

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from skill.sentence import Sentence

Sign = TypeVar("Sign", int, str)
KIND = "ear"
"""Kind of the matches it makes."""
LONGEST = 12
"""Words that one mention may span."""
_SILENCE = 2
"""What a word that says nothing of a sign costs, in hundredths; so far apart words part."""


class Stretch(NamedTuple):
    """Words that speak for a sign."""

    loudness: int
    start: int
    end: int
    used: int
    """Bit n is set where the word start + n speaks for the sign."""


def features(sentence: Sentence, deaf: Container[str]) -> list[tuple[int, int, str]]:
    """
    Return what the words of a sentence are known by.

    Args:
        sentence: the words.
        deaf: stems that say nothing, the small words.

    Returns:
        (first word, last word, feature): stems, and pairs of stems with only small words
        between them, in the order of their last words; numbers are all alike.
    """
    found: list[tuple[int, int, str]] = []
    before = -1
    for at, stem in enumerate(sentence.stems):
        if at and sentence.breaks[at] == STOP:
            before = -1
        if stem in deaf:
            continue
        word = "<n>" if at in sentence.numbers else stem
        found.append((at, at, word))
        if before >= 0:
            first = "<n>" if before in sentence.numbers else sentence.stems[before]
            found.append((before, at, f"{first} {word}"))
        before = at
    return found


def loudest(
    heard: Mapping[Sign, list[tuple[int, int, int]]], sentence: Sentence
) -> Iterator[tuple[Sign, Stretch]]:
    """
    Yield each sign with the stretch of a sentence that speaks loudest for it.

    Args:
        heard: sign to (first word, last word, weight in hundredths), by last word.
        sentence: the words.
    """
    for sign, votes in heard.items():
        best: Stretch | None = None
        loudness, start, used, end = 0, 0, 0, -1
        for first, last, weight in votes:
            if loudness > 0:
                loudness -= _SILENCE * max(0, last - end - 1)
                apart = last - start >= LONGEST or STOP in sentence.breaks[end + 1 : last + 1]
            else:
                apart = True
            if apart or loudness <= 0:
                if weight <= 0:
                    loudness = 0
                    continue
                loudness, start, used = 0, first, 0
            loudness += weight
            end = last
            if weight > 0:
                used |= 1 << (last - start)
                used |= 1 << max(0, first - start)
            if loudness > 0 and (best is None or loudness > best.loudness):
                best = Stretch(loudness, start, last + 1, used)
        if best is not None:
            yield sign, best


class Ear:
    """The trained ear of a locale; holds nothing of what it hears."""

    def __init__(self, model: Mapping[str, Any], wanted: Container[str]) -> None:
        """
        Take a model as skill/ear_training.py makes it.

        Args:
            model: `signs`, `deaf`, `weights` and `least`.
            wanted: ids that are listened for; the model's others only helped to tell them apart.

        """
        self._signs: list[str] = model["signs"]
        self._wanted = [sign in wanted for sign in self._signs]
        self._deaf = frozenset(model["deaf"])
        self._weights: dict[str, list[list[int]]] = model["weights"]
        self._least: list[int] = model["least"]
        """How loud a mention of each sign must be."""

    def find(self, sentence: Sentence) -> list[Match]:
        """Return the signs that seem to be mentioned."""
        heard: dict[int, list[tuple[int, int, int]]] = {}
        for first, last, feature in features(sentence, self._deaf):
            for sign, weight in self._weights.get(feature, ()):
                if self._wanted[sign]:
                    heard.setdefault(sign, []).append((first, last, weight))
        mentions = sorted(
            (
                (sign, stretch)
                for sign, stretch in loudest(heard, sentence)
                if stretch.loudness >= self._least[sign]
            ),
            key=lambda mention: (-mention[1].loudness, mention[0]),
        )
        taken = 0
        found: list[Match] = []
        for sign, (_, start, end, used) in mentions:
            # The same words are asked back once, as what they say loudest.
            if not taken & used << start:
                taken |= used << start
                found.append(Match(KIND, self._signs[sign], start, end, used))
        return found
