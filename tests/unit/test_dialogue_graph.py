"""The graph of all dialogues of a pack small enough to be walked without merging anything."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from walked import differences

from rules_lib import Finding, KnowledgeBase, Urgency
from rules_lib.dialogue_bounds import bounds, median
from rules_lib.dialogue_graph import dialogue_graph, openings
from rules_lib.dialogue_report import broken
from rules_lib.knowledge_base import Role

if TYPE_CHECKING:
    from rules_lib.dialogue_graph import Graph


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    """A pack small enough to hold in one's head."""
    return KnowledgeBase.load(Path(__file__).parents[1] / "small_pack")


@pytest.fixture(scope="module")
def graph(kb: KnowledgeBase) -> Graph:
    """Every dialogue of it, from every opening."""
    return dialogue_graph(kb, openings(kb))


def test_the_graph_holds_every_dialogue_and_its_end(kb: KnowledgeBase, graph: Graph) -> None:
    """Merging states of equal future neither changes a question nor how a dialogue ends."""
    for name, told in openings(kb).items():
        dialogues, wrong = differences(kb, graph, graph.starts[name], told)

        assert (name, wrong) == (name, [])
        assert dialogues > 0


def test_nothing_is_wrong_with_the_small_pack(kb: KnowledgeBase, graph: Graph) -> None:
    """All bounds hold; but it has no advice for a fever beside an ankle, and the walk says so."""
    found = bounds(kb, graph, openings(kb))

    wrong = [sentence.rsplit(": ", 1)[-1] for sentence in broken(found)]
    assert set(wrong) == {"ends without any advice"}
    assert all(one.dialogues for one in found.openings.values())


def test_doubt_and_silence_end_on_the_safe_side(kb: KnowledgeBase, graph: Graph) -> None:
    """Who knows nothing, or says nothing, is never told less than within 24 hours."""
    for one in bounds(kb, graph, openings(kb)).openings.values():
        assert one.least_unsure >= Urgency.WITHIN_24_HOURS
        assert one.least_silent >= Urgency.WITHIN_24_HOURS


def test_a_question_that_cannot_matter_is_found(kb: KnowledgeBase) -> None:
    """Where two answers lead to the same end in everything said, the walk says so."""
    told = {"ankle-pain": {"ankle-pain": Finding("ankle-pain")}}
    graph = dialogue_graph(kb, told)
    start = graph.nodes[graph.starts["ankle-pain"]]
    start.answers = dict.fromkeys(start.answers, start.answers["no"])

    problems = bounds(kb, graph, told).problems

    assert any("whose answer cannot matter" in problem for problem in problems)


def test_a_wrong_turn_that_nothing_mends_is_found(kb: KnowledgeBase) -> None:
    """Where a yes to the recap is worth no more than a no, one misheard no hides an emergency."""
    told = {"ankle-pain": {"ankle-pain": Finding("ankle-pain")}}
    graph = dialogue_graph(kb, told)
    assert not bounds(kb, graph, told).openings["ankle-pain"].hidden

    recaps = {group.id for group in kb.groups.values() if group.role is Role.RECAP}
    for node in graph.nodes:
        if node.question in recaps:
            node.answers["yes"] = node.answers["no"]
    found = bounds(kb, graph, told)

    hidden = found.openings["ankle-pain"].hidden
    assert hidden
    assert all(taken == "no" for _, taken in hidden.values())
    assert sum("hides it" in sentence for sentence in broken(found)) == len(hidden)


def test_a_graph_of_limited_depth_is_the_beginning_of_the_whole(
    kb: KnowledgeBase, graph: Graph
) -> None:
    """Down to the last answer looked at, both ask the same; below it, nothing is known."""
    told = openings(kb)
    short = dialogue_graph(kb, told, depth=1)
    for name in told:
        begun, whole = short.nodes[short.starts[name]], graph.nodes[graph.starts[name]]
        assert begun.question == whole.question
        assert begun.answers.keys() == whole.answers.keys()
        for said, place in begun.answers.items():
            after = short.nodes[place]
            assert after.question == graph.nodes[whole.answers[said]].question
    assert any(node.question and not node.answers for node in short.nodes)


def test_the_median_counts_each_dialogue() -> None:
    """Two dialogues of one question and two of four are two and a half in the middle."""
    assert median({1: 2, 4: 2}) == 2.5
    assert median({1: 1, 4: 2}) == 4
