"""
Whether a symptom that was named is also reported: said, denied, doubted, asked or long gone.

The reading walks left from the symptom through words that a denial passes through (`any`,
`signs of`, `or`, another symptom) to what governs it. A word that it does not know makes a
denial doubtful; a doubtful denial is never a denial.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from skill.sentence import COMMA, STOP, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from skill.lexicon import Match
    from skill.sentence import Normaliser

_OPAQUE = 2
"""Unknown words that a denial may reach over, becoming doubtful; beyond, it governs nothing."""
_NEAR = 6
"""Words to the left of a denial in which a second one makes it doubtful."""
_CUES = frozenset({"not_negation", "hedge", "unsure", "wobble", "question", "maybe_if", "contrast"})


class Said(StrEnum):
    """How a symptom that was named was meant."""

    PRESENT = "present"
    ABSENT = "absent"
    DOUBTFUL = "doubtful"
    """Said so that it cannot be told: ask back."""
    UNSURE = "unsure"
    """The speaker says not to know."""
    ASKED = "asked"
    """In a question, of nobody in particular."""
    GONE = "gone"
    """Was there, is not any more."""
    SUPPOSED = "supposed"
    """Imagined, feared or long ago: not reported."""


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of words.yaml that scopes are made of, as stems."""

    negators: frozenset[str]
    transparent: frozenset[str]
    boundaries: frozenset[str]
    subjects: frozenset[str]
    possessives: frozenset[str]
    before_possessive: frozenset[str]
    openers: frozenset[str]
    inverts: frozenset[str]
    inverts_subject: frozenset[str]
    owners: frozenset[str]
    denials: frozenset[str]
    affirmations: frozenset[str]
    small: frozenset[str]
    past: frozenset[str]
    still: frozenset[str]
    lasting: frozenset[str]
    ever: frozenset[str]


class Polarity:
    """Judges the matches of one sentence after the other; keeps nothing between them."""

    def __init__(self, normaliser: Normaliser, words: Mapping[str, Any]) -> None:
        def stems(name: str) -> frozenset[str]:
            return frozenset(
                normaliser.stem(part)
                for word in words["scope"][name]
                for part in normaliser.plain(str(word))
            )

        self._words = _Words(**{name: stems(name) for name in _Words.__dataclass_fields__})

    def judge(
        self, sentence: Sentence, found: Sequence[Match], named: Sequence[Match]
    ) -> list[tuple[Match, Said]]:
        """
        Return how each symptom was meant.

        Args:
            sentence: the words.
            found: every match in it, cues included.
            named: those to be judged, symptoms and circumstances.

        Returns:
            The named matches in their order, each with its judgement.
        """
        scope = _Scope(sentence, found, named, self._words)
        return [(match, scope.said(match)) for match in named]


class _Scope:
    """One sentence under judgement."""

    def __init__(
        self, sentence: Sentence, found: Sequence[Match], named: Sequence[Match], words: _Words
    ) -> None:
        self._stems = sentence.stems
        self._breaks = sentence.breaks
        self._asked = sentence.asked
        self._words = words
        self._named = named
        self._covered = _covered(named)
        self._consumed = {
            at for match in named for at in range(match.start, match.end) if match.names(at)
        }
        self._cues: dict[int, Match] = {}
        self._by_kind: dict[str, list[Match]] = {}
        for match in found:
            self._by_kind.setdefault(match.kind, []).append(match)
            if match.kind in _CUES:
                for at in range(match.start, match.end):
                    held = self._cues.get(at)
                    if held is None or match.weight > held.weight:
                        self._cues[at] = match

    def said(self, match: Match) -> Said:
        """Judge one match."""
        if (tail := self._tail(match)) is not None:
            return tail
        said = self._inside(match) or self._left(match)
        if said in {Said.ABSENT, Said.UNSURE}:
            return said
        supposed = self._supposed(match)
        if supposed is not None:
            return supposed
        if said is Said.PRESENT and self._is_asked(match):
            return Said.ASKED
        if said is Said.PRESENT and self._is_gone(match):
            return Said.GONE
        return said

    # -- inside and behind the match -----------------------------------------------------------

    def _inside(self, match: Match) -> Said | None:
        """Read `my face is not swollen` and `my chest might be tight`, or None."""
        for at in range(match.start, match.end):
            if match.names(at) or at in self._consumed:
                continue
            cue = self._cues.get(at)
            if cue is not None:
                if cue.kind == "not_negation":
                    return None
                return Said.UNSURE if cue.kind in {"hedge", "unsure"} else Said.DOUBTFUL
            if self._stems[at] in self._words.negators:
                return Said.ABSENT
        return None

    def _tail(self, match: Match) -> Said | None:
        """Read `fever no, rash yes`, or None."""
        at = match.end
        size = len(self._stems)
        if at >= size or (self._breaks[at] == STOP and at - 1 not in self._asked):
            return None
        word = self._stems[at]
        closed = at + 1 >= size or self._breaks[at + 1] > 0
        if not closed or at in self._consumed:
            return None
        if word in self._words.affirmations:
            return Said.PRESENT
        if word in self._words.denials:
            sure = self._breaks[at] == 0 or at - 1 in self._asked
            return Said.ABSENT if sure else Said.DOUBTFUL
        return None

    # -- what stands before it -----------------------------------------------------------------

    def _left(self, match: Match) -> Said:
        words, stems, breaks = self._words, self._stems, self._breaks
        opaque, at, commas = 0, match.start - 1, 0
        if at in self._consumed and self._overlapping(match):
            at = min(other.start for other in self._overlapping(match)) - 1
        while at >= 0 and breaks[at + 1] != STOP:
            if breaks[at + 1] == COMMA:
                if self._opens_clause(at + 1):
                    break
                commas += 1
            cue = self._cues.get(at)
            word = stems[at]
            if cue is not None and cue.kind == "contrast":
                if cue.names(at):
                    break
                cue = None
            if cue is not None:
                governs = self._governed(cue, opaque)
                if governs is not None:
                    return governs
                at = cue.start - 1
                continue
            if at in self._covered:
                # Another symptom of the same list; a denial passes through it.
                at = self._covered[at] - 1
                continue
            if word in words.negators:
                if at == 0 and breaks[1] == COMMA and word in words.denials:
                    # "No, chest pain": an answer and a symptom, or no chest pain?
                    return Said.DOUBTFUL
                return self._denied(at, opaque, match)
            if word in words.boundaries:
                break
            if word in words.subjects:
                cue = self._cues.get(at - 1)
                if cue is None or cue.end != at:
                    break
                at -= 1
                continue
            if word in words.possessives and self._opens_clause(at):
                break
            if word not in words.transparent and word not in words.possessives:
                opaque += 1
                if opaque > _OPAQUE:
                    break
            at -= 1
        return Said.PRESENT

    def _governed(self, cue: Match, opaque: int) -> Said | None:
        """Return what a cue makes of the symptom right of it; None where it is passed over."""
        if cue.kind == "not_negation":
            return Said.PRESENT
        if cue.kind == "wobble":
            return Said.DOUBTFUL
        if cue.kind == "question":
            return None
        if opaque:
            # "Maybe it is the iron pump": too far to doubt the symptom.
            return Said.PRESENT
        return Said.UNSURE

    def _denied(self, at: int, opaque: int, match: Match) -> Said:
        """Judge a denial found at a place: doubtful where it is far, doubled or hedged."""
        words, breaks = self._words, self._breaks
        for cue in self._near_cues(match, "never_like"):
            if cue.start >= match.end and not self._parted(match.end, cue.start):
                # "Never had chest pain like this" says that there is.
                sure = cue.id == "said" and self._stems[at] in words.ever
                return Said.PRESENT if sure else Said.DOUBTFUL
        if opaque:
            return Said.DOUBTFUL
        left, seen = at - 1, 0
        while left >= 0 and breaks[left + 1] == 0 and seen < _NEAR:
            cue = self._cues.get(left)
            if cue is not None and cue.kind in {"wobble", "hedge", "unsure", "maybe_if"}:
                return Said.DOUBTFUL
            if left in self._covered:
                break
            if self._stems[left] in words.boundaries:
                break
            if (
                self._stems[left] in words.negators
                and left not in self._consumed
                and left > 0
                and cue is None
            ):
                return Said.DOUBTFUL
            left, seen = left - 1, seen + 1
        return Said.ABSENT

    def _opens_clause(self, at: int) -> bool:
        """Whether a word begins a clause of its own: `..., my back`, `and she`."""
        words = self._words
        word = self._stems[at]
        if word in words.subjects:
            return True
        if word not in words.possessives:
            return False
        if self._breaks[at] > 0 or at == 0:
            return True
        return self._stems[at - 1] not in words.before_possessive or at - 1 in self._covered

    def _overlapping(self, match: Match) -> list[Match]:
        return [
            other
            for other in self._named
            if other.start < match.start < other.end and other is not match
        ]

    # -- the sentence around it ----------------------------------------------------------------

    def _sentence_of(self, match: Match) -> tuple[int, int]:
        start, end = match.start, match.end
        while start > 0 and self._breaks[start] != STOP:
            start -= 1
        while end < len(self._stems) and self._breaks[end] != STOP:
            end += 1
        return start, end

    def _near_cues(self, match: Match, kind: str) -> Iterable[Match]:
        start, end = self._sentence_of(match)
        return (cue for cue in self._by_kind.get(kind, ()) if start <= cue.start < end)

    def _parted(self, start: int, end: int) -> bool:
        """Whether a word of contrast or a clause of its own lies between two places."""
        return any(
            self._stems[at] in self._words.boundaries
            or (self._breaks[at] == COMMA and self._opens_clause(at))
            for at in range(start, end)
        )

    def _supposed(self, match: Match) -> Said | None:
        for cue in self._near_cues(match, "hypothetical"):
            if cue.end <= match.start and not self._parted(cue.end, match.start):
                return Said.SUPPOSED
        for cue in self._near_cues(match, "perhaps_hypothetical"):
            between = self._stems[cue.end : match.start]
            if cue.end <= match.start and all(
                word in self._words.transparent
                or word in self._words.possessives
                or word in self._words.subjects
                for word in between
            ):
                owned = set(between) & self._words.owners and cue.id == "fear"
                return None if owned else Said.DOUBTFUL
        return self._past(match)

    def _past(self, match: Match) -> Said | None:
        start, end = self._sentence_of(match)
        for kind in ("history", "perhaps_history"):
            for cue in self._near_cues(match, kind):
                low, high = sorted((cue.start, match.start))
                left = max(cue.end, start) if cue.start < match.start else match.end
                right = match.start if cue.start < match.start else cue.start
                if self._parted(left, right) or self._parted(low + 1, low + 1):
                    continue
                before = self._stems[max(start, low - 4) : high]
                around = self._stems[start:end]
                if set(around) & self._words.still or set(before) & self._words.lasting:
                    continue
                if kind == "history" and set(around) & self._words.past:
                    return Said.SUPPOSED
                return Said.DOUBTFUL
        return None

    def _is_asked(self, match: Match) -> bool:
        """Whether a question names the symptom of nobody: `is chest pain normal`."""
        start, _ = self._sentence_of(match)
        words, stems = self._words, self._stems
        for at in range(start, match.start + 1):
            cue = self._cues.get(at)
            opened = cue is not None and cue.kind == "question" and cue.end <= match.start
            if opened and cue is not None:
                after = cue.end
            elif self._inverted(at) and at < match.start and at not in self._consumed:
                after = at + 1
            else:
                continue
            if self._parted(after, match.start):
                continue
            return not set(stems[after : match.end]) & words.owners
        bare = match.end - 1 in self._asked and start == match.start
        return bare and not set(stems[match.start : match.end]) & words.owners

    def _inverted(self, at: int) -> bool:
        """Whether a verb stands before its subject: `is chest pain ...`, `can iron ...`."""
        words, stems = self._words, self._stems
        if at + 1 >= len(stems) or stems[at + 1] in words.negators:
            return False
        if at and not self._breaks[at] and stems[at - 1] not in words.openers:
            return False
        if stems[at] in words.inverts:
            return True
        follower = stems[at + 1]
        return stems[at] in words.inverts_subject and (
            follower in words.subjects or follower in words.possessives
        )

    def _is_gone(self, match: Match) -> bool:
        """Whether it says that this has passed: `my chest was tight but it's gone now`."""
        _, end = self._sentence_of(match)
        kept = [cue for cue in self._by_kind.get("not_gone", ())]
        for cue in self._by_kind.get("gone", ()):
            if cue.start < match.end or cue.start > end:
                continue
            if any(cue.start < other.end and other.start < cue.end for other in kept):
                continue
            between = [other for other in self._named if match.end <= other.start < cue.start]
            if not between:
                return True
        return False


def _covered(named: Iterable[Match]) -> dict[int, int]:
    """Return each place that a match covers -> the first place of the match."""
    covered: dict[int, int] = {}
    for match in named:
        for at in range(match.start, match.end):
            covered[at] = min(covered.get(at, match.start), match.start)
    return covered
