"""How long the interview is for who denies everything, from every opening there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib.answers import candidate_answers
from rules_lib.facts import Finding, Presence, ValueType
from rules_lib.interview import next_question
from rules_lib.rules import Urgency
from rules_lib.screening import completed
from rules_lib.session import session_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from rules_lib.knowledge_base import KnowledgeBase


def denied_everything(
    kb: KnowledgeBase, openings: Iterable[Mapping[str, Finding]]
) -> list[tuple[int, int]]:
    """
    Return how many questions a patient hears who denies all that can be denied.

    Args:
        kb: the knowledge base.
        openings: what is told at first, each a dialogue or, where a time or a number is asked
            for, one for each answer that the rules can tell apart.

    Returns:
        For each opening, at most: questions until an urgency is told, and until the end.
    """
    lengths = []
    for told in openings:
        each = [*_dialogues(kb, told)]
        lengths.append((max(advice for advice, _ in each), max(end for _, end in each)))
    return lengths


def _dialogues(kb: KnowledgeBase, opening: Mapping[str, Finding]) -> Iterator[tuple[int, int]]:
    verdict = session_of(kb).chainer.verdict
    waiting: list[tuple[dict[str, Finding], list[str], int | None]] = [(dict(opening), [], None)]
    while waiting:
        told, asked, advised = waiting.pop()
        full = completed(kb, told)
        floor = verdict(full).floor
        if advised is None and floor is not None and floor >= Urgency.WITHIN_24_HOURS:
            advised = len(asked)  # told in the same turn as the question that follows
        question = next_question(kb, told, asked)
        if question is None:
            yield (len(asked) if advised is None else advised), len(asked)
            continue
        name = question.finding
        answers: Iterable[Finding] = [Finding(name, Presence.ABSENT)]
        if kb.findings[name].type is not ValueType.YES_NO:
            answers = candidate_answers(kb, name, full)
        now = [*asked, question.id]
        waiting += [({**told, name: answer}, now, advised) for answer in answers]
