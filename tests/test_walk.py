"""The skill's own dialogue, walked beside the graph whose bounds docs/interview.md states."""

from __future__ import annotations

import functools

import pytest

from rules_lib import Finding, Urgency
from rules_lib.dialogue_graph import NO, UNSURE, YES, Graph, Node, dialogue_graph
from rules_lib.facts import Kind
from rules_lib.interview_document import complaint_openings
from skill import speech
from skill.app import knowledge_base
from skill.asking import ANYTHING_ELSE
from skill.conversation import Conversation
from skill.dialogue import FAILED_TURNS_BEFORE_SAME_DAY, Dialogue, Turn
from skill.phrases import load_locale
from skill.reading import Answer, Reading
from skill.talk import silenced

KB = knowledge_base()
LOCALE = load_locale("en-US")
DIALOGUE = Dialogue(KB, LOCALE)
DEPTH = 3
"""Answers in a row; each question is also lost, and the dialogue stopped at it."""
SAID = {YES: Answer.YES, NO: Answer.NO, UNSURE: Answer.UNSURE}
ACHE = Finding("back-pain")


def _openings() -> dict[str, dict[str, Finding]]:
    """Return one opening for each complaint; who tells of no sign is first asked what is felt."""
    found = {}
    for name, told in complaint_openings(KB).items():
        if any(KB.findings[each].kind is Kind.SIGN for each in told):
            found[name] = told
        else:
            found[f"{name}, {ACHE.id}"] = {**told, ACHE.id: ACHE}
    return found


OPENINGS = _openings()


@functools.cache
def _graph(opening: str) -> Graph:
    return dialogue_graph(KB, {opening: OPENINGS[opening]}, depth=DEPTH)


def _copied(talk: Conversation) -> Conversation:
    return Conversation.from_attributes(KB, talk.to_attributes())


def _told_as(node: Node, before: Urgency | None) -> Urgency | None:
    """Return the highest urgency that a patient has heard once a node is reached."""
    heard = [level for level in (before, node.told) if level is not None]
    return max(heard, default=None)


def _assert_alike(talk: Conversation, words: str, node: Node, before: Urgency | None) -> None:
    """Check what is asked and told at a node against the words of the skill."""
    asked = talk.question.finding if talk.question else ""
    assert asked == (node.question or "")
    assert talk.announced == _told_as(node, before)
    if talk.announced is Urgency.EMERGENCY:
        assert words.startswith(LOCALE.phrase("emergency.call"))
    elif talk.announced != before or node.over:
        assert talk.announced is not None
        assert speech.urgency(LOCALE, talk.announced) in words


def _assert_lost_turns_are_safe(talk: Conversation) -> None:
    """Turns in which nothing is understood lose no question, and the third is told as same-day."""
    asked = talk.question.finding if talk.question else None
    for _ in range(FAILED_TURNS_BEFORE_SAME_DAY):
        before = talk.announced or Urgency.SELF_CARE
        turn = DIALOGUE.take(talk, Reading())
        assert (talk.question.finding if talk.question else None) == asked
        assert (talk.announced or Urgency.SELF_CARE) >= before
    assert (talk.announced or Urgency.SELF_CARE) >= Urgency.SAME_DAY
    assert LOCALE.phrase("not_understood.third") in turn.speech


def _assert_a_stop_is_safe(talk: Conversation, node: Node, before: Urgency | None) -> None:
    """Who stops is told what the graph says, and never less than was told before."""
    turn = DIALOGUE.stop(talk)
    level = max(node.announced, before or node.announced)
    assert talk.announced is level
    assert turn.reprompt is None
    assert speech.urgency(LOCALE, level) in turn.speech


def _assert_silence_is_safe(talk: Conversation, turn: Turn, node: Node) -> None:
    """One silence hears the reprompt; a second one is told same-day at least, and how."""
    question = talk.question.id if talk.question else None
    assert turn.reprompt
    assert turn.assessment is not None
    level, words = silenced(LOCALE, talk.announced, turn.assessment.floor, question)
    if question == ANYTHING_ELSE.id:
        # The answer was given, and it is as urgent as the graph says.
        assert node.over
        assert level is talk.announced
        assert level >= node.announced
        return
    assert level >= max(Urgency.SAME_DAY, node.announced, talk.announced or Urgency.SAME_DAY)
    assert LOCALE.region["words"]["emergency_number"] in words
    if level is Urgency.EMERGENCY:
        assert words.startswith(LOCALE.phrase("urgency.emergency"))


@pytest.mark.parametrize("opening", OPENINGS)
def test_the_skill_tells_what_the_graph_says(opening: str) -> None:
    """Yes, no, "I don't know", silence and stop lead where the graph of all dialogues leads."""
    graph = _graph(opening)
    talk = Conversation()
    DIALOGUE.launch(talk)
    turn = DIALOGUE.take(talk, Reading(findings=tuple(OPENINGS[opening].values())))
    start = graph.nodes[graph.starts[opening]]
    _assert_alike(talk, turn.speech, start, None)

    waiting, reached = [(talk, turn, start)], 0
    while waiting:
        talk, turn, node = waiting.pop()
        reached += 1
        _assert_silence_is_safe(talk, turn, node)
        if node.over:
            continue
        _assert_lost_turns_are_safe(_copied(talk))
        _assert_a_stop_is_safe(_copied(talk), node, talk.announced)
        for said, place in node.answers.items():
            if said not in SAID:
                continue
            after = _copied(talk)
            turn = DIALOGUE.take(after, Reading(answer=SAID[said]))
            _assert_alike(after, turn.speech, graph.nodes[place], talk.announced)
            waiting.append((after, turn, graph.nodes[place]))

    assert reached > DEPTH
