"""A state that a proof found, told as a patient's story that a nurse can judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib.facts import Finding, Presence
from rules_lib.proving.claims import Contraindicated, First, Lead, Not, Offered
from rules_lib.rules import UrgencyAtLeast, leaves
from rules_lib.session import assess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from rules_lib.assessment import Assessment
    from rules_lib.knowledge_base import KnowledgeBase
    from rules_lib.proving.claims import Claim, Property
    from rules_lib.proving.examples import Shown
    from rules_lib.rules import Rule

HEADINGS = {Presence.PRESENT: "says", Presence.ABSENT: "denies", Presence.UNSURE: "cannot say"}


def story(kb: KnowledgeBase, shown: Shown) -> str:
    """Return what a patient tells, and is told, in one or two sentences."""
    answer = assess(kb, shown.findings)
    text = f"{_patient(kb, shown.findings)}; is told: {_told(answer)}."
    if shown.after is None:
        return text
    before = {found.id: found for found in shown.findings}
    news = [found for found in shown.after if before.get(found.id) != found]
    later = _told(assess(kb, shown.after))
    return f"{text} Then {_says(kb, news) or 'says nothing more'}; is told: {later}."


def complaint(kb: KnowledgeBase, promised: Property, part: int, shown: Shown) -> str:
    """Return a counterexample: the story, what was promised, which rule ought to see to it."""
    lines = [story(kb, shown), f"Promised: {promised.says}"]
    if part < len(promised.obligations):
        lines.append(_missing(kb, promised.obligations[part].conclusion, shown.findings))
    return "\n".join(lines)


def _patient(kb: KnowledgeBase, findings: Sequence[Finding]) -> str:
    clocks = kb.clocks
    names = clocks.names if clocks else ()
    timed = [one for one in findings if one.id in names and one.presence is Presence.PRESENT]
    rest = [one for one in findings if one not in timed]
    when = ", ".join(_named(kb, one) for one in timed)
    said = _says(kb, rest) or "says nothing"
    return f"A patient, {when}, {said}" if when else f"A patient {said}"


def _says(kb: KnowledgeBase, findings: Iterable[Finding]) -> str:
    parts = []
    for presence, verb in HEADINGS.items():
        named = [_named(kb, one) for one in findings if one.presence is presence]
        if named:
            parts.append(f"{verb}: {', '.join(named)}")
    return "; ".join(parts)


def _named(kb: KnowledgeBase, found: Finding) -> str:
    declared = kb.findings[found.id]
    name = declared.name[0].lower() + declared.name[1:]
    if isinstance(found.value, float):
        return f"{name} {found.value:g} {declared.unit}".rstrip()
    if found.value is not None:
        return f"{name} {found.value}"
    return name if found.severity is None else f"{name} ({found.severity:g} of 10)"


def _told(answer: Assessment) -> str:
    """Return what an assessment tells: the urgency, and what is offered."""
    floor = answer.floor.id if answer.floor else "no urgency yet"
    offered = f", offered {', '.join(answer.advice)}" if answer.advice else ""
    return f"{floor}{offered}"


def _missing(kb: KnowledgeBase, wanted: Claim, findings: Sequence[Finding]) -> str:
    """Return which rule should have seen to a conclusion: the one that tests most of the story."""
    sees_to = _sees_to(wanted)
    fired = set(assess(kb, findings).rules)
    told = {found.id for found in findings if found.presence is not Presence.ABSENT}
    rules = [rule for rule in kb.rules if sees_to(rule) and rule.id not in fired]

    def shared(rule: Rule) -> int:
        return sum(getattr(leaf, "finding", None) in told for leaf in leaves(rule.when))

    # Of those that are nearest to firing, the one that asks for least besides.
    best = max(rules, key=lambda rule: (shared(rule), -len(leaves(rule.when))), default=None)
    if best is None or not shared(best):
        return "No rule sees to it."
    return f"The rule '{best.id}' should have seen to it: {best.says}"


def _sees_to(wanted: Claim) -> Callable[[Rule], bool]:
    """Return a test of rules: whether one could bring a conclusion about."""
    match wanted:
        case UrgencyAtLeast(urgency):
            return lambda rule: (rule.then.urgency or 0) >= urgency
        case Not(Offered(advice)) | Contraindicated(advice):
            return lambda rule: advice in rule.then.withhold
        case Offered(advice):
            return lambda rule: advice in rule.then.advise
        case Lead(lead) | First(lead):
            return lambda rule: rule.then.lead == lead
    return lambda _: False
