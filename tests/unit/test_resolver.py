"""The local speaker's matcher hears what a device would hear."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from skill.interaction_model import MULTIPLE_VALUE_LOCALES, load_model
from skill.phrases import load_locale, shipped_locales
from skill.resolver import CATCH_ALL, FALLBACK, LAUNCH, Filled, Resolver

CASES = Path(__file__).parent.parent / "resolution"
LOCALES = shipped_locales()
MODELS = {locale: load_model(locale) for locale in LOCALES}
INTENTS = {
    locale: model["interactionModel"]["languageModel"]["intents"]
    for locale, model in MODELS.items()
}
RESOLVERS = {locale: Resolver(MODELS[locale], load_locale(locale).device) for locale in LOCALES}


def cases() -> list[Any]:
    """Every locale with every utterance of its language."""
    yaml = YAML(typ="safe", pure=True)
    return [
        pytest.param(locale, case, id=f"{locale}: {case['say']!a}")
        for locale in LOCALES
        for case in yaml.load(CASES / f"{locale.split('-')[0]}.yaml")
    ]


def held(slot: Filled) -> str | list[str]:
    """What a slot holds, as the cases write it."""
    if slot.several:
        return [str(held(one)) for one in slot.several]
    return slot.id or slot.value


@pytest.mark.parametrize(("locale", "case"), cases())
def test_an_utterance_becomes_its_intent_and_slots(locale: str, case: dict[str, Any]) -> None:
    """Each is heard as the intent it belongs to, with what its sample says and no more."""
    resolved = RESOLVERS[locale].resolve(case["say"])

    assert case["intent"] == resolved.intent
    single = locale not in MULTIPLE_VALUE_LOCALES and case.get("single")
    assert (single or case.get("slots", {})) == {
        name: held(slot) for name, slot in resolved.slots.items()
    }


@pytest.mark.parametrize("locale", LOCALES)
def test_more_than_an_answer_is_no_answer(locale: str) -> None:
    """What is said beside a yes, no, stop or help is never lost."""
    for intent in INTENTS[locale]:
        if intent.get("slots"):
            continue
        for sample in intent["samples"]:
            said = f"{sample} but something else is wrong"
            resolved = RESOLVERS[locale].resolve(said)

            assert resolved.intent == "DescribeIntent", said
            assert resolved.slots["phrase"].value.endswith("but something else is wrong")


@pytest.mark.parametrize("locale", LOCALES)
@given(text=st.text(max_size=200))
def test_any_text_at_all_is_resolved(locale: str, text: str) -> None:
    """Whatever is typed is an intent of the model, a launch or the fallback."""
    resolved = RESOLVERS[locale].resolve(text)

    assert resolved.intent in {LAUNCH, *(intent["name"] for intent in INTENTS[locale])}


@given(text=st.text(alphabet=st.characters(categories=("P", "Z", "S", "C")), max_size=50))
def test_what_has_no_word_carries_nothing(text: str) -> None:
    """Signs, spaces and control characters are the fallback, which has no slots."""
    for resolver in RESOLVERS.values():
        resolved = resolver.resolve(text)
        if not any(slot.type == CATCH_ALL for slot in resolved.slots.values()):
            assert resolved.intent == FALLBACK
            assert not resolved.slots


def test_a_long_list_is_resolved_at_once() -> None:
    """Symptoms without end are one list, not a search without end."""
    resolved = RESOLVERS["en-US"].resolve(" and ".join(["back pain"] * 70))

    assert len(resolved.slots["symptom"].several) == 70
