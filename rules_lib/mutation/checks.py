"""The cross-checks of a pack that can be made of a weakened one, in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rules_lib.authoring.implication_check import implication_problems
from rules_lib.authoring.interview_check import interview_problems
from rules_lib.authoring.rule_check import rule_problems
from rules_lib.rules import Derived, Status, leaves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules_lib.authoring.draft import Draft
    from rules_lib.knowledge_base import KnowledgeBase


def first_problem(kb: KnowledgeBase, draft: Draft) -> str | None:
    """
    Return the first thing that `check` would refuse in a weakened pack, if any.

    Args:
        kb: the weakened pack.
        draft: what the pack itself was read from; nothing is wrong with it.
    """
    loose = next(_loose_ends(kb), None)
    if loose:
        return loose
    weaker = _weaker(kb, draft)
    for find in (interview_problems, rule_problems):
        for problem in find(weaker):
            return f"{problem.place}: {problem.what}"
    return None


def first_implication(kb: KnowledgeBase, draft: Draft) -> str | None:
    """Return the first implication that `check` would refuse; every pair of rules is looked at."""
    for problem in implication_problems(_weaker(kb, draft)):
        return f"{problem.place}: {problem.what}"
    return None


def _weaker(kb: KnowledgeBase, draft: Draft) -> Draft:
    """Return what the weakened pack would be read from."""
    retired = [rule for rule in draft.rules if rule.status is Status.RETIRED]
    return replace(
        draft,
        rules=[*kb.rules, *retired],
        groups=dict(kb.groups),
        complaints=dict(kb.complaints),
        advice=dict(kb.advice),
    )


def _loose_ends(kb: KnowledgeBase) -> Iterator[str]:
    """Give facts that are tested and not concluded, and words that no rule says any more."""
    concluded = {rule.then.fact for rule in kb.rules}
    for rule in kb.rules:
        for leaf in leaves(rule.when):
            if isinstance(leaf, Derived) and leaf.fact not in concluded:
                yield f"rule '{rule.id}': unknown fact '{leaf.fact}'"
    said = {name for rule in kb.rules for name in (*rule.then.advise, *rule.then.withhold)}
    yield from (f"advice '{name}': is never advised" for name in kb.advice if name not in said)
    named = {rule.then.cause for rule in kb.rules}
    yield from (f"cause '{name}': is never concluded" for name in kb.causes if name not in named)
