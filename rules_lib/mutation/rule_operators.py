"""Weakenings of rules: of what they ask for, and of what they conclude."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rules_lib.mutation import conditions
from rules_lib.mutation.mutant import Operator, Weakening
from rules_lib.rules import Conclusions, Derived, Likelihood, Urgency, leaves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from rules_lib.facts import FindingType
    from rules_lib.knowledge_base import KnowledgeBase
    from rules_lib.mutation.conditions import Change
    from rules_lib.rules import Rule

    _Wanted = Callable[[KnowledgeBase], Mapping[str, bool]]

_MULTIPLE = {
    "withhold": "withholds {}",
    "advise": "offers {}",
    "ask": "asks {}",
    "say": "says {}",
}
_SINGLE = {"lead": "speaks {} first", "fact": "concludes {}", "cause": "names the cause {}"}


def _with(kb: KnowledgeBase, rule: Rule, new: Rule | None) -> dict[str, tuple[Rule, ...]]:
    rules = [new if each is rule else each for each in kb.rules]
    return {"rules": tuple(each for each in rules if each is not None)}


def _dropped(kb: KnowledgeBase) -> Iterator[Weakening]:
    for rule in kb.rules:
        yield Weakening(rule.id, "", f"The rule '{rule.id}' is gone.", _with(kb, rule, None))


# -- what rules ask for --------------------------------------------------------------------------


def harmful_when_rarer(kb: KnowledgeBase) -> Mapping[str, bool]:
    """Return rule to whether it protects: firing less often, it would leave something out."""
    return _harmful(kb, _protects)


def harmful_when_oftener(kb: KnowledgeBase) -> Mapping[str, bool]:
    """Return rule to whether it comforts: firing more often, it would claim or offer too much."""
    return _harmful(kb, _comforts)


def _protects(then: Conclusions) -> bool:
    lowers = then.likelihood is Likelihood.LESS_LIKELY
    return bool(then.urgency or then.withhold or then.lead or then.say or then.ask or lowers)


def _comforts(then: Conclusions) -> bool:
    named = then.cause is not None and then.likelihood is not Likelihood.LESS_LIKELY
    return bool(then.advise or named)


def _harmful(kb: KnowledgeBase, judge: Callable[[Conclusions], bool]) -> dict[str, bool]:
    """Return rule to what is so of its conclusions, or of a rule that rests on its fact."""
    found = {rule.id: judge(rule.then) for rule in kb.rules}
    resting: dict[str, list[Rule]] = {}
    for rule in kb.rules:
        for leaf in leaves(rule.when):
            if isinstance(leaf, Derived):
                resting.setdefault(leaf.fact, []).append(rule)
    changed = True
    while changed:
        changed = False
        for rule in kb.rules:
            users = resting.get(rule.then.fact or "", ())
            if not found[rule.id] and any(found[user.id] for user in users):
                found[rule.id] = changed = True
    return found


def _edited(
    change: Callable[[Mapping[str, FindingType]], Change], wanted: _Wanted | None = None
) -> Callable[[KnowledgeBase], Iterator[Weakening]]:
    """Return what makes a change in the conditions of every rule, or of the wanted ones."""

    def make(kb: KnowledgeBase) -> Iterator[Weakening]:
        chosen = wanted(kb) if wanted else {}
        for rule in kb.rules:
            if chosen.get(rule.id, wanted is None):
                for edit in conditions.edits(rule.when, change(kb.findings)):
                    says = f"The rule '{rule.id}' {edit.says}."
                    changed = _with(kb, rule, replace(rule, when=edit.when))
                    yield Weakening(rule.id, edit.place, says, changed)

    return make


def _plain(change: Change) -> Callable[[Mapping[str, FindingType]], Change]:
    return lambda _: change


# -- what rules conclude -------------------------------------------------------------------------


def _concluding(
    kb: KnowledgeBase, rule: Rule, then: Conclusions, place: str, says: str
) -> Iterator[Weakening]:
    """Give a rule with other conclusions; one that concludes nothing is gone, which is another."""
    if then != Conclusions():
        changed = _with(kb, rule, replace(rule, then=then))
        yield Weakening(rule.id, place, f"The rule '{rule.id}' {says}.", changed)


def _milder(kb: KnowledgeBase) -> Iterator[Weakening]:
    for rule in kb.rules:
        if rule.then.urgency is not None:
            lower = Urgency(rule.then.urgency - 1) if rule.then.urgency > min(Urgency) else None
            then = replace(rule.then, urgency=lower)
            told = lower.id if lower else "no urgency"
            says = f"concludes {told}, not {rule.then.urgency.id}"
            yield from _concluding(kb, rule, then, rule.then.urgency.id, says)


def _likelier(kb: KnowledgeBase) -> Iterator[Weakening]:
    for rule in kb.rules:
        if rule.then.cause is None:
            continue
        now = rule.then.likelihood or Likelihood.POSSIBLE
        order = tuple(Likelihood)
        for likelihood in order[: order.index(now)]:
            then = replace(rule.then, likelihood=likelihood)
            says = f"calls {rule.then.cause} {likelihood}, not {now}"
            yield from _concluding(kb, rule, then, likelihood, says)


def _without(part: str) -> Callable[[KnowledgeBase], Iterator[Weakening]]:
    """Return what takes one conclusion of a kind away."""

    def make(kb: KnowledgeBase) -> Iterator[Weakening]:
        for rule in kb.rules:
            said = getattr(rule.then, part)
            if part in _SINGLE:
                if said is not None:
                    gone: dict[str, Any] = {part: None}
                    if part == "cause":
                        gone["likelihood"] = None
                    says = f"no longer {_SINGLE[part].format(said)}"
                    yield from _concluding(kb, rule, replace(rule.then, **gone), said, says)
                continue
            for name in said:
                rest: dict[str, Any] = {part: tuple(each for each in said if each != name)}
                then = replace(rule.then, **rest)
                says = f"no longer {_MULTIPLE[part].format(name)}"
                yield from _concluding(kb, rule, then, name, says)

    return make


_rarer, _oftener = harmful_when_rarer, harmful_when_oftener
RULE_OPERATORS = (
    Operator("drop-rule", "a rule is gone", _dropped),
    Operator(
        "drop-alternative",
        "one alternative of an `any` is gone",
        _edited(_plain(conditions.fewer_alternatives)),
    ),
    Operator(
        "first-alternative",
        "of an `any` of three or more only the first is left",
        _edited(_plain(conditions.first_alternative)),
    ),
    Operator(
        "want-all", "an `any` becomes an `all`", _edited(_plain(conditions.every_alternative))
    ),
    Operator(
        "drop-choice", "one of several choices is gone", _edited(_plain(conditions.fewer_choices))
    ),
    Operator(
        "swap-presence",
        "present becomes absent, absent becomes present",
        _edited(_plain(conditions.swapped_presence)),
    ),
    Operator(
        "tighten",
        "a threshold moves a step so that a rule that protects fires less",
        _edited(conditions.narrower, _rarer),
    ),
    Operator(
        "leave-out-threshold",
        "`at_least` becomes `above`, `at_most` becomes `below`, where a rule protects",
        _edited(_plain(conditions.exclusive), _rarer),
    ),
    Operator(
        "loosen",
        "a threshold moves a step so that a rule that offers or explains fires more",
        _edited(conditions.wider, _oftener),
    ),
    Operator(
        "take-in-threshold",
        "`above` becomes `at_least`, `below` becomes `at_most`, where a rule offers or explains",
        _edited(_plain(conditions.inclusive), _oftener),
    ),
    Operator(
        "drop-condition",
        "one part of an `all` is gone, where a rule offers or explains",
        _edited(_plain(conditions.fewer_conditions), _oftener),
    ),
    Operator(
        "want-any",
        "an `all` becomes an `any`, where a rule offers or explains",
        _edited(_plain(conditions.any_condition), _oftener),
    ),
    Operator("lower-urgency", "an urgency is a level lower", _milder),
    Operator("raise-likelihood", "a cause is called likelier", _likelier),
    Operator("drop-withholding", "one piece of advice is no longer withheld", _without("withhold")),
    Operator("drop-lead", "a sentence is no longer spoken first", _without("lead")),
    Operator("drop-saying", "something is no longer said", _without("say")),
    Operator("drop-asking", "a rule no longer wants a question asked", _without("ask")),
    Operator("drop-offer", "one piece of advice is no longer offered", _without("advise")),
    Operator("drop-fact", "a rule no longer concludes its fact", _without("fact")),
    Operator("drop-cause", "a rule no longer names its cause", _without("cause")),
)
