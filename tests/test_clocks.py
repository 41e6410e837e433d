"""Times of day are the patient's: a device tells the time by Greenwich."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from dialogue_files import our_skill

from skill.phrases import load_locale, shipped_locales
from skill.talk import Speaker

MORNING = {
    "en": "my back hurts and i had the infusion this morning",
    "de": "mein rücken tut weh und die infusion war heute morgen",
    "es": "me duele la espalda y la infusión fue esta mañana",
    "fr": "j'ai mal au dos et la perfusion était ce matin",
}


@pytest.mark.parametrize("locale", shipped_locales())
def test_this_morning_is_that_of_the_region(locale: str) -> None:
    """Late in the evening it is many hours ago, on whatever day Greenwich is."""
    words = load_locale(locale)
    late = dt.datetime(2026, 11, 22, 21, 0, tzinfo=ZoneInfo(words.region["time_zone"]))

    turn = Speaker(words, our_skill(), lambda: late).hear(MORNING[locale[:2]])

    assert turn["findings"]["hours-since-infusion"] == pytest.approx(12, abs=1)


def test_a_region_whose_clocks_are_not_known_keeps_the_time_it_is_told() -> None:
    """Nothing fails for want of a time zone."""
    words = load_locale("en-GB")
    unknown = words.__class__(
        **{**vars(words), "region": {**words.region, "time_zone": "No/Where"}}
    )
    moment = dt.datetime(2026, 11, 22, 21, 0, tzinfo=dt.UTC)

    assert unknown.by_its_clocks(moment) == moment
