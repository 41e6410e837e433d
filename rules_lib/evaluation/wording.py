"""Figures in words, the same in every report."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from rules_lib.evaluation.intervals import Estimate, Proportion
    from rules_lib.evaluation.metrics import Performance

UNDEFINED = "-"

PROPORTIONS: tuple[tuple[str, str, Callable[[Performance], Proportion]], ...] = (
    ("exact accuracy", "the level told is the right one", lambda found: found.exact),
    (
        "under-triage, strict",
        "any level too low, or no advice",
        lambda found: found.under,
    ),
    (
        "under-triage, lenient",
        "two or more levels too low, or no advice",
        lambda found: found.under_lenient,
    ),
    ("over-triage, strict", "any level too high", lambda found: found.over),
    (
        "over-triage, lenient",
        "two or more levels too high",
        lambda found: found.over_lenient,
    ),
    ("safety of advice", "never a level too low", lambda found: found.safe),
    (
        "safety, lenient",
        "at most one level too low",
        lambda found: found.safe_lenient,
    ),
    (
        "comprehensiveness",
        "advice was given at all",
        lambda found: found.comprehensiveness,
    ),
    (
        "inclination to over-triage",
        "over-triage among all triage errors",
        lambda found: found.inclination,
    ),
)
"""Name, meaning, and where it stands in a performance."""


def percent(share: float | None) -> str:
    """Return a share in percent with one decimal: `97.5 %`."""
    return UNDEFINED if share is None else f"{share * 100:.1f} %"


def proportion(found: Proportion) -> str:
    """Return `97.5 % (91.4-99.3), 78 of 80`."""
    if found.interval is None:
        return UNDEFINED
    low, high = (f"{end * 100:.1f}" for end in found.interval)
    return f"{percent(found.value)} ({low}-{high}), {found.hits} of {found.of}"


def brief(found: Proportion) -> str:
    """Return `97.5 % (91.4-99.3)`."""
    return proportion(found).partition("),")[0] + (")" if found.of else "")


def estimate(found: Estimate, digits: int = 1) -> str:
    """Return `75.0 (73.2-76.9)`, with so many decimals."""
    if found.value is None:
        return UNDEFINED
    if found.interval is None:
        return f"{found.value:.{digits}f}"
    low, high = (f"{end:.{digits}f}" for end in found.interval)
    return f"{found.value:.{digits}f} ({low}-{high})"


def plain(number: float | None) -> str:
    """Return a number without needless decimals."""
    return UNDEFINED if number is None else f"{number:g}"


def some(count: int, noun: str) -> str:
    """Return `1 case`, `2 cases`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
