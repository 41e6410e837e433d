"""
Item difficulty and the Capability Comparison Score, which compare several judges.

After Kopka, Feufel, Berner & Schmieding 2023, "How suitable are clinical vignettes for the
evaluation of symptom checker apps?" (doi:10.1177/20552076231194929), as computed by
symptomcheckR. The difficulty ID of a case is the share of judges that solved it exactly, so a
high ID is an easy case. Over the n cases on which a judge gave advice

    CCS = ((sum over solved of (1 - ID)  -  sum over unsolved of ID) / n + 1) / 2 * 100

that is, 50 plus half the mean of (solved - ID), in percent: solving what others do not is
rewarded, missing what others solve is punished. 50 is as capable as the others together.
"""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rules_lib.evaluation.intervals import Estimate, estimate
from rules_lib.evaluation.metrics import LEVELS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rules_lib.rules import Urgency

Solved = tuple[bool | None, ...]
"""For each case: solved exactly, or None where no advice was given."""


@dataclass(frozen=True, slots=True)
class Capability:
    """The score of one judge."""

    overall: Estimate
    levels: Mapping[Urgency, Estimate]


def difficulties(solved: Sequence[Solved]) -> tuple[float | None, ...]:
    """
    Return the difficulty of each case, None where no judge gave advice.

    Args:
        solved: of each judge, all of the same cases in the same order.
    """
    advised = ([each for each in case if each is not None] for case in zip(*solved, strict=True))
    return tuple(statistics.fmean(each) if each else None for each in advised)


def capability(
    solved: Solved, difficulty: Sequence[float | None], rights: Sequence[Urgency]
) -> Capability:
    """Return the score of one judge, overall and for the cases of each right level."""
    terms = [
        (right, own - easy)
        for own, easy, right in zip(solved, difficulty, rights, strict=True)
        if own is not None and easy is not None
    ]
    return Capability(
        overall=estimate([term for _, term in terms], _score),
        levels={
            level: estimate([term for right, term in terms if right is level], _score)
            for level in LEVELS
        },
    )


def _score(terms: Sequence[float]) -> float:
    return (math.fsum(terms) / len(terms) + 1) / 2 * 100
