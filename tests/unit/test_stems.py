"""Endings come off as a language's data says."""

from __future__ import annotations

import pytest

from skill.locale_files import read_locale
from skill.stems import Pass, stemmer


@pytest.mark.parametrize(
    ("word", "like"),
    [
        ("aches", "ache"),
        ("aching", "ache"),
        ("throbbing", "throb"),
        ("puffing", "puff"),
        ("rashes", "rash"),
        ("allergies", "allergy"),
        ("soreness", "sore"),
    ],
)
def test_english_forms_of_a_word_have_one_stem(word: str, like: str) -> None:
    """Patterns are compared by stems."""
    stem = stemmer(read_locale("en")["words"])
    assert stem(word) == stem(like)


@pytest.mark.parametrize("word", ["bleed", "need", "bus", "this", "stress", "leg"])
def test_what_only_looks_like_an_ending_stays(word: str) -> None:
    """Neither a plural nor a participle."""
    stem = stemmer({"forms": {}, "endings": read_locale("en")["words"]["endings"]})
    assert stem(word) == word


def test_the_longest_ending_that_leaves_enough_comes_off() -> None:
    """And what leaves too little is tried no further than it fits."""
    one = Pass.read({"keep": 4, "off": {"en": "", "ungen": "ung", "n": ""}})
    assert one.applied("schwellungen") == "schwellung"
    assert one.applied("ungen") == "unge"


def test_forms_go_before_endings() -> None:
    """What is irregular is listed."""
    stem = stemmer({"forms": {"doler": ["duele"]}, "endings": [{"off": {"e": ""}}]})
    assert (stem("duele"), stem("suele")) == ("doler", "suel")
