"""What choosing the next question costs, in assessments of the chainer, all through interviews."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.measure import in_turns, timed
from benchmarks.results import Goal, Section
from rules_lib import KnowledgeBase, next_question
from rules_lib.chainer import Chainer
from rules_lib.facts import Kind, ValueType, findings_from
from rules_lib.knowledge_base import Expects
from rules_lib.screening import completed

if TYPE_CHECKING:
    from collections.abc import Iterator

CHAINER = "our chainer alone: verdict"
QUESTION = "next_question"
STARTS = 12
"""Signs with which an interview begins, evenly from all of them."""


def questions(pack: str, rounds: int, times: int) -> Section:
    """Measure every step of some interviews in which the danger signs are denied."""
    kb = KnowledgeBase.load(pack)
    steps = list(_steps(kb))
    section = Section(
        title="The next question",
        about=f"{len(steps)} steps of interviews of the shipped knowledge base, "
        f"{len(kb.rules)} rules. Each begins\nwith one sign, and every question that can be is "
        "answered with no. What asks nothing\nmore is left out.",
        yardstick=CHAINER,
    )
    chainer = Chainer(kb)
    told = [completed(kb, findings_from(kb.findings, findings)) for findings, _ in steps]
    timings = in_turns(
        {
            CHAINER: timed(chainer.verdict, told, times),
            QUESTION: timed(lambda step: next_question(kb, *step), steps, times),
        },
        rounds,
    )
    section.add(timings, "us")
    ratio = timings[QUESTION].over(timings[CHAINER])
    section.goals.append(Goal("next_question over an assessment of the chainer", ratio, 20))
    return section


def _steps(kb: KnowledgeBase) -> Iterator[tuple[dict[str, Any], tuple[str, ...]]]:
    """Give what is told and what was asked before each question."""
    signs = [
        name
        for name, declared in kb.findings.items()
        if declared.kind is Kind.SIGN
        and declared.type is ValueType.YES_NO
        and name not in kb.groups
    ]
    for sign in signs[:: max(1, len(signs) // STARTS)]:
        told: dict[str, Any] = {sign: "present"}
        asked: tuple[str, ...] = ()
        while True:
            question = next_question(kb, told, asked)
            if question is None:
                break
            # An interview that is over costs next to nothing, and would only make figures smaller.
            yield dict(told), asked
            asked = (*asked, question.id)
            if question.expects is Expects.YES_NO:
                told[question.finding] = "absent"
