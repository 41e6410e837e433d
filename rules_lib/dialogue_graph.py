"""
Every dialogue that the interview can lead, as one graph.

A node is what is known and what was asked; an edge is an answer: each one that the rules can
tell apart, "I don't know", or none (failed turns, after which the question is given up; a
question of context then counts as unsure, as `next_question` wants it). Nodes of equal future
are one node, so that the graph holds every dialogue and not a sample of them.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rules_lib.answers import candidate_answers
from rules_lib.facts import Finding, Kind, Presence, ValueType
from rules_lib.interview import MAX_CONTEXT_QUESTIONS, question_after
from rules_lib.knowledge_base import Role
from rules_lib.residue import Residue, Residues
from rules_lib.rules import Urgency
from rules_lib.screening import (
    answered_alike,
    complaints_of,
    complaints_to_ask,
    completed,
    is_screened,
    recap_denied,
    stand_ins,
)
from rules_lib.session import announced, offers, session_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from rules_lib.knowledge_base import Group, KnowledgeBase, Question

# Looking a member up in its enumeration is slow before Python 3.12.
_PRESENT, _ABSENT, _UNSURE = Presence.PRESENT, Presence.ABSENT, Presence.UNSURE
_SIGN, _YES_NO = Kind.SIGN, ValueType.YES_NO
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
    return _Builder(kb, depth).built(openings)


def openings(kb: KnowledgeBase, *, timed: bool = True) -> dict[str, dict[str, Finding]]:
    """
    Return every single finding as an opening, the empty one, and each with each time told.

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
        self._residues = Residues(kb)
        self._known: dict[object, int] = {}
        self._parts: dict[object, object] = {}
        self._spoken_of: dict[tuple[Residue, bool], frozenset[str]] = {}
        """By residue, and whether of more than an urgency, the findings of which rules speak."""
        self._others: dict[tuple[str, ...], frozenset[str]] = {}
        """By complaints, the findings that bring further ones."""
        self._graph = Graph()
        self._waiting: deque[tuple[int, _State, Question]] = deque()
        self._reach = _Reach((), {}, frozenset(), frozenset())
        self._narrow = self._residues

    def built(self, openings: Mapping[str, Mapping[str, Finding]]) -> Graph:
        for name, findings in openings.items():
            self._look_ahead(findings)
            self._graph.starts[name] = self._node(_State(dict(findings), frozenset()))
            self._walk()
        return self._graph

    def _look_ahead(self, findings: Mapping[str, Finding]) -> None:
        """Find what may be asked after an opening, rules that can never ask left out."""
        full = completed(self._kb, findings)
        wanted: frozenset[str] = frozenset()
        while True:
            reach = _Reach.of(self._kb, findings, wanted)
            fixed = {
                name: found
                for name, found in full.items()
                if name not in reach.moving and found.presence is not Presence.UNSURE
            }
            narrow = self._residues.narrowed(fixed, reach.moving)
            more = narrow.asking() | wanted
            if more == wanted:
                self._reach, self._narrow = reach, narrow
                return
            wanted = more

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
            key = self._key(state, full, verdict.floor), offered, ill
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
        return True, session_of(kb).chainer.verdict(completed(kb, without)).floor

    def _key(self, state: _State, full: Mapping[str, Finding], floor: Urgency | None) -> object:
        """Return a key that only states of equal future share."""
        kb, asked, reach = self._kb, state.asked, self._reach
        open_, unsettled, status, closed = self._groups(asked, full)
        used = min(sum(name in asked for name in reach.questions), MAX_CONTEXT_QUESTIONS)
        left = {
            name: finding
            for name, finding in reach.questions.items()
            if used < MAX_CONTEXT_QUESTIONS and name not in asked and finding not in full
        }
        open_.update(left.values())
        status += left.items()
        settled = not unsettled
        if kb.clocks is not None and open_.intersection(kb.clocks.names):
            told_clocks = [name for name in kb.clocks.names if name in full]
            open_ |= set(kb.clocks.names).difference(full)
            unsettled |= set(told_clocks)
            status += [(name, str(full[name].value)) for name in told_clocks]
        residue = self._narrow.residue(full, open_, unsettled)
        complaints = complaints_to_ask(kb, full, floor or Urgency.WITHIN_24_HOURS)
        # Which single sign of a group is still open matters where a rule still speaks of it,
        # or where it would bring further questions.
        ids = tuple([complaint.id for complaint in complaints])
        bringing = self._bringing(ids)
        about = self._about(residue, coming=False)
        if settled and residue.floor >= Urgency.SAME_DAY:
            # Only what could make it an emergency is asked for any more.
            telling = self._telling(open_, left, about | bringing)
            status = [one for one in status if one[0] in telling]
            left = {name: finding for name, finding in left.items() if name in telling}
            open_ &= telling
            unsettled &= telling
            closed = False
            residue = self._narrow.residue(full, open_, unsettled)
        signs = (open_ & reach.members) & (self._about(residue, coming=True) | bringing)
        return tuple(
            self._parts.setdefault(part, part)  # kept once, for there are many of them
            for part in (
                ids,
                closed,
                frozenset(signs),
                tuple(status),
                used if left else MAX_CONTEXT_QUESTIONS,
                residue,
            )
        )

    def _bringing(self, complaints: tuple[str, ...]) -> frozenset[str]:
        """Return the findings that would bring a further complaint."""
        if complaints not in self._others:
            self._others[complaints] = frozenset(
                name
                for complaint in self._kb.complaints.values()
                if complaint.id not in complaints
                for name in complaint.findings
            )
        return self._others[complaints]

    def _about(self, residue: Residue, *, coming: bool) -> frozenset[str]:
        """Return the findings of which rules still speak: of urgency, or of anything."""
        known = self._spoken_of.get((residue, coming))
        if known is None:
            left = [left for left, _ in (*residue.rising, *residue.rising_unsure)]
            left += [left for left, _ in residue.coming] if coming else []
            known = self._spoken_of[residue, coming] = self._residues.conditions.findings(left)
        return known

    def _telling(
        self, open_: Collection[str], questions: Mapping[str, str], raising: Collection[str]
    ) -> set[str]:
        """Return the groups, questions and findings of which an answer could still raise it."""
        telling: set[str] = set()
        for group in self._reach.groups:
            names = {group.id, *group.members}.intersection(open_)
            if group.role is not Role.RECAP and not names.isdisjoint(raising):
                telling |= {group.id, *names}
        for name, finding in questions.items():
            if finding in raising or finding in telling:
                telling |= {name, finding}
        if self._kb.clocks is not None and not telling.isdisjoint(self._kb.clocks.names):
            telling |= set(self._kb.clocks.names)
        return telling

    def _groups(
        self, asked: frozenset[str], full: Mapping[str, Finding]
    ) -> tuple[set[str], set[str], list[tuple[str, ...]], bool]:
        """Return what is open, and unsettled, how each group stands, and whether one is closed."""
        open_: set[str] = set()
        unsettled: set[str] = set()
        status: list[tuple[str, ...]] = []
        closed = False
        for group in self._reach.groups:
            told = full.get(group.id)
            if told is not None and told.presence is _ABSENT:
                continue  # its members are denied, or told by themselves
            unknown = [name for name in group.members if name not in full]
            left = [name for name in unknown if name not in asked]
            if told is None and group.role is Role.RECAP and self._done(group, asked, full):
                # Denied, it asks for nothing more; asked in vain, it was not denied.
                status += [] if recap_denied(self._kb, group.id, full) else [(group.id, "in vain")]
            elif told is None:
                if answered_alike(self._kb, group, full):
                    open_ |= set(left)
                elif group.id in asked or (not left and group.role is not Role.RECAP):
                    closed = True
                else:
                    open_ |= {group.id, *left}
                    status.append((group.id, "open", *unknown[:1] * (len(unknown) == 1)))
            else:
                denied = [name for name in group.members if _absent(full.get(name))]
                settles = len(denied) + len(left) == len(group.members)
                if left and settles and told.presence is _UNSURE:
                    unsettled.add(group.id)
                    status.append((group.id, "unsettled", *left))
                else:
                    closed = True
                    if left:
                        status.append((group.id, told.presence.value))
                open_ |= set(left)
        return open_, unsettled, status, closed

    def _done(self, recap: Group, asked: frozenset[str], full: Mapping[str, Finding]) -> bool:
        """Return whether a recap, or one that asks for as much, was denied or asked in vain."""
        as_wide = stand_ins(self._kb, recap.id)
        return recap_denied(self._kb, recap.id, full) or not asked.isdisjoint(as_wide)


def _absent(found: Finding | None) -> bool:
    return found is not None and found.presence is _ABSENT


@dataclass(frozen=True)
class _Reach:
    """What may still be asked after an opening, by complaints too that answers may bring."""

    groups: tuple[Group, ...]
    questions: dict[str, str]
    """Question to the finding it asks for."""
    moving: frozenset[str]
    """All that answers may tell or change."""
    members: frozenset[str]
    """Those of the groups."""

    @classmethod
    def of(cls, kb: KnowledgeBase, told: Mapping[str, Finding], wanted: Collection[str]) -> _Reach:
        """
        Look for everything that may be asked; rather too much than too little.

        Args:
            kb: the knowledge base.
            told: the opening.
            wanted: questions that rules may ask.
        """
        full = completed(kb, told)
        verdict = session_of(kb).chainer.verdict
        complaints = {one.id: one for one in complaints_of(kb, full)}
        ending: dict[str, bool] = {}
        while True:
            parts = complaints.values()
            names = [
                name
                for one in parts
                for name in (*one.groups, *one.questions, one.recap)
                if name is not None and name in kb.groups
            ]
            asked = [*wanted, *(name for one in parts for name in one.questions)]
            names += [name for name in asked if name in kb.groups]
            groups = tuple(kb.groups[name] for name in dict.fromkeys(names))
            questions = {
                name: kb.questions[name].finding if name in kb.questions else name for name in asked
            }
            askable = {name for group in groups for name in group.members}
            for name in sorted(askable.union(questions.values()).difference(ending)):
                # An emergency ends the interview; an unsure sign brings no questions either
                # where it is told as same-day.
                then = verdict({**full, name: Finding(name)})
                doubted = verdict({**full, name: Finding(name, Presence.UNSURE)})
                least = Urgency.SAME_DAY
                if kb.findings[name].kind is Kind.CONTEXT:
                    least = Urgency.EMERGENCY
                ending[name] = then.floor is Urgency.EMERGENCY and (doubted.floor or 0) >= least
            joining = {
                name: one
                for name, one in kb.complaints.items()
                if name not in complaints
                and any(not ending.get(finding, True) for finding in one.findings)
            }
            if not joining:
                clocks = kb.clocks.names if kb.clocks else ()
                severity = [kb.severity] if kb.severity else []
                moving = {*askable, *questions.values(), *names, *clocks, *severity}
                unsure = {name for name, one in full.items() if one.presence is Presence.UNSURE}
                return cls(groups, questions, frozenset(moving | unsure), frozenset(askable))
            complaints |= joining
