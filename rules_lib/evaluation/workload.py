"""How many questions an interview takes."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rules_lib.evaluation.intervals import Estimate, Proportion, estimate, quartiles, share
from rules_lib.evaluation.metrics import LEVELS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rules_lib.evaluation.cases import Case
    from rules_lib.rules import Urgency


@dataclass(frozen=True, slots=True)
class Spread:
    """Of one group of cases; the single questions of an unsure group left out."""

    cases: int
    median: Estimate
    lower: float | None
    """The lower quartile, None of no cases."""
    upper: float | None
    most: int | None
    counts: Mapping[int, int]
    """Number of questions to number of cases."""


@dataclass(frozen=True, slots=True)
class Workload:
    """Of all cases."""

    overall: Spread
    levels: Mapping[Urgency, Spread]
    """By the right level."""
    asked_again: Proportion
    """Cases in which some group was asked once more, sign by sign."""
    again: int
    """How many single questions that took, altogether."""


def workload(cases: Sequence[Case]) -> Workload:
    """Return how many questions the interviews of these cases took."""
    return Workload(
        overall=_spread(cases),
        levels={
            level: _spread([case for case in cases if case.right is level]) for level in LEVELS
        },
        asked_again=share(case.interview.again > 0 for case in cases),
        again=sum(case.interview.again for case in cases),
    )


def _spread(cases: Sequence[Case]) -> Spread:
    numbers = [case.interview.questions for case in cases]
    lower, _, upper = quartiles(numbers) or (None, None, None)
    return Spread(
        cases=len(numbers),
        median=estimate(numbers, statistics.median),
        lower=lower,
        upper=upper,
        most=max(numbers, default=None),
        counts=dict(sorted(Counter(numbers).items())),
    )
