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
    from collections.abc import Callable, Container, Iterable, Mapping, Sequence

    from skill.sentence import Normaliser, Sentence

KIND = "ear"
"""Kind of the matches it makes."""
ASKED = -150
"""Hundredths of log odds from which a mention is asked back: see docs/understanding.md."""
DOUBTS, DOUBTS_ALONE = -230, -500
"""Hundredths of log odds below which what a pattern found is asked back as well; and where
patterns account for all the words."""
UNHEARD = -200
"""Hundredths of log odds below which a pattern gives way to what its words say clearly instead."""
CLEARLY = 100
"""Hundredths of log odds from which words say a sign clearly, whatever a pattern makes of them."""
NAMED = 60
"""Hundredths from which a word is one of those that name the sign."""
RIVAL, YIELDS = -200, 0.5
"""Loudness from which a louder sign that the same words name is a rival, and how much of what the
rival has above it is taken off the other."""
BESIDE = 4
"""Words around those of a sign in which a rival is listened to."""
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


class Run(NamedTuple):
    """What speaks loudest for a sign in a sentence."""

    loudness: int
    """Hundredths of log odds, rivals apart."""
    votes: Sequence[Vote]
    words: int
    """Which words name the sign, one bit each."""


class Heard(NamedTuple):
    """What the ear makes of a sentence."""

    mentions: list[Match]
    loudness: Callable[[str], int | None]
    """
    How loud a sign is by itself, in hundredths of log odds; None of one that the ear did not learn.
    """


class Ear:
    """The trained ear of a language; holds nothing of what it hears."""

    def __init__(
        self,
        model: Mapping[str, Any],
        wanted: Container[str],
        beside: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        """
        Take a model as skill/ear_training.py makes it.

        Args:
            model: `signs`, their `bias`, `weights` (feature to sign, weight, sign, weight, ...;
                hundredths of log odds).
            wanted: ids that are listened for; the others of the model only helped to tell them
                apart.
            beside: id to stems, without one of which it is no mention.

        """
        self._signs: list[str] = model["signs"]
        self._wanted = {number: name for number, name in enumerate(self._signs) if name in wanted}
        self._numbers = {name: number for number, name in self._wanted.items()}
        self._beside = beside or {}
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
        runs = {sign: self._run(sign, its) for sign, its in votes.items() if its}
        return Heard(
            self._mentions(runs, sentence),
            functools.partial(self._loudness, weighed=weighed, runs=runs),
        )

    def _run(self, sign: int, votes: Sequence[Vote]) -> Run:
        total, start, end = loudest_run(votes)
        run = votes[start:end]
        words = 0
        for first, last, weight in run:
            if weight >= NAMED:
                words |= 1 << first | 1 << last
        return Run(total + self._bias[sign], run, words)

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
        runs: Mapping[int, Run],
    ) -> int | None:
        sign = self._numbers.get(name)
        if sign is None:
            return None
        run = runs.get(sign)
        if run is None:
            its = _votes(weighed, frozenset([sign]))[sign]
            return loudest_run(its)[0] + self._bias[sign] if its else self._bias[sign]
        return run.loudness

    def _mentions(self, runs: Mapping[int, Run], sentence: Sentence) -> list[Match]:
        """Return what is loud enough to be asked back, the loudest first."""
        mentions: list[tuple[int, int, Match]] = []
        said = frozenset(sentence.stems)
        for sign, run in runs.items():
            needed = self._beside.get(self._signs[sign])
            if run.loudness >= ASKED and not (needed and said.isdisjoint(needed)):
                loudness = _yielded(sign, run, runs)
                stretch = stretch_of(run.votes, sentence.breaks) if loudness >= ASKED else None
                if stretch is not None:
                    named = _named_in(stretch, run)
                    match = Match(KIND, self._signs[sign], stretch.start, stretch.end, named)
                    mentions.append((-loudness, sign, match))
        mentions.sort()
        return [match for _, _, match in mentions]


def beside(findings: Mapping[str, Any], normaliser: Normaliser) -> dict[str, frozenset[str]]:
    """Return the stems of what has to stand beside a sign, as findings.yaml says."""
    return {
        name: frozenset(
            normaliser.stem(word) for said in entry["beside"] for word in normaliser.plain(said)
        )
        for name, entry in findings.items()
        if "beside" in entry
    }


def _yielded(sign: int, run: Run, runs: Mapping[int, Run]) -> int:
    """
    Return how loud a sign is beside the others.

    Of two signs that the same words name the louder one was mostly meant: what is left of the
    other depends on how much is said for the louder one, and is never less than what the words
    say that are its own. The loudest of all yields to none.
    """
    rival, taken = run.loudness, 0
    first, last = run.votes[0][0] - BESIDE, run.votes[-1][1] + BESIDE
    for other, (loudness, votes, words) in runs.items():
        if loudness > rival and words & run.words and other != sign:
            # What is said further off, "i expect it's normal but ...", makes it no louder beside.
            far = sum(max(weight, 0) for _, at, weight in votes if not first <= at <= last)
            if loudness - far > rival:
                rival, taken = loudness - far, words
    if rival <= max(run.loudness, RIVAL):
        return run.loudness
    shared = sum(
        weight
        for first, last, weight in run.votes
        if weight > 0 and (taken >> first | taken >> last) & 1
    )
    return run.loudness - min(shared, round(YIELDS * (rival - RIVAL)))


def _named_in(stretch: Stretch, run: Run) -> int:
    """Return which words of a stretch name the sign: bit n is the word start + n."""
    return run.words >> stretch.start & (1 << stretch.end - stretch.start) - 1


def _votes(weighed: Iterable[Weighed], signs: frozenset[int]) -> dict[int, list[Vote]]:
    """Return what speaks for or against some signs, by sign and then by last word."""
    votes: dict[int, list[Vote]] = {sign: [] for sign in signs}
    if signs:
        for first, last, weights in weighed:
            known = weights[::2]
            for sign in signs.intersection(known):
                votes[sign].append((first, last, weights[2 * known.index(sign) + 1]))
    return votes
