"""
An evaluation as plain JSON values, for programs.

A proportion is `{value, low, high, hits, of}`, any other figure `{value, low, high}`; what is
not defined is null. Levels are by id, most urgent first; no advice is the level `none`.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from rules_lib.evaluation.cases import JUDGEMENTS, SYSTEMS
from rules_lib.evaluation.intervals import RESAMPLES, SEED, Estimate, Proportion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rules_lib.evaluation.capability import Capability
    from rules_lib.evaluation.cases import Case
    from rules_lib.evaluation.evaluation import Evaluation
    from rules_lib.evaluation.metrics import Binary, LevelFigures, Performance
    from rules_lib.evaluation.workload import Spread
    from rules_lib.rules import Urgency

NO_ADVICE = "none"


def as_data(evaluation: Evaluation) -> dict[str, Any]:
    """Return everything an evaluation holds."""
    work = evaluation.workload
    return {
        "pack": evaluation.pack,
        "version": evaluation.version,
        "vignettes": len(evaluation.cases),
        "unlabelled": list(evaluation.unlabelled),
        "bootstrap": {"resamples": RESAMPLES, "seed": SEED},
        "systems": {
            system: {
                "about": about,
                "judgement_of_the_pack": system in JUDGEMENTS,
                **_performance(evaluation.performances[system]),
                "capability": _capability(evaluation.capabilities[system]),
            }
            for system, about in SYSTEMS.items()
        },
        "questions": {
            **_spread(work.overall),
            "levels": {level.id: _spread(spread) for level, spread in work.levels.items()},
            "asked_again": _figure(work.asked_again),
            "single_questions": work.again,
        },
        "causes_named": {name: _figure(found) for name, found in evaluation.causes.items()},
        "tags": {
            tag: {each.name: _figure(getattr(found, each.name)) for each in fields(found)}
            for tag, found in evaluation.tags.items()
        },
        "mean_difficulty": {level.id: x for level, x in evaluation.mean_difficulty.items()},
        "cases": [_case(case, evaluation.difficulty) for case in evaluation.cases],
    }


def name_of(level: Urgency | None) -> str:
    """Return the id of a level told, or the word for no advice."""
    return NO_ADVICE if level is None else level.id


def _figure(figure: Proportion | Estimate) -> dict[str, Any]:
    low, high = figure.interval or (None, None)
    data: dict[str, Any] = {"value": figure.value, "low": low, "high": high}
    if isinstance(figure, Proportion):
        data |= {"hits": figure.hits, "of": figure.of}
    return data


def _performance(found: Performance) -> dict[str, Any]:
    figures = {each.name: getattr(found, each.name) for each in fields(found)}
    return {
        **{
            name: _figure(figure)
            for name, figure in figures.items()
            if isinstance(figure, Proportion | Estimate)
        },
        "confusion": {
            right.id: {name_of(told): count for told, count in row.items()}
            for right, row in found.confusion.items()
        },
        "levels": {level.id: _level(each) for level, each in found.levels.items()},
    }


def _level(found: LevelFigures) -> dict[str, Any]:
    return {
        "cases": found.cases,
        "exactly": _binary(found.exactly),
        "at_least": _binary(found.at_least),
        "under": _figure(found.under),
        "over": _figure(found.over),
    }


def _binary(found: Binary) -> dict[str, Any]:
    return {each.name: _figure(getattr(found, each.name)) for each in fields(found)}


def _capability(found: Capability) -> dict[str, Any]:
    levels = {level.id: _figure(each) for level, each in found.levels.items()}
    return {**_figure(found.overall), "levels": levels}


def _spread(found: Spread) -> dict[str, Any]:
    return {
        "cases": found.cases,
        "median": _figure(found.median),
        "lower_quartile": found.lower,
        "upper_quartile": found.upper,
        "most": found.most,
        "counts": {str(number): count for number, count in found.counts.items()},
    }


def _case(case: Case, difficulty: Mapping[str, float | None]) -> dict[str, Any]:
    vignette, final = case.vignette, case.interview.assessment
    return {
        "id": vignette.id,
        "place": f"{vignette.file}:{vignette.line}",
        "story": vignette.story,
        "row": vignette.row,
        "quote": vignette.quote,
        "tags": list(vignette.tags),
        "right": case.right.id,
        "told": {system: name_of(level) for system, level in case.told.items()},
        "difficulty": difficulty[vignette.id],
        "questions": case.interview.questions,
        "single_questions": case.interview.again,
        "asked": [
            {"question": each.question, "answer": each.answer, "again": each.again}
            for each in case.interview.asked
        ],
        "causes": [
            {"id": cause.id, "likelihood": cause.likelihood.value} for cause in final.causes
        ],
        "advice": list(final.advice),
        "withheld": [{"id": each.id, "reason": each.reason.value} for each in final.withheld],
        "rules": list(final.rules),
    }
