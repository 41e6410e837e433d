"""
Every dialogue that the interview can lead, as one graph.

A node is what is known and what was asked; an edge is an answer: each one that the rules can
tell apart, "I don't know", or none (failed turns, after which the question is given up; a
question of context then counts as unsure, as `next_question` wants it). Nodes of equal future
are one node, so that the graph holds every dialogue and not a sample of them.
"""

from __future__ import annotations

import contextlib
import gc
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rules_lib.answers import candidate_answers
from rules_lib.dialogue_keys import Keys
from rules_lib.facts import Finding, Kind, Presence, ValueType
from rules_lib.interview import question_after
from rules_lib.rules import Urgency
from rules_lib.screening import completed, is_screened
from rules_lib.session import announced, offers, session_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rules_lib.knowledge_base import KnowledgeBase, Question

# Looking a member up in its enumeration is slow before Python 3.12.
_PRESENT, _SIGN, _YES_NO = Presence.PRESENT, Kind.SIGN, ValueType.YES_NO
YES, NO, UNSURE, NO_ANSWER = "yes", "no", "I don't know", "no answer"


@dataclass
class Node:
    """One state of the interview, and what it is worth."""

    question: str | None
    """Finding or group that is asked for; None where the interview is over."""
    again: bool
    """Whether the question asks once more for a sign of a group that was answered unsure."""
    floor: Urgency | None
    settled: Urgency | None
    """The floor without a group that is just being asked once more, sign by sign."""
    announced: Urgency
    """What the patient is told if the interview ends here."""
    offered: tuple[str, ...]
    """Advice, and sentences to be spoken first."""
    ill: bool
    """Whether any sign is there for certain."""
    answers: dict[str, int] = field(default_factory=dict)
    """Answer to the node that it leads to."""

    @property
    def over(self) -> bool:
        """Whether nothing is asked any more."""
        return self.question is None

    @property
    def told(self) -> Urgency | None:
        """What the patient hears in this turn, with the question that follows or as the answer."""
        if self.over:
            return self.announced
        early = self.settled
        return early if early is not None and early >= Urgency.WITHIN_24_HOURS else None


@dataclass
class Graph:
    """All dialogues that begin with the given openings."""

    nodes: list[Node] = field(default_factory=list)
    starts: dict[str, int] = field(default_factory=dict)
    """What is told at the beginning, in words, to its node."""


def dialogue_graph(
    kb: KnowledgeBase,
    openings: Mapping[str, Mapping[str, Finding]],
    *,
    depth: int | None = None,
) -> Graph:
    """
    Return the graph of all dialogues.

    Args:
        kb: the knowledge base.
        openings: what is told at the beginning, a name for it to its findings.
        depth: after how many answers to look no further; a node there has no answers, whatever
            it asks. None for all of them.
    """
    with _uncollected():
        return _Builder(kb, depth).built(openings)


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no circular garbage: a graph makes none, and looking takes a tenth of the time."""
    before = gc.enable if gc.isenabled() else gc.disable
    gc.disable()
    try:
        yield
    finally:
        before()


def openings(kb: KnowledgeBase, *, timed: bool = True) -> dict[str, dict[str, Finding]]:
    """
    Return every single finding as an opening, the empty one, and each with each time told.

    The time is the second of two; by its name an opening is shown, and by no more.

    Args:
        kb: the knowledge base.
        timed: whether to add the times.
    """
    groups = set(kb.groups)
    clock = kb.clocks.since_event if kb.clocks else None
    single: dict[str, dict[str, Finding]] = {"nothing": {}}
    for name, declared in kb.findings.items():
        if name in groups:
            continue
        for answer in candidate_answers(kb, name):
            if answer.presence is Presence.PRESENT:
                of_kind = "" if declared.type is ValueType.YES_NO else f"={_shown(answer.value)}"
                single[f"{name}{of_kind}"] = {name: answer}
    found = dict(single)
    if timed and clock:
        for told, findings in single.items():
            if clock in findings:
                continue
            for answer in candidate_answers(kb, clock, findings):
                found[f"{told}, {clock}={_shown(answer.value)}"] = {**findings, clock: answer}
    return found


def _shown(value: float | str | None) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True)
class _State:
    told: dict[str, Finding]
    asked: frozenset[str]


class _Builder:
    def __init__(self, kb: KnowledgeBase, depth: int | None = None) -> None:
        self._kb = kb
        self._depth = depth
        self._keys = Keys(kb)
        self._known: dict[object, int] = {}
        self._graph = Graph()
        self._waiting: deque[tuple[int, _State, Question]] = deque()

    def built(self, openings: Mapping[str, Mapping[str, Finding]]) -> Graph:
        for name, findings in openings.items():
            self._keys.look_ahead(findings)
            self._graph.starts[name] = self._node(_State(dict(findings), frozenset()))
            self._walk()
        return self._graph

    def _walk(self) -> None:
        # Breadth first, a node is met by its shortest way; depth first keeps fewer states.
        after = self._waiting.pop if self._depth is None else self._waiting.popleft
        while self._waiting:
            place, state, question = after()
            if self._depth is not None and len(state.asked) >= self._depth:
                continue
            asked = state.asked | {question.id}
            answers = self._graph.nodes[place].answers
            for label, answer in self._answers(state, question):
                told = {**state.told, question.finding: answer}
                answers[label] = self._node(_State(told, asked))
            told = state.told
            if question.id in self._kb.questions and question.finding not in self._kb.groups:
                told = {**told, question.finding: Finding(question.finding, Presence.UNSURE)}
            answers[NO_ANSWER] = self._node(_State(told, asked))

    def _answers(self, state: _State, question: Question) -> Iterator[tuple[str, Finding]]:
        kb, name = self._kb, question.finding
        yes_no = kb.findings[name].type is ValueType.YES_NO
        for answer in candidate_answers(kb, name, completed(kb, state.told)):
            said = YES if answer.presence is Presence.PRESENT else NO
            yield (said if yes_no else _shown(answer.value)), answer
        yield UNSURE, Finding(name, Presence.UNSURE)

    def _node(self, state: _State) -> int:
        kb = self._kb
        full = completed(kb, state.told)
        verdict = session_of(kb).chainer.verdict(full)
        offered = (*offers(kb, full, verdict)[0], *sorted(verdict.leads))
        level = announced(verdict.floor, screened=is_screened(kb, full))
        ill = any(
            found.presence is _PRESENT
            and kb.findings[name].kind is _SIGN
            and kb.findings[name].type is _YES_NO
            for name, found in full.items()
        )
        end = (level, verdict.floor, offered, ill)
        key: object = end
        if verdict.floor is not Urgency.EMERGENCY:
            key = self._keys.key(state.asked, full, verdict.floor), offered, ill
        place = self._known.get(key)
        if place is not None:
            return place
        question = question_after(kb, state.told, full, verdict, state.asked)
        if question is None:
            node = Node(
                question=None,
                again=False,
                floor=verdict.floor,
                settled=verdict.floor,
                announced=level,
                offered=offered,
                ill=ill,
            )
            place = self._known.setdefault(end, len(self._graph.nodes))
            self._known[key] = place
        else:
            again, settled = self._once_more(state, question, verdict.floor)
            node = Node(
                question=question.finding,
                again=again,
                floor=verdict.floor,
                settled=settled,
                announced=level,
                offered=offered,
                ill=ill,
            )
            place = self._known[key] = len(self._graph.nodes)
            self._waiting.append((place, state, question))
        if place == len(self._graph.nodes):
            self._graph.nodes.append(node)
        return place

    def _once_more(
        self, state: _State, question: Question, floor: Urgency | None
    ) -> tuple[bool, Urgency | None]:
        """Return whether an unsure group is asked once more, and the floor without it."""
        kb = self._kb
        full = completed(kb, state.told)
        asking = {
            group.id
            for group in kb.groups.values()
            if (told := full.get(group.id)) is not None
            and told.presence is Presence.UNSURE
            and question.finding in group.members
        }
        if not asking:
            return False, floor
        without = {name: found for name, found in state.told.items() if name not in asking}
        return True, session_of(kb).verdict_of(without).floor
