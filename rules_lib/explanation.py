"""Why an assessment says what it says: as data first, as text second."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rules_lib.facts import Finding, Presence
from rules_lib.rules import AllOf, AnyOf, Condition, Derived, Urgency, UrgencyAtLeast
from rules_lib.screening import complaints_of, recaps, screening_groups
from rules_lib.session import session_of
from rules_lib.trace import Matcher

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rules_lib.assessment import Assessment
    from rules_lib.knowledge_base import KnowledgeBase


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that carried the conclusion, in the pack's words, with its citations."""

    rule: str
    says: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
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
    why = _sufficient(kb, findings, floor)
    denied = _denied(kb, findings) if floor is None or floor < Urgency.SAME_DAY else ()
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


def _sufficient(
    kb: KnowledgeBase, findings: Mapping[str, Finding], floor: Urgency | None
) -> tuple[str, ...]:
    """Drop findings one by one while the rest still reaches the floor."""
    if floor is None:
        return ()
    chainer = session_of(kb).chainer
    kept = dict(findings)
    for name in sorted(findings, key=lambda name: (name in kb.groups, name)):
        fewer = {other: found for other, found in kept.items() if other != name}
        reached = chainer.verdict(fewer).floor
        if reached is not None and reached >= floor:
            kept = fewer
    return tuple(kept)


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
    sets = [
        missing
        for rule in kb.rules
        if rule.then.urgency is not None and rule.then.urgency >= wanted
        if (missing := _missing(kb, matcher, rule.when, frozenset())) is not None
    ]
    return min(sets, key=lambda keys: (len(keys), keys), default=())


def _missing(
    kb: KnowledgeBase, matcher: Matcher, condition: Condition, above: frozenset[str]
) -> tuple[str, ...] | None:
    """Return the smallest set of fact keys to add so that `condition` holds, None if none can."""
    if matcher.support(condition) is not None:
        return ()
    if isinstance(condition, AllOf):
        parts = [_missing(kb, matcher, part, above) for part in condition.parts]
        if any(part is None for part in parts):
            return None
        return tuple(sorted({key for part in parts for key in part or ()}))
    ways: list[tuple[str, ...] | None] = []
    if isinstance(condition, AnyOf):
        ways = [_missing(kb, matcher, part, above) for part in condition.parts]
    elif isinstance(condition, Derived):
        ways = [
            _missing(kb, matcher, rule.when, above | {condition.fact})
            for rule in kb.rules
            if rule.then.fact == condition.fact and condition.fact not in above
        ]
    elif not isinstance(condition, UrgencyAtLeast):
        ways = [(condition.key,)]
    found = [way for way in ways if way is not None]
    return min(found, key=lambda keys: (len(keys), keys), default=None)


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
