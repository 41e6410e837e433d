"""Which of the matches found are meant: no idioms, and of those that share words the right one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rules_lib.facts import FindingType, Kind
from skill.ear import KIND as EAR
from skill.matches import Match, Places
from skill.reading import Wish

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from skill.lexicon import Lexicon
    from skill.sentence import Sentence

_OF_FINDINGS = frozenset({"heard", "denied", "maybe", "trace", EAR})
"""Kinds of matches of a finding."""
FAINT = frozenset({"trace", EAR})
"""Kinds that are asked back unless anything else accounts for the words."""
_HINTS = FAINT | {"maybe"}
_PLAIN = frozenset({"heard", "denied"})
"""Kinds that report something by themselves."""
_MORE = 2
"""Words of its own with which the ear hears more than a pattern of the same sign did."""


class Covering:
    """Knows which findings speak in the place of others, and what belongs to no finding."""

    def __init__(
        self,
        lexicon: Lexicon,
        findings: Mapping[str, Any],
        types: Mapping[str, FindingType],
    ) -> None:
        """
        Take what a locale says of its findings.

        Args:
            lexicon: its patterns; it knows which words are small.
            findings: finding id to {covers, only_alone}.
            types: the pack's vocabulary.

        """
        self._lexicon = lexicon
        self._types = types
        self._covers = {
            name: frozenset(entry.get("covers", ())) for name, entry in findings.items()
        }
        self.only_alone = {name for name, entry in findings.items() if entry.get("only_alone")}

    def uncovered(
        self,
        sentence: Sentence,
        found: Sequence[Match],
        of: Iterable[Match] | None = None,
        clear: Container[str] = frozenset(),
    ) -> list[Match]:
        """
        Return the symptoms that are meant: no idioms, no parts of a longer one.

        Args:
            sentence: the words.
            found: every match in it.
            of: which of the symptoms are looked at; all where None.
            clear: ids that the ear hears so clearly that they are no part of another finding.

        """
        named = [match for match in found if match.kind in _OF_FINDINGS]
        places = Places(named)
        around = Places(
            match for match in found if match.kind == "ignore" or match.id == Wish.CAN_I_TAKE
        )
        return [
            match
            for match in (named if of is None else of)
            if not self._is_idle(sentence, match, around.meeting(match))
            and not any(
                self._echoes(other, match, sentence, places, clear)
                if match.kind == EAR
                else self._covers_it(other, match)
                for other in places.meeting(match)
            )
        ]

    def _is_idle(self, sentence: Sentence, match: Match, around: Iterable[Match]) -> bool:
        """Whether a match only belongs to an idiom, or to "can I take ibuprofen"."""
        return any(
            self._lexicon.is_part(match, other, sentence)
            # "I've done my back in" is more than "back in" (the clinic).
            and not (other.within(match) and match.weight > other.weight)
            if other.kind == "ignore"
            else self._types[match.id].kind is Kind.CONTEXT
            for other in around
        )

    def _echoes(
        self,
        other: Match,
        match: Match,
        sentence: Sentence,
        places: Places,
        clear: Container[str],
    ) -> bool:
        """Whether what the ear hears is only what a pattern that shares words with it heard."""
        if other.kind not in _PLAIN:
            return False
        # Denying words are no part of what is denied.
        own = [
            at
            for at in range(match.start, match.end)
            if match.names(at)
            and not other.start <= at < other.end
            and not self._lexicon.names_nothing(at, sentence)
        ]
        if other.id == match.id:
            unheard = [at for at in own if not any(told.kind in _PLAIN for told in places.at(at))]
            if len(unheard) < _MORE:
                return True  # "no swelling of my face or lips"
        elif match.id in clear and other.kind == "heard" and other.id not in clear:
            return False
        return not own

    def _covers_it(self, other: Match, match: Match) -> bool:
        """Whether a match that shares words with another speaks in its place."""
        if other.id == match.id:
            # "Breathing is not fine": the longer of two readings of one symptom.
            # A hint gives way to any plain word of it.
            if match.kind in _HINTS or other.kind in _HINTS:
                return other.kind not in _HINTS
            # "The tightness in my chest is fine now" is no "chest is fine": there was one.
            told = match.kind == "heard" and any(
                match.names(at) and not other.start <= at < other.end
                for at in range(match.start, match.end)
            )
            return (
                not told
                and other.kind != match.kind
                and (other.weight, other.kind) > (match.weight, match.kind)
            )
        if match.id in self.only_alone or match.kind == "trace":
            return other.kind not in FAINT
        return other.kind == "heard" and match.id in self._covers[other.id]
