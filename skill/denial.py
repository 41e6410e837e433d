"""What governs a symptom from the left: a denial, a doubt, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skill.clauses import GOVERNING, REACH, Clauses, Said
from skill.sentence import COMMA, STOP

if TYPE_CHECKING:
    from skill.matches import Match

_OPAQUE = 2
"""Unknown words that a denial may reach over, becoming doubtful; beyond, it governs nothing."""
_LIST = 12
"""Words in which a list comes to its end."""
_NEAR = 6
"""Words to the left of a denial in which a second one makes it doubtful."""
_WITHOUT = 12
"""The same, left of a `without`."""


def governing(clauses: Clauses, match: Match) -> Said:
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


def is_clause(clauses: Clauses, match: Match) -> bool:
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
    if not is_clause(clauses, match):
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
    if clauses.stems[at] in words.lacking:
        return never_without(clauses, at)
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


def never_without(clauses: Clauses, at: int) -> Said | None:
    """Read `she can't get out of the chair without nearly fainting`, or None."""
    words = clauses.words
    for left in range(at - 1, max(at - 1 - _WITHOUT, -1), -1):
        if clauses.breaks[left + 1] == STOP or clauses.stems[left] in words.turns:
            break
        cue = clauses.cues.get(left)
        doubled = clauses.stems[left] in words.negators and left > 0
        if doubled or (cue is not None and cue.kind == "wobble"):
            return Said.DOUBTFUL
    return None
