"""Dialogues walked one by one, beside the graph that holds them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib import Finding, Presence, assess, next_question
from rules_lib.answers import candidate_answers
from rules_lib.screening import completed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rules_lib import KnowledgeBase
    from rules_lib.dialogue_graph import Graph


def differences(
    kb: KnowledgeBase, graph: Graph, start: int, opening: Mapping[str, Finding]
) -> tuple[int, list[str]]:
    """
    Return how many dialogues there are, and where the graph asks or tells otherwise.

    Args:
        kb: the knowledge base.
        graph: of its dialogues.
        start: the graph's node for the opening.
        opening: what is told at first.
    """
    wrong: list[str] = []
    dialogues = 0
    waiting: list[tuple[int, dict[str, Finding], tuple[str, ...]]] = [(start, dict(opening), ())]
    while waiting:
        place, told, asked = waiting.pop()
        node = graph.nodes[place]
        question = next_question(kb, told, asked)
        if node.question != (question.finding if question else None):
            wrong.append(f"after {_said(told)}: {node.question}, not {question}")
            continue
        if question is None:
            dialogues += 1
            announced = assess(kb, told).announced
            if node.announced is not announced:
                wrong.append(f"after {_said(told)}: {node.announced.id}, not {announced.id}")
            continue
        name, now = question.finding, (*asked, question.id)
        unsure = Finding(name, Presence.UNSURE)
        context = question.id in kb.questions and name not in kb.groups
        after = [*candidate_answers(kb, name, completed(kb, told)), unsure]
        states = [{**told, name: answer} for answer in after]
        states.append({**told, name: unsure} if context else told)
        # The graph lists its answers in the same order, the missing one last.
        waiting += zip(node.answers.values(), states, (now for _ in states), strict=True)
    return dialogues, wrong


def _said(told: Mapping[str, Finding]) -> str:
    return ", ".join(
        f"{found.id} {found.presence if found.value is None else found.value}"
        for found in told.values()
    )
