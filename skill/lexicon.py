"""All phrases of a locale, compiled once, found in a sentence in one pass."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from skill.walk import EDGES, ENDS, GAP_NODE, NUMBERS, Walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from skill.matches import Match
    from skill.patterns import Part, PatternReader
    from skill.sentence import Normaliser, Sentence
    from skill.walk import Node

PATTERNS = ("heard", "denied", "maybe", "trace", "alone")
"""Kinds of patterns that a finding may have."""


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
        self._empty = self._light | {stem(word) for word in words["scope"]["negators"]}
        self._denials = frozenset(stem(word) for word in words["scope"]["negators"])
        self._no_gap = frozenset(stem(word) for word in words["no_gap"])
        self._shared: dict[tuple[int, frozenset[str]], int] = {}
        self._nodes: list[Node] = []
        if nodes is None:
            self._new()
        else:
            self._nodes = nodes
            for node in nodes:
                if node[ENDS]:
                    node[ENDS] = [(kind, name) for kind, name in node[ENDS]]

    @property
    def nodes(self) -> list[Node]:
        """The states, the first one first; JSON values, never to be changed."""
        return self._nodes

    @cached_property
    def _patterns(self) -> PatternReader:
        # Imported here: what runs has its patterns compiled already.
        from skill.patterns import PatternReader  # noqa: PLC0415

        return PatternReader(self._normaliser, self._groups)

    def add(self, kind: str, name: str, pattern: object) -> None:
        """Compile a pattern; raise PatternError where it is not well formed."""
        from skill.patterns import PatternError  # noqa: PLC0415 - as above

        if pattern is None:
            msg = f"a pattern of '{name}' is empty"
            raise PatternError(msg)
        ends = self._extend({0}, self._patterns.read(str(pattern)))
        if 0 in ends:
            msg = f"pattern '{pattern}' of '{name}': everything in it may be left out"
            raise PatternError(msg)
        for node in sorted(ends):
            if (kind, name) not in self._nodes[node][ENDS]:
                self._nodes[node][ENDS].append((kind, name))

    def add_all(self, kind: str, name: str, patterns: Iterable[object]) -> None:
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
                    self._nodes[node][NUMBERS].append([part.least, part.most, child])
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
            edges = self._nodes[node][EDGES]
            for word in sorted(words):
                edges.setdefault(word, []).append(child)
        if single is not None:
            self._shared[single, words] = child
        return child

    def _gap_of(self, node: int) -> int:
        if self._nodes[node][GAP_NODE] is None:
            self._nodes[node][GAP_NODE] = self._new()
        gap: int = self._nodes[node][GAP_NODE]
        return gap

    def find(self, sentence: Sentence) -> list[Match]:
        """Return the best matches of each meaning, those of one meaning never overlapping."""
        found: dict[tuple[str, str], list[Match]] = {}
        for match in Walk(self._nodes, sentence, self._small, self._no_gap).matches():
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

    def names_nothing(self, at: int, sentence: Sentence) -> bool:
        """Whether a word, small or denying, names no symptom by itself."""
        return sentence.stems[at] in self._empty

    def has_other_words(self, matches: Iterable[Match], sentence: Sentence) -> bool:
        """Whether a sentence has words, small ones apart, that belong to no match."""
        taken = {at for match in matches for at in range(match.start, match.end)}
        return any(
            at not in taken and stem not in self._light for at, stem in enumerate(sentence.stems)
        )


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
        findings: finding id to {heard, denied, maybe, trace, alone}.
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
