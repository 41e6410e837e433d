"""What was found in a sentence, and where: matches, and the words that they cover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


@frozen
class Match:
    """A pattern found in a sentence."""

    kind: str
    """`heard`, `denied`, `maybe`, `product`, `medicine` or the name of a cue."""
    id: str
    start: int
    end: int
    used: int
    """Bit n is set where the word start + n was named by the pattern, not passed over."""

    @property
    def weight(self) -> int:
        """How many words the pattern named."""
        return self.used.bit_count()

    def names(self, at: int) -> bool:
        """Whether the word at a place was named by the pattern."""
        return at >= self.start and bool(self.used >> (at - self.start) & 1)

    def within(self, other: Match) -> bool:
        """Whether the other match covers all of this one."""
        return other.start <= self.start and self.end <= other.end

    def meets(self, other: Match) -> bool:
        """Whether the two share a word."""
        return self.start < other.end and other.start < self.end


class Places:
    """Matches by the words they cover, so that neighbours are found without a search."""

    def __init__(self, matches: Iterable[Match]) -> None:
        self._at: dict[int, list[Match]] = {}
        for match in matches:
            for place in range(match.start, match.end):
                self._at.setdefault(place, []).append(match)

    def at(self, place: int) -> Sequence[Match]:
        """Return the matches that cover a word."""
        return self._at.get(place, ())

    def meeting(self, match: Match) -> Iterator[Match]:
        """Yield the matches that share a word with one; it is itself among them."""
        for place in range(match.start, match.end):
            yield from self._at.get(place, ())
