"""
A recogniser's grammar made of an interaction model, as a small device might hold.

Every sample of the model is in it, with the values of its slots and the names by which findings
are spoken; samples with two slots are left out. Samples of one slot are taken apart into what
stands before and after it, and any beginning goes with any end: kept whole, every sample would
copy the list of symptoms.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from skill.interaction_model import load_model
from skill.locale_files import read_locale

if TYPE_CHECKING:
    from collections.abc import Iterable

_START, _END = 0, 1
_SLOT = re.compile(r"\{(\w+)\}")
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)*")
_NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_NUMBERS += ["eleven", "twelve", "fifteen", "twenty", "thirty", "forty"]
_SPANS = [f"{number} {unit}" for number in _NUMBERS for unit in ("minutes", "hours", "days")]
_AMAZON = {
    "AMAZON.NUMBER": _NUMBERS,
    "AMAZON.DURATION": [*_SPANS, "an hour", "a day", "a week", "two weeks"],
}


def words(text: str) -> list[str]:
    """Return the words of a text as a recogniser writes them: small, without punctuation."""
    return _WORD.findall(text.casefold().replace("\u2019", "'"))


def plain(text: str) -> str:
    """Return a text as its words with single spaces."""
    return " ".join(words(text))


@dataclass
class Frame:
    """What stands before and after the slots of one type, and what fills them."""

    values: frozenset[str] = frozenset()
    before: set[str] = field(default_factory=set)
    after: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Grammar:
    """Whole sentences, and frames by the type of their slot."""

    sentences: frozenset[str]
    frames: dict[str, Frame]

    @classmethod
    def of_model(cls, locale: str) -> Grammar:
        """Return the grammar of a locale's interaction model."""
        model: dict[str, Any] = load_model(locale)["interactionModel"]["languageModel"]
        values = {kind: set(map(plain, said)) for kind, said in _AMAZON.items()}
        for entry in model["types"]:
            names = [value["name"] for value in entry["values"]]
            values[entry["name"]] = {
                plain(said)
                for name in names
                for said in (name["value"], *(name.get("synonyms") or ()))
            }
        spoken = (str(entry["say"]) for entry in read_locale(locale)["findings"].values())
        values["Symptom"] |= set(map(plain, spoken))
        sentences: set[str] = set()
        frames: dict[str, Frame] = defaultdict(Frame)
        for intent in model["intents"]:
            kinds = {slot["name"]: slot["type"] for slot in intent.get("slots") or ()}
            for sample in intent.get("samples") or ():
                slots = _SLOT.findall(sample)
                if not slots:
                    sentences.add(plain(sample))
                elif len(slots) == 1:
                    before, _, after = _SLOT.sub("\n", sample).partition("\n")
                    frame = frames[kinds[slots[0]]]
                    frame.before.add(plain(before))
                    frame.after.add(plain(after))
        for kind, frame in frames.items():
            frame.values = frozenset(values[kind]) - {""}
        return cls(frozenset(sentences) - {""}, dict(frames))

    def vocabulary(self) -> set[str]:
        """Return every word of the grammar."""
        said = set(self.sentences)
        for frame in self.frames.values():
            said |= frame.values | frame.before | frame.after
        return {word for text in said for word in text.split()}

    def within(self, known: Iterable[str]) -> Grammar:
        """Return the part of the grammar that a recogniser with these words can hold."""
        vocabulary = set(known)

        def kept(texts: Iterable[str]) -> set[str]:
            return {text for text in texts if vocabulary.issuperset(text.split())}

        frames = {
            kind: Frame(frozenset(kept(frame.values)), kept(frame.before), kept(frame.after))
            for kind, frame in self.frames.items()
        }
        return Grammar(frozenset(kept(self.sentences)), frames)

    def holds(self, text: str) -> bool:
        """Whether the grammar can produce exactly this sentence."""
        said = plain(text)
        if said in self.sentences:
            return True
        spoken = said.split()
        return any(
            " ".join(spoken[start:end]) in frame.values
            and " ".join(spoken[:start]) in frame.before
            and " ".join(spoken[end:]) in frame.after
            for frame in self.frames.values()
            for start in range(len(spoken))
            for end in range(start + 1, len(spoken) + 1)
        )

    def automaton(self) -> str:
        """
        Return it as pocketsphinx's finite-state grammar, which is what it makes of a JSGF one.

        Alternatives share their beginnings, and all beginnings of a frame end in one state. As a
        JSGF grammar every end is joined to every value on its own, and recognises the same
        five times as slowly.
        """
        made = _Automaton()
        made.add(_START, _END, self.sentences)
        for _, frame in sorted(self.frames.items()):
            opened, filled = next(made.states), next(made.states)
            made.add(_START, opened, frame.before)
            made.add(opened, filled, frame.values)
            made.add(filled, _END, frame.after)
        return made.text()


class _Automaton:
    """States and the words that lead from one to the next."""

    def __init__(self) -> None:
        self.states = itertools.count(_END + 1)
        self._arcs: set[tuple[int, int, str]] = set()

    def add(self, start: int, end: int, texts: Iterable[str]) -> None:
        """Lead from a state to another by any of these texts; an empty one costs no word."""
        tree: dict[tuple[int, str], int] = {}
        for text in sorted(texts):
            *leading, last = text.split() or [""]
            here = start
            for word in leading:
                if (here, word) not in tree:
                    tree[here, word] = next(self.states)
                    self._arcs.add((here, tree[here, word], word))
                here = tree[here, word]
            self._arcs.add((here, end, last))

    def text(self) -> str:
        """Return it in the form that the recogniser reads."""
        head = ["FSG_BEGIN device", f"NUM_STATES {next(self.states)}"]
        head += [f"START_STATE {_START}", f"FINAL_STATE {_END}"]
        arcs = [f"TRANSITION {a} {b} 1.0 {word}".rstrip() for a, b, word in sorted(self._arcs)]
        return "\n".join([*head, *arcs, "FSG_END", ""])
