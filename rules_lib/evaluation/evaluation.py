"""All figures of a pack on a set of vignettes, beside those of the baselines."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rules_lib.evaluation.baselines import BASELINES
from rules_lib.evaluation.capability import Capability, capability, difficulties
from rules_lib.evaluation.cases import ASSESSMENT, INTERVIEW, JUDGEMENTS, SYSTEMS, Case, judged
from rules_lib.evaluation.intervals import Proportion, share
from rules_lib.evaluation.metrics import LEVELS, Performance, performance
from rules_lib.evaluation.workload import Workload, workload

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rules_lib.knowledge_base import KnowledgeBase
    from rules_lib.rules import Urgency
    from rules_lib.vignettes import Vignette


@dataclass(frozen=True, slots=True)
class TagFigures:
    """The interview on the cases with one tag."""

    exact: Proportion
    under: Proportion
    over: Proportion


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What there is to report."""

    pack: str
    version: str
    cases: tuple[Case, ...]
    unlabelled: tuple[str, ...]
    """Ids of vignettes that name no right level and were not judged."""
    performances: Mapping[str, Performance]
    """By system."""
    capabilities: Mapping[str, Capability]
    """By system. The interview and the baselines are compared with one another; the assessment
    is compared with the baselines in place of the interview, for two judgements of one pack are
    not independent."""
    difficulty: Mapping[str, float | None]
    """Case to the share of interview and baselines that solved it: low is hard."""
    mean_difficulty: Mapping[Urgency, float | None]
    workload: Workload
    tags: Mapping[str, TagFigures]
    causes: Mapping[str, Proportion]
    """By judgement: of the cases that expect likely or possible causes, those where each is
    named so."""


def evaluate(
    kb: KnowledgeBase,
    vignettes: Sequence[Vignette],
    on_case: Callable[[int], None] = lambda _: None,
) -> Evaluation:
    """
    Return the evaluation of a pack; the order of the vignettes does not matter.

    Args:
        kb: the pack.
        vignettes: with ids that differ.
        on_case: called after each case with the number judged so far.
    """
    cases = judged(kb, vignettes, on_case)
    rights = [case.right for case in cases]
    solved = {system: tuple(_solved(case, system) for case in cases) for system in SYSTEMS}
    baselines = [solved[each.id] for each in BASELINES]
    difficulty = difficulties([solved[INTERVIEW], *baselines])
    beside_assessment = difficulties([solved[ASSESSMENT], *baselines])
    return Evaluation(
        pack=kb.id,
        version=kb.version,
        cases=cases,
        unlabelled=tuple(sorted(each.id for each in vignettes if each.level is None)),
        performances={
            system: performance([(case.right, case.told[system]) for case in cases])
            for system in SYSTEMS
        },
        capabilities={
            system: capability(
                solved[system],
                beside_assessment if system == ASSESSMENT else difficulty,
                rights,
            )
            for system in SYSTEMS
        },
        difficulty=dict(zip((case.vignette.id for case in cases), difficulty, strict=True)),
        mean_difficulty={
            level: _mean(
                [one for one, right in zip(difficulty, rights, strict=True) if right is level]
            )
            for level in LEVELS
        },
        workload=workload(cases),
        tags=_tags(cases),
        causes={
            system: share(
                named for case in cases if (named := case.causes_named(system)) is not None
            )
            for system in JUDGEMENTS
        },
    )


def _solved(case: Case, system: str) -> bool | None:
    told = case.told[system]
    return None if told is None else told is case.right


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.fmean(known) if known else None


def _tags(cases: Sequence[Case]) -> dict[str, TagFigures]:
    tags = sorted({tag for case in cases for tag in case.vignette.tags})
    tagged = {tag: [case for case in cases if tag in case.vignette.tags] for tag in tags}
    return {
        tag: TagFigures(
            exact=share(case.told[INTERVIEW] is case.right for case in own),
            under=share(case.under(INTERVIEW) for case in own),
            over=share(case.over(INTERVIEW) for case in own),
        )
        for tag, own in tagged.items()
    }
