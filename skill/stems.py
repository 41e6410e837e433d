"""Takes the endings off words, as a language's words.yaml says: ache, aches and aching are one."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rules_lib.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_VOWELS = frozenset("aeiouy")
_SHORTEST = 3
"""Words of so few letters have no ending."""


@frozen
class Pass:
    """One round over a word: the longest ending that fits is replaced."""

    endings: tuple[tuple[str, str], ...]
    """Ending and what stands in its place; longest first. One that stays is its own."""
    keep: int
    """Letters that must be left before the ending."""
    vowel: bool
    """Whether one of those letters must be a vowel."""
    undouble: frozenset[str]
    """Letters that the ending had doubled: `throbb(ing)`."""

    @classmethod
    def read(cls, entry: Mapping[str, Any]) -> Pass:
        """Return a pass as words.yaml has it under `endings`."""
        off = {str(ending): str(instead) for ending, instead in entry["off"].items()}
        return cls(
            endings=tuple(sorted(off.items(), key=lambda pair: -len(pair[0]))),
            keep=int(entry.get("keep", 0)),
            vowel=bool(entry.get("vowel")),
            undouble=frozenset(entry.get("undouble", "")),
        )

    def applied(self, word: str) -> str:
        """Return the word after this pass."""
        for ending, instead in self.endings:
            if not word.endswith(ending):
                continue
            if ending == instead:
                return word
            rest = word[: len(word) - len(ending)]
            if len(rest) < self.keep or (self.vowel and _VOWELS.isdisjoint(rest)):
                continue
            if not instead and len(rest) > 1 and rest[-1] == rest[-2] and rest[-1] in self.undouble:
                rest = rest[:-1]
            return rest + instead
        return word


def stemmer(words: Mapping[str, Any]) -> Callable[[str], str]:
    """
    Return the function from a word to its stem.

    Args:
        words: a locale's words: `forms` (stem to its other forms), `endings` (passes in order).

    """
    known: dict[str, str] = {form: stem for stem, forms in words["forms"].items() for form in forms}
    passes = [Pass.read(entry) for entry in words["endings"]]

    @lru_cache(maxsize=8192)
    def stem(word: str) -> str:
        held = known.get(word)
        if held is not None:
            return held
        if len(word) <= _SHORTEST or not word.isalpha():
            return word
        for one in passes:
            word = one.applied(word)
        return word

    return stem
