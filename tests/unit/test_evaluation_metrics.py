"""The metrics of the evaluation, each against an example worked by hand."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules_lib.evaluation.capability import capability, difficulties
from rules_lib.evaluation.intervals import Estimate, Proportion, estimate, quartiles, share
from rules_lib.evaluation.metrics import LEVELS, Pair, performance, weighted_kappa

if TYPE_CHECKING:
    from random import Random

    from rules_lib.rules import Urgency

EMERGENCY, SAME_DAY, WITHIN_24_HOURS, ROUTINE, SELF_CARE = LEVELS
TEN: list[Pair] = [
    (EMERGENCY, EMERGENCY),
    (EMERGENCY, EMERGENCY),
    (EMERGENCY, SAME_DAY),  # one too low
    (SAME_DAY, SAME_DAY),
    (SAME_DAY, ROUTINE),  # two too low
    (WITHIN_24_HOURS, SAME_DAY),  # one too high
    (WITHIN_24_HOURS, None),  # no advice
    (ROUTINE, ROUTINE),
    (SELF_CARE, SELF_CARE),
    (SELF_CARE, WITHIN_24_HOURS),  # two too high
]
levels = st.sampled_from(LEVELS)
FEW = 25
"""Examples: each draws a thousand resamples a figure."""
pairs = st.lists(st.tuples(levels, st.none() | levels), max_size=30)


class TestIntervals:
    """Every figure carries how sure it is."""

    @pytest.mark.parametrize(
        ("hits", "of", "low", "high"),
        # Of Wilson's formula with z = 1.959964; 81 of 263 stands in Newcombe 1998, table I.
        [
            (81, 263, 0.2553, 0.3662),
            (0, 10, 0.0, 0.2775),
            (10, 10, 0.7225, 1.0),
            (1, 2, 0.0945, 0.9055),
        ],
    )
    def test_wilson(self, hits: int, of: int, low: float, high: float) -> None:
        """A proportion has Wilson's interval, which is honest at the ends, too."""
        assert Proportion(hits, of).interval == pytest.approx((low, high), abs=5e-5)

    def test_nothing(self) -> None:
        """Of nothing there is no share, and of no values no estimate."""
        assert (Proportion(0, 0).value, Proportion(0, 0).interval) == (None, None)
        assert estimate([], max) == Estimate(None, None)
        assert quartiles([]) is None

    def test_no_doubt(self) -> None:
        """Where every value is the same, every resample is."""
        assert estimate([3, 3, 3], max) == Estimate(3, (3, 3))

    def test_bootstrap(self) -> None:
        """The interval of a mean is about two standard errors to each side."""
        found = estimate([0] * 50 + [1] * 50, statistics.mean)

        assert found.value == 0.5
        assert found.interval == pytest.approx((0.402, 0.598), abs=0.03)

    def test_quartiles(self) -> None:
        """Quartiles lie between the values where they fall between two."""
        assert quartiles([4, 1, 2, 3]) == (1.75, 2.5, 3.25)
        assert quartiles([7]) == (7, 7, 7)

    @settings(max_examples=FEW)
    @given(st.lists(st.integers(0, 9), min_size=1, max_size=20), st.randoms())
    def test_order(self, values: list[int], dice: Random) -> None:
        """An estimate does not depend on the order of the values."""
        shuffled = list(values)
        dice.shuffle(shuffled)

        assert estimate(values, statistics.mean) == estimate(shuffled, statistics.mean)


class TestPerformance:
    """Ten judgements, counted by hand."""

    found = performance(TEN)

    @pytest.mark.parametrize(
        ("name", "hits", "of"),
        [
            ("exact", 5, 10),
            ("comprehensiveness", 9, 10),
            ("under", 3, 10),  # same-day for emergency, routine for same-day, no advice
            ("under_lenient", 2, 10),  # routine for same-day, no advice
            ("over", 2, 10),
            ("over_lenient", 1, 10),
            ("safe", 7, 10),
            ("safe_lenient", 8, 10),
            ("inclination", 2, 4),  # of two too low and two too high; no advice is left out
        ],
    )
    def test_overall(self, name: str, hits: int, of: int) -> None:
        """Each rate is so many of so many."""
        assert getattr(self.found, name) == Proportion(hits, of)

    def test_confusion(self) -> None:
        """The matrix holds every pair of levels, and where no advice was given."""
        assert self.found.confusion[WITHIN_24_HOURS] == {
            EMERGENCY: 0,
            SAME_DAY: 1,
            WITHIN_24_HOURS: 0,
            ROUTINE: 0,
            SELF_CARE: 0,
            None: 1,
        }
        assert sum(sum(row.values()) for row in self.found.confusion.values()) == 10

    def test_level(self) -> None:
        """A level against the rest: told to 1 of its 2, to 2 of the 8 others, right 1 time in 3."""
        level = self.found.levels[SAME_DAY]

        assert level.cases == 2
        assert level.exactly.sensitivity == Proportion(1, 2)
        assert level.exactly.specificity == Proportion(6, 8)
        assert level.exactly.ppv == Proportion(1, 3)
        assert (level.under, level.over) == (Proportion(1, 2), Proportion(0, 2))

    def test_at_least(self) -> None:
        """At least as urgent: 4 of the 5 are told so, of the 5 below it 1, right 4 times in 5."""
        level = self.found.levels[SAME_DAY].at_least

        assert level.sensitivity == Proportion(4, 5)
        assert level.specificity == Proportion(4, 5)
        assert level.ppv == Proportion(4, 5)

    @settings(max_examples=FEW)
    @given(pairs, st.randoms())
    def test_order(self, judged: list[Pair], dice: Random) -> None:
        """No figure depends on the order of the cases."""
        shuffled = list(judged)
        dice.shuffle(shuffled)

        assert performance(shuffled) == performance(judged)

    @settings(max_examples=FEW)
    @given(st.lists(levels, min_size=1, max_size=30))
    def test_perfect(self, rights: list[Urgency]) -> None:
        """Who is always right has every rate at its best."""
        found = performance([(right, right) for right in rights])

        assert (found.exact.value, found.safe.value, found.comprehensiveness.value) == (1, 1, 1)
        assert found.under.hits == found.over.hits == found.inclination.of == 0
        assert found.kappa.value in {None, 1.0}

    @settings(max_examples=FEW)
    @given(pairs)
    def test_parts(self, judged: list[Pair]) -> None:
        """Whatever is not exact is under- or over-triage, and the lenient rule forgives."""
        found = performance(judged)

        assert found.exact.hits + found.under.hits + found.over.hits == len(judged)
        assert found.under_lenient.hits <= found.under.hits
        assert found.over_lenient.hits <= found.over.hits
        assert found.safe.hits == len(judged) - found.under.hits


class TestKappa:
    """Cohen's kappa with quadratic weights."""

    def test_worked(self) -> None:
        """
        Observed disagreement over 4 cases: 1. Expected by chance: of 2 right emergencies with one
        same-day told 2 * 1 and two self-care 2 * 2 * 16; of 2 right self-care with one emergency
        2 * 16 and one same-day 2 * 9; 116 over 16 pairs. So 1 - (1 / 4) / (116 / 16) = 28 / 29.
        """
        judged = [
            (EMERGENCY, EMERGENCY),
            (EMERGENCY, SAME_DAY),
            (SELF_CARE, SELF_CARE),
            (SELF_CARE, SELF_CARE),
        ]

        assert weighted_kappa(judged).value == pytest.approx(28 / 29)

    def test_chance(self) -> None:
        """Who always says the same agrees no better than chance."""
        judged = [(right, EMERGENCY) for right in LEVELS]

        assert weighted_kappa(judged) == Estimate(0.0, (0.0, 0.0))

    def test_undefined(self) -> None:
        """Where only one level is right and told, chance could not go wrong either."""
        assert weighted_kappa([(ROUTINE, ROUTINE)] * 3).value is None


class TestCapability:
    """The Capability Comparison Score of Kopka et al. 2023."""

    one = (True, True, True, False)
    two = (True, False, False, False)
    three = (True, True, False, None)
    rights = (EMERGENCY, EMERGENCY, SELF_CARE, SELF_CARE)

    def test_difficulty(self) -> None:
        """The difficulty is the share of those with advice who solved the case."""
        found = difficulties([self.one, self.two, self.three])

        assert found == pytest.approx((1, 2 / 3, 1 / 3, 0))
        assert difficulties([(None,), (None,)]) == (None,)

    @pytest.mark.parametrize(
        ("solved", "score"),
        [
            (one, 62.5),  # (0 + 1/3 + 2/3 - 0) / 4 = 1/4
            (two, 37.5),  # (0 - 2/3 - 1/3 - 0) / 4 = -1/4
            (three, 50.0),  # (0 + 1/3 - 1/3) / 3 = 0
        ],
    )
    def test_score(self, solved: tuple[bool | None, ...], score: float) -> None:
        """Solving what others do not counts for, missing what others solve against."""
        difficulty = difficulties([self.one, self.two, self.three])

        found = capability(solved, difficulty, self.rights)

        assert found.overall.value == pytest.approx(score)

    def test_by_level(self) -> None:
        """The same for the cases of one level; the first: (0 + 1/3) / 2 = 1/6."""
        difficulty = difficulties([self.one, self.two, self.three])

        found = capability(self.one, difficulty, self.rights).levels

        assert found[EMERGENCY].value == pytest.approx((1 + 1 / 6) / 2 * 100)
        assert found[ROUTINE].value is None

    @settings(max_examples=FEW)
    @given(st.lists(st.lists(st.booleans(), min_size=6, max_size=6), min_size=1, max_size=5))
    def test_perfect(self, others: list[list[bool]]) -> None:
        """Nobody beats who solves everything, whoever the others are."""
        perfect = (True,) * 6
        systems = [perfect, *(tuple(other) for other in others)]
        difficulty = difficulties(systems)

        scores = [capability(each, difficulty, (ROUTINE,) * 6).overall.value for each in systems]

        assert scores[0] is not None
        assert all(score is not None and score <= scores[0] + 1e-9 for score in scores)


def test_share() -> None:
    """A share counts the flags that are set."""
    assert share([True, False, True]) == Proportion(2, 3)
