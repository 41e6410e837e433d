"""What a turn says beside symptoms: an answer, a wish, and whom it is about."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from skill.clauses import GOVERNING
from skill.matches import Places
from skill.reading import Answer, Person, Wish
from skill.whole_turn import WISH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from skill.matches import Match
    from skill.sentence import Normaliser, Sentence

_ADULT = 18
"""Years from which a patient is no child."""
_SYMPTOM = frozenset({"heard", "denied", "maybe"})
_READ = _SYMPTOM | {"answer", "answer_alone", "ignore", "wish", "wish_alone", "medicine", "product"}
"""Kinds of matches that account for their words."""
"""Kinds of matches that say what somebody has, not only a part of the body."""


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
        self._skipped = self._before_answer | self._plain_no
        self._yes = stems("yes")
        self._limits = stems("limits")
        self._adding_nothing = stems("plain") | self._after_no | self._before_answer
        self._plain = self._adding_nothing.union(
            (normaliser.stem(word) for word in words["small"]),
            *(
                (normaliser.stem(word) for word in words["scope"][name])
                for name in ("subjects", "possessives", "negators", "denials", "transparent")
            ),
        )
        self._openers = stems("openers")
        self._inverting = stems("inverting")
        self._asked = stems("asked")
        self._wishes = [Wish(wish) for wish in words["wishes"]]
        self._other: str = words["roles"]["other_medicine"]

    def answer(
        self, sentence: Sentence, found: Sequence[Match], named: Sequence[Match]
    ) -> Answer | None:
        """Return the answer that the turn begins with; two that differ are no answer."""
        given, answered = self._given(sentence, found, named)
        if not given:
            # "During the drip yes": to what, it does not say.
            late = len(sentence) > 1 and sentence.stems[-1] in self._yes
            return Answer.UNSURE if late else None
        if given == {Answer.NO} and (
            self._is_limited(sentence, answered, found, named)
            or self._goes_unread(sentence, answered, found)
            or not self._yes.isdisjoint(sentence.stems[answered:])
        ):
            # "No, only when I walk upstairs", "no because he took his inhaler", "no but yeah but
            # no": not quite no.
            return Answer.UNSURE
        if given == {Answer.YES, Answer.UNSURE}:
            # "Yeah, I suppose so, maybe" to a danger is a yes.
            return Answer.YES
        return Answer(given.pop()) if len(given) == 1 else Answer.UNSURE

    def _given(
        self, sentence: Sentence, found: Sequence[Match], named: Sequence[Match]
    ) -> tuple[set[str], int]:
        """Return the answers that a turn begins with, and where the first of them ends."""
        leading = _longest_by_start(found, "answer")
        alone = _longest_by_start(found, "answer_alone")
        given: set[str] = set()
        at = answered = 0
        while at < len(sentence):
            match = leading.get(at)
            whole = alone.get(at)
            if whole is not None and self._ends(sentence, whole.end):
                match = whole if match is None or whole.end >= match.end else match
            if match is None or any(other.start <= at < other.end for other in named):
                # "No never had that": the longer answer is the one that was found.
                if sentence.stems[at] in self._skipped:
                    at += 1
                    continue
                break
            if self._is_determiner(sentence, match):
                if not given and not any(other.start == match.end for other in named):
                    # "No mum oh god": no what, nobody knows.
                    given.add(Answer.UNSURE)
                break
            if self._goes_on(sentence, match):
                break
            given.add(match.id)
            at = match.end
            answered = answered or at
        return given, answered

    def _is_limited(
        self, sentence: Sentence, at: int, found: Sequence[Match], named: Sequence[Match]
    ) -> bool:
        """Whether a doubt, or a word such as `only`, takes something out of a no."""
        if any(cue.kind in GOVERNING and cue.start >= at for cue in found):
            return True
        # With a symptom it says what: "no, only my back".
        return not self._limits.isdisjoint(sentence.stems[at:]) and not any(
            match.kind in _SYMPTOM and match.end > at for match in named
        )

    def _goes_unread(self, sentence: Sentence, at: int, found: Sequence[Match]) -> bool:
        """Whether a no goes on with words that nothing accounts for: what they say nobody knows."""
        read = {
            place
            for match in found
            if match.kind in _READ and match.id != Answer.UNSURE
            for place in range(match.start, match.end)
        }
        return any(
            place not in read and sentence.stems[place] not in self._plain
            for place in range(at, len(sentence))
        )

    def _ends(self, sentence: Sentence, at: int) -> bool:
        return at >= len(sentence) or sentence.breaks[at] > 0

    def _is_determiner(self, sentence: Sentence, match: Match) -> bool:
        """Whether this `no` belongs to what follows: `no swelling anywhere`."""
        if match.end - match.start > 1 or sentence.stems[match.start] not in self._plain_no:
            return False
        if self._ends(sentence, match.end):
            return False
        return sentence.stems[match.end] not in self._adding_nothing

    def _goes_on(self, sentence: Sentence, match: Match) -> bool:
        """Whether a doubt is about something named: `maybe a rash`, `I don't know if ...`."""
        if match.id != Answer.UNSURE or self._ends(sentence, match.end):
            return False
        return sentence.stems[match.end] not in self._after_no

    def wish(
        self, sentence: Sentence, found: Sequence[Match], named: Sequence[Match]
    ) -> Wish | None:
        """Return what is asked for, the more particular wish where there are several."""
        medicine = any(match.kind == "medicine" for match in found)
        idle = Places(match for match in found if match.kind == "no_wish")
        symptoms = Places(named)
        kinds = {"wish", "wish_if_medicine"} if medicine else {"wish"}
        held = {match.id for match in found if match.kind == WISH}
        held |= {
            match.id
            for match in found
            if match.kind in kinds
            # "Why is it not worse" asks, though "why not" inside it would not.
            and all(o.within(match) and not match.within(o) for o in idle.meeting(match))
            and not any(match.within(other) for other in symptoms.at(match.start))
            and self._asks(sentence, match)
        }
        return next((wish for wish in self._wishes if wish in held), None)

    def _asks(self, sentence: Sentence, match: Match) -> bool:
        """Whether a wish that begins with a verb is a question: `is it`, not `breathing is`."""
        stems, at = sentence.stems, match.start
        if stems[at] not in self._inverting or at == 0 or sentence.breaks[at] > 0:
            return True
        following = stems[at + 1] if at + 1 < len(stems) else ""
        return stems[at - 1] in self._openers or following in self._asked

    def medicine(self, found: Sequence[Match]) -> str:
        """Return the one medicine asked about; any other where none or several are named."""
        named = {match.id for match in found if match.kind == "medicine"}
        if len(named) > 1:
            # "Can I take ibuprofen with my tablets": that with a name is asked about.
            named.discard(self._other)
        return named.pop() if len(named) == 1 else self._other

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
        places = sorted(owners)
        held = {_owner_of(owners, places, match) for match in reported if places}
        if not reported:
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
        for at, word in enumerate(sentence.stems):
            if word in self._speaker:
                owners[at] = Person.SPEAKER
            elif word in self._others and not self._tells(sentence, at + 1):
                owners[at] = Person.OTHER
        part_of_symptom = Places(reported)
        by_weight = sorted(found, key=lambda match: match.id == Person.CHILD)
        for match in by_weight:
            within = any(match.within(other) for other in part_of_symptom.at(match.start))
            if match.kind == "person" and not within and not self._tells(sentence, match.end):
                owners.update(dict.fromkeys(range(match.start, match.end), Person(match.id)))
        for match in found:
            if match.kind == "bystander":
                for at in range(match.start, match.end):
                    owners.pop(at, None)
        return owners

    def _tells(self, sentence: Sentence, at: int) -> bool:
        """Whether somebody only says or does something: `she told me`."""
        return at < len(sentence) and sentence.stems[at] in self._telling


def _owner_of(owners: Mapping[int, Person], places: Sequence[int], match: Match) -> Person:
    """Return who is named within a symptom, else last before it, else first after it."""
    for place in places[bisect_right(places, match.start) : bisect_right(places, match.end - 1)]:
        if owners[place] is not Person.SPEAKER:
            return owners[place]  # "I can't rouse her"
    before = bisect_right(places, match.start)
    return owners[places[before - 1] if before else places[0]]


def _longest_by_start(found: Sequence[Match], kind: str) -> dict[int, Match]:
    longest: dict[int, Match] = {}
    for match in found:
        if match.kind == kind:
            held = longest.get(match.start)
            if held is None or match.end > held.end:
                longest[match.start] = match
    return longest
