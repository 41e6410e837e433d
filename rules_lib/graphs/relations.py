"""What leads to what in a pack: the boxes and arrows of a picture, without any places yet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from rules_lib.assessment import WithheldReason
from rules_lib.facts import Kind
from rules_lib.graphs.wording import (
    alternatives,
    concluding,
    full,
    lines_of,
    listed,
    parts_of,
    phrase,
    readable,
)
from rules_lib.rules import Derived, Likelihood, Present, Rule, Urgency
from rules_lib.session import session_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rules_lib.knowledge_base import KnowledgeBase
    from rules_lib.rules import Condition

MANY = 20
"""A derived fact with more ways to it than this stands for itself in the overview."""

MOST_LINES = 12
"""Signs of a box that the overview writes out; the rest stand in its title."""


class Shape(StrEnum):
    """What a box stands for."""

    TOLD = "told"
    RULE = "rule"
    CAUSE = "cause"
    URGENCY = "urgency"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Box:
    """One box: a column, what is written in it, and what one reads when pointing at it."""

    id: str
    column: int
    shape: Shape
    lines: tuple[str, ...]
    title: str
    urgency: Urgency | None = None
    note: str = ""
    """A last line of its own kind: how likely, how urgent."""


@dataclass(frozen=True, slots=True)
class Arrow:
    """One arrow between boxes of neighbouring columns."""

    source: str
    target: str
    lowers: bool = False
    """Whether it speaks against what it points at."""
    urgency: Urgency | None = None


@dataclass(frozen=True, slots=True)
class Graph:
    """A picture that is not yet laid out."""

    title: str
    describes: str
    """What it shows, in a sentence or two, for those who cannot see it."""
    headings: tuple[str, ...]
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the cases of a rule, that fire it, come to."""

    urgencies: tuple[Urgency, ...]
    """Floors, most urgent first."""
    advice: frozenset[str]
    """Offered, or waiting for screening only."""


def outcome(kb: KnowledgeBase, rules: Iterable[Rule]) -> Outcome:
    """Return what the rules' own cases come to when they are assessed."""
    session = session_of(kb)
    advice: set[str] = set()
    urgencies: set[Urgency] = set()
    for rule in rules:
        for case in rule.fires:
            answer = session.assess(case)
            advice.update(answer.advice)
            unscreened = WithheldReason.NOT_SCREENED
            advice.update(one.id for one in answer.withheld if one.reason is unscreened)
            if answer.floor is not None:
                urgencies.add(answer.floor)
    return Outcome(tuple(sorted(urgencies, reverse=True)), frozenset(advice))


def of_cause(kb: KnowledgeBase, cause: str) -> Graph:
    """Return what speaks for and against a cause, and what comes of it."""
    rules = [rule for rule in kb.rules if rule.then.cause == cause]
    name = kb.causes[cause].name
    boxes, arrows = _rule_boxes(kb, rules, f"cause:{cause}")
    boxes.append(Box(f"cause:{cause}", 2, Shape.CAUSE, (name,), name))
    reached = outcome(kb, rules)
    ends, more = _end_boxes(kb, f"cause:{cause}", reached, 3)
    against = sum(rule.then.likelihood is Likelihood.LESS_LIKELY for rule in rules)
    for_it = len(rules) - against
    describes = f"{_count(for_it, 'rule')} for it"
    describes += f", {_count(against, 'rule')} against it" if against else ""
    describes += f". In the cases of these rules: {_outcome_words(kb, reached)}."
    headings = ("What is told", "Rule", "Possible cause", "How soon, and what to do")
    return Graph(name, describes, headings, (*boxes, *ends), (*arrows, *more))


def of_urgency(kb: KnowledgeBase, urgency: Urgency) -> Graph:
    """Return what leads to an urgency; signs that are enough by themselves share a box."""
    rules = [rule for rule in kb.rules if rule.then.urgency is urgency]
    alone = [rule for rule in rules if isinstance(rule.when, Present)]
    target = f"urgency:{urgency.id}"
    boxes: list[Box] = []
    arrows: list[Arrow] = []
    if alone:
        says = "\n".join(rule.says for rule in alone)
        signs = tuple(line for rule in alone for line in lines_of(kb, rule.when))
        boxes.append(Box("told:alone", 0, Shape.TOLD, signs, says, note="one is enough"))
        note = f"{_count(len(alone), 'rule')}, a sign each"
        boxes.append(Box("rule:alone", 1, Shape.RULE, ("one sign alone",), says, urgency, note))
        arrows += [Arrow("told:alone", "rule:alone"), Arrow("rule:alone", target, urgency=urgency)]
    for rule in (rule for rule in rules if rule not in alone):
        boxes += [_all_told(kb, rule), _rule(rule, urgency, "")]
        arrows.append(Arrow(f"told:{rule.id}", f"rule:{rule.id}"))
        arrows.append(Arrow(f"rule:{rule.id}", target, urgency=urgency))
    boxes.append(Box(target, 2, Shape.URGENCY, (readable(urgency.id),), urgency.id, urgency))
    reached = outcome(kb, rules)
    ends, more = _end_boxes(kb, target, Outcome((), reached.advice), 3)
    describes = f"{_count(len(rules), 'rule')} for it, {len(alone)} of them with a single sign."
    headings = ("What is told", "Rule", "How soon", "What to do meanwhile")
    title = readable(urgency.id).capitalize()
    return Graph(title, describes, headings, (*boxes, *ends), (*arrows, *more))


def of_pack(kb: KnowledgeBase) -> Graph:
    """Return the whole pack: which signs may have which cause, and what comes of each."""
    causes_of: dict[str, list[str]] = {}
    for rule in kb.rules:
        cause, likelihood = rule.then.cause, rule.then.likelihood
        if cause is not None and likelihood is not Likelihood.LESS_LIKELY:
            for sign in _signs(kb, rule.when):
                causes = causes_of.setdefault(sign, [])
                if cause not in causes:
                    causes.append(cause)
    together: dict[tuple[str, ...], list[str]] = {}
    for sign, causes in causes_of.items():
        together.setdefault(tuple(sorted(causes)), []).append(sign)
    boxes: list[Box] = []
    arrows: list[Arrow] = []
    for several, signs in together.items():
        name = f"told:{signs[0]}"
        names = [kb.findings[sign].name if sign in kb.findings else sign for sign in signs]
        lines = tuple(map(readable, signs))
        note = f"and {len(lines) - MOST_LINES} more" if len(lines) > MOST_LINES else ""
        boxes.append(Box(name, 0, Shape.TOLD, lines[:MOST_LINES], "\n".join(names), note=note))
        arrows += [Arrow(name, f"cause:{one}") for one in several]
    for known in kb.causes.values():
        rules = [rule for rule in kb.rules if rule.then.cause == known.id]
        reached, name = outcome(kb, rules), f"cause:{known.id}"
        title = f"{known.name}: {_count(len(rules), 'rule')}"
        boxes.append(Box(name, 1, Shape.CAUSE, (known.name,), title))
        arrows += [Arrow(name, f"urgency:{one.id}", urgency=one) for one in reached.urgencies]
    for urgency in reversed(Urgency):
        rules = [rule for rule in kb.rules if rule.then.urgency is urgency]
        reached, name = outcome(kb, rules), f"urgency:{urgency.id}"
        note = _count(len(rules), "rule")
        boxes.append(Box(name, 2, Shape.URGENCY, (readable(urgency.id),), note, urgency, note=note))
        advised = [one for one in kb.advice if one in reached.advice]
        arrows += [Arrow(name, f"advice:{one}", urgency=urgency) for one in advised]
    pointed = (arrow.target.partition(":") for arrow in arrows)
    boxes += _advice_boxes(kb, [name for kind, _, name in pointed if kind == Shape.ADVICE], 3)
    headings = ("What is told", "Possible cause", "How soon", "What to do")
    describes = (
        f"{_count(len(kb.rules), 'rule')}; {len(causes_of)} signs speak for {len(kb.causes)}"
        " possible causes. A cause never lowers the urgency; signs have an urgency of their own."
    )
    return Graph(kb.title, describes, headings, tuple(boxes), tuple(arrows))


def _rule_boxes(
    kb: KnowledgeBase, rules: Iterable[Rule], target: str
) -> tuple[list[Box], list[Arrow]]:
    """Return the rules about a cause, and what each of them wants, shared where it is the same."""
    boxes: dict[str, Box] = {}
    arrows: list[Arrow] = []
    for rule in rules:
        likelihood = rule.then.likelihood or Likelihood.POSSIBLE
        lowers = likelihood is Likelihood.LESS_LIKELY
        urgency = rule.then.urgency or max(outcome(kb, [rule]).urgencies, default=None)
        box = _rule(rule, urgency, f"makes it {readable(likelihood)}")
        boxes[box.id] = box
        arrows.append(Arrow(box.id, target, lowers, urgency))
        for part in parts_of(rule.when):
            told = _told(kb, part)
            boxes.setdefault(told.id, told)
            arrows.append(Arrow(told.id, box.id))
    return list(boxes.values()), list(dict.fromkeys(arrows))


def _rule(rule: Rule, urgency: Urgency | None, note: str) -> Box:
    title = f"{rule.says} [{', '.join(rule.sources)}]"
    return Box(f"rule:{rule.id}", 1, Shape.RULE, (readable(rule.id),), title, urgency, note)


def _all_told(kb: KnowledgeBase, rule: Rule) -> Box:
    """Return all that one rule wants as one box."""
    parts = parts_of(rule.when)
    lines = lines_of(kb, rule.when)
    note = "one is enough" if len(lines) > 1 else ""
    if len(parts) > 1:
        lines, note = tuple(phrase(kb, part) for part in parts), "all are needed"
    title = "\n".join(full(kb, part) for part in parts)
    return Box(f"told:{rule.id}", 0, Shape.TOLD, lines, title, note=note)


def _told(kb: KnowledgeBase, part: Condition) -> Box:
    lines = lines_of(kb, part)
    note = "one is enough" if len(lines) > 1 else ""
    return Box(f"told:{'|'.join(lines)}", 0, Shape.TOLD, lines, full(kb, part), note=note)


def _end_boxes(
    kb: KnowledgeBase, source: str, reached: Outcome, column: int
) -> tuple[list[Box], list[Arrow]]:
    boxes = [
        Box(f"urgency:{one.id}", column, Shape.URGENCY, (readable(one.id),), one.id, one)
        for one in reached.urgencies
    ]
    boxes += _advice_boxes(kb, reached.advice, column)
    arrows = [Arrow(source, box.id, urgency=box.urgency) for box in boxes]
    return boxes, arrows


def _advice_boxes(kb: KnowledgeBase, names: Iterable[str], column: int) -> list[Box]:
    wanted = set(names)
    return [
        Box(
            f"advice:{one.id}",
            column,
            Shape.ADVICE,
            (readable(one.id),),
            one.name,
            note="after its screening questions" if one.needs_denied else "",
        )
        for one in kb.advice.values()
        if one.id in wanted
    ]


def _signs(
    kb: KnowledgeBase, condition: Condition, seen: frozenset[str] = frozenset()
) -> list[str]:
    """Return the signs that can make a condition hold, by way of derived facts too."""
    found: list[str] = []
    for part in (inner for outer in parts_of(condition) for inner in alternatives(outer)):
        if isinstance(part, Derived) and part.fact not in seen:
            rules = list(concluding(kb, part.fact))
            ways = [sign for rule in rules for sign in _signs(kb, rule.when, seen | {part.fact})]
            found += [part.fact] if len(ways) > MANY else ways
        elif isinstance(part, Present):
            if kb.findings[part.finding].kind is Kind.SIGN:
                found.append(part.finding)
        elif part != condition:
            found += _signs(kb, part, seen)
    return found


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _outcome_words(kb: KnowledgeBase, reached: Outcome) -> str:
    """Return the urgencies, and the advice that waits for no screening."""
    levels = listed([readable(level.id) for level in reversed(reached.urgencies)])
    offered = [one.id for one in kb.advice.values() if one.id in reached.advice]
    advice = listed([readable(name) for name in offered if not kb.advice[name].needs_denied])
    return f"{levels or 'no urgency'}; advice: {advice or 'none'}"
