"""
Hears danger signs in words that no pattern knows: a linear model over word stems.

Patterns are exact and forget what nobody wrote down. The ear was trained on the language's
phrasebook (skill/ear_training.py): each stem, and each pair of stems that follow each other,
speaks for or against each sign, and a run of words that is loud enough is a mention of it. A
mention of the ear alone is never taken as told: the reader asks it back as yes or no, unless
the words deny it or other findings account for them.
"""

from __future__ import annotations

import functools
from operator import add
from typing import TYPE_CHECKING, Any, NamedTuple

from skill.matches import Match
from skill.sentence import STOP
from skill.stretches import Stretch, Vote, loudest_run, stretch_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from skill.sentence import Sentence

KIND = "ear"
"""Kind of the matches it makes."""
ASKED = -100
"""Hundredths of log odds from which a mention is asked back: see docs/understanding.md."""
DOUBTS, DOUBTS_ALONE = -150, -400
"""Hundredths of log odds below which what a pattern found is asked back as well; and where
patterns account for all the words."""
UNHEARD = -200
"""Hundredths of log odds below which a pattern gives way to what its words say clearly instead."""
CLEARLY = 100
"""Hundredths of log odds from which words say a sign clearly, one more beside another even."""
NAMED = 60
"""Hundredths from which a word is one of those that name the sign."""
BEGINNING = 5
"""Letters of a long stem that it is known by as well."""

Weighed = tuple[int, int, "Sequence[int]"]
"""First word, last word and the weights of what they are known by: sign, weight, sign, ..."""


def features(sentence: Sentence) -> list[tuple[int, int, str]]:
    """
    Return what the words of a sentence are known by.

    Returns:
        (first word, last word, feature): pairs of stems that follow each other, stems, and the
        beginnings of long stems, in the order of their last words; numbers are all alike.
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
        # What a longer word begins with: "atemnot" has much of "atemzug".
        if len(word) > BEGINNING:
            found.append((at, at, f"{word[:BEGINNING]}-"))
        before = word
    return found


def _names(votes: Iterable[Vote], stretch: Stretch) -> int:
    """Return which words of a stretch speak for the sign: bit n is the word start + n."""
    used = 0
    for first, last, weight in votes:
        if weight >= NAMED and stretch.start <= first and last < stretch.end:
            used |= 1 << (first - stretch.start) | 1 << (last - stretch.start)
    return used


class Heard(NamedTuple):
    """What the ear makes of a sentence."""

    mentions: list[Match]
    loudness: Callable[[str], int | None]
    """How loud a sign is in hundredths of log odds; None of one that the ear did not learn."""


class Ear:
    """The trained ear of a language; holds nothing of what it hears."""

    def __init__(self, model: Mapping[str, Any], wanted: Mapping[str, int]) -> None:
        """
        Take a model as skill/ear_training.py makes it.

        Args:
            model: `signs`, their `bias`, `weights` (feature to sign, weight, sign, weight, ...;
                hundredths of log odds).
            wanted: ids that are listened for, and how urgent each is; the others of the model only
                helped to tell them apart.

        """
        self._signs: list[str] = model["signs"]
        self._wanted = {number: name for number, name in enumerate(self._signs) if name in wanted}
        self._urgent = wanted
        self._numbers = {name: number for number, name in self._wanted.items()}
        self._bias: list[int] = model["bias"]
        self._weights: dict[str, list[int]] = model["weights"]

    def listen(self, sentence: Sentence) -> Heard:
        """Return which signs seem to be mentioned, and what tells of the others how likely."""
        weighed = [
            (first, last, weights)
            for first, last, feature in features(sentence)
            if (weights := self._weights.get(feature)) is not None
        ]
        most = self._at_most(weighed)
        loud = frozenset(sign for sign in self._wanted if most[sign] >= ASKED)
        votes = _votes(weighed, loud)
        runs = {sign: loudest_run(its) for sign, its in votes.items() if its}
        return Heard(
            self._mentions(votes, runs, sentence),
            functools.partial(self._loudness, weighed=weighed, runs=runs),
        )

    def _at_most(self, weighed: Iterable[Weighed]) -> list[int]:
        """
        Return how loud each sign is at most: its loudest run, were there no window.

        Most votes are for signs of which nothing is said, so this is where the time goes.
        """
        totals = [0] * len(self._signs)
        loudest = totals.copy()
        for _, _, weights in weighed:
            pairs = iter(weights)
            for sign, weight in zip(pairs, pairs, strict=False):
                total = totals[sign] + weight
                if total > 0:
                    totals[sign] = total
                    if total > loudest[sign]:  # noqa: PLR1730 - `max` would cost three times as much
                        loudest[sign] = total
                else:
                    totals[sign] = 0
        return list(map(add, loudest, self._bias))

    def _loudness(
        self,
        name: str,
        weighed: Sequence[Weighed],
        runs: Mapping[int, tuple[int, int, int]],
    ) -> int | None:
        sign = self._numbers.get(name)
        if sign is None:
            return None
        run = runs.get(sign)
        if run is None:
            its = _votes(weighed, frozenset([sign]))[sign]
            run = loudest_run(its) if its else (0, 0, 0)
        return run[0] + self._bias[sign]

    def _mentions(
        self,
        votes: Mapping[int, Sequence[Vote]],
        runs: Mapping[int, tuple[int, int, int]],
        sentence: Sentence,
    ) -> list[Match]:
        """Return what is loud enough to be asked back, the loudest first."""
        mentions: list[tuple[int, int, Stretch, int]] = []
        for sign, (total, start, end) in runs.items():
            loud = total + self._bias[sign]
            if loud >= ASKED:
                run = votes[sign][start:end]
                stretch = stretch_of(run, sentence.breaks)
                if stretch is not None:
                    mentions.append((-loud, sign, stretch, _names(run, stretch)))
        mentions.sort()
        return [
            Match(KIND, self._signs[sign], stretch.start, stretch.end, used)
            for loud, sign, stretch, used in mentions
            if -loud >= CLEARLY or not self._is_outdone(sign, stretch, used, mentions, votes)
        ]

    def _is_outdone(
        self,
        sign: int,
        stretch: Stretch,
        used: int,
        mentions: Iterable[tuple[int, int, Stretch, int]],
        votes: Mapping[int, Sequence[Vote]],
    ) -> bool:
        """
        Whether the very words of a mention say another sign, no milder, more loudly.

        Only those words are weighed: what stands around them, such as what makes it small, must
        not make the other one louder.
        """
        own = stretch.loudness + self._bias[sign]
        urgent = self._urgent[self._signs[sign]]
        for _, other, (_, start, _), others in mentions:
            if (
                other != sign
                and used << stretch.start & others << start
                and self._urgent[self._signs[other]] >= urgent
            ):
                there = sum(
                    weight
                    for first, last, weight in votes[other]
                    if stretch.start <= first and last < stretch.end
                )
                if there + self._bias[other] > own:
                    return True
        return False


def _votes(weighed: Iterable[Weighed], signs: frozenset[int]) -> dict[int, list[Vote]]:
    """Return what speaks for or against some signs, by sign and then by last word."""
    votes: dict[int, list[Vote]] = {sign: [] for sign in signs}
    if signs:
        for first, last, weights in weighed:
            known = weights[::2]
            for sign in signs.intersection(known):
                votes[sign].append((first, last, weights[2 * known.index(sign) + 1]))
    return votes
