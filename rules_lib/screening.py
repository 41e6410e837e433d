"""Which questions a complaint has to be screened with, and whether that was done."""

from __future__ import annotations

import functools
import weakref
from typing import TYPE_CHECKING

from rules_lib.facts import Finding, Kind, Presence
from rules_lib.knowledge_base import Role
from rules_lib.rules import Urgency

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rules_lib.knowledge_base import Complaint, Group, KnowledgeBase

# Looking a member up in its enumeration is slow before Python 3.12.
_ABSENT, _UNSURE, _RECAP = Presence.ABSENT, Presence.UNSURE, Role.RECAP
_ROUNDING = 1e-6
"""Hours that a sum or difference of clocks may be off, for numbers are stored in binary."""


def complaints_of(kb: KnowledgeBase, findings: Mapping[str, Finding]) -> tuple[Complaint, ...]:
    """Return the complaints that what is present (or unsure) belongs to, or the default one."""
    told = {found.id for found in findings.values() if found.presence is not _ABSENT}
    fitting = tuple(
        [
            complaint
            for complaint in kb.complaints.values()
            if not told.isdisjoint(complaint.findings)
        ]
    )
    return fitting or tuple(complaint for complaint in kb.complaints.values() if complaint.default)


def complaints_to_ask(
    kb: KnowledgeBase, findings: Mapping[str, Finding], level: Urgency
) -> tuple[Complaint, ...]:
    """
    Return the complaints whose questions are asked.

    From same-day on a sign that is merely unsure brings no questions of its own: it cannot
    make an emergency, and what could is asked with what is there for certain.
    """
    if level >= Urgency.SAME_DAY:
        findings = {
            name: found
            for name, found in findings.items()
            if found.presence is not _UNSURE or kb.findings[name].kind is Kind.CONTEXT
        }
    return complaints_of(kb, findings)


def screening_groups(kb: KnowledgeBase, complaints: tuple[Complaint, ...]) -> tuple[Group, ...]:
    """Return the screening groups of the complaints, each once, recaps left out, in order."""
    ids = dict.fromkeys(name for complaint in complaints for name in complaint.groups)
    return tuple(kb.groups[name] for name in ids)


_alike: weakref.WeakKeyDictionary[KnowledgeBase, dict[str, tuple[str, ...]]] = (
    weakref.WeakKeyDictionary()
)


def answered_alike(kb: KnowledgeBase, group: Group, findings: Mapping[str, Finding]) -> bool:
    """
    Return whether another group of the same circumstances was answered.

    Two complaints may word one question in two ways; nobody is asked it twice.
    """
    known = _alike.get(kb)
    if known is None:
        context = [one for one in kb.groups.values() if one.kind is Kind.CONTEXT]
        known = _alike[kb] = {
            one.id: tuple(
                other.id
                for other in context
                if other is not one and set(other.members) == set(one.members)
            )
            for one in context
        }
    return any(name in findings for name in known.get(group.id, ()))


def recaps(complaints: tuple[Complaint, ...]) -> tuple[str, ...]:
    """Return the ids of the recap groups of the complaints, each once."""
    return tuple(dict.fromkeys(complaint.recap for complaint in complaints if complaint.recap))


_stand_ins: weakref.WeakKeyDictionary[KnowledgeBase, dict[str, tuple[str, ...]]] = (
    weakref.WeakKeyDictionary()
)


def stand_ins(kb: KnowledgeBase, recap: str) -> tuple[str, ...]:
    """
    Return the recaps that ask for all that this one asks for, itself among them.

    What a recap's words take in it asks for, too: a patient who has it says yes.
    """
    known = _stand_ins.get(kb)
    if known is None:
        all_recaps = [group for group in kb.groups.values() if group.role is _RECAP]
        known = _stand_ins[kb] = {
            one.id: tuple(
                other.id
                for other in all_recaps
                if {*other.members, *other.also_yes}.issuperset(one.members)
            )
            for one in all_recaps
        }
    return known[recap]


def recap_denied(kb: KnowledgeBase, recap: str, findings: Mapping[str, Finding]) -> bool:
    """Return whether a recap was answered no, or another one that asks for as much."""
    return any(
        (found := findings.get(name)) is not None and found.presence is _ABSENT
        for name in stand_ins(kb, recap)
    )


def open_recaps(
    kb: KnowledgeBase, complaints: tuple[Complaint, ...], findings: Mapping[str, Finding]
) -> tuple[str, ...]:
    """Return the recaps of the complaints that are not denied yet, the widest one first."""
    left = [name for name in recaps(complaints) if not recap_denied(kb, name, findings)]
    return tuple(sorted(left, key=lambda name: -len(kb.groups[name].members)))


def is_screened(kb: KnowledgeBase, findings: Mapping[str, Finding]) -> bool:
    """
    Return whether every screening group of the complaints, and the recap, was answered no.

    A group whose members were all denied singly counts as answered no (see `completed`), and a
    recap where another one was that asks for as much; a complaint without a recap is never
    screened, for nothing would mend one misheard no.
    """
    if kb.complaints and not _anything_denied(findings):
        return False
    complaints = complaints_of(kb, findings)
    return (
        all(complaint.recap for complaint in complaints)
        and all(
            (found := findings.get(group.id)) is not None and found.presence is _ABSENT
            for group in screening_groups(kb, complaints)
        )
        and all(recap_denied(kb, name, findings) for name in recaps(complaints))
    )


def completed(kb: KnowledgeBase, findings: Mapping[str, Finding]) -> dict[str, Finding]:
    """
    Fill in what follows from what was reported, by the pack's own declarations.

    A group answered no sets its members absent, but a member that was told (or is unsure)
    stays as told; a group whose members are all denied is denied; a missing third clock is
    the sum or difference of the other two, unsure where one of them is, and clocks that
    contradict each other are all unsure; the worst severity told becomes a finding.

    What is added never lowers the floor, but for an answer that settles a doubt: single denials
    settle a group that was unsure, a number told settles a severity that was, and a clock told
    settles what only followed from an unsure one.
    """
    full = dict(findings)
    if _anything_denied(full):
        _fill_groups(kb, full)
    _fill_clocks(kb, full)
    _fill_severity(kb, full)
    return full


def _anything_denied(findings: Mapping[str, Finding]) -> bool:
    """Return whether there is any no; most patients begin without one, and much follows from it."""
    for found in findings.values():  # noqa: SIM110 - `any` takes twice as long
        if found.presence is _ABSENT:
            return True
    return False


def _fill_groups(kb: KnowledgeBase, full: dict[str, Finding]) -> None:
    """Deny the members of groups answered no, and groups whose members are all denied."""
    unanswered: list[Group] = []
    for group in kb.groups.values():
        if group.role is _RECAP:
            continue
        told = full.get(group.id)
        if told is None or told.presence is _UNSURE:
            unanswered.append(group)
        elif told.presence is _ABSENT:
            for member in group.members:
                if member not in full:
                    full[member] = _denied(member)
    for group in unanswered:
        for member in group.members:
            found = full.get(member)
            if found is None or found.presence is not _ABSENT:
                break
        else:
            full[group.id] = _denied(group.id)


@functools.cache
def _denied(name: str) -> Finding:
    """Return the denial of a finding of some pack, made once."""
    return Finding(name, _ABSENT)


def _fill_clocks(kb: KnowledgeBase, full: dict[str, Finding]) -> None:
    """
    Fill in the third clock; what follows from an unsure one is unsure itself.

    A denied clock says nothing. Clocks that contradict each other, three that do not add up or
    two that leave the third no time (an onset ahead of now), whether it was not told or is not
    known, are worth "not sure", all of them: whichever is wrong, no answer about time may have
    calmed anything.
    """
    if kb.clocks is None:
        return
    total, first, rest = kb.clocks.names
    hours = _hours_told(full, (total, first, rest))
    untold = [name for name in (total, first, rest) if name not in hours]
    if len(untold) > 1:
        return
    certain = {name: value for name, value in hours.items() if value is not None}
    open_clocks = [name for name in (total, first, rest) if name not in certain]
    contradict = False
    if not open_clocks:
        contradict = abs(certain[total] - (certain[first] + certain[rest])) > _ROUNDING
    elif len(open_clocks) == 1:
        value = _third(certain, total, first, rest)
        if value is not None:
            declared = kb.findings[open_clocks[0]]
            inside = min(max(value, declared.minimum), declared.maximum)
            contradict = abs(value - inside) > _ROUNDING
            if untold:
                full[untold[0]] = Finding(untold[0], Presence.PRESENT, inside)
    elif untold:
        full[untold[0]] = Finding(untold[0], _UNSURE)
    if contradict:
        full.update({name: Finding(name, _UNSURE) for name in (total, first, rest)})


def _hours_told(full: Mapping[str, Finding], clocks: tuple[str, ...]) -> dict[str, float | None]:
    """Return the clocks that were told, None for those that are unsure; a denied one was not."""
    told = {name: full[name] for name in clocks if name in full}
    return {
        name: found.value if isinstance(found.value, float) else None
        for name, found in told.items()
        if found.presence is not _ABSENT
    }


def _third(hours: Mapping[str, float], total: str, first: str, rest: str) -> float | None:
    """Return the clock that is missing, as hours that may be none; None where it has no meaning."""
    if total not in hours:
        return hours[first] + hours[rest]
    if first not in hours:
        # An ache older than the event has no onset after it; the pack has a finding for that.
        return hours[total] - hours[rest] if hours[total] >= hours[rest] else None
    return hours[total] - hours[first]


def _fill_severity(kb: KnowledgeBase, full: dict[str, Finding]) -> None:
    if kb.severity is None:
        return
    told = [found.severity for found in full.values() if found.severity is not None]
    own = full.get(kb.severity)
    if own is not None and isinstance(own.value, float):
        told.append(own.value)
    if told:
        full[kb.severity] = Finding(kb.severity, Presence.PRESENT, max(told))
