"""Which findings of a pack are danger signs: asked back wherever they may have been said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib.facts import Kind, ValueType
from rules_lib.rules import Urgency
from rules_lib.session import session_of

if TYPE_CHECKING:
    from rules_lib import KnowledgeBase


def danger_levels(kb: KnowledgeBase) -> dict[str, Urgency]:
    """
    Return the signs that the pack screens for, only hears when volunteered, or sees the same day.

    A recap, and a group that only a rule asks, name some signs that are dangerous only beside
    others, such as sickness with pain in the upper body; heard by themselves they are no danger.

    Returns:
        Id to the urgency of somebody of whom nothing else is known.

    """
    screened = {
        member
        for complaint in kb.complaints.values()
        for name in complaint.groups
        if kb.groups[name].kind is Kind.SIGN
        for member in kb.groups[name].members
    }
    floor_with = session_of(kb).chainer.floor_with({})
    levels = {
        name: Urgency(max(floor_with(name), Urgency.SELF_CARE))
        for name, declared in kb.findings.items()
        if name not in kb.groups
        and declared.kind is Kind.SIGN
        and declared.type is ValueType.YES_NO
    }
    return {
        name: level
        for name, level in levels.items()
        if name in screened or level >= Urgency.SAME_DAY or kb.findings[name].volunteered_only
    }
