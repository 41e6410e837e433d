"""Whether what comes of a vignette is what it expects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rules_lib.facts import Presence
from rules_lib.screening import complaints_of, recaps, screening_groups
from rules_lib.session import assess

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from rules_lib.assessment import Assessment
    from rules_lib.knowledge_base import KnowledgeBase
    from rules_lib.vignettes import Vignette


def shortfalls(kb: KnowledgeBase, vignette: Vignette) -> tuple[str, ...]:
    """Return where the assessment of a vignette is not what it expects, a sentence each."""
    answer = assess(kb, vignette.findings)
    return shortfalls_of(kb, vignette, answer, answer.rules)


def shortfalls_of(
    kb: KnowledgeBase, vignette: Vignette, answer: Assessment, rules: Collection[str]
) -> tuple[str, ...]:
    """Return where an assessment is not what a vignette expects; `rules` are those that fired."""
    complaints = complaints_of(kb, answer.findings)
    got: dict[str, Any] = {
        "floor": answer.floor.id if answer.floor else None,
        "announced": answer.announced.id,
        "causes": {cause.id: cause.likelihood.value for cause in answer.causes},
        "advice": answer.advice,
        "withheld": {advice.id: advice.reason.value for advice in answer.withheld},
        "rules": rules,
        "leads": answer.leads,
        "says": answer.says,
        "asks": answer.asks,
        "complaints": [complaint.id for complaint in complaints],
        "screens": [*(group.id for group in screening_groups(kb, complaints)), *recaps(complaints)],
        "again": [member for id_ in recaps(complaints) for member in kb.groups[id_].members],
        "denied": [
            id_ for id_, told in answer.findings.items() if told.presence is Presence.ABSENT
        ],
    }
    return tuple(
        sentence
        for key, wanted in vignette.expect.items()
        for sentence in _missing(key, wanted, got[key])
    )


def _missing(key: str, wanted: Any, got: Any) -> Iterator[str]:
    if isinstance(wanted, dict):
        for id_, word in wanted.items():
            if got.get(id_) != word:
                yield f"{key}: '{id_}' is {got.get(id_, 'not there')}, not {word}; all: {got}"
    elif isinstance(wanted, list):
        for id_ in wanted:
            if id_ not in got:
                yield f"{key}: '{id_}' is not among {', '.join(got) or 'none'}"
    elif wanted != got:
        yield f"{key} is {got}, not {wanted}"
