"""What an assessment rests on: the findings that suffice for it, and the denials it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from rules_lib.facts import Finding, Presence
from rules_lib.rules import Derived, Rule, Urgency, UrgencyAtLeast, leaves
from rules_lib.screening import complaints_of, completed, is_screened, recaps, screening_groups
from rules_lib.session import session_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from rules_lib.assessment import Assessment
    from rules_lib.knowledge_base import KnowledgeBase

T = TypeVar("T")


def reasons_told(
    kb: KnowledgeBase, assessment: Assessment
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return `why` and `denied` of an explanation: all that a short answer needs."""
    why = _sufficient(kb, assessment)
    mild = assessment.announced < Urgency.WITHIN_24_HOURS
    return why, _denied(kb, assessment, why) if mild else ()


def irreducible(parts: Iterable[T], suffice: Callable[[tuple[T, ...]], bool]) -> tuple[T, ...]:
    """
    Drop parts one by one, the first ones first, until none can be spared.

    Args:
        parts: together they suffice.
        suffice: whether some of the parts do. It need not be monotone, for what is told is
            completed, so a part that was needed before may be spared after another is gone.
    """
    kept = tuple(parts)
    again = True
    while again:
        again = False
        for part in kept:
            fewer = tuple(other for other in kept if other != part)
            if suffice(fewer):
                kept, again = fewer, True
    return kept


def _sufficient(kb: KnowledgeBase, assessment: Assessment) -> tuple[str, ...]:
    """Return findings that reach the floor by themselves, none to spare, in the order told."""
    findings, floor = assessment.findings, assessment.floor
    if floor is None:
        return ()
    chainer = session_of(kb).chainer

    def suffice(names: tuple[str, ...]) -> bool:
        some = completed(kb, {name: findings[name] for name in names})
        return (chainer.verdict(some).floor or 0) >= floor

    # What a rule that concluded it stood on nearly always suffices, and is soon looked through.
    behind = _behind(kb, assessment, floor)
    names = tuple(name for name in findings if name in behind)
    if not suffice(names):
        names = tuple(findings)
    return _as_told(findings, irreducible(sorted(names, key=_follows(kb, findings)), suffice))


def _follows(
    kb: KnowledgeBase, findings: Mapping[str, Finding]
) -> Callable[[str], tuple[int, str]]:
    """Return an order in which what follows from something more telling comes first."""
    denied = {
        member
        for group in kb.groups.values()
        if (told := findings.get(group.id)) is not None and told.presence is Presence.ABSENT
        for member in group.members
    }

    def order(name: str) -> tuple[int, str]:
        found = findings[name]
        follows = name == kb.severity or (name in denied and found.presence is Presence.ABSENT)
        # A sign says more than the group that asked for it.
        return (0 if follows else 1 if name in kb.groups else 2), name

    return order


def _as_told(findings: Mapping[str, Finding], names: Iterable[str]) -> tuple[str, ...]:
    kept = set(names)
    return tuple(name for name in findings if name in kept)


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


def _denied(kb: KnowledgeBase, assessment: Assessment, why: tuple[str, ...]) -> tuple[str, ...]:
    """Return denials without which a higher urgency would be announced, in asking order."""
    findings = assessment.findings
    session = session_of(kb)
    denials = [
        name
        for name, found in findings.items()
        if found.presence is Presence.ABSENT and name not in why
    ]
    rest = {name: found for name, found in findings.items() if name not in denials}

    def suffice(names: tuple[str, ...]) -> bool:
        some = completed(kb, {**rest, **{name: findings[name] for name in names}})
        # Quick to see, and so it mostly is: without one of the groups nobody is screened.
        return is_screened(kb, some) and session.foreseen(some).announced <= assessment.announced

    complaints = complaints_of(kb, findings)
    asked = [group.id for group in screening_groups(kb, complaints)] + list(recaps(complaints))
    names = [name for name in asked if name in denials]
    if not suffice(tuple(names)):
        names += sorted(set(denials) - set(names), key=_follows(kb, findings))
        names.reverse()
    kept = irreducible(names, suffice)
    return (*(name for name in asked if name in kept), *_as_told(findings, set(kept) - {*asked}))
