"""
Resolve what was said to an intent and its slots, as a device would, for the local speaker.

It knows the generated interaction model and what a device knows by itself (device.yaml), no more.
docs/local_speaker.md describes the order in which samples are tried.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from skill.amazon_slots import Durations, Numbers, after
from skill.hearing import Heard, Hearing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

CATCH_ALL = "FreeText"
"""The slot type that takes any words."""
FALLBACK = "AMAZON.FallbackIntent"
LAUNCH = "LaunchRequest"
"""In the place of an intent: the skill is opened and nothing else is said."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What fills a slot."""

    value: str
    """As heard; digits for a number, ISO 8601 for a duration."""
    type: str
    id: str | None = None
    """The id of the custom type's value; None where the words are no value of it."""
    name: str | None = None
    """The value's name in the model, which a device sends along with the id."""
    several: tuple[Filled, ...] = ()
    """The values one by one where a list of them was said."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """An intent and the slots that its sample fills."""

    intent: str
    slots: Mapping[str, Filled] = field(default_factory=dict)


@dataclass(slots=True)
class _Node:
    """A place in the tree of all samples."""

    words: dict[str, _Node] = field(default_factory=dict)
    slots: dict[tuple[str, str, bool], _Node] = field(default_factory=dict)
    """Slot name, type and whether it takes a list."""
    intents: list[tuple[int, str]] = field(default_factory=list)
    """Samples that end here: their order in the model, and the intent."""


@dataclass(frozen=True, slots=True)
class _Value:
    keys: list[str]
    id: str | None
    name: str


class Resolver:
    """Finds the intent of an utterance; immutable once made."""

    def __init__(self, model: Mapping[str, Any], device: Mapping[str, Any]) -> None:
        """
        Read a generated interaction model.

        Args:
            model: the content of `interaction_models/<locale>.json`.
            device: the locale's device.yaml.
        """
        language = model["interactionModel"]["languageModel"]
        self._numbers = Numbers(device["number"])
        self._durations = Durations(device["duration"], self._numbers)
        self._hear = Hearing(device)
        self._fillers = self._hear.phrases(device["fillers"])
        self._joiners = self._hear.phrases(device["joiners"])
        self._before = self._hear.phrases(device["asides"]["before"])
        self._after = self._hear.phrases(device["asides"]["after"])
        self._wake = self._hear.phrases(device["wake_words"])
        self._open = self._hear.phrases(device["open"])
        self._ask = self._hear.phrases(device["ask"])
        self._connect = self._hear.phrases(device["connect"])
        self._name = self._hear.phrases([language["invocationName"]])
        self._types = {kind["name"]: self._index(kind) for kind in language["types"]}
        self._root = _Node()
        keys_of: dict[str, list[str]] = {}
        order = 0
        for intent in language["intents"]:
            slots = {
                slot["name"]: (
                    slot["name"],
                    slot["type"],
                    slot.get("multipleValues", {}).get("enabled", False),
                )
                for slot in intent.get("slots", ())
            }
            defaults = device["default_phrases"].get(intent["name"], ())
            for sample in (*defaults, *intent.get("samples", ())):
                self._plant(sample, slots, order, intent["name"], keys_of)
                order += 1

    def resolve(self, utterance: str) -> Resolved:
        """Return the intent of an utterance, with what its sample says of it and nothing more."""
        heard = self._hear(utterance)
        start = after(heard.keys, 0, self._wake) or 0
        named = self._named(heard.keys, start)
        if named is not None and named >= len(heard.keys):
            return Resolved(LAUNCH)
        if start >= len(heard.keys):
            return Resolved(FALLBACK)
        if named is None:
            return self._without_asides(heard.since(start))
        whole = self._match(heard.since(named))
        connected = after(heard.keys, named, self._connect)
        if self._precise(whole) or connected is None or connected >= len(heard.keys):
            return whole
        return self._match(heard.since(connected))

    def _without_asides(self, heard: Heard) -> Resolved:
        """Match the words, and where only the catch-all fits, without "well" and ", thanks"."""
        whole = self._match(heard)
        if self._precise(whole):
            return whole
        start, end = 0, len(heard.keys)
        while (further := after(heard.keys, start, self._before)) and further < end:
            start = further
        while (shorter := _before(heard.keys, end, self._after)) is not None and shorter > start:
            end = shorter
        if (start, end) == (0, len(heard.keys)):
            return whole
        # One end may be more than an aside: "sorry" and "really" are also parts of samples.
        for first, last in ((0, end), (start, len(heard.keys)), (start, end)):
            shortened = self._match(heard.until(last).since(first))
            if self._precise(shortened) and shortened.intent != FALLBACK:
                return shortened
        return whole

    def _named(self, keys: Sequence[str], start: int) -> int | None:
        """Return where the invocation ("ask iron guide") ends, None where there is none."""
        for verbs in (self._open, self._ask):
            verb = after(keys, start, verbs)
            name = after(keys, verb, self._name) if verb is not None else None
            if name is not None:
                return name
        alone = after(keys, start, self._name)
        return alone if alone == len(keys) else None

    def _precise(self, resolved: Resolved) -> bool:
        return all(filled.type != CATCH_ALL for filled in resolved.slots.values())

    def _match(self, heard: Heard) -> Resolved:
        best: tuple[tuple[bool, int, int, int], str, dict[str, Filled]] | None = None
        for node, filled, said in self._walk(heard, self._root, 0, {}, 0):
            catch_all = any(slot.type == CATCH_ALL for slot in filled.values())
            for order, intent in node.intents:
                rank = (not catch_all, said, -len(filled), -order)
                if best is None or rank > best[0]:
                    best = rank, intent, filled
        return Resolved(best[1], best[2]) if best else Resolved(FALLBACK)

    def _walk(
        self, heard: Heard, node: _Node, at: int, filled: dict[str, Filled], said: int
    ) -> Iterator[tuple[_Node, dict[str, Filled], int]]:
        """Yield every sample's end that the words reach, its slots, and how many words it says."""
        if at == len(heard.keys):
            if node.intents:
                yield node, filled, said
            return
        following = node.words.get(heard.keys[at])
        if following is not None:
            yield from self._walk(heard, following, at + 1, filled, said + 1)
        for (name, kind, several), beyond in node.slots.items():
            for end, value in self._fill(heard, at, kind, several=several, last=not beyond.words):
                yield from self._walk(heard, beyond, end, {**filled, name: value}, said)

    def _fill(
        self, heard: Heard, at: int, kind: str, *, several: bool, last: bool
    ) -> Iterator[tuple[int, Filled]]:
        """Yield what of the words from here on can fill a slot of this type."""
        if kind == CATCH_ALL:
            count = len(heard.keys)
            for end in (count,) if last else range(count, at, -1):
                yield end, Filled(heard.text(at, end), kind)
        elif kind == "AMAZON.NUMBER":
            number = self._numbers(heard.words, at)
            if number is not None:
                yield number[0], Filled(str(number[1]), kind)
        elif kind == "AMAZON.DURATION":
            duration = self._durations(heard.words, at)
            if duration is not None:
                yield duration[0], Filled(duration[1], kind)
        elif several:
            yield from self._list(heard, at, kind)
        else:
            yield from self._value(heard, at, kind)

    def _list(self, heard: Heard, at: int, kind: str) -> Iterator[tuple[int, Filled]]:
        """Yield lists of values with a pause or "and" between them."""
        # End -> the values up to there; of two ways to the same place the one with fewer values
        # is kept ("nausea and vomiting" may be one), so that no list takes long.
        reached: dict[int, tuple[Filled, ...]] = {
            end: (value,) for end, value in self._value(heard, at, kind)
        }
        while reached:
            end = min(reached)
            values = reached.pop(end)
            several = values if len(values) > 1 else ()
            yield (
                end,
                (Filled(heard.text(at, end), kind, several=several) if several else values[0]),
            )
            following = after(heard.keys, end, self._joiners)
            if following is None and end in heard.pauses:
                following = end
            if following is None or following >= len(heard.keys):
                continue
            for further, value in self._value(heard, following, kind):
                if further not in reached or len(reached[further]) > len(values) + 1:
                    reached[further] = (*values, value)

    def _value(self, heard: Heard, at: int, kind: str) -> Iterator[tuple[int, Filled]]:
        """Yield the values of a custom type that stand here, with or without an article before."""
        index = self._types.get(kind, {})
        starts = [at]
        filler = after(heard.keys, at, self._fillers)
        if filler is not None:
            starts.append(filler)
        found: dict[int, Filled] = {}
        for start in starts:
            if start >= len(heard.keys):
                continue
            for value in index.get(heard.keys[start], ()):
                end = start + len(value.keys)
                if heard.keys[start:end] == value.keys:
                    found[end] = Filled(heard.text(start, end), kind, value.id, value.name)
        yield from found.items()

    def _index(self, kind: Mapping[str, Any]) -> dict[str, list[_Value]]:
        """Return first word -> values of a custom type."""
        index: dict[str, list[_Value]] = {}
        for value in kind["values"]:
            name = value["name"]["value"]
            for spoken in (name, *value["name"].get("synonyms", ())):
                keys = self._hear(spoken).keys
                if keys:
                    index.setdefault(keys[0], []).append(_Value(keys, value.get("id"), name))
        return index

    def _plant(
        self,
        sample: str,
        slots: Mapping[str, tuple[str, str, bool]],
        order: int,
        intent: str,
        keys_of: dict[str, list[str]],
    ) -> None:
        """Hang a sample into the tree; samples share their words, so each is heard once."""
        node = self._root
        for part in sample.split():
            if part[0] == "{":
                node = node.slots.setdefault(slots[part[1:-1]], _Node())
                continue
            if part not in keys_of:
                keys_of[part] = self._hear(part).keys
            for key in keys_of[part]:
                node = node.words.setdefault(key, _Node())
        node.intents.append((order, intent))


def _before(keys: Sequence[str], end: int, phrases: Sequence[tuple[str, ...]]) -> int | None:
    """Return where a phrase that ends here starts, None where there is none."""
    for phrase in phrases:
        start = end - len(phrase)
        if start >= 0 and tuple(keys[start:end]) == phrase:
            return start
    return None
