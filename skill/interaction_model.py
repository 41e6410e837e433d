"""
Make the Alexa interaction models from the locale data: `python -m skill.interaction_model`.

The models are committed; `--check` regenerates and compares them. Every mistake of a locale is
reported at once: a sentence under two intents, a synonym under two ids, a name or a sample that
Alexa would refuse.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skill.locale_files import read_locale
from skill.phrases import shipped_locales
from skill.samples import TemplateError, expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_HERE = Path(__file__).resolve().parent
_PLACES = (_HERE.parent / "interaction_models", _HERE / "interaction_models")
MODELS = next((folder for folder in _PLACES if folder.is_dir()), _PLACES[0])
"""The project's top-level folder, which an installed copy carries inside the package."""

MULTIPLE_VALUE_LOCALES = frozenset({"en-AU", "en-CA", "en-GB", "en-US"})
"""Where Alexa fills one slot with a list of values."""

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


class ModelError(ValueError):
    """The locale data cannot become a model; `problems` has a line for each reason."""

    def __init__(self, locale: str, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{locale}: {problem}" for problem in problems))


def build_model(locale: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """
    Build the interaction model of a locale.

    Args:
        locale: its id.
        content: its `utterances`, `findings`, `products` and `medicines`, as authored.

    Returns:
        The model as Alexa's `InteractionModelData`.

    Raises:
        ModelError: with every problem of the locale data.
    """
    problems: list[str] = []
    utterances = content["utterances"]
    lists = locale in MULTIPLE_VALUE_LOCALES
    several = utterances.get("multiple_values", {}) if lists else {}
    further = {} if lists else utterances.get("single_values", {})
    intents = [
        _intent(name, _with(entry or {}, further.get(name)), several.get(name, ()), problems)
        for name, entry in utterances["intents"].items()
    ]
    types = [
        {"name": name, "values": values}
        for name, values in (
            ("Symptom", _lexicon(content["findings"])),
            ("Product", _lexicon(content["products"])),
            ("Medicine", _lexicon(content["medicines"])),
            *((name, list(_fixed(values))) for name, values in utterances["types"].items()),
        )
    ]
    model = {
        "interactionModel": {
            "languageModel": {
                "invocationName": utterances["invocation_name"],
                "intents": intents,
                "types": types,
            }
        }
    }
    problems += check_model(model)
    if problems:
        raise ModelError(locale, problems)
    return model


def _with(entry: Mapping[str, Any], further: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return an intent with the slots and samples that stand for a list of values."""
    if not further:
        return entry
    return {
        "slots": {**entry.get("slots", {}), **further["slots"]},
        "samples": [*entry.get("samples", ()), *further["samples"]],
    }


def _intent(
    name: str, entry: Mapping[str, Any], several: Iterable[str], problems: list[str]
) -> dict[str, Any]:
    samples: dict[str, None] = {}
    for template in entry.get("samples", ()):
        try:
            samples.update(dict.fromkeys(expand(template)))
        except TemplateError as error:
            problems.append(f"{name}: {error}")
    slots: list[dict[str, Any]] = []
    for slot, kind in entry.get("slots", {}).items():
        declared: dict[str, Any] = {"name": slot, "type": kind}
        if slot in several:
            declared["multipleValues"] = {"enabled": True}
        slots.append(declared)
    built: dict[str, Any] = {"name": name, "samples": list(samples)}
    if slots:
        built["slots"] = slots
    return built


def _lexicon(entries: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the values of a lexicon: the names in `slot`, and how we say it where it has one."""
    values = []
    for id_, entry in entries.items():
        spoken = dict.fromkeys(str(name) for name in entry.get("slot") or ())
        if len(spoken) == 1 and "say" in entry:
            spoken[str(entry["say"])] = None
        if spoken:
            first, *others = spoken
            values.append(_value(id_, first, others))
    return values


def _fixed(values: Sequence[Any]) -> Iterator[dict[str, Any]]:
    # Amazon's schema wants a synonym of every value. Sentences of a catch-all are no synonyms of
    # each other, but without an id nobody asks which one it was: they stand in pairs.
    sentences = [value for value in values if isinstance(value, str)]
    for first, *others in (sentences[place : place + 2] for place in range(0, len(sentences), 2)):
        yield {"name": {"value": first, "synonyms": others}}
    for value in values:
        if not isinstance(value, str):
            yield _value(value["id"], value["value"], value.get("synonyms", []))


def _value(id_: str, value: str, synonyms: Sequence[str]) -> dict[str, Any]:
    return {"id": id_, "name": {"value": value, "synonyms": list(synonyms)}}


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


def load_model(locale: str) -> dict[str, Any]:
    """Return the generated model of a shipped locale."""
    text = (MODELS / f"{locale}.json").read_text(encoding="utf-8")
    model: dict[str, Any] = json.loads(text)
    return model


def rendered(model: Mapping[str, Any]) -> str:
    """Return the model as the text of its file."""
    return json.dumps(model, ensure_ascii=False, indent=1) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write every locale's model, or with `--check` say which ones are not as they should be."""
    parser = argparse.ArgumentParser("python -m skill.interaction_model", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="compare only; 1 where stale")
    check = parser.parse_args(arguments).check
    stale = False
    for id_ in shipped_locales():
        path = MODELS / f"{id_}.json"
        try:
            text = rendered(build_model(id_, read_locale(id_)))
        except ModelError as error:
            sys.stderr.write(f"{error}\n")
            stale = True
            continue
        if not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            sys.stderr.write(f"{path.name} is stale, run 'make generate'\n")
            stale = True
    return int(stale)


if __name__ == "__main__":
    sys.exit(main())
