"""Weakenings of what a pack declares beside its rules: advice, groups, complaints, leads."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rules_lib.mutation.mutant import Operator, Weakening

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rules_lib.knowledge_base import KnowledgeBase


def _one_fewer(
    section: str, part: str, says: str, least: int = 0
) -> Callable[[KnowledgeBase], Iterator[Weakening]]:
    """
    Return what takes one name out of a list that each item of a section has.

    Args:
        section: field of the pack, id to item.
        part: field of the item that holds names.
        says: the sentence, with the item and the name to be filled in.
        least: how many names are left at least.
    """

    def make(kb: KnowledgeBase) -> Iterator[Weakening]:
        for item in getattr(kb, section).values():
            names = getattr(item, part)
            for name in names if len(names) > least else ():
                rest = tuple(each for each in names if each != name)
                new = replace(item, **{part: rest})
                yield Weakening(item.id, name, says.format(item.id, name), _with(kb, section, new))

    return make


def _with(kb: KnowledgeBase, section: str, new: Any) -> dict[str, Any]:
    return {section: {**getattr(kb, section), new.id: new}}


def _never_always(kb: KnowledgeBase) -> Iterator[Weakening]:
    for advice in kb.advice.values():
        if advice.always:
            says = f"The advice '{advice.id}' no longer goes with every urgency."
            new = replace(advice, always=False)
            yield Weakening(advice.id, "", says, _with(kb, "advice", new))


def _no_recap(kb: KnowledgeBase) -> Iterator[Weakening]:
    for complaint in kb.complaints.values():
        if complaint.recap:
            says = f"The complaint '{complaint.id}' ends without its recap."
            new = replace(complaint, recap=None)
            yield Weakening(complaint.id, complaint.recap, says, _with(kb, "complaints", new))


def _swapped_leads(kb: KnowledgeBase) -> Iterator[Weakening]:
    for at, (one, two) in enumerate(zip(kb.leads, kb.leads[1:], strict=False)):
        leads = (*kb.leads[:at], two, one, *kb.leads[at + 2 :])
        yield Weakening(two, one, f"'{two}' is spoken before '{one}'.", {"leads": leads})


PACK_OPERATORS = (
    Operator(
        "drop-screening",
        "advice no longer waits for one of its screening questions",
        _one_fewer("advice", "needs_denied", "The advice '{}' no longer waits for a no to '{}'."),
    ),
    Operator("drop-always", "advice no longer goes with every urgency", _never_always),
    Operator(
        "drop-member",
        "a group no longer asks for one of its signs",
        _one_fewer("groups", "members", "The group '{}' no longer asks for '{}'.", 1),
    ),
    Operator(
        "drop-group",
        "a complaint no longer asks one of its groups",
        _one_fewer("complaints", "groups", "The complaint '{}' no longer asks the group '{}'."),
    ),
    Operator("drop-recap", "a complaint ends without its recap", _no_recap),
    Operator(
        "drop-complaint-sign",
        "a finding no longer leads to the complaint that asks the right groups",
        _one_fewer("complaints", "findings", "The complaint '{}' no longer knows '{}'."),
    ),
    Operator("swap-leads", "two sentences change their order", _swapped_leads),
)
