"""Hours of the clock, in the orders that languages say them."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from skill.locale_files import read_locale
from skill.sentence import Normaliser
from skill.time_words import Relation, TimeWords

NOW = datetime(2026, 11, 26, 20, 0, tzinfo=UTC)


def _hours(text: str, **time: Any) -> list[tuple[float, Relation]]:
    words = deepcopy(read_locale("en")["words"])
    words["time"].update(time)
    normaliser = Normaliser(words)
    times = TimeWords(normaliser, words["time"]).find(normaliser.sentence(text), NOW)
    return [(round(time.hours, 2), time.relation) for time in times]


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("at half seven", 0.5),
        ("since three", 5),
        ("at 9 am", 11),
        ("at 3:30", 4.5),
        ("at 15:30", 4.5),
        ("around three and a half", 4.5),
    ],
)
def test_hour_of_the_clock(text: str, hours: float) -> None:
    """The last time it was that late, in hours."""
    assert _hours(text) == [(hours, Relation.AGO)]


def test_half_may_be_half_an_hour_before() -> None:
    """As in German: halb sieben."""
    assert _hours("at half seven", half_to=True) == [(1.5, Relation.AGO)]


def test_length_of_time_is_no_hour_even_where_both_have_one_word() -> None:
    """As in French: trois heures."""
    assert _hours("for 3 hours", oclock=["hours"])[0][0] == 3
    assert _hours("at 3 hours", oclock=["hours"]) == [(5, Relation.AGO)]


def test_ago_may_stand_before_the_length() -> None:
    """As in French: il y a deux jours."""
    assert _hours("there is two days", ago_before=["there is"]) == [(48, Relation.AGO)]
