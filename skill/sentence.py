"""Text as said or typed -> a sentence of plain words, stems, breaks and numbers."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from rules_lib.frozen import frozen
from skill.number_words import NumberWords, Spoken
from skill.stems import stemmer

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMA = 1
STOP = 2
"""Strengths of the break before a word: none is 0."""

_QUESTION = "?"
_LONGEST_WORD = 30
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "＇": "'"})
_LETTERS = str.maketrans({"ß": "ss", "œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})
"""Letters that are no accented form of another."""
_DASHES = (
    (re.compile(r"\s[-\u2013\u2014]+\s|[\u2013\u2014]|\.\.+|\u2026"), " , "),
    (re.compile(r"[-_]"), " "),
)


@frozen
class Sentence:
    """One turn in a shape that patterns and scopes can be read from."""

    words: tuple[str, ...]
    """Lower case, contractions written out, fillers gone."""
    stems: tuple[str, ...]
    """The same words with their endings off."""
    breaks: tuple[int, ...]
    """Strength of the break before each word, and last the one at the end."""
    asked: frozenset[int]
    """Places of words that a question mark follows."""
    numbers: Mapping[int, Spoken]
    """First word of a spoken number -> the number."""

    def __len__(self) -> int:
        """Return the number of words."""
        return len(self.words)


class Normaliser:
    """Makes sentences; knows a language's contractions, spellings and fillers."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        self._accented: dict[str, str] = words.get("accented", {})
        self._told_apart = re.compile(rf"\b(?:{'|'.join(self._accented) or '(?!)'})\b")
        self._rewrites = [(re.compile(pattern), instead) for pattern, instead in words["rewrites"]]
        ordinals = "|".join(words["numbers"]["ordinal_endings"]) or r"(?!)"
        self._word = re.compile(
            rf"\d+(?:{ordinals})\b|\d+(?:[.,]\d+)?|\.\d+|[a-z]+(?:'[a-z]+)*'?|[.,;:!?\n()]|--+"
        )
        self._elided: dict[str, list[str]] = {
            short: str(whole).split() for short, whole in words["elided"].items()
        }
        self._contractions: dict[str, list[str]] = {
            short.replace("'", ""): long.split() for short, long in words["contractions"].items()
        }
        self._with_apostrophe: dict[str, list[str]] = {
            short: long.split() for short, long in words["contractions"].items()
        }
        self._keep = frozenset(words["not_contractions"])
        self._spellings: dict[str, list[str]] = {
            wrong: str(right).split() for wrong, right in words["spellings"].items()
        }
        self._fillers = frozenset(words["fillers"])
        phrases = sorted(words["filler_phrases"], key=len, reverse=True)
        self._phrases = re.compile(r"\b(?:" + "|".join(map(re.escape, phrases)) + r")\b")
        self._joined: dict[tuple[str, str], str] = {
            (first, second): str(whole)
            for pair, whole in words["joined"].items()
            for first, second in [pair.split()]
        }
        self._numbers = NumberWords(words["numbers"])
        self.stem = stemmer(words)
        """A word without its ending."""

    def sentence(self, text: str) -> Sentence:
        """Read text into words; whatever is no word of a Latin alphabet leaves no trace."""
        words: list[str] = []
        breaks: list[int] = []
        asked: set[int] = set()
        pending = 0
        for piece in self._word.findall(self._phrases.sub(" ", self._clean(text))):
            if not (piece[0].isalnum() or piece[1:].isdigit()):
                pending = max(pending, COMMA if piece[0] in ",:()-" else STOP)
                if piece == _QUESTION and words:
                    asked.add(len(words) - 1)
                continue
            for word in self._plain(piece):
                if words and not pending and (words[-1], word) in self._joined:
                    words[-1] = self._joined[words[-1], word]
                    continue
                words.append(word)
                breaks.append(pending if words[1:] else STOP)
                pending = 0
        breaks.append(STOP)
        return Sentence(
            words=tuple(words),
            stems=tuple(map(self.stem, words)),
            breaks=tuple(breaks),
            asked=frozenset(asked),
            numbers=self._numbers.find(words),
        )

    def plain(self, text: str) -> list[str]:
        """Return the plain words of a pattern or cue, by the same rules as a sentence's."""
        text = text.lower()
        tokens = (
            [text] if text.isalpha() and text.isascii() else self._word.findall(self._clean(text))
        )
        return [word for token in tokens for word in self._plain(token, keep=True)]

    def _plain(self, token: str, *, keep: bool = False) -> list[str]:
        if len(token) > _LONGEST_WORD:
            return ["~"]
        if token in self._fillers and not keep:
            return []
        known = self._with_apostrophe.get(token)
        if known is None and token not in self._keep:
            known = self._contractions.get(token)
        if known is not None:
            return known
        first, apostrophe, rest = token.partition("'")
        if apostrophe:
            if rest and first in self._elided:  # "l'epaule"
                return self._elided[first] + self._plain(rest, keep=keep)
            # Whose it is ("mum's face") and what is ("mum's breathless") read alike.
            token = first
        return self._spellings.get(token, [token])

    def _clean(self, text: str) -> str:
        """Return text in lower case, in one spelling of each character, without accents."""
        text = text.translate(_APOSTROPHES).lower()
        if not text.isascii():
            if self._accented:
                text = unicodedata.normalize("NFC", text)
                text = self._told_apart.sub(lambda found: self._accented[found[0]], text)
            folded = unicodedata.normalize("NFKD", text.translate(_LETTERS))
            text = "".join(map(_ascii, folded.translate(_APOSTROPHES)))
        for pattern, instead in (*self._rewrites, *_DASHES):
            text = pattern.sub(instead, text)
        return text


def _ascii(character: str) -> str:
    """Drop accents; what no keyboard of ours writes separates words."""
    if character.isascii() or character in "\u2013\u2014\u00b0":
        return character
    return "" if unicodedata.category(character) == "Mn" else " "
