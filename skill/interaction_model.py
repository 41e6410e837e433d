"""
Make the Alexa interaction models from the locale data: `python -m skill.interaction_model`.

The models are committed; `--check` regenerates and compares them. Every mistake of a locale is
reported at once: a sentence under two intents, a synonym under two ids, a name or a sample that
Alexa would refuse.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skill.locale_files import read_locale
from skill.model_check import check_model, rendered
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


def load_model(locale: str) -> dict[str, Any]:
    """Return the generated model of a shipped locale."""
    text = (MODELS / f"{locale}.json").read_text(encoding="utf-8")
    model: dict[str, Any] = json.loads(text)
    return model


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
