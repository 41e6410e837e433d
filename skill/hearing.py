"""Typed text -> the words that a device would hear, with the pauses between them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from skill.amazon_slots import phrases

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_APOSTROPHES = str.maketrans(dict.fromkeys("\u2019\u2018\u02bc`\u00b4\uff07", "'"))
_SURFACE = re.compile(
    r"\d+(?:[.,/]\d+)*[^\W\d_]*"  # 38.5, 8/10, 3rd
    r"|[^\W\d_](?:\.[^\W\d_])+(?!\w)"  # a.m
    r"|[^\W\d_]+(?:'[^\W\d_]+)*"  # i've
    r"|[,;:\u2013\u2014]|(?<=\s)-(?=\s)|[.?!](?=\s|\Z)"  # a pause
)
_PART = re.compile(r"\d+|[^\W\d_]+(?:'[^\W\d_]+)*|(?<=\d)[./](?=\d)")
_PAUSES = {**dict.fromkeys(",;:-\u2013\u2014", ","), ".": ".", "!": ".", "?": "?"}
_MARKS = frozenset(_PAUSES.values())
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?:\D|\Z))")


@dataclass(slots=True)
class Heard:
    """What a device hears: words, and where the speaker paused."""

    spoken: str = ""
    """All of it, with a mark at each pause."""
    spans: list[tuple[int, int]] = field(default_factory=list)
    """Where each word stands in it; several words may share a place ("8/10")."""
    words: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    """The words as they are compared: without apostrophes, numbers as digits."""
    pauses: set[int] = field(default_factory=set)
    """The words before which there is a pause."""

    def text(self, start: int, end: int) -> str:
        """Return what was said from one word to another, with its pauses."""
        return self.spoken[self.spans[start][0] : self.spans[end - 1][1]]

    def since(self, start: int) -> Heard:
        """Return the rest from a word on."""
        return Heard(
            self.spoken,
            self.spans[start:],
            self.words[start:],
            self.keys[start:],
            {place - start for place in self.pauses if place > start},
        )

    def until(self, end: int) -> Heard:
        """Return what was said before a word."""
        return Heard(
            self.spoken,
            self.spans[:end],
            self.words[:end],
            self.keys[:end],
            {place for place in self.pauses if place < end},
        )


class Hearing:
    """Hears one language."""

    def __init__(self, device: Mapping[str, Any]) -> None:
        """Read a locale's device.yaml."""
        self._numbers: dict[str, int] = device["number"]["words"]
        self._between_digits: dict[str, str] = device["between_digits"]
        self._signs = str.maketrans({sign: f" {word} " for sign, word in device["signs"].items()})

    def phrases(self, spoken: Iterable[str]) -> tuple[tuple[str, ...], ...]:
        """Return phrases as keys, the longest first."""
        return phrases(" ".join(self(phrase).keys) for phrase in spoken)

    def __call__(self, text: str) -> Heard:
        """Turn typed text into the words that a device would hear."""
        plain = unicodedata.normalize("NFKC", text.translate(self._signs)).translate(_APOSTROPHES)
        heard = Heard()
        spoken = ""
        for surface in _SURFACE.findall(_THOUSANDS.sub("", plain.lower())):
            if surface in _PAUSES:
                if spoken and spoken[-1] not in _MARKS:
                    spoken += _PAUSES[surface]
                    heard.pauses.add(len(heard.words))
                continue
            spoken += f" {surface}" if spoken else surface
            span = len(spoken) - len(surface), len(spoken)
            for part in _PART.findall(surface.replace(",", ".")):
                for word in self._between_digits.get(part, part).split():
                    heard.words.append(word)
                    number = self._numbers.get(word)
                    heard.keys.append(word.replace("'", "") if number is None else str(number))
                    heard.spans.append(span)
        heard.spoken = spoken
        return heard
