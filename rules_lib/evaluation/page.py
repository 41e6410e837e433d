"""An evaluation as one HTML page that needs nothing else: no network, no script."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rules_lib.evaluation import sections, tables
from rules_lib.evaluation.case_list import wrong_cases
from rules_lib.evaluation.cases import INTERVIEW, JUDGEMENTS
from rules_lib.evaluation.intervals import RESAMPLES
from rules_lib.evaluation.layout import table
from rules_lib.evaluation.markup import document, element
from rules_lib.evaluation.wording import (
    PROPORTIONS,
    estimate,
    percent,
    plain,
    proportion,
    some,
)
from rules_lib.rules import Urgency

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from rules_lib.evaluation.evaluation import Evaluation
    from rules_lib.evaluation.intervals import Proportion

_STYLE = Path(__file__).with_name("report.css")
_ABOUTS = {
    "causes named": "each cause expected as likely or possible is named so",
    "weighted kappa": "agreement beyond chance, quadratic weights; 1 is perfect",
    "capability comparison score": "0 to 100 beside the baselines; hard cases weigh more",
}


def as_page(evaluation: Evaluation) -> str:
    """Return the whole page."""
    title = f"Evaluation of {evaluation.pack} {evaluation.version}"
    viewport = element("meta", name="viewport", content="width=device-width, initial-scale=1")
    head = element(
        "head",
        element("meta", charset="utf-8"),
        viewport,
        element("title", title),
        element("style", _STYLE.read_text(encoding="utf-8")),
    )
    parts = (
        _summary(evaluation),
        sections.confusion(evaluation),
        sections.levels(evaluation),
        sections.comparison(evaluation),
        sections.questions(evaluation),
        sections.tags(evaluation),
        wrong_cases(evaluation),
    )
    main = element("main", element("h1", title), _intro(evaluation), parts)
    return document(element("html", head, element("body", main), lang="en"))


def _intro(evaluation: Evaluation) -> Iterator[Element]:
    yield element("p", f"{some(len(evaluation.cases), 'vignette')}, each judged twice:")
    yield element(
        "ul",
        [
            element("li", element("strong", system), f": {about}")
            for system, about in JUDGEMENTS.items()
        ],
    )
    if evaluation.unlabelled:
        names = ", ".join(evaluation.unlabelled)
        yield element("p", f"Not judged, for no right level is named: {names}.")
    yield element(
        "p",
        "In brackets and as lines: 95 % confidence intervals, Wilson's for proportions, of"
        f" {RESAMPLES} bootstrap resamples for the rest.",
        class_="note",
    )


def _summary(evaluation: Evaluation) -> Element:
    found = evaluation.performances[INTERVIEW]
    emergencies = found.levels[Urgency.EMERGENCY].exactly.sensitivity
    median = evaluation.workload.overall.median
    cards = {
        "Emergencies found": _card(emergencies),
        "Under-triaged": _card(found.under),
        "Exactly right": _card(found.exact),
        "Over-triaged": _card(found.over),
        "Questions, median": (plain(median.value), estimate(median)),
    }
    abouts = {name: about for name, about, _ in PROPORTIONS} | _ABOUTS
    head, *rows = tables.summary(evaluation)
    told = [[*head, "what it is"], *([*row, abouts[row[0]]] for row in rows)]
    return element(
        "section",
        element(
            "dl",
            [
                element("div", element("dt", name), element("dd", element("strong", big), small))
                for name, (big, small) in cards.items()
            ],
            class_="cards",
        ),
        element("p", "The five figures are those of the interview.", class_="note"),
        element("h2", "All figures"),
        table("", told, said=True),
    )


def _card(found: Proportion) -> tuple[str, str]:
    return percent(found.value), proportion(found).partition(" % ")[2]
