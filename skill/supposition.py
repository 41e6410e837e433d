"""Whether what was named is imagined, asked about, long past, over, or said to be well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skill.clauses import Said

if TYPE_CHECKING:
    from skill.clauses import Clauses
    from skill.matches import Match

_VERB = 4
"""Words before a time or a symptom in which the verb of it stands."""
_ANOTHERS = {"near": 2, "far": 6}
"""Words between somebody who is not the patient and what is said to be theirs."""
_FAR = 12
"""Words to either side of a denial in which it can be taken back."""
_NEGATED = 5
"""Words before a verb of saying in which what denies it stands."""


def is_well(clauses: Clauses, match: Match) -> bool:
    """Whether what was merely named is said to be well: `my face looks normal`."""
    return any(
        match.end <= cue.start <= match.end + _VERB
        and not clauses.parted(match.end, cue.start)
        and (clauses.words.negators | clauses.words.subjects).isdisjoint(
            clauses.stems[match.end : cue.start]
        )
        for cue in clauses.near(match, "well")
    )


def supposed(clauses: Clauses, match: Match) -> Said | None:
    """Read `what if my face swells up` and `if I get a rash`, or None."""
    idle = list(clauses.near(match, "ignore"))
    for cue in clauses.near(match, "hypothetical"):
        if cue.end <= match.start and not clauses.parted(cue.end, match.start):
            # "I'd die of boredom, and my chest hurts": only a manner of speaking.
            if any(cue.within(other) for other in idle):
                continue
            return Said.SUPPOSED
    words = clauses.words
    for cue in clauses.near(match, "perhaps_hypothetical"):
        between = set(clauses.stems[cue.end : match.start])
        plain = words.transparent | words.possessives | words.subjects
        if cue.end <= match.start and between <= plain:
            # "Worried about my chest pain": there is one.
            return None if cue.id == "fear" and between & words.owners else Said.DOUBTFUL
    return None


def is_anothers(clauses: Clauses, match: Match) -> bool:
    """Whether it is perhaps not the patient who has it: `the dog had a fit`, `I read that ...`."""
    own = clauses.words.owners - clauses.words.articles
    return any(
        cue.start < match.start <= cue.end + _ANOTHERS[cue.id]
        and not clauses.parted(cue.end, match.start)
        and own.isdisjoint(clauses.stems[cue.end : match.end])
        for cue in clauses.near(match, "another")
    )


def past(clauses: Clauses, match: Match) -> Said | None:
    """Read `I had a rash last year`, or None."""
    words = clauses.words
    start, end = clauses.sentence_of(match)
    for kind in ("history", "perhaps_history"):
        for cue in clauses.near(match, kind):
            if cue.meets(match):
                # "Had it before the infusion" is itself what is reported.
                continue
            first = min(cue.start, match.start)
            if clauses.parted(min(cue.end, match.end), max(cue.start, match.start)):
                continue
            if _is_told_anew(clauses, cue, match):
                continue
            around = set(clauses.stems[start:end])
            still = {at for at in range(start, end) if clauses.stems[at] in words.still}
            excused = {at for at in still if _is_well_at(clauses, match, at)}
            leading = set(clauses.stems[max(start, first - _VERB) : max(cue.start, match.start)])
            if still > excused or leading & words.lasting:
                continue
            sure = kind == "history" and around & words.past and not excused
            return Said.SUPPOSED if sure else Said.DOUBTFUL
    return None


def _is_told_anew(clauses: Clauses, cue: Match, match: Match) -> bool:
    """Whether a clause of its own says how it is now: `... ten years ago, and my back hurts`."""
    words, said = clauses.words, clauses.said
    _, end = clauses.sentence_of(match)
    return any(
        clauses.stems[at] in words.openers
        # Where verbs tell who, as in "y me duele la espalda", a clause may open with one.
        and (clauses.opens(at + 1) or not words.present.isdisjoint(said[at + 1 : at + 3]))
        and not words.present.isdisjoint(said[at : min(end, match.end + _VERB)])
        for at in range(cue.end, min(match.start, len(said) - 2) + 1)
    )


def _is_well_at(clauses: Clauses, match: Match, at: int) -> bool:
    """Whether a word says that all is well by now: the `now` of `but I'm good now`."""
    return any(cue.start <= at <= cue.end for cue in clauses.near(match, "well"))


def is_asked(clauses: Clauses, match: Match) -> bool:
    """Whether a question names the symptom of nobody: `is chest pain normal`."""
    words, stems = clauses.words, clauses.stems
    start, _ = clauses.sentence_of(match)
    for at in range(start, match.start + 1):
        cue = clauses.cues.get(at)
        if cue is not None and cue.kind == "question" and cue.end <= match.start:
            after = cue.end
        elif at < match.start and at not in clauses.consumed and _inverted(clauses, at, match):
            after = at + 1
        else:
            continue
        if not clauses.parted(after, match.start):
            # "Is tightness in the chest normal": `the` within the symptom makes it nobody's.
            inside = set(stems[match.start : match.end]) - words.articles
            return (inside | set(stems[after : match.start])).isdisjoint(words.owners)
    bare = match.end - 1 in clauses.asked and start == match.start
    if not bare and any(
        0 <= cue.start - match.end <= 1 for cue in clauses.near(match, "question_after")
    ):
        # "Une oppression dans la poitrine, c'est normal": nothing but a noun, and the question.
        bare = set(stems[start : match.start]) <= words.transparent | words.inverts_subject
    return bare and not set(stems[start : match.end]) & words.owners


def _inverted(clauses: Clauses, at: int, match: Match) -> bool:
    """Whether a verb stands before its subject: `is chest pain ...`, `can iron ...`."""
    words, stems = clauses.words, clauses.stems
    if at + 1 >= len(stems) or stems[at + 1] in words.negators:
        return False
    if at and not clauses.breaks[at] and stems[at - 1] not in words.openers:
        return False
    if stems[at] in words.supposes and at < match.start <= at + _VERB:
        return True  # "would a sore chest be a reason to worry"
    subject = stems[at + 1] in words.subjects or stems[at + 1] in words.possessives
    return stems[at] in words.inverts or (stems[at] in words.inverts_subject and subject)


def is_gone(clauses: Clauses, match: Match) -> bool:
    """Whether it says that this has passed: `my chest was tight but it's gone now`."""
    for cue in clauses.near(match, "gone_before"):
        if cue.end == match.start or cue.start < match.start < cue.end:
            return True
    kept = list(clauses.near(match, "not_gone"))
    return any(
        match.end <= cue.start
        and not any(cue.meets(other) for other in kept)
        and not clauses.named_between(match.end, cue.start)
        for cue in clauses.near(match, "gone")
    )


def is_taken_back(clauses: Clauses, match: Match) -> bool:
    """
    Whether a denial is itself denied, or unreal, further away in its sentence.

    `I'd be lying if I said my face wasn't swollen`, `nobody could claim that I have no fever`,
    `... but I lied`. Only the sentence is asked, not the symptom: a denial so framed denies
    nothing that one could rely on.
    """
    for cue in clauses.near(match, "taken_back"):
        if cue.id == "before":
            near = cue.end < match.end and match.start - cue.end <= _FAR
            if near and not _turned(clauses, cue.end, match.start):
                return True
        elif 0 <= cue.start - match.end <= _FAR and (cue.id == "behind" or clauses.breaks[cue.end]):
            return True
    return _asserted(clauses, match)


def _turned(clauses: Clauses, start: int, end: int) -> bool:
    """Whether a pause or a word such as `but` parts what stands between two places."""
    turns = clauses.words.turns
    return any(clauses.breaks[at] or clauses.stems[at] in turns for at in range(start, end + 1))


def _asserted(clauses: Clauses, match: Match) -> bool:
    """Whether a denial hangs on saying or thinking it, which is not so: `can't say I've no ...`."""
    words, stems = clauses.words, clauses.stems
    for at in range(match.start - 1, max(match.start - 1 - _FAR, -1), -1):
        if clauses.breaks[at + 1] or stems[at] in words.turns:
            return False
        if stems[at] not in words.asserts:
            continue
        for left in range(at - 1, max(at - 1 - _NEGATED, -1), -1):
            if clauses.breaks[left + 1] or left in clauses.covered or stems[left] in words.turns:
                break
            answers = left == 0 and clauses.opens(1)  # "no I can tell you I have no fever"
            if stems[left] in words.irrealis or (stems[left] in words.negators and not answers):
                return True
    return False
