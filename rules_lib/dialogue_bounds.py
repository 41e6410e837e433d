"""What holds of every dialogue of a graph: how long it is, how it ends, what it can miss."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rules_lib.denials import denied_everything
from rules_lib.dialogue_graph import openings
from rules_lib.dialogue_walk import Opening, Walk
from rules_lib.wrong_turns import hidden_together

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rules_lib.dialogue_graph import Graph
    from rules_lib.facts import Finding
    from rules_lib.knowledge_base import KnowledgeBase


@dataclass
class Bounds:
    """What holds of the whole graph."""

    openings: dict[str, Opening] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    """Whatever does not hold that must, as a dialogue that shows it."""
    denied: list[tuple[int, int]] = field(default_factory=list)
    """Of who denies everything, from every opening: questions to advice, and to the end."""
    together: int = 0
    """Patients with an emergency that only several signs make, all asked for, of every opening."""
    hidden_together: list[str] = field(default_factory=list)
    """Those of them whom one wrong turn tells less than same-day, as sentences."""
    different: int = 0
    """States that can be told apart by anything that is ever said."""


def bounds(kb: KnowledgeBase, graph: Graph, told: Mapping[str, Mapping[str, Finding]]) -> Bounds:
    """
    Measure a graph, and look for whatever must not be in it.

    Args:
        kb: the knowledge base.
        graph: its dialogues.
        told: the openings that the graph was made of.
    """
    walk = Walk(kb, graph)
    found = Bounds()
    for name, findings in told.items():
        found.openings[name] = walk.opening(graph.starts[name], findings)
    found.problems = [f"{walk.story(place)}: {what}" for place, what in walk.problems()]
    every = openings(kb)
    found.denied = denied_everything(kb, every.values())
    found.together, found.hidden_together = hidden_together(kb, every)
    found.different = len(set(walk.classes))
    return found


def median(lengths: Mapping[int, int]) -> float:
    """Return the median of lengths, given how often each occurs."""
    total = sum(lengths.values())
    low, high = (total - 1) // 2, total // 2
    places: list[int] = []
    seen = 0
    for length in sorted(lengths):
        within = range(seen, seen + lengths[length])
        places += [length for place in (low, high) if place in within]
        seen += lengths[length]
    return sum(places) / 2
