"""What is wrong with an interaction model: what Alexa would refuse, or hear as another intent."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# Alexa's limits, from its documentation (see docs/local_speaker.md).
MODEL_BYTES = 1_500_000
INTENTS = 250
INTENTS_AND_TYPES = 350
VALUE_LENGTH = 140

_NAME = re.compile(r"[A-Za-z_]+\Z")
_INTENT_NAME = re.compile(r"(AMAZON\.)?[A-Za-z_]+\Z")
_SLOT = re.compile(r"\{([^{}]*)\}")
# Letters of any script, spaces, apostrophes, hyphens, and periods of abbreviations.
_SAMPLE = re.compile(r"(?:[^\W\d_]|[ '.-])+\Z")
_INVOCATION = re.compile(r"(?:[^\W\d_A-Z]|['.])+(?: (?:[^\W\d_A-Z]|['.])+)+\Z")


def rendered(model: Mapping[str, Any]) -> str:
    """Return the model as the text of its file."""
    return json.dumps(model, ensure_ascii=False, indent=1) + "\n"


def check_model(model: Mapping[str, Any]) -> list[str]:
    """Return every reason why Alexa would refuse the model or mix up its intents."""
    language = model["interactionModel"]["languageModel"]
    intents, types = language["intents"], language["types"]
    problems = []
    if not _INVOCATION.match(language["invocationName"]):
        problems.append(
            f"invocation name {language['invocationName']!r}: two or more words in lower case"
        )
    if len(intents) > INTENTS:
        problems.append(f"{len(intents)} intents; at most {INTENTS}")
    if len(intents) + len(types) > INTENTS_AND_TYPES:
        together = len(intents) + len(types)
        problems.append(f"{together} intents and types; at most {INTENTS_AND_TYPES}")
    size = len(rendered(model).encode())
    if size > MODEL_BYTES:
        problems.append(f"the model has {size} bytes; at most {MODEL_BYTES}")
    known = {kind["name"] for kind in types}
    owners: dict[str, str] = {}
    for intent in intents:
        problems += _intent_problems(intent, known, owners)
    for kind in types:
        problems += _type_problems(kind)
    return [*problems, *_thefts(intents, types)]


def _thefts(
    intents: Sequence[Mapping[str, Any]], types: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    """Yield what, said alone, would be two intents: a sample, or a value of a slot on its own."""
    spoken_of = {
        kind["name"]: [
            spoken.lower()
            for value in kind["values"]
            if "id" in value  # the values of a catch-all are examples
            for spoken in (value["name"]["value"], *value["name"]["synonyms"])
        ]
        for kind in types
    }
    owners: dict[str, str] = {}
    for intent in intents:
        slots = {f"{{{slot['name']}}}": slot["type"] for slot in intent.get("slots", ())}
        for sample in intent["samples"]:
            alone = spoken_of.get(slots[sample], ()) if sample in slots else (sample.lower(),)
            for spoken in alone if "{" not in sample or sample in slots else ():
                owner = owners.setdefault(spoken, intent["name"])
                if owner != intent["name"]:
                    yield f"{spoken!r} alone is heard as {owner} and as {intent['name']}"


def _intent_problems(
    intent: Mapping[str, Any], types: set[str], owners: dict[str, str]
) -> Iterator[str]:
    name = intent["name"]
    if not _INTENT_NAME.match(name):
        yield f"intent {name!r}: letters and underscores only"
    slots = {slot["name"]: slot["type"] for slot in intent.get("slots", ())}
    for slot, kind in slots.items():
        if not _NAME.match(slot):
            yield f"{name}: slot {slot!r}: letters and underscores only"
        if kind not in types and not kind.startswith("AMAZON."):
            allowed = ", ".join(sorted(types))
            yield f"{name}: slot {slot!r} has an unknown type {kind!r}; allowed: {allowed}"
    used = {slot for sample in intent["samples"] for slot in _SLOT.findall(sample)}
    for slot in sorted(set(slots) - used):
        yield f"{name}: no sample uses the slot {slot!r}"
    for sample in intent["samples"]:
        for problem in _sample_problems(sample, slots):
            yield f"{name}: {sample!r} {problem}"
        # Slots of one type sound alike, whatever they are called.
        sound = _SLOT.sub(lambda found: f"{{{slots.get(found[1])}}}", sample).lower()
        owner = owners.setdefault(sound, name)
        if owner != name:
            yield f"{name}: {sample!r} stands under {owner} too"


def _sample_problems(sample: str, slots: Mapping[str, str]) -> Iterator[str]:
    named = _SLOT.findall(sample)
    if len(named) != len(set(named)):
        yield "has a slot twice"
    words = _SLOT.sub(" ", sample).strip()
    if words and not _SAMPLE.match(words):
        yield "may hold letters, spaces, apostrophes, hyphens and slots only"
    if unknown := sorted(set(named) - set(slots)):
        allowed = ", ".join(slots) or "none"
        yield f"uses {', '.join(unknown)}, which the intent does not declare; allowed: {allowed}"


def _type_problems(kind: Mapping[str, Any]) -> Iterator[str]:
    name = kind["name"]
    if not _NAME.match(name):
        yield f"type {name!r}: letters and underscores only"
    if not kind["values"]:
        yield f"type {name!r} has no values"
    ids: set[str] = set()
    owners: dict[str, str] = {}
    for value in kind["values"]:
        id_ = value.get("id")
        if id_ in ids:
            yield f"type {name!r}: the id {id_!r} is there twice"
        ids.add(id_ or value["name"]["value"])
        if not value["name"]["synonyms"]:
            yield f"type {name!r}: {value['name']['value']!r} needs a synonym, says Amazon's schema"
        for spoken in (value["name"]["value"], *value["name"]["synonyms"]):
            if not spoken.strip() or len(spoken) > VALUE_LENGTH:
                yield f"type {name!r}: {spoken[:40]!r} must have 1 to {VALUE_LENGTH} characters"
            owner = owners.setdefault(spoken.lower(), id_ or spoken)
            if owner != (id_ or spoken):
                yield f"type {name!r}: {spoken!r} stands under {owner!r} and under {id_!r}"
