"""More utterances from those written by hand, by the noise that their noise.yaml states."""

from __future__ import annotations

import dataclasses
import random
import re
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from skill.reading import Person
from understanding.corpus import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from understanding.corpus import Utterance

SEED = 20261122
_SWAPS = 2
"""At most so many words are heard as others: what a person would still understand."""
_MARKS = re.compile(r"[,.;:!?\u2014-]+(?=\s|$)")
_WORD = re.compile(r"[\w']+")


class Noise:
    """The stated noise of a language."""

    def __init__(self, language: str) -> None:
        """Read the language's noise.yaml."""
        stated: dict[str, Any] = YAML(typ="safe", pure=False).load(FOLDER / language / "noise.yaml")
        self.minimising: dict[str, list[str]] = stated["minimising"]
        self._fillers: list[str] = stated["fillers"]
        self._around: dict[str, list[str]] = stated["around"]
        self._heard_as: dict[str, str] = {str(a): str(b) for a, b in stated["heard_as"].items()}
        self._openers: list[str] = stated["third_person"]["openers"]
        self._rewrites: dict[str, str] = stated["third_person"]["rewrites"]
        first = sorted(self._rewrites, key=len, reverse=True)
        self._whom = re.compile(rf"\b(?:{'|'.join(map(re.escape, first))})\b(?!')")

    def noised(self, utterances: Sequence[Utterance], count: int) -> Iterator[Utterance]:
        """Yield so many noised utterances, the same ones every time."""
        chance = random.Random(SEED)
        kinds: list[Callable[[Utterance, random.Random], Utterance | None]] = [
            self._minimised,
            self._hesitant,
            self._misheard,
            self._surrounded,
            self._run_on,
            self._of_another,
        ]
        made, seen = 0, {utterance.text for utterance in utterances}
        for turn in range(count * 4):
            utterance = utterances[turn % len(utterances)]
            kind = kinds[turn // len(utterances) % len(kinds)]
            noised = kind(utterance, chance)
            if noised is None or noised.text in seen:
                continue
            seen.add(noised.text)
            made += 1
            yield noised
            if made == count:
                return

    def pairs(self, utterances: Sequence[Utterance], count: int) -> Iterator[tuple[str, str, str]]:
        """Yield so many (locale, as it was said, the same made small)."""
        around = [(place, words) for place, every in self.minimising.items() for words in every]
        for turn in range(count):
            utterance = utterances[turn % len(utterances)]
            place, words = around[(turn * 7 + turn // len(utterances)) % len(around)]
            yield utterance.locale, utterance.text, _put(utterance.text, place, words)

    def _minimised(self, utterance: Utterance, chance: random.Random) -> Utterance:
        place = chance.choice(sorted(self.minimising))
        words = chance.choice(self.minimising[place])
        return _said(utterance, _put(utterance.text, place, words), wild=True)

    def _surrounded(self, utterance: Utterance, chance: random.Random) -> Utterance | None:
        place = chance.choice(sorted(self._around))
        if utterance.intents:
            return None
        words = chance.choice(self._around[place])
        return _said(utterance, _put(utterance.text, place, words))

    def _hesitant(self, utterance: Utterance, chance: random.Random) -> Utterance | None:
        words = utterance.text.split()
        if len(words) < 3:
            return None
        at = chance.randrange(1, len(words))
        return _said(utterance, " ".join([*words[:at], chance.choice(self._fillers), *words[at:]]))

    def _misheard(self, utterance: Utterance, chance: random.Random) -> Utterance | None:
        places = [
            found for found in _WORD.finditer(utterance.text) if found[0].lower() in self._heard_as
        ]
        if not places:
            return None
        text = utterance.text
        chosen = chance.sample(places, min(_SWAPS, len(places)))
        for found in sorted(chosen, key=lambda found: -found.start()):
            text = text[: found.start()] + self._heard_as[found[0].lower()] + text[found.end() :]
        return _said(utterance, text)

    def _run_on(self, utterance: Utterance, chance: random.Random) -> Utterance | None:
        del chance
        text = " ".join(_MARKS.sub(" ", utterance.text).split())
        # Where the marks are what tells a denial from a report, they stay.
        if text == utterance.text or "absent" in utterance.findings.values():
            return None
        return _said(utterance, text)

    def _of_another(self, utterance: Utterance, chance: random.Random) -> Utterance | None:
        text = utterance.text
        if utterance.person is not Person.SPEAKER or utterance.intents:
            return None
        if not self._whom.search(text):
            return None
        if utterance.kinds & {"other-person", "idiom", "crisis", "history", "hypothetical"}:
            return None
        told = self._whom.sub(lambda found: self._rewrites[found[0]], text)
        said = _said(utterance, f"{chance.choice(self._openers)}, {told}")
        return dataclasses.replace(said, person=Person.OTHER, wish=None)


def _put(text: str, place: str, words: str) -> str:
    return f"{words} {text}" if place == "before" else f"{text}, {words}"


def _said(utterance: Utterance, text: str, *, wild: bool = False) -> Utterance:
    """Return the utterance in other words; `wild` ones may also be heard as a small thing."""
    also = utterance.also | ({"minor-symptom", "severity"} if wild else frozenset())
    return dataclasses.replace(utterance, text=text, intents=frozenset(), also=also)
