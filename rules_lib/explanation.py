"""Why an assessment says what it says: as data first, as text second."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rules_lib.facts import Finding, Presence
from rules_lib.frozen import frozen
from rules_lib.grounds import reasons_told

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rules_lib.assessment import Assessment
    from rules_lib.escalation import Change
    from rules_lib.knowledge_base import KnowledgeBase
    from rules_lib.rules import Urgency
    from rules_lib.unknowns import Unknown


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
    """Findings that suffice for the floor: assessed alone they reach it, without any one of
    them they do not."""
    denied: tuple[str, ...]
    """For self-care and routine: denials on which that rests. Without any one of them, all else
    as told, something more urgent would be announced. Those in `why` are not repeated."""
    reasons: tuple[Reason, ...]
    """The rules that concluded the floor, in trace order."""
    why_not_more: tuple[Change, ...]
    """Changes to what was told that together raise the floor; without any one they do not."""
    unknown: tuple[Unknown, ...]
    """What nobody told yet of which some answer would raise the floor, in asking order; where
    there is none, what would change the urgency announced or the advice."""
    text: str
    """The same for people, one sentence a line."""


def explain(kb: KnowledgeBase, assessment: Assessment) -> Explanation:
    """Return the reasons behind an assessment of this knowledge base."""
    # Imported here: a cold start does not pay for what few turns ask for.
    from rules_lib.escalation import more_urgent  # noqa: PLC0415
    from rules_lib.unknowns import unknowns  # noqa: PLC0415

    why, denied = reasons_told(kb, assessment)
    explanation = Explanation(
        urgency=assessment.announced,
        why=why,
        denied=denied,
        reasons=_reasons(kb, assessment),
        why_not_more=more_urgent(kb, assessment),
        unknown=unknowns(kb, assessment),
        text="",
    )
    return replace(explanation, text=_text(kb, assessment, explanation))


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


def _text(kb: KnowledgeBase, assessment: Assessment, explanation: Explanation) -> str:
    def names(ids: Iterable[str]) -> str:
        return "; ".join(kb.findings[name].name for name in ids)

    lines = [f"Urgency: {explanation.urgency.id}."]
    lines += [f"{reason.says} [{', '.join(reason.sources)}]" for reason in explanation.reasons]
    if explanation.why:
        told = ", ".join(_shown(kb, assessment.findings[name]) for name in explanation.why)
        lines.append(f"Because of: {told}.")
    if explanation.denied:
        lines.append(f"Denied: {names(explanation.denied)}.")
    if assessment.announced != assessment.floor:
        lines.append("Not told to be less urgent before every danger sign is asked about.")
    if explanation.why_not_more:
        needed = "; ".join(_changed(kb, change) for change in explanation.why_not_more)
        lines.append(f"It would be more urgent with: {needed}.")
    said = {
        "urgency": "Not known yet, and could make it more urgent",
        "announced": "Not known yet, and could change what is announced",
        "advice": "Not known yet, and could change the advice",
    }
    for matters, words in said.items():
        if unknown := [one.finding for one in explanation.unknown if one.matters == matters]:
            lines.append(f"{words}: {names(unknown)}.")
    return "\n".join(lines)


def _changed(kb: KnowledgeBase, change: Change) -> str:
    """Return a change for people: what it would be, with its limits, and what was told instead."""
    limits = [key for key in change.keys if key.lstrip("!") != change.finding.id]
    if change.told is not None:
        limits.append(f"told {_value(kb, change.told)}")
    text = kb.findings[change.finding.id].name
    if change.finding.presence is not Presence.PRESENT:
        text += f" ({change.finding.presence})"
    return f"{text} [{', '.join(limits)}]" if limits else text


def _shown(kb: KnowledgeBase, found: Finding) -> str:
    name = kb.findings[found.id].name
    if found.presence is not Presence.PRESENT:
        return f"{name} ({found.presence})"
    told = _value(kb, found)
    return name if told == found.presence else f"{name} {told}"


def _value(kb: KnowledgeBase, found: Finding) -> str:
    """Return what was told of a finding: its number, choice or severity, else its presence."""
    if isinstance(found.value, float):
        return f"{found.value:g} {kb.findings[found.id].unit}".rstrip()
    if found.value is not None:
        return found.value
    return str(found.presence) if found.severity is None else f"(severity {found.severity:g})"
