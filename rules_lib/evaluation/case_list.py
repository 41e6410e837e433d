"""The cases that came out wrong, each with its story and what decides it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib.evaluation.cases import INTERVIEW, JUDGEMENTS
from rules_lib.evaluation.data import name_of
from rules_lib.evaluation.markup import element

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from rules_lib.evaluation.cases import Case
    from rules_lib.evaluation.evaluation import Evaluation


def wrong_cases(evaluation: Evaluation) -> Element:
    """Return the list, what was told too low first."""
    low = [case for case in evaluation.cases if any(map(case.under, JUDGEMENTS))]
    high = [
        case for case in evaluation.cases if any(map(case.over, JUDGEMENTS)) and case not in low
    ]
    return element(
        "section",
        element("h2", f"Told too low ({len(low)})"),
        [_case(case, "under") for case in low] or element("p", "None."),
        element("h2", f"Told too high ({len(high)})"),
        [_case(case, "over") for case in high] or element("p", "None."),
    )


def _case(case: Case, kind: str) -> Element:
    return element("article", list(_parts(case)), class_=kind)


def _parts(case: Case) -> Iterator[Element]:
    vignette = case.vignette
    yield element("h3", vignette.id)
    yield element("p", " ".join(vignette.story.split()))
    told = ", ".join(f"{name_of(case.told[name])} in the {name}" for name in JUDGEMENTS)
    yield element("p", element("strong", f"Right: {case.right.id}"), f"; told: {told}.")
    if vignette.row:
        yield element("p", f"Row: {vignette.row}")
    if vignette.quote:
        yield element("blockquote", " ".join(vignette.quote.split()))
    if case.told[INTERVIEW] is not case.right:
        yield element("p", f"Asked: {case.transcript or 'nothing'}", class_="asked")
    tags = f"; {', '.join(vignette.tags)}" if vignette.tags else ""
    yield element("p", f"{vignette.file}:{vignette.line}{tags}", class_="asked")
