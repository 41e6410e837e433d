"""Which words in a row speak loudest for a sign: runs of votes, and the words that they span."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from skill.sentence import STOP

if TYPE_CHECKING:
    from collections.abc import Sequence

WINDOW = 20
"""Words that are weighed together at most."""
LONGEST = 12
"""Words that one mention may span."""
_SILENCE = 2
"""What a word that says nothing of a sign costs a mention, in hundredths: so words part."""

Vote = tuple[int, int, int]
"""First word, last word and weight in hundredths of what speaks for or against a sign."""


class Stretch(NamedTuple):
    """Words that speak for a sign."""

    loudness: int
    start: int
    end: int


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
    most, begun, ended = votes[0][2], 0, 1
    total = start = opened = 0
    for at, (first, last, weight) in enumerate(votes):
        if total <= 0:
            total, start, opened = 0, at, first
        total += weight
        if last - opened >= WINDOW:
            total, start = _loudest_end(votes, at)
            opened = votes[start][0]
        if total > most:
            most, begun, ended = total, start, at + 1
    return most, begun, ended


def _loudest_end(votes: Sequence[Vote], at: int) -> tuple[int, int]:
    """Return the largest sum of votes within a window that ends here, and where it starts."""
    _, end, best = votes[at]
    place, total = at, 0
    for start in range(at, -1, -1):
        first, _, weight = votes[start]
        if end - first >= WINDOW:
            break
        total += weight
        if total > best:
            best, place = total, start
    return best, place


def stretch_of(votes: Sequence[Vote], breaks: Sequence[int]) -> Stretch | None:
    """
    Return the words that speak loudest, without a sentence's end among them.

    Args:
        votes: by last word; those of a mention, so few.
        breaks: of the sentence.

    """
    # No stretch is louder than the votes that end with its last one, silences and breaks apart:
    # those that could be are looked at first, and mostly the first of them is it.
    could_be: list[tuple[int, int]] = []
    total = 0
    for at, (_, _, weight) in enumerate(votes):
        total = max(total, 0) + weight
        if total > 0:
            could_be.append((-total, at))
    best: tuple[int, int, Stretch] | None = None
    for least, at in sorted(could_be):
        if best is not None and least > best[0]:
            break
        found = _loudest_stretch(votes, at, breaks)
        # Of two as loud, the one that ends first.
        if found.loudness > 0 and (best is None or (-found.loudness, at) < best[:2]):
            best = (-found.loudness, at, found)
    return best[2] if best else None


def _loudest_stretch(votes: Sequence[Vote], at: int, breaks: Sequence[int]) -> Stretch:
    """Return the words that end with a vote and speak loudest."""
    start, last, loudness = votes[at]
    end = last + 1
    most, begun = loudness, start
    for place in range(at - 1, -1, -1):
        first, last, weight = votes[place]
        if end - first > LONGEST or STOP in breaks[first + 1 : start + 1]:
            break
        loudness += weight
        if start - last > 1:
            loudness -= _SILENCE * (start - last - 1)
        start = min(start, first)
        if loudness > most:
            most, begun = loudness, start
    return Stretch(most, begun, end)
