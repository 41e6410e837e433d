"""All phrases of a locale, compiled once, found in a sentence in one pass."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from skill.matches import Match
from skill.sentence import STOP, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from skill.number_words import Spoken
    from skill.patterns import Part, PatternReader
    from skill.sentence import Normaliser

PATTERNS = ("heard", "denied", "maybe", "trace")
"""Kinds of patterns that a finding may have."""
_GAP = 3
"""Words that `*` may stand for."""
_SMALL = 5
"""Small words that may be passed over within one match."""
_SPAN = 18
"""No match is longer than this many words: reading time grows with the text, never faster."""


Node = list[Any]
"""A state of the automaton, plain so that it is JSON as it stands: where a word leads, where
a number of at least so much leads, where a gap leads (or None), and what ends here."""
_EDGES, _NUMBERS, _GAP_NODE, _ENDS = range(4)


class Lexicon:
    """All patterns of a locale in one automaton."""

    def __init__(
        self, normaliser: Normaliser, words: Mapping[str, Any], nodes: list[Node] | None = None
    ) -> None:
        """
        Make an empty automaton, or one of states that `nodes` of another gave.

        Args:
            normaliser: of the locale's words.
            words: the locale's words.
            nodes: as read back from JSON; compiling patterns costs half a second, this nothing.

        """
        self._normaliser = normaliser
        self._groups = words.get("groups", {})
        stem = normaliser.stem
        self._small = frozenset(stem(word) for word in words["small"])
        self._light = self._small | {stem(word) for word in words["scope"]["subjects"]}
        self._denials = frozenset(stem(word) for word in words["scope"]["negators"])
        self._no_gap = frozenset(stem(word) for word in words["no_gap"])
        self._shared: dict[tuple[int, frozenset[str]], int] = {}
        self._nodes: list[Node] = []
        if nodes is None:
            self._new()
        else:
            self._nodes = nodes
            for node in nodes:
                if node[_ENDS]:
                    node[_ENDS] = [(kind, name) for kind, name in node[_ENDS]]

    @property
    def nodes(self) -> list[Node]:
        """The states, the first one first; JSON values, never to be changed."""
        return self._nodes

    @cached_property
    def _patterns(self) -> PatternReader:
        # Imported here: what runs has its patterns compiled already.
        from skill.patterns import PatternReader  # noqa: PLC0415

        return PatternReader(self._normaliser, self._groups)

    def add(self, kind: str, name: str, pattern: str) -> None:
        """Compile a pattern; raise PatternError where it is not well formed."""
        from skill.patterns import PatternError  # noqa: PLC0415 - as above

        ends = self._extend({0}, self._patterns.read(str(pattern)))
        if 0 in ends:
            msg = f"pattern '{pattern}' of '{name}': everything in it may be left out"
            raise PatternError(msg)
        for node in sorted(ends):
            if (kind, name) not in self._nodes[node][_ENDS]:
                self._nodes[node][_ENDS].append((kind, name))

    def add_all(self, kind: str, name: str, patterns: Iterable[str]) -> None:
        """Compile several patterns of one meaning."""
        for pattern in patterns:
            self.add(kind, name, pattern)

    def _new(self) -> int:
        self._nodes.append([{}, [], None, []])
        return len(self._nodes) - 1

    def _extend(self, nodes: set[int], parts: Iterable[Part]) -> set[int]:
        """Return the nodes reached from some nodes by the parts of a pattern."""
        from skill.patterns import Choice, Gap, Number, Words  # noqa: PLC0415 - as above

        for part in parts:
            if isinstance(part, Words):
                nodes = {self._step(nodes, part.stems)}
            elif isinstance(part, Choice):
                reached = set(nodes) if part.optional else set()
                for sequence in part.sequences:
                    reached |= self._extend(nodes, sequence)
                nodes = reached
            elif isinstance(part, Gap):
                nodes = {self._gap_of(node) for node in sorted(nodes)}
            elif isinstance(part, Number):
                child = self._new()
                for node in sorted(nodes):
                    self._nodes[node][_NUMBERS].append([part.least, child])
                nodes = {child}
        return nodes

    def _step(self, nodes: set[int], words: frozenset[str]) -> int:
        # A child may be shared only by patterns that come to it by the same single way.
        single = next(iter(nodes)) if len(nodes) == 1 else None
        child = self._shared.get((single, words)) if single is not None else None
        if child is not None:
            return child
        child = self._new()
        for node in sorted(nodes):
            edges = self._nodes[node][_EDGES]
            for word in sorted(words):
                edges.setdefault(word, []).append(child)
        if single is not None:
            self._shared[single, words] = child
        return child

    def _gap_of(self, node: int) -> int:
        if self._nodes[node][_GAP_NODE] is None:
            self._nodes[node][_GAP_NODE] = self._new()
        gap: int = self._nodes[node][_GAP_NODE]
        return gap

    def find(self, sentence: Sentence) -> list[Match]:
        """Return the best matches of each meaning, those of one meaning never overlapping."""
        found: dict[tuple[str, str], list[Match]] = {}
        edges, numbers = self._nodes[0][_EDGES], self._nodes[0][_NUMBERS]
        for start in range(len(sentence)):
            if sentence.stems[start] in edges or (numbers and start in sentence.numbers):
                for match in self._from(sentence, start):
                    found.setdefault((match.kind, match.id), []).append(match)
        kept: list[Match] = []
        for matches in found.values():
            if len(matches) == 1:
                kept += matches
                continue
            taken: set[int] = set()
            # "Pressure on my chest no pain": what spans a denial gives way to what does not.
            ranked = sorted(
                matches, key=lambda match: (self._spans_denial(match, sentence), _best_first(match))
            )
            for match in ranked:
                span = range(match.start, match.end)
                if taken.isdisjoint(span):
                    taken.update(span)
                    kept.append(match)
        kept.sort(key=lambda match: (match.start, match.end, match.kind, match.id))
        return kept

    def _spans_denial(self, match: Match, sentence: Sentence) -> bool:
        return any(
            sentence.stems[at] in self._denials and not match.names(at)
            for at in range(match.start, match.end)
        )

    def is_part(self, match: Match, whole: Match, sentence: Sentence) -> bool:
        """Whether all that a match names, small words apart, belongs to another match."""
        return all(
            whole.start <= at < whole.end or sentence.stems[at] in self._light
            for at in range(match.start, match.end)
            if match.names(at)
        ) and match.meets(whole)

    def has_other_words(self, matches: Iterable[Match], sentence: Sentence) -> bool:
        """Whether a sentence has words, small ones apart, that belong to no match."""
        taken = {at for match in matches for at in range(match.start, match.end)}
        return any(
            at not in taken and stem not in self._light for at, stem in enumerate(sentence.stems)
        )

    def _from(self, sentence: Sentence, start: int) -> list[Match]:
        """Walk the automaton from one word on; return the weightiest match of each meaning."""
        stems, breaks, small = sentence.stems, sentence.breaks, self._small
        size = min(len(stems), start + _SPAN)
        walk = _Walk(self._nodes, start, size)
        walk.waiting[0].append((self._nodes[0], 0, 0, 0))
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
                for child in node[_EDGES].get(word, ()):
                    walk.reach(child, at + 1, left, used | 1 << (at - start))
                if number is not None and node[_NUMBERS]:
                    walk.count(node, number, left, used)
                if used and is_small and left:
                    following.append((node, gap, left - 1, used))
                elif used and gap and may_pass:
                    following.append((node, gap - 1, left, used))
        return list(walk.best.values())


class _Walk:
    """The states of one walk through the automaton, waiting for the words to come."""

    __slots__ = ("best", "nodes", "size", "start", "waiting")

    def __init__(self, nodes: list[Node], start: int, size: int) -> None:
        self.nodes = nodes
        self.start = start
        self.size = size
        self.best: dict[tuple[str, str], Match] = {}
        # Per word: (node, words the gap may still take, small words left, words named).
        self.waiting: list[list[tuple[Node, int, int, int]]] = [[] for _ in range(size - start + 1)]

    def reach(self, child: int, end: int, left: int, used: int) -> None:
        """Take a step: note what ends here, and wait for the next word."""
        if used & (used - 1) == 0:
            left = _SMALL  # the first word opens the allowance
        node = self.nodes[child]
        for meaning in node[_ENDS]:
            held = self.best.get(meaning)
            if held is None or used.bit_count() > held.used.bit_count():
                self.best[meaning] = Match(meaning[0], meaning[1], self.start, end, used)
        later = self.waiting[end - self.start]
        if node[_EDGES] or node[_NUMBERS]:
            later.append((node, 0, left, used))
        if node[_GAP_NODE] is not None:
            later.append((self.nodes[node[_GAP_NODE]], _GAP, left, used))

    def count(self, node: Node, number: Spoken, left: int, used: int) -> None:
        """Step over a number that a pattern asks for."""
        if number.ordinal or number.end > self.size:
            return
        bits = ((1 << (number.end - number.start)) - 1) << (number.start - self.start)
        for least, child in node[_NUMBERS]:
            if number.value >= least:
                self.reach(child, number.end, left, used | bits)


def compiled(
    normaliser: Normaliser,
    findings: Mapping[str, Any],
    words: Mapping[str, Any],
    lexemes: Mapping[str, Mapping[str, Any]],
) -> Lexicon:
    """
    Compile all patterns of a locale.

    Args:
        normaliser: of the locale's words.
        findings: finding id to {heard, denied, maybe, trace}.
        words: the locale's words, with their `cues`.
        lexemes: `product` and `medicine`: id to {heard}.

    """
    lexicon = Lexicon(normaliser, words)
    for name, entry in findings.items():
        for kind in PATTERNS:
            lexicon.add_all(kind, name, entry.get(kind, ()))
    for kind, entries in lexemes.items():
        for name, entry in entries.items():
            lexicon.add_all(kind, name, entry["heard"])
    for kind, cues in words["cues"].items():
        for name, patterns in cues.items():
            lexicon.add_all(kind, str(name), patterns)
    return lexicon


def _best_first(match: Match) -> tuple[int, int, int]:
    return (-match.weight, match.end - match.start, match.start)
