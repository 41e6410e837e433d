"""Which question a conversation comes to next, and what was settled before it; says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib import Assessment, Finding, Presence, Urgency, assess, next_question
from rules_lib.facts import Kind
from skill.conversation import Conversation, OpenQuestion, merged

if TYPE_CHECKING:
    from rules_lib import KnowledgeBase

SYMPTOM = OpenQuestion("symptom", "", "symptom")
ANYTHING_ELSE = OpenQuestion("anything-else", "", "any")
YES_NO = "yes-no"
TIMES_ASKED_AGAIN = 2


def complaint_told(kb: KnowledgeBase, talk: Conversation) -> bool:
    """Return whether any sign was told of, present or unsure, or any question answered."""
    return any(
        kb.findings[found.id].kind is Kind.SIGN and found.presence is not Presence.ABSENT
        for found in talk.findings.values()
    ) or any(name in talk.findings for name in kb.groups)


def next_open(kb: KnowledgeBase, talk: Conversation) -> OpenQuestion | None:
    """Return what to ask next: a doubt first, then what the interview wants, None at its end."""
    before = talk.question
    if talk.doubts:
        name = talk.doubts[0]
        return OpenQuestion(name, name, YES_NO, _again(before, name))
    question = next_question(kb, talk.findings, talk.asked)
    if question is None:
        return None
    return OpenQuestion(
        question.id, question.finding, question.expects, _again(before, question.id)
    )


def give_up(kb: KnowledgeBase, talk: Conversation) -> bool:
    """Give up a question of context asked often enough: unsure, the worse answer."""
    open_question = talk.question
    if (
        open_question is None
        or not open_question.finding
        or open_question.finding in talk.findings
        or open_question.again < TIMES_ASKED_AGAIN
        or open_question.finding in kb.groups
        or kb.findings[open_question.finding].kind is not Kind.CONTEXT
    ):
        return False
    talk.asked.append(open_question.id)
    talk.findings = merged(talk.findings, (Finding(open_question.finding, Presence.UNSURE),))
    return True


def settled_floor(kb: KnowledgeBase, talk: Conversation, assessment: Assessment) -> Urgency | None:
    """
    Return the floor without a group that is being asked once more, sign by sign.

    "I don't know" to a group is told as an urgency when its single questions are through.
    """
    asking = {
        group.id
        for group in kb.groups.values()
        if (told := assessment.findings.get(group.id)) is not None
        and told.presence is Presence.UNSURE
        and talk.question is not None
        and talk.question.finding in group.members
    }
    if not asking:
        return assessment.floor
    settled = {name: told for name, told in talk.findings.items() if name not in asking}
    return assess(kb, settled).floor


def _again(before: OpenQuestion | None, name: str) -> int:
    return before.again + 1 if before is not None and before.id == name else 0
