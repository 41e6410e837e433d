"""What means something only where nothing else is said: `my chest`, `ages ago`, `emergency`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from skill.matches import Match
    from skill.sentence import Normaliser, Sentence

WISH, TIME = "wish_alone", "time_alone"
_BECOMES = {"alone": "maybe", WISH: WISH, TIME: TIME}
"""Kinds of patterns that have to be the whole turn -> as what they count where they are."""


class WholeTurns:
    """Keeps such a match where it fills its turn, drops it elsewhere."""

    def __init__(self, normaliser: Normaliser, words: Mapping[str, Any]) -> None:
        self._around = frozenset(normaliser.stem(word) for word in words["asides"]["around"])
        """Stems that say nothing beside it: `please`, `just`."""

    def settled(self, sentence: Sentence, found: Iterable[Match]) -> list[Match]:
        """Return the matches of a turn, those that have to be all of it settled."""
        return [
            replace(match, kind=_BECOMES[match.kind]) if match.kind in _BECOMES else match
            for match in found
            if match.kind not in _BECOMES or self._fills(sentence, match)
        ]

    def _fills(self, sentence: Sentence, match: Match) -> bool:
        around = (*sentence.stems[: match.start], *sentence.stems[match.end :])
        return self._around.issuperset(around)
