"""
What a pack has to beat: judges that anybody could write, made of the pack alone.

Each reads one vignette and names an urgency, or None where it has no advice to give. They ask
nothing: all but the last see every finding of the story at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rules_lib.facts import Finding, Kind, Presence, ValueType, findings_from
from rules_lib.rules import Urgency
from rules_lib.session import assess

if TYPE_CHECKING:
    from collections.abc import Callable

    from rules_lib.knowledge_base import KnowledgeBase
    from rules_lib.vignettes import Vignette

COUNTED = (
    (5, Urgency.EMERGENCY),
    (4, Urgency.SAME_DAY),
    (3, Urgency.WITHIN_24_HOURS),
    (2, Urgency.ROUTINE),
    (0, Urgency.SELF_CARE),
)
"""So many signs present, at least, and the urgency of the symptom count."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """One judge."""

    id: str
    about: str
    """How it judges, for people."""
    judge: Callable[[KnowledgeBase, Vignette], Urgency | None]


def _always_emergency(_kb: KnowledgeBase, _vignette: Vignette) -> Urgency:
    return Urgency.EMERGENCY


def _always_self_care(_kb: KnowledgeBase, _vignette: Vignette) -> Urgency:
    return Urgency.SELF_CARE


def _symptom_count(kb: KnowledgeBase, vignette: Vignette) -> Urgency:
    told = findings_from(kb.findings, vignette.findings)
    count = sum(
        found.presence is Presence.PRESENT
        and kb.findings[found.id].kind is Kind.SIGN
        and kb.findings[found.id].type is ValueType.YES_NO
        for found in told.values()
    )
    return next(level for least, level in COUNTED if count >= least)


def _first_keyword(kb: KnowledgeBase, vignette: Vignette) -> Urgency | None:
    said = tuple(findings_from(kb.findings, vignette.opening).values())
    present = [found for found in said if found.presence is Presence.PRESENT]
    signs = [found for found in present if kb.findings[found.id].kind is Kind.SIGN]
    first: list[Finding] = (signs or present)[:1]
    return assess(kb, first).floor if first else None


_STEPS = ", ".join(f"from {least} on {level.id}" for least, level in COUNTED[:-1])

BASELINES = (
    Baseline("always-emergency", "sends everybody to the emergency number", _always_emergency),
    Baseline("always-self-care", "sends everybody home", _always_self_care),
    Baseline(
        "symptom-count",
        f"counts the yes-no signs that are present: {_STEPS}, below that self-care",
        _symptom_count,
    ),
    Baseline(
        "first-keyword",
        "takes the urgency of the first sign of the opening on its own (of the first finding"
        " where there is no sign); no advice where no rule has an urgency for it",
        _first_keyword,
    ),
)
