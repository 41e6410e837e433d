"""
The explanation in plain words: why, why not more urgent, what is still unknown and matters.

Each answer holds at most forty words, whatever was told: names are left out where they would
make it longer, and what was said of them still stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib.facts import Presence
from rules_lib.grounds import reasons_told
from rules_lib.knowledge_base import Role
from rules_lib.rules import Absent, Compare, OneOf, Urgency
from skill.reading import Wish
from skill.speech import finding_name, joined, safety_net

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rules_lib import Assessment, KnowledgeBase
    from rules_lib.escalation import Change
    from skill.conversation import Conversation
    from skill.phrases import Locale

WISHES = frozenset({Wish.EXPLAIN, Wish.WHY_NOT_MORE, Wish.WHAT_IS_MISSING})
"""What is answered here."""
MOST_WORDS = 40
MOST_NAMES = 2
_LONG_TIME_H, _DAY_H, _HOUR_MIN = 48, 24, 60


def reason(
    locale: Locale,
    kb: KnowledgeBase,
    talk: Conversation,
    assessment: Assessment,
    wish: Wish | None,
) -> str:
    """Return why, why not more, or what is missing, as far as the conversation has come."""
    if wish is Wish.WHY_NOT_MORE:
        more = why_not_more(locale, kb, assessment)
        if not talk.finished:
            return more
        # Once the answer was given, this speaks of it again, so the net belongs to it.
        return joined(more, safety_net(locale, assessment, talk.level(assessment)))
    if wish is Wish.WHAT_IS_MISSING:
        return what_is_missing(locale, kb, assessment, asking=not talk.finished)
    return why(locale, kb, assessment)


def why(locale: Locale, kb: KnowledgeBase, assessment: Assessment) -> str:
    """Return on what the urgency rests."""
    names, denied = reasons_told(kb, assessment)
    told = [assessment.findings[name] for name in names]
    if not told:
        return locale.phrase("explain.nothing_yet")
    said = [
        locale.phrase(f"explain.told.{found.presence}", finding=finding_name(locale, kb, found.id))
        for found in told
    ]
    return _fitting(locale, "explain.with_denied" if denied else "explain.because", said)


def why_not_more(locale: Locale, kb: KnowledgeBase, assessment: Assessment) -> str:
    """Return what would have to be added, or be otherwise, for a higher urgency."""
    # Imported here, as below: a cold start does not pay for what few turns ask for.
    from rules_lib.escalation import more_urgent, reached  # noqa: PLC0415

    if assessment.floor is Urgency.EMERGENCY:
        return locale.phrase("explain.nothing_above")
    changes = more_urgent(kb, assessment)
    if not changes:
        return locale.phrase("explain.nothing_more")
    otherwise = {change.told.presence for change in changes if change.told is not None}
    key = "denied" if otherwise == {Presence.ABSENT} else "otherwise" if otherwise else "added"
    emergency = reached(kb, assessment.findings, changes) is Urgency.EMERGENCY
    level = "to_emergency" if emergency else "to_more"
    named = [_changed(locale, kb, one) for one in changes]
    return _fitting(locale, f"explain.{level}.{key}", named, every=True)


def what_is_missing(
    locale: Locale, kb: KnowledgeBase, assessment: Assessment, *, asking: bool
) -> str:
    """
    Return what was never told and matters.

    Args:
        locale: whose words.
        kb: the knowledge base.
        assessment: of what was told so far.
        asking: whether the next question follows, so that it need not be named.
    """
    from rules_lib.unknowns import unknowns  # noqa: PLC0415

    found = unknowns(kb, assessment)
    if not found:
        return locale.phrase("explain.missing.nothing")
    matters = f"explain.missing.{found[0].matters}"
    if asking:
        return locale.phrase(f"{matters}.asking")
    group = kb.groups.get(found[0].finding)
    if group is not None and group.role is Role.MEDICINE:
        wanted = (one.id for one in kb.advice.values() if group.id in one.needs_denied)
        named = locale.medicines.get(next(wanted, ""), {}).get("say")
        medicine = named or locale.phrase("medicine.this")
        return locale.phrase("explain.missing.medicine", medicine=medicine)
    return _fitting(
        locale, f"{matters}.named", [finding_name(locale, kb, one.finding) for one in found]
    )


def _fitting(locale: Locale, key: str, names: Sequence[str], *, every: bool = False) -> str:
    """Return the phrase with as many names as it has room for; `every`: with all or none."""
    most = len(names) if every else min(len(names), MOST_NAMES)
    for count in (most,) if every else range(most, 0, -1):
        listed = names[0]
        for name in names[1:count]:
            listed = locale.phrase("list_of_two", one=listed, two=name)
        text = locale.phrase(key, findings=listed)
        if len(text.split()) <= MOST_WORDS:
            return text
    return locale.phrase(f"{key}_unnamed")


def _changed(locale: Locale, kb: KnowledgeBase, change: Change) -> str:
    """Return what would be told, in words."""
    finding = finding_name(locale, kb, change.finding.id)
    for leaf in change.needs:
        if isinstance(leaf, Compare):
            of_severity = leaf.severity or leaf.finding == kb.severity
            number = _number(locale, kb, leaf, of_severity=of_severity)
            return locale.phrase(f"explain.told.{leaf.operator}", finding=finding, number=number)
        if isinstance(leaf, OneOf):
            said = locale.products.get(leaf.choices[0], {}).get("say") or leaf.choices[0]
            return locale.phrase("explain.told.choice", finding=finding, number=said)
        if isinstance(leaf, Absent):
            return locale.phrase("explain.told.absent", finding=finding)
    return locale.phrase("explain.told.present", finding=finding)


def _number(locale: Locale, kb: KnowledgeBase, leaf: Compare, *, of_severity: bool) -> str:
    unit, number = kb.findings[leaf.finding].unit, leaf.number
    if of_severity:
        unit = "severity"
    elif unit == "h" and number >= _LONG_TIME_H and number % _DAY_H == 0:
        unit, number = "d", number / _DAY_H
    elif unit == "h" and number < 1:
        unit, number = "min", number * _HOUR_MIN
    key = f"explain.number.{unit}"
    return locale.phrase(
        key if unit and locale.find(key) else "explain.number.plain", number=f"{number:g}"
    )
