"""The interaction models are what the locale data makes them, and Alexa would take them."""

from __future__ import annotations

import copy
import functools
import json
import re
from typing import Any

import pytest
from spoken_words import spoken

from skill.interaction_model import MODELS, ModelError, build_model, load_model, main
from skill.locale_files import read_locale
from skill.model_check import check_model
from skill.phrases import load_locale, shipped_locales
from skill.resolver import CATCH_ALL, Resolver
from skill.samples import TemplateError, expand

LOCALES = shipped_locales()
SPOKEN = {"AMAZON.NUMBER": "number", "AMAZON.DURATION": "duration", CATCH_ALL: "anything"}
"""What of the language's words fills a slot of these types in a sample."""
SLOT = re.compile(r"\{(\w+)\}")
BROKEN: dict[str, Any] = {
    "utterances": {
        "invocation_name": "Guide",
        "intents": {
            "ReportIntent": {
                "slots": {"symptom": "Symptom", "slot2": "Nothing"},
                "samples": [
                    "{symptom}",
                    "my {symptom}",
                    "{symptom} {symptom}",
                    "(open",
                    "number 9",
                    "{other}",
                ],
            },
            "TellIntent": {"slots": {"told": "Symptom"}, "samples": ["my {told}"]},
            "AskIntent": {"samples": ["sore back"]},
        },
        "types": {"FreeText": ["x" * 141]},
    },
    "findings": {"back-pain": {"slot": ["sore back"]}, "neck-pain": {"slot": ["Sore back"]}},
    "products": {},
    "medicines": {"ibuprofen": {"slot": ["ibuprofen"]}},
}


def language_model(locale: str) -> dict[str, Any]:
    """The part of a model that says what is heard."""
    model: dict[str, Any] = load_model(locale)["interactionModel"]["languageModel"]
    return model


@functools.cache
def resolver(locale: str) -> Resolver:
    """The speaker of a locale."""
    return Resolver(load_model(locale), load_locale(locale).device)


def test_every_locale_has_its_model() -> None:
    """A model for each locale we speak, and none for others."""
    assert set(LOCALES) == {path.stem for path in MODELS.glob("*.json")}


def test_the_models_are_up_to_date() -> None:
    """The committed models are what the locale data makes."""
    assert main(["--check"]) == 0


@pytest.mark.parametrize("locale", LOCALES)
def test_no_intent_steals_the_sample_of_another(locale: str) -> None:
    """Each sample is heard as its own intent, with exactly its own slots."""
    speaker = resolver(locale)
    types = {kind["name"]: kind["values"][0] for kind in language_model(locale)["types"]}
    said = {name: value["name"]["value"] for name, value in types.items()} | {
        name: spoken(locale)[word] for name, word in SPOKEN.items()
    }
    for intent in language_model(locale)["intents"]:
        kinds = {slot["name"]: slot["type"] for slot in intent.get("slots", ())}
        for sample in intent["samples"]:
            utterance = SLOT.sub(lambda found: said[kinds[found[1]]], sample)  # noqa: B023
            resolved = speaker.resolve(utterance)

            assert (utterance, intent["name"]) == (utterance, resolved.intent)
            assert set(SLOT.findall(sample)) == set(resolved.slots), utterance


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    ("kind", "slot"),
    [
        ("Symptom", "symptom"),
        ("Product", "product"),
        ("Medicine", "medicine"),
        ("Moment", "startedMoment"),
    ],
)
def test_every_name_of_a_value_finds_its_id(locale: str, kind: str, slot: str) -> None:
    """Each value and each synonym is heard as the value it belongs to, and as no other."""
    speaker = resolver(locale)
    sentence = spoken(locale)["alone"].get(kind, "{}")
    values = next(each for each in language_model(locale)["types"] if each["name"] == kind)
    for value in values["values"]:
        for name in (value["name"]["value"], *value["name"]["synonyms"]):
            filled = speaker.resolve(sentence.format(name)).slots.get(slot)

            assert filled is not None, name
            assert value["id"] == filled.id, name


@pytest.mark.parametrize("locale", LOCALES)
def test_ids_are_those_of_the_knowledge(locale: str) -> None:
    """What fills a slot is a finding, a product or a medicine that the rest of us knows."""
    content = load_locale(locale)
    known = {
        "Symptom": content.findings,
        "Product": content.products,
        "Medicine": content.medicines,
    }
    for kind in language_model(locale)["types"]:
        if kind["name"] in known:
            assert {value["id"] for value in kind["values"]} <= set(known[kind["name"]])


@pytest.mark.parametrize("locale", LOCALES)
def test_a_carrier_loses_nothing(locale: str) -> None:
    """No answer, denial or person stands beside the slot that takes free text."""
    describe = next(
        each for each in language_model(locale)["intents"] if each["name"] == "DescribeIntent"
    )
    carried = {word for sample in describe["samples"] for word in SLOT.sub("", sample).split()}
    answers = {
        word
        for intent in language_model(locale)["intents"]
        if intent["name"] in {"AMAZON.NoIntent", "AMAZON.YesIntent"}
        for sample in intent["samples"]
        for word in [sample]
    }

    assert not carried & {*answers, *spoken(locale)["never_carried"]}


def test_every_mistake_of_a_locale_is_named_at_once() -> None:
    """The report has a line for each thing that Alexa would refuse or mix up."""
    with pytest.raises(ModelError) as caught:
        build_model("xx-XX", BROKEN)

    report = "\n".join(caught.value.problems)
    for expected in (
        "invocation name 'Guide'",
        "slot 'slot2': letters and underscores only",
        "slot 'slot2' has an unknown type 'Nothing'",
        "no sample uses the slot 'slot2'",
        "'{symptom} {symptom}' has a slot twice",
        "'(open' has no ')'",
        "'number 9' may hold letters",
        "'{other}' uses other, which the intent does not declare",
        "TellIntent: 'my {told}' stands under ReportIntent too",
        "must have 1 to 140 characters",
        "'Sore back' stands under 'back-pain' and under 'neck-pain'",
        "type 'Product' has no values",
        "'sore back' alone is heard as ReportIntent and as AskIntent",
    ):
        assert expected in report


def test_a_model_has_limits() -> None:
    """Too many intents and too large a model are found before Amazon finds them."""
    model = copy.deepcopy(load_model(LOCALES[0]))
    language = model["interactionModel"]["languageModel"]
    language["intents"] += [
        {"name": f"Intent{'A' * count}", "samples": ["x" * 20_000]} for count in range(1, 350)
    ]
    report = "\n".join(check_model(model))

    assert "intents; at most 250" in report
    assert "intents and types; at most 350" in report
    assert "bytes; at most 1500000" in report


def test_a_template_stands_for_sentences() -> None:
    """Alternatives, words that may be left out, and slots are written out in order."""
    assert list(expand("(my|the [left]) {part} [really] hurts")) == [
        "my {part} really hurts",
        "my {part} hurts",
        "the left {part} really hurts",
        "the left {part} hurts",
        "the {part} really hurts",
        "the {part} hurts",
    ]


@pytest.mark.parametrize("template", ["(a", "a)", "[a)", "(a]", "a]"])
def test_a_template_with_a_wrong_bracket_is_refused(template: str) -> None:
    """A bracket too many or too few is named, not guessed away."""
    with pytest.raises(TemplateError, match=re.escape(repr(template))):
        list(expand(template))


def test_a_locale_without_lists_gets_none() -> None:
    """Where Alexa cannot fill a slot with a list, the model does not ask for it."""
    content = read_locale("en-US")
    model = build_model("en-IN", content)

    assert "multipleValues" not in json.dumps(model)
    assert "multipleValues" in json.dumps(load_model("en-US"))
