"""
The clinical-text reader: a sentence as frightened people say it -> a Reading.

    text -> sentence -> matches -> polarity -> findings, doubts, answer, wish, person

It knows no symptom and no word of English: those are the locale's findings.yaml, words.yaml,
products.yaml and medicines.yaml. What may be a danger sign is present, clearly denied, or doubtful,
and then the skill asks. It is never dropped, but for another, no milder, that its words say; a
mere word of one that the ear finds unlikely beside the rest is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rules_lib.facts import Finding, FindingType, Kind, Presence, ValueType
from skill.asides import Asides
from skill.clauses import Said
from skill.covering import FAINT, Covering
from skill.ear import CLEARLY, DOUBTS, DOUBTS_ALONE, UNHEARD, Ear, Heard, beside
from skill.ear import KIND as EAR
from skill.lexicon import Lexicon, compiled
from skill.polarity import Polarity
from skill.reading import Reading, Wish
from skill.sentence import Normaliser, Sentence
from skill.values import Turn, Values
from skill.whole_turn import WholeTurns

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from skill.matches import Match
    from skill.walk import Node

_RANK = {
    Said.PRESENT: 5,
    Said.DOUBTFUL: 4,
    Said.ASKED: 3,
    Said.UNSURE: 2,
    Said.GONE: 1,
    Said.ABSENT: 0,
}
"""Said twice, the more worrying counts."""
_MEANT = frozenset({Said.PRESENT, Said.DOUBTFUL})
"""What is told or asked back."""


class Reader:
    """Reads the free text of one locale; built once, keeps nothing of what it reads."""

    def __init__(  # noqa: PLR0913, PLR0917 - the locale in five parts, and the dangers
        self,
        findings: Mapping[str, Any],
        words: Mapping[str, Any],
        products: Mapping[str, Any],
        medicines: Mapping[str, Any],
        types: Mapping[str, FindingType],
        red_flags: Mapping[str, int] | None = None,
        nodes: list[Node] | None = None,
        ear: Mapping[str, Any] | None = None,
    ) -> None:
        """
        Make the reader of a locale.

        Args:
            findings: finding id to {say, slot, heard, denied, maybe, trace, alone, covers, beside}.
            words: the small words: negators, hedges, times, numbers.
            products: product choice to {say, heard}.
            medicines: medicine id to {say, heard}.
            types: the pack's vocabulary; a finding that it does not have is never reported.
            red_flags: ids that are asked back where the speaker is unsure of them, and how urgent
                each is by itself; all signs, equally, where None.
            nodes: the patterns as compiled before (Lexicon.nodes); compiled here where None.
            ear: the trained ear of the language (skill/ear.py); patterns alone where None.

        """
        self.types = types
        """The pack's vocabulary: finding id to its declaration."""
        signs = (name for name, declared in types.items() if declared.kind is Kind.SIGN)
        self._red_flags = dict.fromkeys(signs, 0) if red_flags is None else red_flags
        self._normaliser = normaliser = Normaliser(words)
        if nodes is None:
            known = {name: entry for name, entry in findings.items() if name in types}
            lexemes = {"product": products, "medicine": medicines}
            self._lexicon = compiled(normaliser, known, words, lexemes)
        else:
            self._lexicon = Lexicon(normaliser, words, nodes)
        self._ear = Ear(ear, self._red_flags, beside(findings, normaliser)) if ear else None
        self._covering = Covering(self._lexicon, findings, types)
        self._whole_turns = WholeTurns(normaliser, words)
        self._polarity = Polarity(normaliser, words)
        self._asides = Asides(normaliser, words)
        self._values = Values(normaliser, words, products, types)

    def read(
        self,
        text: str,
        *,
        now: datetime,
        expects: str | None = None,
        about: str | None = None,
    ) -> Reading:
        """
        Read one turn.

        Args:
            text: as recognised or typed; anything at all.
            now: with a time zone; relative times are reckoned from it.
            expects: what the open question expects, e.g. `severity`, or None.
            about: the finding that the open question asks for, or None.

        Returns:
            What was understood; empty where nothing was.
        """
        sentence = self._normaliser.sentence(text)
        if not len(sentence):
            return Reading()
        found = self._whole_turns.settled(sentence, self._lexicon.find(sentence))
        named = self._covering.uncovered(sentence, found)
        judged = [
            (match, said if match.kind == "heard" else _turned(match, said))
            for match, said in self._polarity.judge(sentence, found, named)
        ]
        if self._ear:
            heard = self._ear.listen(sentence)
            # Where the patterns account for all words, there is little else to go by.
            alone = not self._lexicon.has_other_words(named, sentence)
            doubts = DOUBTS_ALONE if alone else DOUBTS
            judged = list(self._contradicted(judged, found, heard))
            denied = [match for match, said in judged if said is Said.ABSENT]
            echoes = self._echoes(sentence, found, named, denied, heard)
            meant = {match.id for match, said in [*judged, *echoes] if said in _MEANT}
            judged = [
                *(
                    (match, self._weighed(match, said, heard, doubts, meant))
                    for match, said in judged
                ),
                *echoes,
            ]
        wish = self._asides.wish(sentence, found, named)
        judged = [(match, self._meant(match, said, wish)) for match, said in judged]
        reported = [
            match
            for match, said in judged
            if said in {Said.PRESENT, Said.DOUBTFUL} and match.kind != EAR
        ]
        findings, doubtful = self._collect(judged)
        turn = Turn(sentence, found, reported, expects, about, now)
        age = self._values.add(turn, findings)
        for name in self._covering.only_alone & set(findings):
            if (
                doubtful
                or wish
                or any(
                    finding.presence is Presence.PRESENT
                    and self.types[finding.id].kind is Kind.SIGN
                    for finding in findings.values()
                    if finding.id != name
                )
            ):
                del findings[name]
        medicine = self._asides.medicine(found) if wish is Wish.CAN_I_TAKE else None
        return Reading(
            findings=tuple(findings.values()),
            doubtful=tuple(doubtful),
            answer=self._asides.answer(sentence, found, named),
            person=self._asides.person(sentence, found, reported, age),
            wish=wish,
            medicine=medicine,
        )

    def _contradicted(
        self, judged: Iterable[tuple[Match, Said]], found: Sequence[Match], heard: Heard
    ) -> Iterator[tuple[Match, Said]]:
        """
        Yield the judgements; a denial that holds the sign itself is none where the ear hears it.

        "My breathing rattles, no reason to worry" is no "my breathing ... no".
        """
        for match, said in judged:
            contradicted = (
                match.kind == "denied"
                and said is Said.ABSENT
                and any(
                    other.kind == "heard" and other.id == match.id and other.within(match)
                    for other in found
                )
                and (heard.loudness(match.id) or 0) >= CLEARLY
            )
            yield match, Said.DOUBTFUL if contradicted else said

    def _weighed(
        self, match: Match, said: Said, heard: Heard, doubts: int, meant: Container[str]
    ) -> Said:
        """
        Doubt a danger sign that only a pattern hears, as one that only the ear hears.

        Where the ear finds it most unlikely, a mere word of it says nothing; and where it is sure
        that the words say another danger sign, no milder and not denied, that other one is what was
        said: "I can't talk without stopping for air".
        """
        if said not in _MEANT or match.id not in self._red_flags:
            return said
        loudness = heard.loudness(match.id)
        if loudness is None:
            return said
        if loudness < UNHEARD and (
            match.kind == "trace"
            or any(
                match.kind == "heard"
                and match.meets(other)
                and other.id in meant
                and self._red_flags[other.id] >= self._red_flags[match.id]
                and (heard.loudness(other.id) or 0) >= CLEARLY
                for other in heard.mentions
            )
        ):
            return Said.SUPPOSED
        return Said.DOUBTFUL if loudness < doubts else said

    def _echoes(
        self,
        sentence: Sentence,
        found: Sequence[Match],
        named: Sequence[Match],
        denied: Sequence[Match],
        heard: Heard,
    ) -> list[tuple[Match, Said]]:
        """Return what the ear hears beside the patterns, judged: it changes nothing of theirs."""
        mentions = heard.mentions
        if not mentions:
            return []
        together = sorted([*found, *mentions], key=lambda match: (match.start, match.end))
        clear = {
            match.id
            for match in mentions
            if (heard.loudness(match.id) or 0) >= CLEARLY
            and not any(match.meets(other) for other in denied)
        }
        ordered = [match for match in together if match.kind == EAR]
        echoes = self._covering.uncovered(sentence, together, ordered, clear)
        if not echoes:
            return []
        told = sorted([*named, *echoes], key=lambda match: (match.start, match.end))
        judge = self._polarity.judging(sentence, together, told)
        # Where words are denied that no pattern knows, that is not sure enough: they are asked,
        # unless a pattern knows some of them and finds them denied as well.
        return [
            (match, Said.DOUBTFUL)
            for match in echoes
            if judge(match) is not Said.ABSENT
            or not any(judge(other) is Said.ABSENT for other in named if match.meets(other))
        ]

    def _meant(self, match: Match, said: Said, wish: Wish | None) -> Said:
        """Fit a judgement to the kind of finding."""
        declared = self.types[match.id]
        red = match.id in self._red_flags
        if said is Said.GONE:
            if declared.counts != "now" or declared.kind is Kind.CONTEXT:
                return Said.PRESENT
            return Said.DOUBTFUL if red else Said.ABSENT
        if declared.kind is Kind.CONTEXT:
            return Said.UNSURE if said in {Said.DOUBTFUL, Said.ASKED} else said
        if said is Said.ASKED:
            helps = wish in {Wish.WHY, Wish.WHAT_TO_DO}
            return Said.PRESENT if helps and not red else Said.DOUBTFUL
        if said is Said.UNSURE and red:
            return Said.DOUBTFUL
        return said

    def _collect(
        self, judged: Iterable[tuple[Match, Said]]
    ) -> tuple[dict[str, Finding], list[str]]:
        strongest: dict[str, Said] = {}
        # A denial does not deny what the ear hears in other words: "my legs aren't weak, they
        # just don't hold me".
        plain = {
            match.id
            for match, said in judged
            if match.kind not in FAINT and said is not Said.ABSENT
        }
        for match, said in judged:
            if said is Said.SUPPOSED or (match.kind in FAINT and match.id in plain):
                continue
            if said is Said.PRESENT and self.types[match.id].type is not ValueType.YES_NO:
                continue
            if said is not Said.PRESENT and match.id in self._covering.only_alone:
                continue
            held = strongest.get(match.id)
            if held is None or _RANK[said] > _RANK[held]:
                strongest[match.id] = said
        presences = {
            Said.PRESENT: Presence.PRESENT,
            Said.ABSENT: Presence.ABSENT,
            Said.UNSURE: Presence.UNSURE,
        }
        findings = {
            name: Finding(name, presences[said])
            for name, said in strongest.items()
            if said in presences
        }
        return findings, [name for name, said in strongest.items() if said is Said.DOUBTFUL]


def _turned(match: Match, said: Said) -> Said:
    """Turn the judgement of a pattern that speaks of health, or that is only a hint."""
    if match.kind == "trace":
        return Said.SUPPOSED if said in {Said.ABSENT, Said.SUPPOSED} else Said.DOUBTFUL
    if match.kind == "maybe":
        # What may have been said and is over may have been said all the same.
        return Said.DOUBTFUL if said in {Said.PRESENT, Said.GONE} else said
    turned = {Said.PRESENT: Said.ABSENT, Said.ABSENT: Said.DOUBTFUL, Said.ASKED: Said.SUPPOSED}
    return turned.get(said, said)
