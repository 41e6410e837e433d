"""All phrases of a locale, compiled once, found in a sentence in one pass."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from skill.patterns import Choice, Gap, Number, PatternError, PatternReader, Words
from skill.sentence import STOP, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from skill.number_words import Spoken
    from skill.patterns import Part
    from skill.sentence import Normaliser

_GAP = 3
"""Words that `*` may stand for."""
_SMALL = 5
"""Small words that may be passed over within one match."""
_SPAN = 18
"""No match is longer than this many words: reading time grows with the text, never faster."""


@dataclass(frozen=True, slots=True)
class Match:
    """A pattern found in a sentence."""

    kind: str
    """`heard`, `denied`, `maybe`, `product`, `medicine` or the name of a cue."""
    id: str
    start: int
    end: int
    used: int
    """Bit n is set where the word start + n was named by the pattern, not passed over."""

    @property
    def weight(self) -> int:
        """How many words the pattern named."""
        return self.used.bit_count()

    def names(self, at: int) -> bool:
        """Whether the word at a place was named by the pattern."""
        return at >= self.start and bool(self.used >> (at - self.start) & 1)

    def within(self, other: Match) -> bool:
        """Whether the other match covers all of this one."""
        return other.start <= self.start and self.end <= other.end

    def meets(self, other: Match) -> bool:
        """Whether the two share a word."""
        return self.start < other.end and other.start < self.end


class Places:
    """Matches by the words they cover, so that neighbours are found without a search."""

    def __init__(self, matches: Iterable[Match]) -> None:
        self._at: dict[int, list[Match]] = {}
        for match in matches:
            for place in range(match.start, match.end):
                self._at.setdefault(place, []).append(match)

    def at(self, place: int) -> Sequence[Match]:
        """Return the matches that cover a word."""
        return self._at.get(place, ())

    def meeting(self, match: Match) -> Iterator[Match]:
        """Yield the matches that share a word with one; it is itself among them."""
        for place in range(match.start, match.end):
            yield from self._at.get(place, ())


@dataclass(slots=True, eq=False)
class _Node:
    edges: dict[str, list[_Node]] = field(default_factory=dict)
    numbers: list[tuple[float, _Node]] = field(default_factory=list)
    shared: dict[frozenset[str], _Node] = field(default_factory=dict)
    gap: _Node | None = None
    ends: list[tuple[str, str]] = field(default_factory=list)


class Lexicon:
    """All patterns of a locale in one automaton."""

    def __init__(self, normaliser: Normaliser, words: Mapping[str, Any]) -> None:
        self._patterns = PatternReader(normaliser, words["groups"])
        stem = normaliser.stem
        self._small = frozenset(stem(word) for word in words["small"])
        self._no_gap = frozenset(stem(word) for word in words["no_gap"])
        self._root = _Node()

    def add(self, kind: str, name: str, pattern: str) -> None:
        """Compile a pattern; raise PatternError where it is not well formed."""
        ends = self._extend({self._root}, self._patterns.read(str(pattern)))
        if self._root in ends:
            msg = f"pattern '{pattern}' of '{name}': everything in it may be left out"
            raise PatternError(msg)
        for node in ends:
            if (kind, name) not in node.ends:
                node.ends.append((kind, name))

    def add_all(self, kind: str, name: str, patterns: Iterable[str]) -> None:
        """Compile several patterns of one meaning."""
        for pattern in patterns:
            self.add(kind, name, pattern)

    def _extend(self, nodes: set[_Node], parts: Iterable[Part]) -> set[_Node]:
        """Return the nodes reached from some nodes by the parts of a pattern."""
        for part in parts:
            if isinstance(part, Words):
                nodes = {_step(nodes, part.stems)}
            elif isinstance(part, Choice):
                reached = set(nodes) if part.optional else set()
                for sequence in part.sequences:
                    reached |= self._extend(nodes, sequence)
                nodes = reached
            elif isinstance(part, Gap):
                nodes = {_gap_of(node) for node in nodes}
            elif isinstance(part, Number):
                child = _Node()
                for node in nodes:
                    node.numbers.append((part.least, child))
                nodes = {child}
        return nodes

    def find(self, sentence: Sentence) -> list[Match]:
        """Return the best matches of each meaning, those of one meaning never overlapping."""
        found: dict[tuple[str, str], list[Match]] = {}
        edges = self._root.edges
        for start in range(len(sentence)):
            if sentence.stems[start] in edges or start in sentence.numbers:
                for match in self._from(sentence, start):
                    found.setdefault((match.kind, match.id), []).append(match)
        kept: list[Match] = []
        for matches in found.values():
            if len(matches) == 1:
                kept += matches
                continue
            taken: set[int] = set()
            for match in sorted(matches, key=_best_first):
                span = range(match.start, match.end)
                if taken.isdisjoint(span):
                    taken.update(span)
                    kept.append(match)
        kept.sort(key=lambda match: (match.start, match.end, match.kind, match.id))
        return kept

    def is_part(self, match: Match, whole: Match, sentence: Sentence) -> bool:
        """Whether all that a match names, small words apart, belongs to another match."""
        return all(
            whole.start <= at < whole.end or sentence.stems[at] in self._small
            for at in range(match.start, match.end)
            if match.names(at)
        ) and match.meets(whole)

    def _from(self, sentence: Sentence, start: int) -> list[Match]:
        """Walk the automaton from one word on; return the weightiest match of each meaning."""
        stems, breaks, small = sentence.stems, sentence.breaks, self._small
        size = min(len(stems), start + _SPAN)
        walk = _Walk(start, size)
        walk.waiting[0].append((self._root, 0, 0, 0))
        for at in range(start, size):
            states = walk.waiting[at - start]
            if at > start and breaks[at] == STOP:
                break
            if not states:
                continue
            word, number = stems[at], sentence.numbers.get(at)
            is_small, may_pass = word in small, word not in self._no_gap
            following = walk.waiting[at - start + 1]
            for node, gap, left, used in states:
                for child in node.edges.get(word, ()):
                    walk.reach(child, at + 1, left, used | 1 << (at - start))
                if number is not None and node.numbers:
                    walk.count(node, number, left, used)
                if used and is_small and left:
                    following.append((node, gap, left - 1, used))
                elif used and gap and may_pass:
                    following.append((node, gap - 1, left, used))
        return list(walk.best.values())


class _Walk:
    """The states of one walk through the automaton, waiting for the words to come."""

    __slots__ = ("best", "size", "start", "waiting")

    def __init__(self, start: int, size: int) -> None:
        self.start = start
        self.size = size
        self.best: dict[tuple[str, str], Match] = {}
        # Per word: (node, words the gap may still take, small words left, words named).
        self.waiting: list[list[tuple[_Node, int, int, int]]] = [
            [] for _ in range(size - start + 1)
        ]

    def reach(self, node: _Node, end: int, left: int, used: int) -> None:
        """Take a step: note what ends here, and wait for the next word."""
        if used & (used - 1) == 0:
            left = _SMALL  # the first word opens the allowance
        for meaning in node.ends:
            held = self.best.get(meaning)
            if held is None or used.bit_count() > held.used.bit_count():
                self.best[meaning] = Match(meaning[0], meaning[1], self.start, end, used)
        later = self.waiting[end - self.start]
        if node.edges or node.numbers:
            later.append((node, 0, left, used))
        if node.gap is not None:
            later.append((node.gap, _GAP, left, used))

    def count(self, node: _Node, number: Spoken, left: int, used: int) -> None:
        """Step over a number that a pattern asks for."""
        if number.ordinal or number.end > self.size:
            return
        bits = ((1 << (number.end - number.start)) - 1) << (number.start - self.start)
        for least, child in node.numbers:
            if number.value >= least:
                self.reach(child, number.end, left, used | bits)


def _step(nodes: set[_Node], words: frozenset[str]) -> _Node:
    # A child may be shared only by patterns that come to it by the same single way.
    single = next(iter(nodes)) if len(nodes) == 1 else None
    child = single.shared.get(words) if single is not None else None
    if child is not None:
        return child
    child = _Node()
    for node in nodes:
        for word in words:
            node.edges.setdefault(word, []).append(child)
    if single is not None:
        single.shared[words] = child
    return child


def _gap_of(node: _Node) -> _Node:
    if node.gap is None:
        node.gap = _Node()
    return node.gap


def _best_first(match: Match) -> tuple[int, int, int]:
    return (-match.weight, match.end - match.start, match.start)
