"""
The metrics of the symptom-checker literature, of one judge on many cases.

Each is computed from pairs (right level, level told); told is None where no advice was given.

- Exact accuracy, also by level: the advice is exactly right, as in Semigran et al. 2015
  (doi:10.1136/bmj.h3480), Hill et al. 2020 (doi:10.5694/mja2.50600) and Schmieding et al. 2022
  (doi:10.2196/31810).
- Safety of advice, comprehensiveness and inclination to over-triage: Kopka et al. 2023
  (doi:10.1177/20552076231194929) and their package symptomcheckR (Kopka & Feufel 2024,
  doi:10.1186/s44247-024-00096-7). Safe is what is not less urgent than right; the inclination is
  the share of over-triage among all triage errors. (symptomcheckR 0.1.3 orders levels from the
  most urgent down and then counts a larger number as over-triage, which is the reverse; we do
  what the paper says.)
- The strict rule: any level too low is under-triage, any level too high over-triage. The lenient
  rule: one level off, either way, does not count; so what is "safe" is at most one level less
  urgent than right (Gilbert et al. 2020, doi:10.1136/bmjopen-2020-040269).
- Weighted kappa: Cohen 1968 (doi:10.1037/h0026256) with quadratic weights over the five levels.

The literature leaves cases without advice out. Here they stay in every proportion, as not exact,
not safe and under-triaged by both rules: nobody was told to seek help. Comprehensiveness says how
many there are. Only kappa and the inclination leave them out, for they have no level.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rules_lib.evaluation.intervals import Estimate, Proportion, estimate, share
from rules_lib.rules import Urgency

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Pair = tuple[Urgency, Urgency | None]
"""The right level, and the one told."""
LEVELS = tuple(sorted(Urgency, reverse=True))
"""Most urgent first."""
_COUNT = len(LEVELS)


@dataclass(frozen=True, slots=True)
class Binary:
    """How well one question, yes or no, was answered."""

    sensitivity: Proportion
    specificity: Proportion
    ppv: Proportion
    """Positive predictive value."""


@dataclass(frozen=True, slots=True)
class LevelFigures:
    """One level against the rest."""

    cases: int
    exactly: Binary
    """Is it this level? The sensitivity is the accuracy at this level."""
    at_least: Binary
    """Is it at least as urgent?"""
    under: Proportion
    """Of the cases of this level, by the strict rule."""
    over: Proportion


@dataclass(frozen=True, slots=True)
class Performance:
    """All figures of one judge."""

    cases: int
    confusion: Mapping[Urgency, Mapping[Urgency | None, int]]
    """Right level to level told to number of cases; every pair of levels is in it."""
    exact: Proportion
    comprehensiveness: Proportion
    safe: Proportion
    safe_lenient: Proportion
    under: Proportion
    under_lenient: Proportion
    over: Proportion
    over_lenient: Proportion
    inclination: Proportion
    """Over-triage among the errors."""
    kappa: Estimate
    levels: Mapping[Urgency, LevelFigures]


def performance(pairs: Sequence[Pair]) -> Performance:
    """Return every figure of these judgements."""
    counted = Counter(pairs)
    advised = [(right, told) for right, told in pairs if told is not None]
    low = [told is None or told < right for right, told in pairs]
    lower = [told is None or right - told > 1 for right, told in pairs]
    return Performance(
        cases=len(pairs),
        confusion={
            right: {told: counted[right, told] for told in (*LEVELS, None)} for right in LEVELS
        },
        exact=share(right == told for right, told in pairs),
        comprehensiveness=share(told is not None for _, told in pairs),
        safe=share(not each for each in low),
        safe_lenient=share(not each for each in lower),
        under=share(low),
        under_lenient=share(lower),
        over=share(told is not None and told > right for right, told in pairs),
        over_lenient=share(told is not None and told - right > 1 for right, told in pairs),
        inclination=share(told > right for right, told in advised if told != right),
        kappa=weighted_kappa(advised),
        levels={level: _level(pairs, level) for level in LEVELS},
    )


def _level(pairs: Sequence[Pair], level: Urgency) -> LevelFigures:
    own = [told for right, told in pairs if right is level]
    return LevelFigures(
        cases=len(own),
        exactly=_binary((right is level, told is level) for right, told in pairs),
        at_least=_binary(
            (right >= level, told is not None and told >= level) for right, told in pairs
        ),
        under=share(told is None or told < level for told in own),
        over=share(told is not None and told > level for told in own),
    )


def _binary(answers: Iterable[tuple[bool, bool]]) -> Binary:
    answers = tuple(answers)
    return Binary(
        sensitivity=share(told for right, told in answers if right),
        specificity=share(not told for right, told in answers if not right),
        ppv=share(right for right, told in answers if told),
    )


def weighted_kappa(pairs: Iterable[tuple[Urgency, Urgency]]) -> Estimate:
    """
    Return Cohen's kappa with quadratic weights: 1 is perfect, 0 no better than chance.

    A disagreement of d levels weighs d squared. Not defined where right and told are one and
    the same level throughout: then nothing could have been got wrong by chance.
    """
    codes = [(right - 1) * _COUNT + told - 1 for right, told in pairs]
    return estimate(codes, _kappa)


def _kappa(codes: Sequence[int]) -> float | None:
    counted = Counter(codes)
    rights, tolds = [0] * _COUNT, [0] * _COUNT
    observed = 0
    for code, number in counted.items():
        right, told = divmod(code, _COUNT)
        rights[right] += number
        tolds[told] += number
        observed += number * (right - told) ** 2
    expected = sum(
        one * other * (right - told) ** 2
        for right, one in enumerate(rights)
        if one
        for told, other in enumerate(tolds)
        if other
    )
    return 1 - observed * len(codes) / expected if expected else None
