"""What a reading adds to what was told before, and whether it answers the open question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib import Finding, Presence
from rules_lib.facts import ValueType
from skill.conversation import merged
from skill.reading import Answer, Person, Wish

if TYPE_CHECKING:
    from collections.abc import Collection, Container

    from rules_lib import KnowledgeBase
    from skill.conversation import Conversation, OpenQuestion
    from skill.reading import Reading

_PRESENCE = {
    Answer.YES: Presence.PRESENT,
    Answer.NO: Presence.ABSENT,
    Answer.UNSURE: Presence.UNSURE,
}


def take_in(kb: KnowledgeBase, talk: Conversation, reading: Reading) -> bool:
    """
    Merge a reading into the conversation.

    Returns:
        Whether it answered the open question, or something is to be asked back.
    """
    # "I'm frightened" of a daughter who asks for her mum does not make her the patient.
    if reading.person is not None and (reading.person is not Person.SPEAKER or reading.findings):
        if (reading.person is Person.SPEAKER) is not (talk.patient is Person.SPEAKER):
            _forget_denials(talk)
        talk.patient = reading.person
    if reading.wish is Wish.TAKE_BACK and not (reading.findings or reading.doubtful):
        return _take_back(kb, talk)
    talk.findings = merged(talk.findings, reading.findings)
    heard = {found.id for found in reading.findings}
    _take_doubts(talk, reading, heard)
    question = talk.question
    if question is None:
        return reading.answer is not None or bool(reading.doubtful)
    answered = (
        question.finding in heard
        or _take_answer(kb, talk, question, reading)
        or (
            question.expects == "onset"
            and not heard.isdisjoint(kb.clocks.names if kb.clocks else ())
        )
    )
    if answered and question.finding:
        talk.asked.append(question.id)
        talk.question = None
    return (
        answered or bool(reading.doubtful) or (reading.answer is not None and not question.finding)
    )


def _forget_denials(talk: Conversation) -> None:
    """What was denied of one person says nothing of another: all that was asked is asked again."""
    talk.findings = {
        name: found
        for name, found in talk.findings.items()
        if found.presence is not Presence.ABSENT
    }
    talk.asked = []


def _take_back(kb: KnowledgeBase, talk: Conversation) -> bool:
    """
    Open what was denied last once more: "wait, I meant yes".

    A group becomes unsure, so that its signs are asked for one by one.

    Returns:
        Whether there was a no to take back.
    """
    for asked in reversed(talk.asked):
        name = kb.questions[asked].finding if asked in kb.questions else asked
        denied = talk.findings.get(name)
        if denied is None or denied.presence is not Presence.ABSENT:
            continue
        talk.question = None
        if name not in kb.groups:
            del talk.findings[name]
            talk.asked.remove(asked)
            return True
        talk.findings[name] = Finding(name, Presence.UNSURE)
        for member in kb.groups[name].members:
            found = talk.findings.get(member)
            if found is not None and found.presence is Presence.ABSENT:
                del talk.findings[member]
        return True
    return False


def _take_doubts(talk: Conversation, reading: Reading, heard: Container[str]) -> None:
    for name in reading.doubtful:
        known = talk.findings.get(name)
        if name not in talk.doubts and (known is None or known.presence is not Presence.PRESENT):
            talk.doubts.append(name)
    talk.doubts = [name for name in talk.doubts if name not in heard]


def _take_answer(
    kb: KnowledgeBase, talk: Conversation, question: OpenQuestion, reading: Reading
) -> bool:
    """Take a yes, no or "I don't know"; return whether the question can be answered so."""
    group = kb.groups.get(question.finding)
    answer = answer_to(reading, group.members if group else ())
    if answer is None or not question.finding:
        return False
    if kb.findings[question.finding].type is not ValueType.YES_NO and answer is not Answer.UNSURE:
        return False
    found = Finding(question.finding, _PRESENCE[answer])
    talk.findings = merged(talk.findings, (found,))
    talk.doubts = [name for name in talk.doubts if name != question.finding]
    return True


def answer_to(reading: Reading, signs: Collection[str]) -> Answer | None:
    """
    Return the answer to a question for several signs.

    "Yes, I can breathe" denies one of them and reports none: whether the yes is to another one,
    nobody knows, so they are asked for one by one. Nor does "no, not my face" deny the others.

    Args:
        reading: of the turn.
        signs: what the question asks for; empty where it asks for one thing.

    """
    if reading.answer not in {Answer.YES, Answer.NO} or reading.doubtful:
        return reading.answer
    told = [found.presence for found in reading.findings if found.id in signs]
    denied = bool(told) and all(presence is Presence.ABSENT for presence in told)
    partly = reading.answer is Answer.YES or len(told) < len(signs)
    return Answer.UNSURE if denied and partly else reading.answer
