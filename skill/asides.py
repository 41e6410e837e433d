"""What a turn says beside symptoms: an answer, a wish, and whom it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skill.reading import Answer, Person, Wish

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from skill.lexicon import Match
    from skill.sentence import Normaliser, Sentence

_ADULT = 18
"""Years from which a patient is no child."""


class Asides:
    """Reads answers, wishes and persons from the cues of a sentence."""

    def __init__(self, normaliser: Normaliser, words: Mapping[str, Any]) -> None:
        def stems(name: str) -> frozenset[str]:
            return frozenset(normaliser.stem(word) for word in words["asides"][name])

        self._speaker = stems("speaker")
        self._others = stems("others")
        self._telling = stems("telling")
        self._after_no = stems("after_no")
        self._before_answer = stems("before_answer")
        self._plain_no = stems("plain_no")
        self._wishes = [Wish(wish) for wish in words["wishes"]]

    def answer(
        self, sentence: Sentence, found: Sequence[Match], named: Sequence[Match]
    ) -> Answer | None:
        """Return the answer that the turn begins with; two that differ are no answer."""
        leading = _longest_by_start(found, "answer")
        alone = _longest_by_start(found, "answer_alone")
        given: set[str] = set()
        at = 0
        while at < len(sentence):
            match = leading.get(at)
            whole = alone.get(at)
            if whole is not None and self._ends(sentence, whole.end):
                match = whole if match is None or whole.end >= match.end else match
            if match is None or any(other.start <= at < other.end for other in named):
                if sentence.stems[at] in self._before_answer:
                    at += 1
                    continue
                break
            if self._is_determiner(sentence, match) or self._goes_on(sentence, match):
                break
            given.add(match.id)
            at = match.end
        if not given:
            return None
        return Answer(given.pop()) if len(given) == 1 else Answer.UNSURE

    def _ends(self, sentence: Sentence, at: int) -> bool:
        return at >= len(sentence) or sentence.breaks[at] > 0

    def _is_determiner(self, sentence: Sentence, match: Match) -> bool:
        """Whether this `no` belongs to what follows: `no swelling anywhere`."""
        if match.end - match.start > 1 or sentence.stems[match.start] not in self._plain_no:
            return False
        if self._ends(sentence, match.end):
            return False
        return sentence.stems[match.end] not in self._after_no

    def _goes_on(self, sentence: Sentence, match: Match) -> bool:
        """Whether a doubt is about something named: `maybe a rash`, `I don't know if ...`."""
        if match.id != Answer.UNSURE or self._ends(sentence, match.end):
            return False
        return sentence.stems[match.end] not in self._after_no

    def wish(self, found: Sequence[Match], named: Sequence[Match]) -> Wish | None:
        """Return what is asked for, the more particular wish where there are several."""
        idle = [match for match in found if match.kind == "no_wish"]
        held = {
            match.id
            for match in found
            if match.kind == "wish"
            and not any(match.meets(other) for other in idle)
            and not any(match.within(other) for other in named)
        }
        return next((wish for wish in self._wishes if wish in held), None)

    def medicine(self, found: Sequence[Match]) -> str | None:
        """Return the one medicine asked about, or None where none or several are named."""
        named = {match.id for match in found if match.kind == "medicine"}
        return named.pop() if len(named) == 1 else None

    def person(
        self,
        sentence: Sentence,
        found: Sequence[Match],
        reported: Sequence[Match],
        age_years: float | None,
    ) -> Person | None:
        """
        Return whom the symptoms are of; where there are none, whom the turn speaks of.

        Args:
            sentence: the words.
            found: all matches, cues of persons among them.
            reported: the symptoms that were reported or may have been.
            age_years: the age said, if any.
        """
        owners = self._owners(sentence, found, reported)
        if reported:
            held = {self._owner_of(sentence, owners, match) for match in reported} - {None}
        else:
            held = set(owners.values())
        if Person.CHILD in held or (
            age_years is not None and age_years < _ADULT and Person.OTHER in held
        ):
            return Person.CHILD
        if Person.OTHER in held:
            return Person.CHILD if Person.CHILD in owners.values() else Person.OTHER
        return Person.SPEAKER if Person.SPEAKER in held else None

    def _owners(
        self, sentence: Sentence, found: Sequence[Match], reported: Sequence[Match]
    ) -> dict[int, Person]:
        """Return each place where somebody is named -> who."""
        owners: dict[int, Person] = {}
        stems = sentence.stems
        for match in found:
            if match.kind != "person":
                continue
            if any(match.within(other) for other in reported):
                continue
            after = stems[match.end] if match.end < len(stems) else ""
            if after in self._telling:
                continue
            for at in range(match.start, match.end):
                if owners.get(at) is not Person.CHILD:
                    owners[at] = Person(match.id)
        for at, word in enumerate(stems):
            if at in owners:
                continue
            if word in self._speaker:
                owners[at] = Person.SPEAKER
            elif word in self._others:
                after = stems[at + 1] if at + 1 < len(stems) else ""
                if after not in self._telling:
                    owners[at] = Person.OTHER
        for match in found:
            if match.kind == "bystander":
                for at in range(match.start, match.end):
                    owners.pop(at, None)
        return owners

    def _owner_of(
        self, sentence: Sentence, owners: Mapping[int, Person], match: Match
    ) -> Person | None:
        for at in range(min(match.start, len(sentence) - 1), -1, -1):
            if at in owners:
                return owners[at]
        for at in range(match.start, len(sentence)):
            if at in owners:
                return owners[at]
        return None


def _longest_by_start(found: Sequence[Match], kind: str) -> dict[int, Match]:
    longest: dict[int, Match] = {}
    for match in found:
        if match.kind == kind:
            held = longest.get(match.start)
            if held is None or match.end > held.end:
                longest[match.start] = match
    return longest
