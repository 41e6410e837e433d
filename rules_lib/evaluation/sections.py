"""The sections of the page that show figures, each with its plot and its table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rules_lib.evaluation import charts, tables
from rules_lib.evaluation.cases import ASSESSMENT, INTERVIEW, JUDGEMENTS, SYSTEMS
from rules_lib.evaluation.layout import figure, table
from rules_lib.evaluation.markup import element
from rules_lib.evaluation.metrics import LEVELS
from rules_lib.evaluation.wording import PROPORTIONS, estimate, proportion, some
from rules_lib.rules import Urgency

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from xml.etree.ElementTree import Element

    from rules_lib.evaluation.evaluation import Evaluation
    from rules_lib.evaluation.intervals import Estimate, Proportion

_COLOURS = {INTERVIEW: charts.BLUE, ASSESSMENT: charts.GREEN}
_RATES = ("exact accuracy", "safety of advice", "over-triage, strict")
"""In which the systems are compared, beside the capability score."""


def confusion(evaluation: Evaluation) -> Element:
    """Return how often what was right was told as what."""
    figures = (
        figure(
            f"The {system}",
            charts.heat_map(
                f"confusion-{system}",
                f"Confusion matrix of the {system}",
                evaluation.performances[system].confusion,
            ),
        )
        for system in JUDGEMENTS
    )
    return element(
        "section",
        element("h2", "Confusion matrix"),
        charts.legend(
            {
                "exactly right": charts.BLUE,
                "too low \N{BLACK DOWN-POINTING TRIANGLE}": charts.VERMILLION,
                "too high \N{BLACK UP-POINTING TRIANGLE}": charts.ORANGE,
            }
        ),
        element("div", figures, class_="pair"),
        element(
            "p", "Cases, and their share of the row: of those right at that level.", class_="note"
        ),
    )


def levels(evaluation: Evaluation) -> Element:
    """Return the accuracy at each level, and each level against the rest."""
    rows = [
        charts.Row(
            level.id if system == INTERVIEW else "",
            found.value,
            found.interval,
            proportion(found),
            colour,
            first=system == INTERVIEW,
        )
        for level in LEVELS
        for system, colour in _COLOURS.items()
        for found in (evaluation.performances[system].levels[level].exactly.sensitivity,)
    ]
    return element(
        "section",
        element("h2", "By level"),
        charts.legend(_COLOURS),
        figure(
            "Accuracy at each level",
            charts.intervals("levels", "Accuracy at each level", rows, bars=True),
        ),
        [
            table(
                f"The {system}: is it {'at least as urgent' if at_least else 'this level'}?",
                tables.levels(evaluation, system, at_least=at_least),
            )
            for system in JUDGEMENTS
            for at_least in (False, True)
        ],
    )


def comparison(evaluation: Evaluation) -> Element:
    """Return the pack beside its baselines."""
    rates = [(name, get) for name, _, get in PROPORTIONS if name in _RATES]
    plots = [
        _compared(name, {one: get(evaluation.performances[one]) for one in SYSTEMS}, 1, proportion)
        for name, get in rates
    ]
    scores = {one: evaluation.capabilities[one].overall for one in SYSTEMS}
    plots.append(_compared("capability comparison score", scores, 100, estimate))
    baselines = {name: about for name, about in SYSTEMS.items() if name not in JUDGEMENTS}
    return element(
        "section",
        element("h2", "Beside baselines"),
        element("div", plots, class_="pair"),
        table("Beside baselines", tables.comparison(evaluation)),
        [element("p", f"{name} {about}.", class_="note") for name, about in baselines.items()],
    )


def _compared(
    name: str,
    figures: Mapping[str, Proportion | Estimate],
    scale: float,
    said: Callable[[Any], str],
) -> Element:
    rows = [
        charts.Row(
            system, found.value, found.interval, said(found), _COLOURS.get(system, charts.GREY)
        )
        for system, found in figures.items()
    ]
    identity = "compared-" + "-".join(name.replace(",", "").split())
    return figure(name.capitalize(), charts.intervals(identity, name, rows, scale=scale))


def questions(evaluation: Evaluation) -> Element:
    """Return how many questions the interviews took."""
    work = evaluation.workload
    emergencies = work.levels[Urgency.EMERGENCY].counts
    others = {
        number: count - emergencies.get(number, 0) for number, count in work.overall.counts.items()
    }
    series = {
        "emergencies": (charts.VERMILLION, emergencies),
        "all others": (charts.BLUE, {number: count for number, count in others.items() if count}),
    }
    title = "Interviews by the number of questions asked"
    return element(
        "section",
        element("h2", "Questions asked"),
        charts.legend({name: colour for name, (colour, _) in series.items()}),
        figure(title, charts.histogram("questions", title, series)),
        table("", tables.questions(evaluation)),
        element(
            "p",
            'After "I don\'t know" to a group its signs are asked one by one; that took'
            f" {some(work.again, 'question')} in {some(work.asked_again.hits, 'interview')},"
            " not counted above.",
            class_="note",
        ),
    )


def tags(evaluation: Evaluation) -> Element | None:
    """Return the interview by tag, None where no case has one."""
    if not evaluation.tags:
        return None
    rows = [
        charts.Row(tag, found.exact.value, found.exact.interval, proportion(found.exact))
        for tag, found in evaluation.tags.items()
    ]
    title = "Exact accuracy of the interview by tag"
    return element(
        "section",
        element("h2", "By tag"),
        figure(title, charts.intervals("tags", title, rows)),
        table("", tables.tags(evaluation)),
    )
