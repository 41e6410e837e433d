"""
Whether a symptom that was named is also reported: said, denied, doubted, asked or long gone.

The reading walks left from the symptom through words that a denial passes through (`any`,
`signs of`, `or`, another symptom) to what governs it. A word that it does not know makes a
denial doubtful; a doubtful denial is never a denial.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from skill import supposition
from skill.clauses import GOVERNING, Clauses, Said, ScopeWords
from skill.denial import governing, is_clause, never_without
from skill.sentence import STOP

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from skill.matches import Match
    from skill.sentence import Normaliser, Sentence

_FOLLOWING = 2
"""Words after a denial in which the symptom begins that it may belong to instead."""
_REWORDED = 6
"""Words after a rewording in which a symptom of its own begins that the patient means instead."""
_LOOSE = frozenset({"trace", "ear"})
"""Kinds of matches that may span more than one thing that was said."""


class Polarity:
    """Judges what is named in sentences; keeps nothing between them."""

    def __init__(self, normaliser: Normaliser, words: Mapping[str, Any]) -> None:
        self._words = ScopeWords.read(normaliser, words)

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
        judge = self.judging(sentence, found, named)
        return [(match, judge(match)) for match in named]

    def judging(
        self, sentence: Sentence, found: Sequence[Match], named: Sequence[Match]
    ) -> Callable[[Match], Said]:
        """Return what judges single matches of those named, for those who need not know all."""
        return functools.partial(_said, Clauses(sentence, found, named, self._words))


def _said(clauses: Clauses, match: Match) -> Said:
    """Return how a symptom was meant; a denial that is taken back elsewhere is none."""
    said = _nearby(clauses, match)
    if match.kind == "denied" and said is Said.PRESENT and _was(clauses, match):
        return Said.DOUBTFUL
    denied = Said.PRESENT if match.kind == "denied" else Said.ABSENT
    if said is denied and supposition.is_taken_back(clauses, match):
        return Said.DOUBTFUL
    if said in {Said.PRESENT, Said.ABSENT} and _trails_off(clauses, match):
        return Said.DOUBTFUL
    return said


def _was(clauses: Clauses, match: Match) -> bool:
    """Whether all was well, which says nothing of now: `my chest was fine on friday`."""
    before = max(0, match.start - 1)
    return not clauses.words.gone_by.isdisjoint(clauses.said[before : match.end])


def _nearby(clauses: Clauses, match: Match) -> Said:
    if match.kind in {"trace", "ear"} and supposition.is_well(clauses, match):
        return Said.SUPPOSED
    tail = _tail(clauses, match) or _behind(clauses, match)
    if tail is not None:
        return tail
    said = _inside(clauses, match) or governing(clauses, match)
    if said is Said.ABSENT and _is_reworded(clauses, match):
        return Said.DOUBTFUL
    if said in {Said.ABSENT, Said.UNSURE}:
        return said
    supposed = supposition.supposed(clauses, match) or supposition.past(clauses, match)
    if supposed is not None:
        return supposed
    return _plain(clauses, match) if said is Said.PRESENT else said


def _plain(clauses: Clauses, match: Match) -> Said:
    """Judge what nothing denies or doubts: told, perhaps of another, asked about, or over."""
    if supposition.is_anothers(clauses, match):
        return Said.DOUBTFUL
    if supposition.is_asked(clauses, match):
        return Said.ASKED
    return Said.GONE if supposition.is_gone(clauses, match) else Said.PRESENT


def _trails_off(clauses: Clauses, match: Match) -> bool:
    """Whether a mere name is half said: `dizzy no, breathless maybe`; nothing with a verb."""
    return any(
        cue.start == match.end and clauses.breaks[cue.end] and not is_clause(clauses, match)
        for cue in clauses.near(match, "hedge")
    )


def _is_reworded(clauses: Clauses, match: Match) -> bool:
    """Whether only the word is denied: `no pain in my chest, it's more of a pressure`."""
    others = list(clauses.near(match, "not_reworded"))
    return any(
        match.start < cue.start <= match.end + 1
        and not (cue.start < match.end and match.kind in _LOOSE)
        and not clauses.named_between(cue.end, cue.end + _REWORDED)
        and not any(cue.meets(other) for other in others)
        for cue in clauses.near(match, "reworded")
    )


# -- inside the match, behind it, before it ----------------------------------------------------


def _inside(clauses: Clauses, match: Match) -> Said | None:
    """Read `my face is not swollen` and `my chest might be tight`, or None."""
    for at in range(match.start, match.end):
        if match.names(at) or at in clauses.consumed:
            continue
        cue = clauses.cues.get(at)
        if cue is not None:
            if cue.kind == "not_negation":
                return None
            if cue.kind in GOVERNING:
                return Said.DOUBTFUL if cue.kind == "wobble" else Said.UNSURE
        if any(idle.start <= at < idle.end for idle in clauses.near(match, "ignore")):
            continue
        if clauses.stems[at] in clauses.words.lacking and never_without(clauses, at):
            return Said.DOUBTFUL
        if clauses.stems[at] in clauses.words.negators:
            # "My legs are not weak, they just do not hold": two denials, of which one is its own.
            own = match.kind not in _LOOSE and any(
                match.names(place) and clauses.stems[place] in clauses.words.negators
                for place in range(match.start, match.end)
            )
            return Said.DOUBTFUL if own or _denies_another(clauses, match, at) else Said.ABSENT
    return None


def _denies_another(clauses: Clauses, match: Match, at: int) -> bool:
    """Whether a denial inside a match is of a word passed over: `the arm they did not use`."""
    words = clauses.words
    following = next((place for place in range(at + 1, match.end) if match.names(place)), match.end)
    return any(
        clauses.stems[place] not in words.transparent
        and clauses.stems[place] not in words.negators
        and place not in clauses.cues
        for place in range(at + 1, following)
    )


def _tail(clauses: Clauses, match: Match) -> Said | None:
    """Read `fever no, rash yes`, or None."""
    at, size = match.end, len(clauses.stems)
    questioned = at - 1 in clauses.asked
    if at >= size or at in clauses.consumed or (clauses.breaks[at] == STOP and not questioned):
        return None
    if at + 1 < size and not clauses.breaks[at + 1]:
        return None
    if clauses.stems[at] in clauses.words.affirmations:
        return Said.PRESENT
    if clauses.stems[at] in clauses.words.denials:
        # "J'ai mal à la poitrine, non" only asks to be agreed with.
        sure = clauses.stems[at] not in clauses.words.tags
        return Said.ABSENT if sure and (questioned or not clauses.breaks[at]) else Said.DOUBTFUL
    return None


def _behind(clauses: Clauses, match: Match) -> Said | None:
    """Read what denies from behind, where a language does so (`Fieber habe ich nicht`), or None."""
    if clauses.breaks[match.end]:
        return None
    cues = [cue for cue in clauses.near(match, "denied_after") if cue.start == match.end]
    cue = max(cues, key=lambda cue: cue.end, default=None)
    if cue is None:
        return None
    for kind in ("not_negation", "not_denied_after"):
        # "Mal à la poitrine pas de fièvre": the denial belongs to what follows.
        if any(other.meets(cue) for other in clauses.near(match, kind)):
            return None
    sure = cue.id == "denied" and not clauses.named_between(cue.end, cue.end + _FOLLOWING)
    return Said.ABSENT if sure else Said.DOUBTFUL
