"""Why an assessment says what it says: as data first, as text second."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from rules_lib.facts import Finding, Presence
from rules_lib.frozen import frozen
from rules_lib.rules import (
    AllOf,
    AnyOf,
    Condition,
    Derived,
    Rule,
    Urgency,
    UrgencyAtLeast,
    leaves,
)
from rules_lib.screening import complaints_of, recaps, screening_groups
from rules_lib.session import session_of
from rules_lib.trace import Matcher

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rules_lib.assessment import Assessment
    from rules_lib.knowledge_base import KnowledgeBase


@frozen
class Reason:
    """A rule that carried the conclusion, in the pack's words, with its citations."""

    rule: str
    says: str
    sources: tuple[str, ...]


@frozen
class Explanation:
    """Why, why not more urgent, and what is still unknown that matters."""

    urgency: Urgency
    """The level explained: the one that may be announced."""
    why: tuple[str, ...]
    """Findings that suffice for the floor, none of them to spare; for self-care and routine
    the screening groups that were denied stand in `denied`."""
    denied: tuple[str, ...]
    """Groups and recaps answered no, on which an answer below same-day rests."""
    reasons: tuple[Reason, ...]
    """The rules that concluded the floor from `why`, in trace order."""
    why_not_more: tuple[str, ...]
    """Keys of a smallest set of facts that would have to be added for a higher urgency."""
    unknown: tuple[str, ...]
    """Findings never told whose worse answer would raise the urgency, in asking order."""
    text: str
    """The same for people, one sentence a line."""


def explain(kb: KnowledgeBase, assessment: Assessment) -> Explanation:
    """Return the reasons behind an assessment of this knowledge base."""
    findings = assessment.findings
    floor = assessment.floor
    why, denied = reasons_told(kb, assessment)
    reasons = _reasons(kb, assessment)
    more = _missing_for_more(kb, assessment)
    unknown = _unknown(kb, findings, floor)
    explanation = Explanation(
        urgency=assessment.announced,
        why=why,
        denied=denied,
        reasons=reasons,
        why_not_more=more,
        unknown=unknown,
        text="",
    )
    return replace(explanation, text=_text(kb, assessment, explanation))


def reasons_told(
    kb: KnowledgeBase, assessment: Assessment
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return `why` and `denied` of the explanation alone: all that a short answer needs."""
    floor = assessment.floor
    mild = floor is None or floor < Urgency.SAME_DAY
    return _sufficient(kb, assessment), _denied(kb, assessment.findings) if mild else ()


def _sufficient(kb: KnowledgeBase, assessment: Assessment) -> tuple[str, ...]:
    """Drop findings one by one while the rest still reaches the floor."""
    findings, floor = assessment.findings, assessment.floor
    if floor is None:
        return ()
    chainer = session_of(kb).chainer

    def suffices(some: Mapping[str, Finding]) -> bool:
        reached = chainer.verdict(some).floor
        return reached is not None and reached >= floor

    # What a rule that concluded it stood on nearly always suffices, and is soon looked through.
    first = _behind(kb, assessment, floor)
    kept = {name: found for name, found in findings.items() if name in first}
    if not suffices(kept):
        kept = dict(findings)
    for name in sorted(kept, key=lambda name: (name in kb.groups, name)):
        fewer = {other: found for other, found in kept.items() if other != name}
        if suffices(fewer):
            kept = fewer
    return tuple(kept)


def _behind(kb: KnowledgeBase, assessment: Assessment, floor: Urgency) -> set[str]:
    """Return the findings that the first rule that concluded the floor can have stood on."""
    rules = {rule.id: rule for rule in kb.rules}
    concluding: dict[str, list[Rule]] = {}
    for activation in assessment.trace:
        for concluded in activation.concluded:
            concluding.setdefault(concluded, []).append(rules[activation.rule])
    agenda = concluding.get(f"urgency:{floor.id}", [])[:1]
    behind: set[str] = set()
    seen: set[str] = set()
    while agenda:
        for leaf in leaves(agenda.pop().when):
            if isinstance(leaf, Derived):
                if leaf.fact not in seen:
                    seen.add(leaf.fact)
                    agenda += concluding.get(f"fact:{leaf.fact}", ())
            elif not isinstance(leaf, UrgencyAtLeast):
                behind.add(leaf.finding)
    return behind


def _denied(kb: KnowledgeBase, findings: Mapping[str, Finding]) -> tuple[str, ...]:
    complaints = complaints_of(kb, findings)
    names = [group.id for group in screening_groups(kb, complaints)] + list(recaps(complaints))
    return tuple(
        name
        for name in names
        if (found := findings.get(name)) is not None and found.presence is Presence.ABSENT
    )


def _reasons(kb: KnowledgeBase, assessment: Assessment) -> tuple[Reason, ...]:
    if assessment.floor is None:
        return ()
    mark = f"urgency:{assessment.floor.id}"
    says = {rule.id: rule.says for rule in kb.rules}
    return tuple(
        Reason(activation.rule, says[activation.rule], activation.sources)
        for activation in assessment.trace
        if mark in activation.concluded
    )


def _missing_for_more(kb: KnowledgeBase, assessment: Assessment) -> tuple[str, ...]:
    floor = assessment.floor
    if floor is Urgency.EMERGENCY:
        return ()
    wanted = Urgency.SELF_CARE if floor is None else Urgency(floor + 1)
    matcher = Matcher(kb, assessment.findings, floor)
    for activation in assessment.trace:
        for concluded in activation.concluded:
            kind, _, name = concluded.partition(":")
            if kind == "fact":
                matcher.derived.setdefault(name, activation.strength)
    return _Search(kb, matcher).smallest(
        rule.when
        for rule in kb.rules
        if rule.then.urgency is not None and rule.then.urgency >= wanted
    )


def _fewest(keys: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
    return len(keys), keys


class _Search:
    """Looks for what would have to be added for conditions to hold; each fact is searched once."""

    def __init__(self, kb: KnowledgeBase, matcher: Matcher) -> None:
        self._matcher = matcher
        self._rules: dict[str, list[Rule]] = {}
        for rule in kb.rules:
            if rule.then.fact is not None:
                self._rules.setdefault(rule.then.fact, []).append(rule)
        self._known: dict[str, tuple[str, ...] | None] = {}
        self._most: float = math.inf
        """How many keys are worth naming; only ever lowered, so what is known stays right."""

    def smallest(self, conditions: Iterable[Condition]) -> tuple[str, ...]:
        """Return the smallest set of fact keys to add so that some condition holds."""
        smallest: tuple[str, ...] | None = None
        for condition in conditions:
            missing = self.missing(condition)
            if missing is not None and (smallest is None or _fewest(missing) < _fewest(smallest)):
                smallest, self._most = missing, len(missing)
        return smallest or ()

    def missing(self, condition: Condition) -> tuple[str, ...] | None:
        """Return the smallest set to add so that it holds; None if none can, or it is too large."""
        if isinstance(condition, AllOf):
            keys: set[str] = set()
            for part in condition.parts:
                missing = self.missing(part)
                if missing is None:
                    return None
                keys.update(missing)
                if len(keys) > self._most:
                    return None
            return tuple(sorted(keys))
        if isinstance(condition, AnyOf):
            return self._least(condition.parts)
        if self._matcher.strength(condition) is not None:
            return ()
        if isinstance(condition, Derived):
            return self._fact(condition.fact)
        return None if isinstance(condition, UrgencyAtLeast) else (condition.key,)

    def _fact(self, fact: str) -> tuple[str, ...] | None:
        if fact not in self._known:
            # While it is searched: a fact is no way to itself.
            self._known[fact] = None
            self._known[fact] = self._least([rule.when for rule in self._rules.get(fact, ())])
        return self._known[fact]

    def _least(self, conditions: Iterable[Condition]) -> tuple[str, ...] | None:
        least: tuple[str, ...] | None = None
        for condition in conditions:
            missing = self.missing(condition)
            if missing is not None and (least is None or _fewest(missing) < _fewest(least)):
                least = missing
        return least


def _unknown(
    kb: KnowledgeBase, findings: Mapping[str, Finding], floor: Urgency | None
) -> tuple[str, ...]:
    chainer = session_of(kb).chainer
    names: dict[str, None] = {}
    for complaint in complaints_of(kb, findings):
        asked = [kb.questions[name].finding for name in complaint.questions if name in kb.questions]
        names |= dict.fromkeys([*complaint.groups, *asked])

    def raises(name: str) -> bool:
        reached = chainer.verdict({**findings, name: Finding(name, Presence.UNSURE)}).floor
        return reached is not None and (floor is None or reached > floor)

    return tuple(name for name in names if name not in findings and raises(name))


def _text(kb: KnowledgeBase, assessment: Assessment, explanation: Explanation) -> str:
    def names(ids: tuple[str, ...], between: str) -> str:
        return between.join(kb.findings[name].name for name in ids)

    lines = [f"Urgency: {explanation.urgency.id}."]
    lines += [f"{reason.says} [{', '.join(reason.sources)}]" for reason in explanation.reasons]
    if explanation.why:
        told = ", ".join(_shown(kb, assessment.findings[name]) for name in explanation.why)
        lines.append(f"Because of: {told}.")
    if explanation.denied:
        lines.append(f"Denied: {names(explanation.denied, '; ')}.")
    if assessment.announced != assessment.floor:
        lines.append("Not told to be less urgent before every danger sign is asked about.")
    if explanation.why_not_more:
        lines.append(f"It would be more urgent with: {', '.join(explanation.why_not_more)}.")
    if explanation.unknown:
        lines.append(f"Not known yet, and it matters: {names(explanation.unknown, '; ')}.")
    return "\n".join(lines)


def _shown(kb: KnowledgeBase, found: Finding) -> str:
    declared = kb.findings[found.id]
    text = declared.name
    if isinstance(found.value, float):
        text += f" {found.value:g} {declared.unit}".rstrip()
    elif found.value is not None:
        text += f" {found.value}"
    return text if found.presence is Presence.PRESENT else f"{text} ({found.presence})"
