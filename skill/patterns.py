"""
Phrase patterns, read from the locale's data.

A pattern is written the way people speak: `(sore|painful) [lower] back`, `chest * {hurt}`.
`(a|b)` are alternatives, `[x]` may be left out, `*` stands for up to three words in between,
`{name}` for a group of alternatives, `<n>` for a number, `<9+>` for one of at least nine, `<3-5>`
for one of three to five.
Endings are no matter (ache, aching), nor are small words on the way (`chest is really tight`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skill.sentence import Normaliser

_PIECE = re.compile(r"<n>|<\d+(?:\+|-\d+)?>|\{[a-z_]+\}|[()\[\]|*]|[^\s()\[\]|*{}<>]+")
_CLOSES = {"(": ")", "[": "]"}


class PatternError(ValueError):
    """A pattern of the locale's data cannot be read; says which and why."""


@dataclass(frozen=True, slots=True)
class Words:
    """One word, any of these stems."""

    stems: frozenset[str]


@dataclass(frozen=True, slots=True)
class Choice:
    """Any of these sequences; none of them at all where it is optional."""

    sequences: tuple[tuple[Part, ...], ...]
    optional: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """A few words, whatever they are."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number of at least so much, and at most."""

    least: float
    most: float | None


Part = Words | Choice | Gap | Number


class PatternReader:
    """Reads patterns into their parts; reads each group once."""

    def __init__(self, normaliser: Normaliser, groups: Mapping[str, str]) -> None:
        self._normaliser = normaliser
        self._groups = groups
        self._read_groups: dict[str, Choice] = {}
        self._stems: dict[str, list[str]] = {}

    def read(self, pattern: str) -> tuple[Part, ...]:
        """Return the parts of a pattern; raise PatternError where it is not well formed."""
        pieces = _PIECE.findall(pattern)
        parts, at = self._sequence(pieces, 0, pattern)
        if at != len(pieces) or not parts:
            msg = f"pattern '{pattern}': unbalanced brackets, or nothing in it"
            raise PatternError(msg)
        return tuple(parts)

    def _sequence(self, pieces: list[str], at: int, pattern: str) -> tuple[list[Part], int]:
        parts: list[Part] = []
        while at < len(pieces) and pieces[at] not in {")", "]", "|"}:
            piece = pieces[at]
            at += 1
            if piece in _CLOSES:
                choice, at = self._choice(pieces, at, pattern, piece)
                parts.append(choice)
            elif piece[0] == "{":
                parts.append(self._group(piece[1:-1], pattern))
            elif piece == "*":
                parts.append(Gap())
            elif piece[0] == "<":
                least, _, most = piece.strip("<>n+").partition("-")
                parts.append(Number(float(least or 0), float(most) if most else None))
            else:
                parts += [Words(frozenset([stem])) for stem in self._stems_of(piece)]
        return parts, at

    def _choice(self, pieces: list[str], at: int, pattern: str, opening: str) -> tuple[Part, int]:
        sequences: list[tuple[Part, ...]] = []
        single: set[str] = set()
        while True:
            parts, at = self._sequence(pieces, at, pattern)
            if not parts or at >= len(pieces):
                msg = f"pattern '{pattern}': a bracket is not closed, or an alternative is empty"
                raise PatternError(msg)
            only = parts[0]
            if len(parts) == 1 and isinstance(only, Words):
                single |= only.stems
            else:
                sequences.append(tuple(parts))
            at += 1
            if pieces[at - 1] == _CLOSES[opening]:
                break
            if pieces[at - 1] != "|":
                msg = f"pattern '{pattern}': brackets cross"
                raise PatternError(msg)
        optional = opening == "["
        if single:
            # Single words side by side are one step, which keeps the automaton small.
            words = Words(frozenset(single))
            if not sequences and not optional:
                return words, at
            sequences.append((words,))
        return Choice(tuple(sequences), optional), at

    def _group(self, name: str, pattern: str) -> Choice:
        if name not in self._read_groups:
            if name not in self._groups:
                msg = f"pattern '{pattern}': there is no group '{name}'"
                raise PatternError(msg)
            (part,) = self.read(f"({self._groups[name]})")
            self._read_groups[name] = (
                part if isinstance(part, Choice) else Choice(((part,),), optional=False)
            )
        return self._read_groups[name]

    def _stems_of(self, piece: str) -> list[str]:
        stems = self._stems.get(piece)
        if stems is None:
            stem = self._normaliser.stem
            stems = [stem(word) for word in self._normaliser.plain(piece)]
            self._stems[piece] = stems
        return stems
