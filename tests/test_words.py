"""Every locale has words for everything the pack can conclude or ask, and speaks plainly."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from spoken_words import spoken

from skill import speech
from skill.app import knowledge_base
from skill.conversation import OpenQuestion
from skill.locale_files import generated
from skill.phrases import (
    LOCALES,
    LocaleError,
    PhraseMissing,
    load_locale,
    shipped_locales,
)
from skill.reading import Person

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from skill.phrases import Locale

MOST_WORDS_IN_A_QUESTION = 30
HIGHEST_GRADE = 6.0


@pytest.fixture(params=shipped_locales())
def locale(request: pytest.FixtureRequest) -> Locale:
    """Each shipped locale."""
    return load_locale(request.param)


def _section(said: str) -> str:
    """Return where the English words of something to say stand; `says` where nowhere."""
    english = load_locale("en-US")
    found = [name for name in ("says", "beside", "usual") if english.find(f"{name}.{said}")]
    assert len(found) < 2, f"{said} has words twice: {found}"
    return found[0] if found else "says"


def _keys() -> Iterator[str]:
    kb = knowledge_base()
    yield from (f"questions.{name}.ask" for name in (*kb.groups, *kb.questions))
    yield from (f"causes.{name}" for name in (*kb.causes, "unknown"))
    yield from (f"advice.{name}" for name in kb.advice)
    yield from (f"leads.{name}" for name in kb.leads)
    yield from (f"{_section(name)}.{name}" for rule in kb.rules for name in rule.then.say)
    levels = ("emergency", "same-day", "within-24-hours", "routine", "self-care")
    yield from (f"urgency.{level}" for level in levels)


@pytest.mark.parametrize("key", sorted(set(_keys())))
def test_every_id_has_its_words(locale: Locale, key: str) -> None:
    """Nothing that can be concluded or asked is without words in any locale."""
    assert locale.phrase(key)


def test_every_finding_can_be_named(locale: Locale) -> None:
    """Every yes-no finding has a spoken name of the locale's own."""
    kb = knowledge_base()
    unnamed = [
        name
        for name, declared in kb.findings.items()
        if declared.type == "yes-no" and name not in kb.groups and name not in locale.findings
    ]

    assert unnamed == []


def test_no_finding_is_named_that_the_pack_does_not_know(locale: Locale) -> None:
    """A renamed finding must be renamed in every locale."""
    assert sorted(set(locale.findings) - set(knowledge_base().findings)) == []


@pytest.mark.parametrize("patient", [Person.SPEAKER, Person.OTHER])
@pytest.mark.parametrize("name", sorted({*knowledge_base().groups, *knowledge_base().questions}))
def test_questions_are_short(locale: Locale, name: str, patient: Person) -> None:
    """A question has at most thirty words and is one sentence."""
    words = speech.question(locale, OpenQuestion(name, name, "yes-no"), knowledge_base(), patient)
    last = re.split(r"(?<=[.?!])\s+", words)[-1]

    assert len(last.split()) <= MOST_WORDS_IN_A_QUESTION
    assert words.endswith(tuple(spoken(locale.id)["ends_of_questions"]))


def test_who_speaks_for_another_is_asked_about_them(locale: Locale) -> None:
    """No question about somebody else speaks to the caller, whatever is asked for."""
    kb = knowledge_base()
    asked = [name for name, declared in kb.findings.items() if declared.type == "yes-no"]
    addressed = re.compile(rf"\b(?:{'|'.join(spoken(locale.id)['addresses'])})\b")
    names = {*asked, *kb.groups, *kb.questions, "symptom", "anything-else"}

    said = {
        name: speech.question(locale, OpenQuestion(name, name, "yes-no"), kb, Person.OTHER)
        for name in names
    }

    assert {name: words for name, words in said.items() if addressed.search(words)} == {}


def _grade(text: str) -> float:
    """Return the Flesch-Kincaid grade (Kincaid et al. 1975, p. 14), syllables by vowel groups."""
    sentences = [part for part in re.split(r"[.?!:]+", text) if part.strip()]
    words = re.findall(r"[A-Za-z']+", text)
    syllables = sum(
        max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e\b", "", word.lower())))) for word in words
    )
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def _german_grade(text: str) -> float:
    """Return the grade by the first Wiener Sachtextformel (Bamberger and Vanecek 1984)."""
    sentences = [part for part in re.split(r"[.?!:]+", text) if part.strip()]
    words = re.findall(r"[^\W\d_]+", text)
    syllables = [max(1, len(re.findall(r"[aeiouyäöü]+", word.lower()))) for word in words]

    def percent(counted: list[bool]) -> float:
        return 100 * sum(counted) / len(words)

    return (
        0.1935 * percent([count > 2 for count in syllables])
        + 0.1672 * len(words) / len(sentences)
        + 0.1297 * percent([len(word) > 6 for word in words])
        - 0.0327 * percent([count == 1 for count in syllables])
        - 0.875
    )


def _spanish_grade(text: str) -> float:
    """Return the school years that a Spanish text needs (Crawford 1985), syllables by nuclei."""
    sentences = [part for part in re.split(r"[.?!:]+", text) if part.strip(" \u00bf")]
    words = re.findall(r"[^\W\d_]+", text.lower())
    nucleus = re.compile("[iu\u00fc]?[aeo\u00e1\u00e9\u00f3][iuy]?|[\u00ed\u00fa]|[iu\u00fc]+|y\\b")
    syllables = sum(len(nucleus.findall(word)) for word in words)
    return -20.5 * len(sentences) / len(words) + 4.9 * syllables / len(words) - 3.407


GRADES = {"de": _german_grade, "es": _spanish_grade}
"""Languages whose words are longer than the formula made for English allows for."""


def _spoken(tree: object) -> Iterator[str]:
    if isinstance(tree, dict):
        for part in tree.values():
            yield from _spoken(part)
    else:
        assert isinstance(tree, str), "a comma inside {ask: ...} cuts a phrase short"
        yield tree


def test_speech_reads_at_grade_six(locale: Locale) -> None:
    """Taken together, what is spoken needs no more than six years of school."""
    parts = [
        locale.phrase(key)
        for key in ("welcome", "failure", "not_understood.third", "emergency.waiting")
    ]
    parts += [locale.phrase(key) for key in sorted(set(_keys())) if not key.startswith("leads")]

    grade = GRADES.get(locale.id.split("-")[0], _grade)
    assert grade(" ".join(parts)) <= HIGHEST_GRADE


def test_the_action_of_an_urgency_stands_first(locale: Locale) -> None:
    """The first twelve words of every urgency say what to do."""
    for level, action in spoken(locale.id)["actions"].items():
        first = " ".join(locale.phrase(f"urgency.{level}").lower().split()[:12])
        assert action in first


def test_every_phrase_can_be_filled_in(locale: Locale) -> None:
    """No phrase wants a word that nobody gives, and none is left with braces."""
    parts = dict.fromkeys(("finding", "findings", "medicine", "number", "one", "two"), "x")
    for text in _spoken(locale.phrases):
        assert "{" not in text.format_map({**locale.region["words"], **parts})


def test_a_missing_phrase_is_an_error(locale: Locale) -> None:
    """Nothing is silently replaced by another language or by nothing."""
    with pytest.raises(PhraseMissing, match="no phrase 'urgency'"):
        locale.phrase("urgency")
    with pytest.raises(PhraseMissing, match="lacks 'finding'"):
        locale.phrase("ask_finding")


def test_regions_differ_where_they_must() -> None:
    """The number, the help line and the drug's name follow the region."""
    american, british = load_locale("en-US"), load_locale("en-GB")

    assert "911" in american.phrase("urgency.emergency")
    assert "999" in british.phrase("urgency.emergency")
    assert "Acetaminophen" in american.phrase("advice.paracetamol")
    assert "Paracetamol" in british.phrase("advice.paracetamol")
    assert "111" in british.phrase("urgency.same-day")


def test_an_unshipped_region_hears_no_guessed_number() -> None:
    """English of a country we do not know names no number at all."""
    assert not re.search(r"\d{3}", load_locale("en-ZA").phrase("urgency.emergency"))


@pytest.mark.parametrize("name", ["xx-XX", "../secrets", "", "nl-NL"])
def test_an_unknown_language_is_refused(name: str) -> None:
    """Another language is never answered with whatever file happens to be there."""
    with pytest.raises(LocaleError, match=r"allowed: .*en-GB, .*en-US"):
        load_locale(name)


def test_generated_words_are_what_their_yaml_makes() -> None:
    """The JSON that runs is regenerated and compared."""
    made = {
        name: text
        for locale in sorted(path.name for path in LOCALES.iterdir() if path.is_dir())
        for name, text in generated(locale).items()
    }
    shipped = {
        path.name: path.read_text(encoding="utf-8")
        for path in LOCALES.glob("*.json")
        if not path.name.endswith(".ear.json")  # tests/unit/test_ear.py looks at those
    }

    assert shipped == made


def test_an_installed_copy_ships_the_same_locales(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the package holds JSON alone, what a locale hears by is no locale of its own."""
    shipped = shipped_locales()
    for name in shipped:
        (tmp_path / f"{name}.json").touch()
        (tmp_path / f"{name}.heard.json").touch()
    monkeypatch.setattr("skill.phrases.LOCALES", tmp_path)

    assert shipped_locales() == shipped


def test_a_damaged_file_is_not_spoken_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One changed letter in a generated file is noticed before anybody hears it."""
    text = (LOCALES / "en-US.json").read_text(encoding="utf-8")
    (tmp_path / "en-US.json").write_text(text.replace("Call", "Cull", 1), encoding="utf-8")
    monkeypatch.setattr("skill.phrases.LOCALES", tmp_path)
    load_locale.cache_clear()

    with pytest.raises(LocaleError, match="damaged"):
        load_locale("en-US")
    load_locale.cache_clear()


def test_telephone_numbers_are_spoken_digit_by_digit() -> None:
    """911 is nine one one, and the rest is escaped."""
    said = speech.ssml(load_locale("en-US"), "Call 911 <now> & rest")

    assert said == (
        '<speak>Call <say-as interpret-as="telephone">911</say-as> &lt;now&gt; &amp; rest</speak>'
    )
    assert speech.ssml(load_locale("en-ZA"), "Call 9110") == "<speak>Call 9110</speak>"


@pytest.mark.parametrize("name", shipped_locales())
def test_no_locale_names_a_finding_in_english(name: str) -> None:
    """What the pack calls a finding is English; every other language has a name of its own."""
    if not name.startswith("en"):
        words = load_locale(name).findings
        assert [id_ for id_ in knowledge_base().findings if "say" not in words.get(id_, {})] == []
