"""What the interview owes the patient: few questions, and every danger sign among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib.authoring.logic import Logic
from rules_lib.facts import Kind
from rules_lib.pack import Role
from rules_lib.rules import Present, Urgency

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rules_lib.authoring.draft import Draft
    from rules_lib.errors import Problem

MOST_MEMBERS = 5
MOST_GROUPS = 6
MOST_QUESTIONS = 3


def interview_problems(draft: Draft) -> Iterator[Problem]:
    """Find groups and complaints that ask too much, or miss a danger sign."""
    for group in draft.groups.values():
        item = ("group", group.id)
        if len(group.members) > MOST_MEMBERS and group.role is not Role.RECAP:
            what = f"has {len(group.members)} members"
            yield draft.wrong(item, what, f"at most {MOST_MEMBERS}", at="members")
        for member in group.members:
            if member in draft.groups:
                what = f"has the group '{member}' as a member"
                yield draft.wrong(item, what, "findings", at=member)
    yield from _complaints(draft)
    if draft.everything_read():
        yield from _unheard(draft)


def _complaints(draft: Draft) -> Iterator[Problem]:
    for complaint in draft.complaints.values():
        item = ("complaint", complaint.id)
        for key, most in (("groups", MOST_GROUPS), ("questions", MOST_QUESTIONS)):
            count = len(getattr(complaint, key))
            if count > most:
                yield draft.wrong(item, f"has {count} {key}", f"at most {most}", at=key)
        roles = [(id_, Role.SCREENING) for id_ in complaint.groups]
        roles += [(complaint.recap, Role.RECAP)] if complaint.recap else []
        for id_, role in roles:
            group = draft.groups.get(id_)
            if group and group.role is not role:
                what = f"uses group '{id_}', whose role is {group.role}, for {role}"
                yield draft.wrong(item, what, f"a group with role: {role}", at=id_)
        if not complaint.findings and not complaint.default:
            yield draft.wrong(item, "fits nobody", "findings, or default: true")
    defaults = [complaint.id for complaint in draft.complaints.values() if complaint.default]
    if draft.complaints and not defaults:
        last = list(draft.complaints)[-1]
        what = "is the last one and no complaint is the default"
        yield draft.wrong(("complaint", last), what, "default: true, for exactly one")
    for id_ in defaults[1:]:
        what = f"is a second default beside '{defaults[0]}'"
        yield draft.wrong(("complaint", id_), what, "default: true, for exactly one", at="default")


def _unheard(draft: Draft) -> Iterator[Problem]:
    """Find groups whose yes concludes nothing, and danger signs that nobody asks for."""
    logic = Logic(draft.vocabulary(), tuple(draft.live()))
    for group in draft.groups.values():
        if group.role is not Role.MEDICINE and not _urgencies(logic, group.id):
            what = "concludes no urgency when it is answered yes"
            yield draft.wrong(("group", group.id), what, f"a rule with 'when: {group.id}'")
    asked = {
        member
        for group in draft.groups.values()
        if group.role is Role.SCREENING
        for member in group.members
    }
    emergencies = [
        declared.id
        for declared in draft.findings.values()
        if declared.kind is Kind.SIGN
        and not declared.volunteered_only
        and Urgency.EMERGENCY in _urgencies(logic, declared.id)
    ]
    for name in emergencies:
        if name not in asked:
            what = "is an emergency sign that no screening group asks for"
            allowed = "a member of a screening group, or 'volunteered_only: why'"
            yield draft.wrong(("finding", name), what, allowed)
    yield from _not_asked(draft, [name for name in emergencies if name in asked])


def _not_asked(draft: Draft, emergencies: Sequence[str]) -> Iterator[Problem]:
    """Find complaints that pass over an emergency sign without a word, or give idle reasons."""
    for complaint in draft.complaints.values():
        item, reasons = ("complaint", complaint.id), dict(complaint.not_asked)
        names = [*complaint.groups, *([complaint.recap] if complaint.recap else [])]
        asked = {
            member for id_ in names if id_ in draft.groups for member in draft.groups[id_].members
        }
        for name in emergencies:
            if name not in asked and name not in reasons:
                what = f"does not ask for the emergency sign '{name}'"
                allowed = f"a group or recap with it, or 'not_asked: {{{name}: why}}'"
                yield draft.wrong(item, what, allowed)
        for name in reasons:
            if name not in emergencies or name in asked:
                what = f"says why it does not ask for '{name}'"
                allowed = "emergency signs that none of its groups, nor its recap, asks for"
                yield draft.wrong(item, what, allowed, at="not_asked")


def _urgencies(logic: Logic, finding: str) -> set[Urgency]:
    """Return the urgencies that follow from the presence of one finding alone."""
    return logic.urgencies(frozenset({Present(finding)}))
