"""What recognisers made of spoken sentences is heard as docs/understanding.md says."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from understanding import listening
from understanding.chosen import TIMES, chosen, draw
from understanding.corpus import read_corpus
from understanding.grammar import Grammar, plain, words
from understanding.listening import RECOGNISERS, VOICES, kept, recognise, report, word_errors

from skill.app import knowledge_base
from skill.dangers import danger_levels

if TYPE_CHECKING:
    from collections.abc import Iterable

    from understanding.corpus import Utterance

ROOT = Path(__file__).parents[1]
PYTHON = ROOT / ".cache/listening/venv/bin/python"
INSTALLED = PYTHON.parents[2] / ".installed"
DANGERS = frozenset(danger_levels(knowledge_base()))


def mentions(utterances: Iterable[Utterance]) -> Counter[str]:
    """Return how often each danger sign is said."""
    return Counter(
        sign
        for one in utterances
        for mention in one.red_flags(DANGERS)
        for sign in mention & DANGERS
    )


def test_the_sentences_are_those_of_the_draw() -> None:
    """Nobody has exchanged one that is hard to hear; each danger sign of the corpus is there."""
    spoken = chosen()
    said, corpus = mentions(spoken), mentions(read_corpus(knowledge_base(), "test", "en"))

    assert {one.place for one in spoken if one.part == "test"} == {
        one.place for one in draw() if one.part == "test"
    }, "a danger sign is new: python -m understanding.chosen, then make listen"
    assert len(spoken) >= 100
    assert {sign for sign in DANGERS if said[sign] < min(TIMES, corpus[sign])} == set()
    # These became danger signs after the test part was closed.
    assert {sign for sign in DANGERS if corpus[sign] < TIMES} == {
        "hot-joint",
        "near-faint-repeated",
    }


def test_the_document_says_what_the_kept_texts_give() -> None:
    """The whole table, worked out again."""
    text = (ROOT / "docs/understanding.md").read_text(encoding="utf-8")
    block = re.search(r"<!-- listening -->\n(.*?)\n<!-- /listening -->", text, re.DOTALL)

    assert block
    assert block[1].splitlines() == list(report())


@pytest.mark.parametrize("voice", VOICES)
def test_the_grammar_does_not_hold_what_is_counted_by_it(voice: str) -> None:
    """Of what the grammar rows count, the whole grammar can say nothing."""
    grammar = Grammar.of_model("en-US")
    counted = [one.utterance.text for one in kept(voice, "grammar") if not one.held]

    assert len(counted) >= 100
    assert [text for text in counted if grammar.holds(text)] == []


def test_a_grammar_holds_its_samples_and_no_more() -> None:
    """Whole sentences, and a beginning, a value and an end."""
    grammar = Grammar.of_model("en-US").within(
        ["my", "back", "hurts", "i", "have", "chest", "pain"]
    )

    assert grammar.holds("My back hurts.")
    assert grammar.holds("I have chest pain!")
    assert not grammar.holds("i have back")
    assert not grammar.holds("i have chest pain since my infusion")
    assert grammar.automaton().startswith("FSG_BEGIN device\n")


def test_word_errors_are_the_fewest() -> None:
    """One replaced, one left out, one added."""
    assert word_errors(words("I can't breathe."), words("i can't breathe")) == 0
    assert word_errors(["my", "back", "hurts"], ["my", "bag", "hurts"]) == 1
    assert word_errors(["my", "back", "hurts"], ["back", "hurts"]) == 1
    assert word_errors(["back", "hurts"], ["my", "back", "hurts", "so"]) == 2
    assert word_errors(["pain"], []) == 1


@pytest.mark.slow
@pytest.mark.skipif(not INSTALLED.exists(), reason="no voices: make listen installs them")
def test_two_sentences_spoken_and_recognised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real voice, real recognisers."""
    monkeypatch.setattr(listening, "CACHE", tmp_path)
    said = ["my back hurts after my iron infusion", "i have chest pain"]

    heard = [answer["heart"] for answer in recognise(PYTHON, said, ["heart"])]

    for sentence, by_recogniser in zip(said, heard, strict=True):
        assert set(by_recogniser) == set(RECOGNISERS)
        assert plain(by_recogniser["whisper"]) == sentence
        assert by_recogniser["grammar"] == sentence
