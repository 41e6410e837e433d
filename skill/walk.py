"""Follows the words of a sentence through the automaton of all patterns (skill/lexicon.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skill.matches import Match
from skill.sentence import STOP

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from skill.number_words import Spoken
    from skill.sentence import Sentence

Node = list[Any]
"""A state of the automaton, plain so that it is JSON as it stands: where a word leads, where
a number of at least and at most so much leads, where a gap leads (or None), and what ends here."""
EDGES, NUMBERS, GAP_NODE, ENDS = range(4)
_GAP = 3
"""Words that `*` may stand for."""
_SMALL = 5
"""Small words that may be passed over within one match."""
_SPAN = 18
"""No match is longer than this many words: reading time grows with the text, never faster."""

Meaning = tuple[str, str]
"""Kind and id of a match."""
_State = tuple[Node, int, int, int]
"""Node, words that its gap may still take, small words left, words named."""


class Walk:
    """A sentence on its way through the automaton: most of the time of reading is spent here."""

    def __init__(
        self,
        nodes: list[Node],
        sentence: Sentence,
        small: Container[str],
        no_gap: Container[str],
    ) -> None:
        """
        Make a sentence ready.

        Args:
            nodes: the automaton, its first state first.
            sentence: the words.
            small: stems that may be passed over within a match.
            no_gap: stems that no gap takes.

        """
        self._nodes = nodes
        self._stems, self._breaks = sentence.stems, sentence.breaks
        self._numbers = sentence.numbers
        # For each word, whether it is small, and whether a gap takes it.
        self._kinds = [(stem in small, stem not in no_gap) for stem in sentence.stems]

    def matches(self) -> Iterator[Match]:
        """Yield the weightiest match of each meaning from each word on."""
        edges, numbers, *_ = self._nodes[0]
        for start, stem in enumerate(self._stems):
            if stem in edges or (numbers and start in self._numbers):
                yield from self._from(start)

    def _from(self, start: int) -> Iterable[Match]:  # noqa: C901 - calls would cost half as much again
        """Walk from one word until no pattern goes on."""
        nodes, stems, kinds = self._nodes, self._stems, self._kinds
        best: dict[Meaning, Match] = {}
        states: list[_State] = [(nodes[0], 0, 0, 0)]
        # By word, what waits there for a number of several words to end.
        behind: dict[int, list[_State]] = {}
        end, last = start, min(len(stems), start + _SPAN)
        goes_on = True
        while goes_on and (states or behind):
            at, end, bit = end, end + 1, 1 << (end - start)
            word, number, (is_small, may_pass) = stems[at], self._numbers.get(at), kinds[at]
            goes_on = end < last and self._breaks[end] != STOP
            # What cannot go on with the next word is not kept waiting for it.
            onward = stems[end] if goes_on else ""
            passes = goes_on and (kinds[end][0] or end in self._numbers)
            following = behind.pop(end, [])
            for node, gap, left, used in states:
                if word in node[EDGES]:
                    # The first word opens the allowance.
                    allowed, named = left if used else _SMALL, used | bit
                    for child in node[EDGES][word]:
                        edges, counts, gap_node, ends = after = nodes[child]
                        if ends:
                            _note(best, ends, start, end, named)
                        if onward in edges or (passes and (edges or counts)):
                            following.append((after, 0, allowed, named))
                        if gap_node is not None:
                            following.append((nodes[gap_node], _GAP, allowed, named))
                if number is not None and node[NUMBERS] and number.end <= last:
                    later = following if number.end == end else behind.setdefault(number.end, [])
                    later += self._counted(node, number, left, used, start, best)
                if left and is_small:
                    following.append((node, gap, left - 1, used))
                elif gap and may_pass:
                    following.append((node, gap - 1, left, used))
            states = following
        return best.values()

    def _counted(  # noqa: PLR0913, PLR0917 - a state in its parts
        self,
        node: Node,
        number: Spoken,
        left: int,
        used: int,
        start: int,
        best: dict[Meaning, Match],
    ) -> Iterator[_State]:
        """Step over a number that a pattern asks for; yield what waits behind it."""
        if number.ordinal:
            return
        named = used | ((1 << (number.end - number.start)) - 1) << (number.start - start)
        if named == 1:
            left = _SMALL
        for least, most, child in node[NUMBERS]:
            if least <= number.value and (most is None or number.value <= most):
                after = self._nodes[child]
                _note(best, after[ENDS], start, number.end, named)
                yield after, 0, left, named
                if after[GAP_NODE] is not None:
                    yield self._nodes[after[GAP_NODE]], _GAP, left, named


def _note(
    best: dict[Meaning, Match], meanings: Iterable[Meaning], start: int, end: int, used: int
) -> None:
    """Keep what ends here, where it names more words than what was found of the same meaning."""
    for meaning in meanings:
        held = best.get(meaning)
        if held is None or used.bit_count() > held.used.bit_count():
            best[meaning] = Match(meaning[0], meaning[1], start, end, used)
