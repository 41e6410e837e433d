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
from skill.clauses import GOVERNING, REACH, Clauses, Said, ScopeWords
from skill.sentence import COMMA, STOP

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from skill.matches import Match
    from skill.sentence import Normaliser, Sentence

_OPAQUE = 2
"""Unknown words that a denial may reach over, becoming doubtful; beyond, it governs nothing."""
_LIST = 12
"""Words in which a list comes to its end."""
_FOLLOWING = 2
"""Words after a denial in which the symptom begins that it may belong to instead."""
_REWORDED = 6
"""Words after a rewording in which a symptom of its own begins that the patient means instead."""
_LOOSE = frozenset({"trace", "ear"})
"""Kinds of matches that may span more than one thing that was said."""
_NEAR = 6
"""Words to the left of a denial in which a second one makes it doubtful."""


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
    denied = Said.PRESENT if match.kind == "denied" else Said.ABSENT
    if said is denied and supposition.is_taken_back(clauses, match):
        return Said.DOUBTFUL
    if said in {Said.PRESENT, Said.ABSENT} and _trails_off(clauses, match):
        return Said.DOUBTFUL
    return said


def _nearby(clauses: Clauses, match: Match) -> Said:
    if match.kind in {"trace", "ear"} and supposition.is_well(clauses, match):
        return Said.SUPPOSED
    tail = _tail(clauses, match) or _behind(clauses, match)
    if tail is not None:
        return tail
    said = _inside(clauses, match) or _left(clauses, match)
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
        cue.start == match.end and clauses.breaks[cue.end] and not _is_clause(clauses, match)
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


def _left(clauses: Clauses, match: Match) -> Said:
    """Walk left from a match to what governs it; nothing does: it is present."""
    words, stems = clauses.words, clauses.stems
    opaque, at = 0, match.start - 1
    first = max(0, match.start - REACH)
    while at >= first and clauses.breaks[at + 1] != STOP:
        word, cue = stems[at], clauses.cues.get(at)
        if _ends_scope(clauses, at):
            break
        governs = _governed(cue, opaque) if cue is not None else None
        if governs is not None:
            return governs
        # A cue that governs nothing, or another symptom of the same list: walk past it.
        passed = clauses.passed(at, match) if cue is None else cue.start
        if passed is not None and passed <= at:
            at = passed - 1
            continue
        if word in words.negators and at not in clauses.consumed:
            return _short_of(clauses, at, match) or _denied(clauses, at, opaque, match)
        if word not in words.transparent | words.possessives | words.subjects:
            opaque += 1
            if opaque > _OPAQUE:
                break
        at -= 1
    return Said.PRESENT


def _is_clause(clauses: Clauses, match: Match) -> bool:
    """Whether a symptom was told with a verb of its own: `lips are swollen`, `can't breathe`."""
    return any(
        clauses.said[at] in clauses.words.finite
        or (clauses.stems[at] in clauses.words.negators and match.names(at))
        for at in range(match.start, match.end)
    )


def _ends_scope(clauses: Clauses, at: int) -> bool:
    """Whether what stands at a place, or further left, governs nothing right of it."""
    words, word, cue = clauses.words, clauses.stems[at], clauses.cues.get(at)
    if clauses.breaks[at + 1] == COMMA and clauses.opens(at + 1):
        return True
    if cue is not None:
        return cue.kind == "contrast" and cue.names(at)
    if word in words.boundaries:
        return True
    if word in words.subjects:
        # "I" begins a clause, unless a cue takes the clause in: "not sure that I ...".
        before = clauses.cues.get(at - 1)
        return before is None or before.end != at
    return word in words.possessives and clauses.opens(at)


def _governed(cue: Match, opaque: int) -> Said | None:
    """Return what a cue makes of the symptom right of it; None where it is passed over."""
    if cue.kind == "not_negation":
        return Said.PRESENT
    if cue.kind == "wobble":
        return Said.DOUBTFUL
    if cue.kind in GOVERNING:
        # "Maybe it is the iron that makes ...": too far to doubt the symptom.
        return Said.PRESENT if opaque else Said.UNSURE
    return None


def _short_of(clauses: Clauses, at: int, match: Match) -> Said | None:
    """Return what is said where a denial does not quite reach the symptom, or None."""
    words = clauses.words
    if at == 0 and clauses.stems[0] in words.denials:
        first = clauses.stems[1] if match.start == 1 else ""
        if first in words.only | words.subjects or clauses.opens(1):
            # "No it's my back", "no just my back": an answer, and then what it is.
            return Said.PRESENT
        if clauses.breaks[1] == COMMA:
            # "No, chest pain": an answer and a symptom, or no chest pain?
            return Said.DOUBTFUL
    if at == match.start - 1 or clauses.stems[match.start - 1] in words.joins:
        return None
    if not _is_clause(clauses, match):
        between = any(place in clauses.covered for place in range(at + 1, match.start))
        # "No fever, chest pain": denied as well, or told? "No fever, chest pain or a rash" denies.
        return Said.DOUBTFUL if between and not _listed(clauses, match, at) else None
    # "No rash, can't breathe", "no fever lips are swollen": not denied by that "no".
    return Said.PRESENT if COMMA in clauses.breaks[at + 1 : match.start + 1] else Said.DOUBTFUL


def _listed(clauses: Clauses, match: Match, denial: int) -> bool:
    """Whether an `or` stands in the list that a symptom is part of: then all of it is denied."""
    ends = clauses.words.list_ends
    if any(clauses.stems[at] in ends for at in range(denial + 1, match.start)):
        return True
    for at in range(match.end, min(len(clauses.stems), match.end + _LIST)):
        if clauses.breaks[at] == STOP:
            return False
        if clauses.stems[at] in ends:
            return True
    return False


def _denied(clauses: Clauses, at: int, opaque: int, match: Match) -> Said:
    """Judge a denial found at a place: doubtful where it is far, doubled or hedged."""
    words = clauses.words
    lists = list(clauses.near(match, "not_never_like"))
    for cue in clauses.near(match, "never_like"):
        if any(cue.meets(other) for other in lists):
            continue
        if cue.start >= match.end and not clauses.parted(match.end, cue.start):
            # "Never had chest pain like this" says that there is.
            sure = cue.id == "said" and clauses.stems[at] in words.ever
            return Said.PRESENT if sure else Said.DOUBTFUL
    if opaque or any(
        match.end <= cue.start <= match.end + 1 for cue in clauses.near(match, "as_such")
    ):
        return Said.DOUBTFUL
    return _doubled(clauses, at) or Said.ABSENT


def _doubled(clauses: Clauses, at: int) -> Said | None:
    """Return what a second denial or a doubt left of a denial makes of it, or None."""
    words = clauses.words
    for left in range(at - 1, max(at - 1 - _NEAR, -1), -1):
        word, before = clauses.stems[left], clauses.cues.get(left)
        if clauses.breaks[left + 1] or left in clauses.covered or word in words.boundaries:
            break
        if before is not None:
            if before.kind in GOVERNING:
                return Said.DOUBTFUL
        elif word in words.negators:
            if words.agreeing & {word, clauses.stems[at]}:
                continue
            # A "no" that begins the turn is its answer, not a second denial.
            return Said.DOUBTFUL if left > 0 else Said.ABSENT
        elif word not in words.carriers and word not in words.subjects:
            break
    return None
