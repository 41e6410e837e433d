"""Controls of the hazard log that lie in hearing: what is understood, and what is not believed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from rules_lib import Finding, Presence
from skill.app import House, knowledge_base
from skill.conversation import merged
from skill.phrases import load_locale
from skill.reading import Person

if TYPE_CHECKING:
    from skill.app import LazyReader
    from skill.reading import Reading

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="module", params=["en-US", "en-GB"])
def reader(request: pytest.FixtureRequest) -> LazyReader:
    """The reader of each shipped locale."""
    return House(knowledge_base()).reader(load_locale(request.param))


def _told(reading: Reading) -> dict[str, Presence]:
    return {found.id: found.presence for found in reading.findings}


def _values(reading: Reading) -> dict[str, float | str | None]:
    return {found.id: found.value for found in reading.findings}


def test_two_products_are_none(reader: LazyReader) -> None:
    """Who names two products is not known to have had the safer one."""
    one = reader.read("it was Monofer", now=NOW, expects="product", about="product")
    two = reader.read("it was Ferinject or Monofer", now=NOW, expects="product", about="product")

    assert _values(one)["product"] == "ferric-derisomaltose"
    assert "product" not in _values(two)


@pytest.mark.parametrize("said", ["monofair", "monny fair", "it was monophayer", "vanofar"])
def test_a_sound_alone_makes_no_product_safer(reader: LazyReader, said: str) -> None:
    """What only sounds like a brand may count as the product with the highest risk, or as none."""
    reading = reader.read(said, now=NOW, expects="product", about="product")

    assert _values(reading).get("product") in {None, "ferric-carboxymaltose"}


@pytest.mark.parametrize(
    "said",
    [
        "no chest pain, well actually my chest hurts",
        "my chest hurts. no, no chest pain. chest pain yes",
    ],
)
def test_said_twice_the_more_worrying_counts(reader: LazyReader, said: str) -> None:
    """A denial beside a report of the same danger does not win."""
    reading = reader.read(said, now=NOW)

    assert _told(reading).get("chest-pain") is not Presence.ABSENT
    assert _told(reading).get("chest-pain") is Presence.PRESENT or "chest-pain" in reading.doubtful


@pytest.mark.parametrize(
    ("said", "person"),
    [
        ("my mum has chest pain", Person.OTHER),
        ("my little boy has a sore back", Person.CHILD),
        ("my son is six and his back hurts", Person.CHILD),
        ("she is twelve and her back hurts", Person.CHILD),
        ("my back hurts", Person.SPEAKER),
    ],
)
def test_whom_it_is_about_is_heard(reader: LazyReader, said: str, person: Person) -> None:
    """Mother, child or oneself."""
    assert reader.read(said, now=NOW).person is person


def test_a_value_out_of_range_was_misheard(reader: LazyReader) -> None:
    """Nobody has a temperature of 70 degrees, and nobody is told off for it."""
    reading = reader.read("seventy", now=NOW, expects="temperature", about="temperature")
    hot = reader.read("thirty nine", now=NOW, expects="temperature", about="temperature")

    assert "temperature" not in _values(reading)
    assert "fever" not in _told(reading)
    assert _values(hot)["temperature"] == pytest.approx(39)
    assert _told(hot)["fever"] is Presence.PRESENT


def test_an_idiom_hides_nothing_beside_it(reader: LazyReader) -> None:
    """A figure of speech reports nothing, and what stands beside it is still heard."""
    idiom = reader.read("I'm dying to know what this is", now=NOW)
    both = reader.read("I'm dying to know why my chest is so tight", now=NOW)

    assert "self-harm" not in _told(idiom)
    assert "self-harm" not in idiom.doubtful
    assert _told(both).get("chest-pain") is Presence.PRESENT or "chest-pain" in both.doubtful


def test_chest_pain_that_has_gone_is_chest_pain(reader: LazyReader) -> None:
    """A warning that has passed is still a warning."""
    reading = reader.read("my chest was tight this morning but it's gone now", now=NOW)

    assert _told(reading)["chest-pain"] is Presence.PRESENT


@pytest.mark.parametrize(
    ("said", "danger"),
    [
        ("I nearly fainted earlier but it's over now", "near-faint"),
        ("my leg was numb but that has gone", "one-leg-nerve"),
    ],
)
def test_a_danger_that_has_gone_is_not_denied(reader: LazyReader, said: str, danger: str) -> None:
    """A danger sign that has passed is asked back, or told, and never counts as absent."""
    reading = reader.read(said, now=NOW)

    assert danger in reading.doubtful or _told(reading).get(danger) is Presence.PRESENT


@pytest.mark.parametrize(
    ("said", "danger"),
    [
        ("I have no fever but I can't breathe", "breathing-difficulty"),
        ("no rash, chest pain", "chest-pain"),
        ("not sleeping because of the chest pain", "chest-pain"),
        ("no work today chest pain", "chest-pain"),
        ("I couldn't finish lunch, chest pain", "chest-pain"),
        ("I wouldn't call it pain, more a tight band across my chest", "chest-pain"),
        ("I don't know why but my face is swelling", "face-lip-swelling"),
    ],
)
def test_a_denial_reaches_over_known_words_only(reader: LazyReader, said: str, danger: str) -> None:
    """What a denial may not reach is told or asked back."""
    reading = reader.read(said, now=NOW)

    assert danger in reading.doubtful or _told(reading).get(danger) is Presence.PRESENT


@pytest.mark.parametrize(
    ("said", "danger"),
    [
        ("is chest pain normal after iron", "chest-pain"),
        ("is it normal that my face swells up", "face-lip-swelling"),
        ("can iron make you pass out", "collapse-faint"),
    ],
)
def test_a_danger_in_a_question_is_asked_back(reader: LazyReader, said: str, danger: str) -> None:
    """Who asks about a danger may have it: it is never dropped, and never denied."""
    reading = reader.read(said, now=NOW)

    assert danger in reading.doubtful or _told(reading).get(danger) is Presence.PRESENT


def test_a_severity_once_told_is_kept() -> None:
    """A symptom told again without a number is still as bad as it was."""
    before = {"back-pain": Finding("back-pain", severity=9.0)}

    after = merged(before, (Finding("back-pain"),))

    assert after["back-pain"].severity == pytest.approx(9)


def test_doubt_takes_nothing_back() -> None:
    """Who has told of chest pain and then is not so sure has chest pain."""
    before = {"chest-pain": Finding("chest-pain")}

    after = merged(before, (Finding("chest-pain", Presence.UNSURE),))

    assert after["chest-pain"].presence is Presence.PRESENT
