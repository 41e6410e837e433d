"""A walk over the graph of dialogues: what follows from every state, children first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rules_lib.dialogue_graph import NO, NO_ANSWER, UNSURE, YES
from rules_lib.facts import Finding
from rules_lib.rules import Urgency
from rules_lib.session import session_of
from rules_lib.wrong_turns import signs_to_ask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from rules_lib.dialogue_graph import Graph, Node
    from rules_lib.knowledge_base import KnowledgeBase

_Lengths = dict[int, int]
"""Number of questions, to the number of dialogues that take so many."""


@dataclass
class Opening:
    """What holds of all dialogues with one opening."""

    dialogues: int
    """Complete ones; as many again end at each question with a stop."""
    stopped: int
    to_advice: _Lengths
    """Questions until an urgency is told for the first time."""
    to_end: _Lengths
    denied: tuple[int, int]
    """Of who denies everything, at most: questions to the advice, and to the end."""
    found: dict[str, int]
    """Emergency sign that is there and not told, to the questions until it is found."""
    missed: tuple[str, ...]
    """Emergency signs that are never asked for."""
    hidden: dict[str, tuple[str, str]]
    """Sign with which one wrong turn can end below same-day, to the question and what was taken."""
    least_unsure: Urgency
    """What is told in the end to who answers "I don't know" to everything."""
    least_silent: Urgency
    """What is told in the end to who answers nothing at all."""


class Walk:
    """What holds of every state of a graph."""

    def __init__(self, kb: KnowledgeBase, graph: Graph) -> None:
        self._kb = kb
        self._nodes = graph.nodes
        self._order = _children_first(graph)
        self._complete: list[int] = [0] * len(graph.nodes)
        self._stopped: list[int] = [0] * len(graph.nodes)
        self._advice: list[_Lengths] = [{} for _ in graph.nodes]
        self._end: list[_Lengths] = [{} for _ in graph.nodes]
        self._least: list[Urgency] = [Urgency.EMERGENCY] * len(graph.nodes)
        self.classes: list[int] = [0] * len(graph.nodes)
        self._parents: dict[int, tuple[int, str]] = {}
        self._told_least: dict[str, dict[int, Urgency]] = {}
        self._starts = {place: name for name, place in graph.starts.items()}
        known: dict[object, int] = {}
        for place in self._order:
            self._measure(place)
            node = graph.nodes[place]
            answers = tuple((said, self.classes[to]) for said, to in sorted(node.answers.items()))
            key = (node.question, node.again, node.told, node.announced, node.offered, answers)
            self.classes[place] = known.setdefault(key, len(known))
        self._signs = {name for name in signs_to_ask(kb) if self._emergency({name: Finding(name)})}

    def _measure(self, place: int) -> None:
        node = self._nodes[place]
        if node.over:
            self._complete[place] = self._stopped[place] = 1
            self._end[place] = self._advice[place] = {0: 1}
            self._least[place] = node.announced
            return
        children = node.answers.values()
        step = 0 if node.again else 1
        self._complete[place] = sum(self._complete[to] for to in children)
        self._stopped[place] = 1 + sum(self._stopped[to] for to in children)
        self._end[place] = _later((self._end[to] for to in children), step)
        told = node.told is not None
        self._advice[place] = (
            {0: self._complete[place]}
            if told
            else _later((self._advice[to] for to in children), step)
        )
        self._least[place] = min(self._least[to] for to in children)
        for said, to in node.answers.items():
            self._parents.setdefault(to, (place, said))

    def opening(self, start: int, told: Mapping[str, Finding]) -> Opening:
        """Return what holds of all dialogues with one opening."""
        here = {name for name in self._signs if name not in told}
        found: dict[str, int] = {}
        missed: list[str] = []
        hidden: dict[str, tuple[str, str]] = {}
        for sign in sorted(here) if not self._nodes[start].over else ():
            lengths = [*self._truthful(start, sign)]
            if None in lengths:
                missed.append(sign)
            else:
                found[sign] = max(length for length in lengths if length is not None)
                wrong = self._one_wrong_turn(start, sign)
                if wrong is not None:
                    hidden[sign] = wrong
        denied = [*self._denied(start)]
        return Opening(
            dialogues=self._complete[start],
            stopped=self._stopped[start],
            to_advice=self._advice[start],
            to_end=self._end[start],
            denied=(max(one for one, _ in denied), max(end for _, end in denied)),
            found=found,
            missed=tuple(missed),
            hidden=hidden,
            least_unsure=self._nodes[self._always(start, UNSURE)].announced,
            least_silent=self._nodes[self._always(start, NO_ANSWER)].announced,
        )

    def problems(self) -> Iterator[tuple[int, str]]:
        """Find whatever must not be, with the node where it is."""
        for place, node in enumerate(self._nodes):
            if node.over:
                if not node.offered and node.ill:
                    yield place, "ends without any advice"
                continue
            if not node.answers:
                yield place, "is a dead end"
            if node.announced < Urgency.WITHIN_24_HOURS:
                yield place, f"a stop here is told {node.announced.id}"
            silent = self._least[node.answers[NO_ANSWER]]
            worst = max(self._nodes[to].floor or 0 for to in node.answers.values())
            if silent < Urgency.WITHIN_24_HOURS <= worst:
                yield place, f"who does not answer '{node.question}' can end at {silent.id}"
            told = {self.classes[to] for said, to in node.answers.items() if said != NO_ANSWER}
            if len(told) < 2:  # noqa: PLR2004 - two answers that lead to different ends
                yield place, f"is asked '{node.question}', whose answer cannot matter"
            if YES in node.answers:
                rising = [self._floor(node, said) for said in (NO, UNSURE, YES)]
                if rising != sorted(rising):
                    yield place, f"is asked '{node.question}', where yes is not the worse answer"

    def story(self, place: int) -> str:
        """Return a dialogue that leads to a node."""
        said: list[str] = []
        while place in self._parents and place not in self._starts:
            place, answer = self._parents[place]
            said.append(f"{self._nodes[place].question}? {answer}")
        return " / ".join([self._starts.get(place, "?"), *reversed(said)])

    def _floor(self, node: Node, said: str) -> int:
        return self._nodes[node.answers[said]].floor or 0

    def _emergency(self, told: Mapping[str, Finding]) -> bool:
        return session_of(self._kb).verdict_of(told).floor is Urgency.EMERGENCY

    def _always(self, place: int, said: str) -> int:
        while not self._nodes[place].over:
            place = self._nodes[place].answers[said]
        return place

    def _denied(self, start: int) -> Iterator[tuple[int, int]]:
        """Yield questions to the advice and to the end of who denies all, for all times told."""
        waiting: list[tuple[int, int, int | None]] = [(start, 0, None)]
        while waiting:
            place, asked, advised = waiting.pop()
            node = self._nodes[place]
            if advised is None and node.told is not None:
                advised = asked
            if node.over:
                yield (asked if advised is None else advised), asked
                continue
            step = asked + (not node.again)
            waiting += [(to, step, advised) for to in self._honest(node, lambda _: False)]

    def _asked_for(self, sign: str) -> Callable[[str], bool]:
        """Return whether a question asks for a sign, alone or among others."""
        groups = self._kb.groups
        return lambda name: (
            name == sign
            or (name in groups and sign in (*groups[name].members, *groups[name].also_yes))
        )

    def _truthful(self, start: int, sign: str) -> Iterator[int | None]:
        """
        Yield how soon a sign is found of who has it and denies the rest, for all times told.

        Args:
            start: where the dialogue begins.
            sign: what is there, and is not told unless asked for.

        Yields:
            Questions until the emergency is found, None where it is not.
        """
        has = self._asked_for(sign)
        waiting: list[tuple[int, int]] = [(start, 0)]
        while waiting:
            place, asked = waiting.pop()
            node = self._nodes[place]
            if node.over:
                yield asked if node.floor is Urgency.EMERGENCY else None
                continue
            step = asked + (not node.again)
            waiting += [(to, step) for to in self._honest(node, has)]

    def _one_wrong_turn(self, start: int, sign: str) -> tuple[str, str] | None:
        """
        Look for one wrong turn that makes less than same-day of an emergency, every one tried.

        Args:
            start: where the dialogue begins.
            sign: what is there; every other answer is true, and denies the rest.

        Returns:
            The question and the answer that was taken for the true one ("no answer" for a turn
            that was lost), or None: no single wrong turn does it.
        """
        has = self._asked_for(sign)
        seen, waiting = {start}, [start]
        while waiting:
            node = self._nodes[waiting.pop()]
            honest = set(self._honest(node, has))
            for said, to in node.answers.items():
                if to not in honest and self._least_told(to, sign, has) < Urgency.SAME_DAY:
                    return node.question or "", said
            waiting += honest - seen
            seen |= honest
        return None

    def _least_told(self, place: int, sign: str, has: Callable[[str], bool]) -> Urgency:
        """Return the least that a truthful patient with a sign is told from here on."""
        known = self._told_least.setdefault(sign, {})
        if place not in known:
            node = self._nodes[place]
            ends = (self._least_told(to, sign, has) for to in self._honest(node, has))
            known[place] = node.announced if node.over else min(ends)
        return known[place]

    def _honest(self, node: Node, has: Callable[[str], bool]) -> Iterable[int]:
        """Return where a yes or no leads, or every answer where it is no yes-no question."""
        if YES in node.answers:
            return [node.answers[YES if has(node.question or "") else NO]]
        return [to for said, to in node.answers.items() if said not in {UNSURE, NO_ANSWER}]


def _later(lengths: Iterable[_Lengths], step: int) -> _Lengths:
    total: Counter[int] = Counter()
    for some in lengths:
        for length, count in some.items():
            total[length + step] += count
    return dict(total)


def _children_first(graph: Graph) -> list[int]:
    order: list[int] = []
    seen: set[int] = set()
    for start in graph.starts.values():
        waiting = [(start, False)]
        while waiting:
            place, done = waiting.pop()
            if done:
                order.append(place)
            elif place not in seen:
                seen.add(place)
                waiting.append((place, True))
                waiting += [(to, False) for to in graph.nodes[place].answers.values()]
    return order
