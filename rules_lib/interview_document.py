"""The figures of the interview in a document: written between marks, and compared."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rules_lib.dialogue_bounds import bounds
from rules_lib.dialogue_graph import dialogue_graph, openings
from rules_lib.dialogue_report import broken, picture, summary, table
from rules_lib.errors import KnowledgeError, Problem

if TYPE_CHECKING:
    from rules_lib.facts import Finding
    from rules_lib.knowledge_base import KnowledgeBase

COMPLAINTS, ALL = "complaints", "all openings"
_TIMED = 1
"""Which of the times told: the second, past the first limit that the rules draw."""


def complaint_openings(kb: KnowledgeBase) -> dict[str, dict[str, Finding]]:
    """Return one opening for each complaint: its first finding and a time; and nothing at all."""
    every = openings(kb)
    names = {one.findings[0] for one in kb.complaints.values() if one.findings}
    chosen: dict[str, dict[str, Finding]] = {"nothing": every["nothing"]}
    for name in sorted(names):
        told = [opening for opening, findings in every.items() if next(iter(findings), "") == name]
        timed = [opening for opening in told if len(every[opening]) > 1]
        one = timed[min(_TIMED, len(timed) - 1)] if timed else told[0]
        chosen[one] = every[one]
    return chosen


def figures(kb: KnowledgeBase, *, every: bool) -> tuple[str, str, list[str]]:
    """
    Walk the graph.

    Args:
        kb: the knowledge base.
        every: all openings instead of one for each complaint.

    Returns:
        The figures in words, the same as Markdown with a table and a picture, and, as
        sentences, whatever must not be.
    """
    told = openings(kb) if every else complaint_openings(kb)
    graph = dialogue_graph(kb, told)
    found = bounds(kb, graph, told)
    words = summary(found, graph)
    parts = [f"```text\n{words}\n```"]
    if not every:
        drawn = list(told)[min(1, len(told) - 1)]
        parts += [table(found), f"```mermaid\n{picture(kb, graph, drawn)}\n```"]
    return words, "\n\n".join(parts), broken(found)


def marked(document: str, name: str, text: str) -> str:
    """Return the document with the text between its marks."""
    begin, end = f"<!-- {name}: written by a command, not by hand -->", f"<!-- end of {name} -->"
    pattern = re.compile(rf"{re.escape(begin)}\n.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(document):
        what, allowed = f"has no place for '{name}'", f"a line '{begin}', and further down '{end}'"
        raise KnowledgeError([Problem("the document", 0, "", what, allowed)])
    return pattern.sub(lambda _: f"{begin}\n\n{text}\n\n{end}", document, count=1)
