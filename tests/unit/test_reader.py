"""What people say is understood, or asked back; never taken for what it is not."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from rules_lib import KnowledgeBase, assess
from rules_lib.facts import Kind, Presence
from skill.dangers import danger_levels
from skill.lexicon import Lexicon
from skill.locale_files import read_locale
from skill.patterns import PatternError
from skill.reader import Reader
from skill.reading import Reading
from skill.sentence import Normaliser

_NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
_UTTERANCES = Path(__file__).parents[1] / "utterances"


@cache
def _content(language: str = "en") -> dict[str, Any]:
    return read_locale(language)


@cache
def _pack() -> KnowledgeBase:
    return KnowledgeBase.load("iron_infusion")


@cache
def _reader(language: str = "en") -> Reader:
    kb = _pack()
    content = _content(language)
    return Reader(
        content["findings"],
        content["words"],
        content["products"],
        content["medicines"],
        kb.findings,
        danger_levels(kb),
    )


def _read(text: str, language: str = "en", **asked: str) -> Reading:
    return _reader(language).read(text, now=_NOW, **asked)


def _labelled() -> list[Any]:
    yaml = YAML(typ="safe", pure=True)
    return [
        pytest.param(path.parent.name, entry, id=f"{path.parent.name}-{entry['say'][:70]}")
        for path in sorted(_UTTERANCES.glob("*/dev*.yaml"))
        for entry in yaml.load(path)
    ]


def _expect_asked(entry: dict[str, Any], reading: Reading) -> None:
    """What is to be asked back is asked, what must not be reported is not."""
    findings = {finding.id: finding for finding in reading.findings}
    present = {name for name, it in findings.items() if it.presence is Presence.PRESENT}
    for name in entry.get("ask", ()):
        assert name in reading.doubtful
        assert name not in findings
    for name in entry.get("heard", ()):
        assert name in present | set(reading.doubtful)
    for name in entry.get("unheard", ()):
        assert name not in findings
        assert name not in reading.doubtful
    assert present.isdisjoint(entry.get("never", ()))


@pytest.mark.parametrize(("language", "entry"), _labelled())
def test_sentence(language: str, entry: dict[str, Any]) -> None:
    """Every labelled sentence is read as its label says."""
    asked = {key: entry[key] for key in ("expects", "about") if key in entry}
    reading = _read(entry["say"], language, **asked)
    findings = {finding.id: finding for finding in reading.findings}
    for name, label in entry.get("is", {}).items():
        assert name in findings, f"{name} not heard; doubtful: {reading.doubtful}"
        found = findings[name]
        if isinstance(label, dict):
            assert (found.presence, found.severity) == (Presence.PRESENT, label["severity"])
        elif label in set(Presence):
            assert found.presence == label
        elif isinstance(label, str):
            assert found.value == label
        else:
            assert found.value == pytest.approx(label, abs=0.05)
    _expect_asked(entry, reading)
    for key in ("answer", "person", "wish", "medicine"):
        if key in entry:
            assert str(getattr(reading, key)).lower() == entry[key]


_SIGNLESS = ("the", "garden", "window", "kettle", "yes", "not", "seven", "yesterday", "no", "if")


@given(st.text())
def test_any_text_is_read_without_a_fault(text: str) -> None:
    """Whatever arrives - control characters, emoji, other scripts - is read, never refused."""
    _read(text)


@given(
    st.text(
        # A fraction such as ¼ is of category No, and is read as the digits that it stands for.
        alphabet=st.characters(blacklist_categories=("Ll", "Lu", "Lt", "Lm", "Nd", "No", "Nl"))
    )
)
def test_text_without_words_says_nothing(text: str) -> None:
    """No finding, doubt, answer or wish comes from what has no word in it."""
    assert _read(text) == Reading()


@given(st.lists(st.sampled_from(_SIGNLESS), max_size=30))
def test_words_of_no_symptom_report_none(words: list[str]) -> None:
    """Small words and household words, in any order, report no symptom and doubt none."""
    reading = _read(" ".join(words))
    signs = [f.id for f in reading.findings if _reader().types[f.id].kind is Kind.SIGN]
    assert (signs, reading.doubtful) == ([], ())


@given(
    st.sampled_from(["my chest hurts", "I can't breathe", "my face is swelling up"]),
    st.sampled_from(["it's probably nothing", "I'm sure it's only the iron", "just a bit I think"]),
    st.booleans(),
)
def test_making_light_of_it_takes_nothing_back(sign: str, light: str, after: bool) -> None:
    """A red flag counts whatever is said to play it down, before it or after."""
    text = f"{sign} but {light}" if after else f"{light} but {sign}"
    assert Presence.PRESENT in {f.presence for f in _read(text).findings if f.id in _DANGERS}


_DANGERS = {"chest-pain", "breathing-difficulty", "face-lip-swelling"}


def test_ten_thousand_letters_are_no_symptom() -> None:
    """One endless word is nothing at all."""
    assert _read("a" * 10_000) == Reading()


def test_every_finding_of_the_pack_has_words() -> None:
    """Nothing in the pack is unheard: each finding has patterns, or is a value with a role."""
    content = _content()
    valued = set(content["words"]["roles"].values())
    unheard = [
        name
        for name, declared in _pack().findings.items()
        if name not in _pack().groups
        and not content["findings"].get(name, {}).get("heard")
        and declared.id not in valued
    ]
    assert unheard == []


def test_each_synonym_belongs_to_one_finding() -> None:
    """A device's symptom list never leaves it open which finding was meant."""
    owners: dict[str, str] = {}
    for name, entry in _content()["findings"].items():
        for synonym in entry.get("slot", ()):
            assert owners.setdefault(synonym.lower(), name) == name
            assert len(synonym) <= 140


def test_a_synonym_of_the_device_is_heard_by_the_reader_too() -> None:
    """What a device's list calls a red flag, free text calls the same, or worse, or asks back."""
    kb = _pack()
    for name in danger_levels(kb):
        floor = assess(kb, {name: "present"}).floor
        for synonym in _content()["findings"][name].get("slot", ()):
            reading = _read(synonym)
            heard = assess(kb, reading.findings).floor or 0
            assert name in reading.doubtful or heard >= (floor or 0), synonym


@pytest.mark.parametrize(
    "pattern",
    ["(a|b", "a)", "[a]", "(a|)", "{nothing}", "", "()"],
    ids=lambda text: text or "empty",
)
def test_a_pattern_that_cannot_be_read_says_so(pattern: str) -> None:
    """A translator's slip of the bracket is reported with the pattern, at once."""
    words = _content()["words"]
    lexicon = Lexicon(Normaliser(words), words)
    with pytest.raises(PatternError, match="pattern"):
        lexicon.add("heard", "back-pain", pattern)
