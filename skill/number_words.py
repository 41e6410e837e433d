"""Numbers as people say them: `thirty eight point five`, `a hundred and one`, `3rd`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rules_lib.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_HUNDRED = 100
_TEN = 10
_TWENTY = 20


@frozen
class Spoken:
    """A number and the words it took."""

    start: int
    end: int
    value: float
    ordinal: bool = False


def takes_unit(tens: float, unit: float) -> bool:
    """Say whether two numbers in a row are one, as thirty and eight are, unlike 38 and five."""
    return tens >= _TWENTY and tens % _TEN == 0 and 0 < unit < _TEN


class NumberWords:
    """Finds the numbers of a language in a list of words."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        cardinal = {tuple(str(said).split()): float(n) for said, n in words["cardinal"].items()}
        self._cardinal = {said[0]: n for said, n in cardinal.items() if not said[1:]}
        self._phrases: dict[str, list[tuple[tuple[str, ...], float]]] = {}
        """First word of a number of several words -> those words and its value, longest first."""
        for said in sorted(cardinal, key=len, reverse=True):
            if said[1:]:
                self._phrases.setdefault(said[0], []).append((said, cardinal[said]))
        self._ordinal: dict[str, float] = {str(w): float(n) for w, n in words["ordinal"].items()}
        self._hundred: str = words["hundred"]
        self._and: str = words["and"]
        self._point: frozenset[str] = frozenset(words["point"])
        self._and_a_half = [tuple(said.split()) for said in words["and_a_half"]]
        self._oh: frozenset[str] = frozenset(words["oh"])
        self._one: frozenset[str] = frozenset(words["one"])
        self._begins = frozenset({*self._ordinal, *self._phrases, *self._cardinal, *self._one})
        """Words that a number may begin with, digits apart."""

    def find(self, words: Sequence[str]) -> dict[int, Spoken]:
        """Return the first word of each number -> the number; they do not overlap."""
        found: dict[int, Spoken] = {}
        at = 0
        while at < len(words):
            word = words[at]
            told = word in self._begins or word[0].isdigit() or word[0] == "."
            number = self._at(words, at) if told else None
            if number is None:
                at += 1
                continue
            found[at] = number
            at = number.end
        return found

    def _at(self, words: Sequence[str], at: int) -> Spoken | None:
        word = words[at]
        if word[0].isdigit() or (word[0] == "." and word[1:].isdigit()):
            if word[-1].isalpha():
                digits = word.rstrip("abcdefghijklmnopqrstuvwxyz")
                return Spoken(at, at + 1, float(digits), ordinal=True)
            return self._tail(words, at, at + 1, _digits(word))
        if word in self._ordinal:
            return Spoken(at, at + 1, self._ordinal[word], ordinal=True)
        return self._phrase(words, at) or self._counted(words, at)

    def _phrase(self, words: Sequence[str], at: int) -> Spoken | None:
        for phrase, value in self._phrases.get(words[at], ()):
            if tuple(words[at : at + len(phrase)]) == phrase:
                return self._tail(words, at, at + len(phrase), value)
        return None

    def _counted(self, words: Sequence[str], at: int) -> Spoken | None:
        word = words[at]
        follower = words[at + 1] if at + 1 < len(words) else ""
        if word in self._one and follower == self._hundred:
            return self._hundreds(words, at, at + 2, _HUNDRED)
        one_word = self._cardinal.get(word)
        if one_word is None:
            return None
        value = one_word
        if follower == self._hundred and value < _TEN:
            return self._hundreds(words, at, at + 2, value * _HUNDRED)
        unit = self._cardinal.get(words[at + 2]) if at + 2 < len(words) else None
        if follower in self._oh and 0 < value < _TEN and unit is not None and unit < _TEN:
            return self._tail(words, at, at + 3, value * _HUNDRED + unit)
        value, end = self._below_hundred(words, at)
        return self._tail(words, at, end, value)

    def _below_hundred(self, words: Sequence[str], at: int) -> tuple[float, int]:
        value = self._cardinal[words[at]]
        unit = self._cardinal.get(words[at + 1], 0) if at + 1 < len(words) else 0
        return (value + unit, at + 2) if takes_unit(value, unit) else (value, at + 1)

    def _hundreds(self, words: Sequence[str], start: int, at: int, value: float) -> Spoken:
        after = at + 1 if at < len(words) and words[at] == self._and else at
        if after < len(words) and 0 < self._cardinal.get(words[after], 0) < _HUNDRED:
            rest, at = self._below_hundred(words, after)
            value += rest
        return self._tail(words, start, at, value)

    def _tail(self, words: Sequence[str], start: int, end: int, value: float) -> Spoken:
        """Take `point five` and `and a half` along."""
        if end + 1 < len(words) and words[end] in self._point:
            digits, at = "", end + 1
            while at < len(words):
                digit = words[at] if words[at].isdigit() else self._digit(words[at])
                if digit is None:
                    break
                digits += digit
                at += 1
            if digits and len(digits) <= _TEN:
                return Spoken(start, at, value + float(f"0.{digits}"))
        for half in self._and_a_half:
            if tuple(words[end : end + len(half)]) == half:
                return Spoken(start, end + len(half), value + 0.5)
        return Spoken(start, end, value)

    def _digit(self, word: str) -> str | None:
        value = self._cardinal.get(word)
        return f"{value:.0f}" if value is not None and value < _TEN else None


def _digits(word: str) -> float:
    # "38,5" is thirty-eight and a half where people write so; "1,000" is a thousand.
    whole, comma, rest = word.partition(",")
    if comma and len(rest) == 3:  # noqa: PLR2004 - digits of a thousand
        return float(whole + rest)
    return float(word.replace(",", ".")[:18])
