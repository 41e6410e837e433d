"""What the graph of all dialogues shows, for people: figures, what is broken, a picture."""

from __future__ import annotations

from collections import Counter
from statistics import median as middle
from typing import TYPE_CHECKING

from rules_lib.dialogue_bounds import median
from rules_lib.dialogue_graph import NO, NO_ANSWER, UNSURE, YES
from rules_lib.rules import Urgency

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rules_lib.dialogue_bounds import Bounds
    from rules_lib.dialogue_graph import Graph, Node
    from rules_lib.knowledge_base import KnowledgeBase

EMERGENCY_WITHIN, EMERGENCY_MEDIAN = 6, 3
"""Questions until an emergency sign is found that is there and was not told."""
ADVICE_WITHIN, ADVICE_MEDIAN = 9, 6
"""Questions until an urgency is told for the first time."""
_NOTHING = "-"
_LARGE = 1_000_000
"""From here on the order of magnitude says enough."""


def broken(found: Bounds) -> list[str]:
    """Return, as sentences, every bound that does not hold and everything that must not be."""
    figures = _figures(found)
    said = [
        f"{what}: {value:g}, and at most {most} is allowed"
        for what, value, most in figures
        if most is not None and value > most
    ]
    said += [
        f"{name}, with '{sign}' there: '{taken}' taken as the answer to '{question}' hides it"
        for name, opening in found.openings.items()
        for sign, (question, taken) in opening.hidden.items()
    ]
    return said + found.hidden_together + found.problems


def summary(found: Bounds, graph: Graph) -> str:
    """Return the figures of all openings together, a line each."""
    openings = found.openings.values()
    answers = sum(len(node.answers) for node in graph.nodes)
    dialogues = sum(one.dialogues for one in openings)
    stopped = sum(one.stopped for one in openings)
    lines = [
        f"openings: {len(openings):,}",
        f"states: {len(graph.nodes):,}, of which {found.different:,} differ in anything said",
        f"answers: {answers:,}",
        f"dialogues: {dialogues:,}, with stops {stopped:,}",
    ]
    for what, value, most in _figures(found):
        allowed = f" (at most {most})" if most is not None else ""
        lines.append(f"{what}: {value:g}{allowed}")
    ends = {
        '"I don\'t know" to everything ends with': [one.least_unsure for one in openings],
        "no answer to anything ends with": [one.least_silent for one in openings],
    }
    for what, levels in ends.items():
        counts = ", ".join(f"{level.id} {n}" for level, n in sorted(Counter(levels).items()))
        lines.append(f"{what}: {counts}")
    for what, signs in (
        ("emergency signs that some complaint does not ask for", [o.missed for o in openings]),
        ("emergency signs that one wrong turn would hide", [tuple(o.hidden) for o in openings]),
    ):
        lines.append(f"{what}: {', '.join(sorted(set().union(*signs))) or _NOTHING}")
    lines.append(
        "emergencies that only several signs make together, all asked for, from all openings "
        f"there are: {found.together:,}, of which one wrong turn would hide "
        f"{len(found.hidden_together):,}"
    )
    lines.append(f"what must not be: {len(found.problems)}")
    return "\n".join(lines)


def _figures(found: Bounds) -> list[tuple[str, float, int | None]]:
    """Return the figures that have a bound, and the stricter counts beside them."""
    openings = list(found.openings.values())
    asking = [one for one in openings if one.found]
    finds = [questions for one in openings for questions in one.found.values()] or [0]
    return [
        ("questions to an emergency, most", max(finds), EMERGENCY_WITHIN),
        (
            "questions to an emergency, median of the worst opening",
            max((middle(one.found.values()) for one in asking), default=0),
            EMERGENCY_MEDIAN,
        ),
        ("questions to an emergency, median", middle(finds), EMERGENCY_MEDIAN),
        ("questions to advice, most", max(max(one.to_advice) for one in openings), ADVICE_WITHIN),
        (
            "questions to advice, median of the worst opening's dialogues",
            max(median(one.to_advice) for one in openings),
            ADVICE_MEDIAN,
        ),
        (
            "questions to advice where all is denied, median of all openings there are",
            middle(advice for advice, _ in found.denied),
            ADVICE_MEDIAN,
        ),
        (
            "questions to advice where all is denied, median of the openings below",
            middle(one.denied[0] for one in openings),
            None,
        ),
        (
            "questions to advice where all is denied, most",
            max(advice for advice, _ in found.denied),
            ADVICE_WITHIN,
        ),
        (
            "questions to the end where all is denied, median of all openings there are",
            middle(end for _, end in found.denied),
            None,
        ),
        (
            "questions to the end where all is denied, most",
            max(end for _, end in found.denied),
            None,
        ),
        ("questions to the end, most", max(max(one.to_end) for one in openings), None),
        (
            "questions to the end, median of the worst opening's dialogues",
            max(median(one.to_end) for one in openings),
            None,
        ),
    ]


def table(found: Bounds) -> str:
    """Return a Markdown table of the openings."""
    rows = [
        "| told at first | dialogues | to an emergency | to advice | to the end | all denied |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, one in found.openings.items():
        finds = [*one.found.values()]
        emergency = f"{max(finds)} ({middle(finds):g})" if finds else _NOTHING
        rows.append(
            f"| {name} | {_large(one.dialogues)} | {emergency} | {_most(one.to_advice)} | "
            f"{_most(one.to_end)} | {one.denied[0]}, {one.denied[1]} |"
        )
    return "\n".join(rows)


def _most(lengths: Mapping[int, int]) -> str:
    return f"{max(lengths)} ({median(lengths):g})"


def _large(number: int) -> str:
    return f"{number:,}" if number < _LARGE else f"{number:.1e}"


def picture(kb: KnowledgeBase, graph: Graph, opening: str) -> str:
    """
    Return a Mermaid flowchart of one opening: the questions of who denies all, and what else ends.

    Where "I don't know" is asked once more sign by sign, that is one box; numbers and choices take
    the answer that goes on longest.
    """
    nodes = graph.nodes
    lines = ["flowchart TD", f'  start(["{opening}"])']
    spine = list(_spine(nodes, graph.starts[opening]))
    above, said = "start", ""
    for number, node in enumerate(spine):
        if node.over:
            lines.append(f"  {above} --{said}--> {_level(node.announced)}")
            break
        name, here = node.question or "", f"q{number}"
        lines += [f"  {above} --{said}--> {here}" if said else f"  {above} --> {here}"]
        lines.append(f'  {here}["{_asked(kb, name)}"]')
        for answer, to in node.answers.items():
            then = nodes[to]
            if answer in {YES, UNSURE} or answer not in {NO, NO_ANSWER}:
                lines += _aside(here, answer, then, follows=spine[number + 1])
        above, said = here, NO if NO in node.answers else "goes on"
    ends = sorted({node.announced for node in nodes if node.over})
    lines += [f'  {_level(level)}(["{level.id}"])' for level in ends]
    return "\n".join(dict.fromkeys(lines))


def _aside(here: str, answer: str, then: Node, *, follows: Node) -> Iterator[str]:
    if then is follows:
        return
    if then.over:
        yield f'  {here} --"{answer}"--> {_level(then.announced)}'
    elif then.again:
        yield f'  {here} -."{answer}: sign by sign".-> {_level(Urgency.SAME_DAY)}'
    elif then.told is not None:
        yield f'  {here} --"{answer}, and on"--> {_level(then.told)}'


def _spine(nodes: list[Node], place: int) -> Iterator[Node]:
    while True:
        node = nodes[place]
        yield node
        if node.over:
            return
        if NO in node.answers:
            place = node.answers[NO]
        else:
            told = [to for said, to in node.answers.items() if said not in {UNSURE, NO_ANSWER}]
            place = min(told, key=lambda to: nodes[to].floor or 0)


def _level(level: Urgency) -> str:
    return level.id.replace("-", "_")


def _asked(kb: KnowledgeBase, name: str) -> str:
    return kb.findings[name].name.replace('"', "'")
