"""The folder of pictures in the documentation: one for each cause, one of the whole pack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib.errors import KnowledgeError, Problem, nearest
from rules_lib.graphs.relations import Graph, of_cause, of_pack, of_urgency
from rules_lib.graphs.svg import svg
from rules_lib.rules import Urgency

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from rules_lib.knowledge_base import KnowledgeBase

OVERVIEW = "overview"


def graph_of(kb: KnowledgeBase, cause: str | None = None, urgency: str | None = None) -> Graph:
    """
    Return the graph of a cause or an urgency, of the whole pack where neither is given.

    Raises:
        KnowledgeError: where the pack has no such cause, or there is no such urgency.
    """
    if cause is not None:
        _among("cause", cause, kb.causes)
        return of_cause(kb, cause)
    if urgency is not None:
        _among("urgency", urgency, [level.id for level in Urgency])
        return of_urgency(kb, Urgency.from_id(urgency))
    return of_pack(kb)


def _among(what: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        said = f"there is no {what} '{name}'"
        raise KnowledgeError(
            [Problem("graph", 0, "", said, ", ".join(known), nearest(name, known))]
        )


def pages(kb: KnowledgeBase, folder: Path) -> dict[Path, str]:
    """Return the files of the folder: a picture of the pack and of each cause, and the page."""
    graphs = {OVERVIEW: of_pack(kb)} | {cause: of_cause(kb, cause) for cause in kb.causes}
    files = {folder / f"{name}.svg": svg(graph) for name, graph in graphs.items()}
    return files | {folder / "README.md": _page(kb, graphs)}


def _page(kb: KnowledgeBase, graphs: dict[str, Graph]) -> str:
    lines = [
        "# The pack in pictures",
        "",
        f"Drawn from the pack `{kb.id}` {kb.version} by `python -m rules_lib graph --pages`.",
        "They show what the rules say and nothing else. Opened by itself, a picture shows the",
        "sentence and the sources of a rule when one points at its box; `graph PACK --urgency",
        "emergency` draws what leads to an urgency.",
    ]
    for name, graph in graphs.items():
        lines += ["", f"## {graph.title}", "", graph.describes, ""]
        lines.append(f"![{graph.title}: {graph.describes}]({name}.svg)")
    return "\n".join(lines) + "\n"
