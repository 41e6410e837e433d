"""What rules must not say of each other, or of the findings they look at."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rules_lib.authoring.logic import Logic, TooMany, canonical
from rules_lib.facts import SEVERITY_RANGE, Kind
from rules_lib.rules import (
    Absent,
    AllOf,
    AnyOf,
    Compare,
    Conclusions,
    Derived,
    Status,
    UrgencyAtLeast,
    leaves,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules_lib.authoring.draft import Draft
    from rules_lib.errors import Problem
    from rules_lib.rules import Condition, Rule


def rule_problems(draft: Draft) -> Iterator[Problem]:
    """Find cycles, rules that cannot fire, and rules that break the order of the levels."""
    yield from _retired_in_use(draft)
    yield from _cycles(draft)
    yield from _not_monotone(draft)
    yield from _duplicates(draft)
    logic = Logic(draft.vocabulary(), tuple(draft.live()))
    for rule in draft.live():
        thresholds = list(_outside(draft, rule))
        yield from thresholds or _unreachable(draft, logic, rule)


def _facts(rule: Rule) -> tuple[str, ...]:
    return tuple(leaf.fact for leaf in leaves(rule.when) if isinstance(leaf, Derived))


def _retired_in_use(draft: Draft) -> Iterator[Problem]:
    retired = {rule.id: rule.then.fact for rule in draft.rules if rule.status is Status.RETIRED}
    concluded = {rule.then.fact for rule in draft.live()}
    for rule in draft.live():
        for fact in dict.fromkeys(_facts(rule)):
            old = [id_ for id_, gone in retired.items() if gone == fact]
            if old and fact not in concluded:
                what = f"rests on fact '{fact}', which only the retired rule '{old[0]}' concludes"
                yield draft.wrong(("rule", rule.id), what, "a fact of a rule in force", at=fact)
        for other in rule.implied_by:
            if other in retired:
                what = f"is implied by '{other}', which is retired"
                yield draft.wrong(("rule", rule.id), what, "rules in force", at=other)


def _cycles(draft: Draft) -> Iterator[Problem]:
    """Report each fact that needs itself, with the way back to it, once a cycle."""
    behind: dict[str, dict[str, str]] = {}
    for rule in draft.live():
        if rule.then.fact:
            for fact in _facts(rule):
                behind.setdefault(rule.then.fact, {}).setdefault(fact, rule.id)
    told: set[str] = set()
    for start in sorted(behind):
        way = _way_back(start, behind) if start not in told else []
        if way:
            told.update(way)
            circle = " <- ".join((*way, start))
            rule_id = behind[start][way[1] if len(way) > 1 else start]
            what = f"facts form a cycle: {circle}"
            yield draft.wrong(("rule", rule_id), what, "facts that rest on findings in the end")


def _way_back(start: str, behind: dict[str, dict[str, str]]) -> list[str]:
    """Return the shortest way from a fact through what it rests on back to it, or nothing."""
    ways = [[start]]
    seen: set[str] = set()
    for way in ways:
        for fact in behind.get(way[-1], ()):
            if fact == start:
                return way
            if fact not in seen:
                seen.add(fact)
                ways.append([*way, fact])
    return []


def _not_monotone(draft: Draft) -> Iterator[Problem]:
    """Find denied signs that could lower an urgency, and tests of the urgency that could."""
    findings = draft.vocabulary()
    for rule in draft.live():
        tests = [leaf for leaf in leaves(rule.when) if isinstance(leaf, UrgencyAtLeast)]
        said = rule.then
        harmless = Conclusions(withhold=said.withhold, ask=said.ask, say=said.say, lead=said.lead)
        if tests and said != harmless:
            what = "tests the urgency and concludes more than withhold, ask, say, lead"
            yield draft.wrong(("rule", rule.id), what, "a rule of its own", at="urgency")
    raising = _raising(draft)
    for rule in draft.live():
        if rule.then.urgency is None and rule.then.fact not in raising:
            continue
        for leaf in leaves(rule.when):
            if not isinstance(leaf, Absent) or leaf.finding not in findings:
                continue
            if findings[leaf.finding].kind is Kind.SIGN:
                why = f"concludes fact '{rule.then.fact}', on which an urgency rests"
                why = "concludes an urgency" if rule.then.urgency else why
                what = f"asks for the absence of the sign '{leaf.finding}' and {why}"
                allowed = "the general rule with its lower urgency, and no 'absent'"
                yield draft.wrong(("rule", rule.id), what, allowed, at=leaf.finding)


def _raising(draft: Draft) -> set[str]:
    """Return the facts on which some urgency rests, directly or not."""
    raising: set[str] = set()
    waiting = [fact for rule in draft.live() if rule.then.urgency for fact in _facts(rule)]
    while waiting:
        fact = waiting.pop()
        if fact not in raising:
            raising.add(fact)
            waiting += [
                other for rule in draft.live() if rule.then.fact == fact for other in _facts(rule)
            ]
    return raising


def _duplicates(draft: Draft) -> Iterator[Problem]:
    seen: dict[object, str] = {}
    for rule in draft.live():
        said = canonical(rule.when), rule.then
        first = seen.setdefault(said, rule.id)
        if first != rule.id:
            what = f"says the same as rule '{first}'"
            yield draft.wrong(("rule", rule.id), what, "one rule, with the cases of both")


def _outside(draft: Draft, rule: Rule) -> Iterator[Problem]:
    """Find comparisons with numbers that cannot be reported."""
    findings = draft.vocabulary()
    for leaf in leaves(rule.when):
        if not isinstance(leaf, Compare) or leaf.finding not in findings:
            continue
        declared = findings[leaf.finding]
        low, high = SEVERITY_RANGE if leaf.severity else (declared.minimum, declared.maximum)
        if not low <= leaf.number <= high:
            what = f"threshold {leaf.number:g} of '{leaf.finding}' is outside its range"
            unit = f" {declared.unit}" if declared.unit and not leaf.severity else ""
            allowed = f"{low:g} to {high:g}{unit}"
            yield draft.wrong(("rule", rule.id), what, allowed, at=leaf.finding)


def _unreachable(draft: Draft, logic: Logic, rule: Rule) -> Iterator[Problem]:
    """Find rules that no patient can fire, and alternatives that can never hold."""
    item = ("rule", rule.id)
    levels = [other.then.urgency for other in draft.live() if other.then.urgency]
    for leaf in leaves(rule.when):
        if isinstance(leaf, UrgencyAtLeast) and leaf.urgency > max(levels, default=0):
            what = f"can never fire: no rule concludes '{leaf.urgency.id}' or above"
            yield draft.wrong(item, what, at="urgency")
    for deep in (True, False):
        try:
            yield from _dead(draft, replace(logic, deep=deep), rule)
        except TooMany:
            continue  # so many combinations: look at this rule without the facts' own rules
        return


def _dead(draft: Draft, logic: Logic, rule: Rule) -> Iterator[Problem]:
    item = ("rule", rule.id)
    if why := _impossible(logic, rule.when):
        yield draft.wrong(item, f"can never fire: {why}", at="when")
        return
    for part, narrowed in _one_alternative(rule.when):
        if why := _impossible(logic, narrowed):
            words = ", ".join(sorted({leaf.key for leaf in leaves(part)}))
            what = f"the alternative {words} can never hold: {why}"
            yield draft.wrong(item, what, at="when")


def _impossible(logic: Logic, condition: Condition) -> str:
    """Return why a condition can never hold, or an empty string where it can."""
    why: list[str] = []
    return "" if logic.alternatives(condition, why) else why[0]


def _one_alternative(condition: Condition) -> Iterator[tuple[Condition, Condition]]:
    """Give each alternative of each `any`, with the condition as if there were no other."""
    if isinstance(condition, AnyOf):
        for part in condition.parts:
            yield part, part
            yield from _one_alternative(part)
    if isinstance(condition, AllOf):
        for place, part in enumerate(condition.parts):
            for alternative, narrowed in _one_alternative(part):
                rest = (*condition.parts[:place], narrowed, *condition.parts[place + 1 :])
                yield alternative, AllOf(rest)
