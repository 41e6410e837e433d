"""The ear is taught by the same runs that it hears by."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.regression import Regression, Runs, Settings
from skill.stretches import WINDOW, loudest_run

WEIGHTS = (0, 7, -4, 3, -9, 1)
SETTINGS = Settings(cost=1.5, mentions_count=3, hard=-3, rounds=2, window=WINDOW, step=2)


@given(
    st.lists(st.lists(st.integers(1, len(WEIGHTS) - 1), min_size=1, max_size=WINDOW), min_size=1)
)
def test_the_runs_that_are_learnt_are_those_that_are_heard(phrases: list[list[int]]) -> None:
    """All at once finds what the ear finds one by one; long phrases apart, whose window it has."""
    everyone = np.arange(len(phrases))
    found = sorted(loud for loud, _ in Runs(phrases).loudest(np.array(WEIGHTS), everyone))

    votes = [[(at, at, WEIGHTS[one]) for at, one in enumerate(phrase)] for phrase in phrases]
    heard = sorted(total for total, _, _ in map(loudest_run, votes) if total > 0)
    assert found == heard


def test_a_run_is_the_words_that_make_it_loud() -> None:
    """What it begins and ends with speaks for the sign, and it sums up to its loudness."""
    [(loud, run)] = Runs([[4, 1, 2, 3, 4]]).loudest(np.array(WEIGHTS), np.array([0]))

    assert (loud, list(run)) == (7, [1])


@pytest.mark.parametrize(("rounds", "harmless"), [(0, False), (1, True)])
def test_a_harmless_run_is_learnt_where_other_words_outweighed_it(
    rounds: int, harmless: bool
) -> None:
    """An elephant speaks for the sign as long as only "elephant room" as a whole does not."""
    said = ["elephant chest"] * 20 + ["elephant room"] * 20
    phrases = [[(at, at, word) for at, word in enumerate(phrase.split())] for phrase in said]
    fitted = Regression(phrases, [1.0] * len(said), SETTINGS._replace(rounds=rounds)).fit(
        ["chest" in phrase for phrase in said]
    )

    assert (fitted.weights.get("elephant", 0) + fitted.bias < 0) is harmless
