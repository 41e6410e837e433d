"""
Figures with their 95 % confidence intervals.

Proportions carry Wilson's score interval (Wilson 1927, doi:10.1080/01621459.1927.10502953),
which stays within 0 and 1 and is honest at 0 of n and n of n, where the normal approximation
(as in symptomcheckR) shrinks to nothing. Every other figure carries a percentile bootstrap
over the cases (Efron & Tibshirani 1993) with a fixed seed: the same cases, the same interval.
"""

from __future__ import annotations

import math
import random
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

T = TypeVar("T", int, float)

SEED = 1
RESAMPLES = 1000
Z = statistics.NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Proportion:
    """So many of so many."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """The share, None of nothing."""
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's interval, None of nothing."""
        if not self.of:
            return None
        share, n, z2 = self.hits / self.of, self.of, Z * Z
        middle = (share + z2 / (2 * n)) / (1 + z2 / n)
        half = Z / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
        # At the ends the formula gives exactly 0 and 1, rounding aside.
        low = 0.0 if self.hits == 0 else middle - half
        high = 1.0 if self.hits == self.of else middle + half
        return low, high


def share(flags: Iterable[bool]) -> Proportion:
    """Return how many of the flags are set."""
    flags = tuple(flags)
    return Proportion(sum(flags), len(flags))


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure that is no proportion."""

    value: float | None
    """None where it is not defined."""
    interval: tuple[float, float] | None
    """None where the figure, or every resample, is not defined."""


def estimate(values: Sequence[T], statistic: Callable[[Sequence[T]], float | None]) -> Estimate:
    """
    Return a statistic of the values and its bootstrap interval.

    The order of the values does not matter. Resamples in which the statistic is not defined
    are left out.
    """
    ordered = sorted(values)
    value = statistic(ordered) if ordered else None
    if value is None:
        return Estimate(None, None)
    dice = random.Random(SEED)  # noqa: S311 - resampling, no secret
    size = len(ordered)
    drawn = (statistic(dice.choices(ordered, k=size)) for _ in range(RESAMPLES))
    results = sorted(found for found in drawn if found is not None)
    if not results:
        return Estimate(value, None)
    low, high = (_percentile(results, share) for share in (0.025, 0.975))
    return Estimate(value, (min(low, value), max(high, value)))


def _percentile(ordered: Sequence[float], share: float) -> float:
    """Return the value below which a share of the ordered values lies, interpolated."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def quartiles(values: Sequence[float]) -> tuple[float, float, float] | None:
    """Return the lower quartile, the median and the upper quartile, None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    lower, middle, upper = (_percentile(ordered, share) for share in (0.25, 0.5, 0.75))
    return lower, middle, upper
