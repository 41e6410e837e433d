"""Rules that add nothing: whenever one fires, others conclude as much; they must say so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rules_lib.authoring.logic import Logic, TooMany, entails
from rules_lib.rules import UrgencyAtLeast, leaves

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rules_lib.authoring.draft import Draft
    from rules_lib.authoring.logic import Alternative
    from rules_lib.errors import Problem
    from rules_lib.rules import Rule


def implication_problems(draft: Draft) -> Iterator[Problem]:
    """Find declared implications that cannot be proved, and proved ones not declared."""
    if not draft.everything_read():
        return
    logic = Logic(draft.vocabulary(), tuple(draft.live()))
    for rule in logic.rules:
        behind = [other for other in logic.rules if other.id != rule.id and _covers(other, rule)]
        if not behind and not rule.implied_by:
            continue
        # What follows only because the rule itself fired proves nothing.
        without = replace(logic, rules=tuple(each for each in logic.rules if each is not rule))
        declared = [other for other in behind if other.id in rule.implied_by]
        try:
            ways = sorted(logic.alternatives(rule.when, []), key=_shown)
        except TooMany:
            continue  # nobody could read a proof of so many combinations
        proofs = _proofs(without, ways, declared if rule.implied_by else behind)
        item = ("rule", rule.id)
        if rule.implied_by and len(proofs) < len(ways):
            what = f"is not implied by {', '.join(rule.implied_by)}: {_shown(ways[len(proofs)])}"
            allowed = "rules that conclude as much whenever it fires"
            yield draft.wrong(item, f"{what} fires it alone", allowed, at="implied_by")
        elif not rule.implied_by and ways and len(proofs) == len(ways):
            ids = ", ".join(sorted(set(proofs)))
            what = f"adds nothing: whenever it fires, {ids} conclude as much"
            yield draft.wrong(item, what, f"implied_by: [{ids}], or no such rule")


def _proofs(logic: Logic, ways: Sequence[Alternative], others: Sequence[Rule]) -> list[str]:
    """Return a rule that fires with each way a rule can, up to the first where none does."""
    found: list[str] = []
    late = any(isinstance(leaf, UrgencyAtLeast) for other in others for leaf in leaves(other.when))
    for way in ways if others else ():
        facts = logic.facts(way)
        urgency = max(logic.urgencies(way), default=0) if late else 0
        behind = (other.id for other in others if entails(way, other.when, facts, urgency))
        first = next(behind, None)
        if first is None:
            break
        found.append(first)
    return found


def _shown(way: Alternative) -> str:
    return ", ".join(sorted(leaf.key for leaf in way))


def _covers(other: Rule, rule: Rule) -> bool:
    """Whether a rule concludes all that another one does."""
    more, less = other.then, rule.then
    return (
        (more.urgency or 0) >= (less.urgency or 0)
        and all(
            set(getattr(less, name)) <= set(getattr(more, name))
            for name in ("advise", "withhold", "ask", "say")
        )
        and less.fact in (None, more.fact)
        and less.lead in (None, more.lead)
        and (less.cause is None or (less.cause, less.likelihood) == (more.cause, more.likelihood))
    )
