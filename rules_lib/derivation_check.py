"""Re-checks an assessment's derivation step by step; shares no code with either engine."""

from __future__ import annotations

from operator import ge, gt, le, lt
from typing import TYPE_CHECKING, Any, NamedTuple

from rules_lib import rules as written
from rules_lib.facts import Kind, Presence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules_lib.assessment import Activation, Assessment
    from rules_lib.pack import Pack

_STRENGTHS = ("certain", "unsure-context", "unsure-sign")
_CERTAIN, _CONTEXT, _SIGN, _NOT = range(4)
_DECIDING, _UNKNOWN = ("less-likely", "likely", "possible"), ("unknown", "possible")
_PASSES: dict[str, Any] = {"at_least": ge, "above": gt, "at_most": le, "below": lt}


def derivation_faults(pack: Pack, given: Assessment) -> tuple[str, ...]:
    """Return every fault of a derivation as a sentence; none where each step follows."""
    rules, known = {rule.id: rule for rule in pack.rules}, _Known(pack, given, {})
    steps = [(rules[step.rule], step) for step in given.trace if step.rule in rules]
    deriving = [(rule.then.fact, rule.when, step) for rule, step in steps if rule.then.fact]
    for fact, when, step in deriving * len(deriving):  # From what was told on: none is circular.
        known.facts[fact] = min(known.holds(when, step.facts), known.facts.get(fact, _NOT))
    fired = [step.rule for step in given.trace]
    faults = [f"rule '{name}' is not in force in the pack" for name in fired if name not in rules]
    faults += [f"rule '{name}' fires twice" for name in rules if fired.count(name) > 1]
    faults += [fault for rule, step in steps for fault in _step_faults(rule, step, known)]
    true = [rule.id for rule in pack.rules if known.holds(rule.when) < _NOT]
    faults += [f"rule '{name}' did not fire" for name in true if name not in fired]
    return (*faults, *_answer_faults(pack, given))


class _Known(NamedTuple):
    pack: Pack
    given: Assessment
    facts: dict[str, int]  # What the steps settle: each derived fact with its strength.

    def holds(self, when: Any, stated: tuple[str, ...] | None = None) -> int:
        """Return how firmly a condition holds, by the stated facts alone where they are given."""
        if isinstance(when, written.AllOf | written.AnyOf):
            weakest_or_best = max if isinstance(when, written.AllOf) else min
            return weakest_or_best(self.holds(part, stated) for part in when.parts)
        if stated is not None and when.key not in stated:
            return _NOT
        if isinstance(when, written.Derived):
            return self.facts.get(when.fact, _NOT)
        if isinstance(when, written.UrgencyAtLeast):
            return _CERTAIN if (self.given.floor or 0) >= when.urgency else _NOT
        told = self.given.findings.get(when.finding)
        return _NOT if told is None else self.told(when, told)

    def told(self, leaf: Any, told: Any) -> int:
        denial = isinstance(leaf, written.Absent)
        if told.presence is Presence.UNSURE:
            sign = self.pack.findings[told.id].kind is Kind.SIGN
            untold = denial or getattr(leaf, "severity", False)
            return _CONTEXT if not sign else _NOT if untold else _SIGN
        true = told.presence is (Presence.ABSENT if denial else Presence.PRESENT)
        if true and isinstance(leaf, written.Compare):
            value = told.severity if leaf.severity else told.value
            true = isinstance(value, int | float) and _PASSES[leaf.operator](value, leaf.number)
        elif true and isinstance(leaf, written.OneOf):
            true = told.value in leaf.choices
        return _CERTAIN if true else _NOT


def _step_faults(rule: written.Rule, step: Activation, known: _Known) -> Iterator[str]:
    firm, best = known.holds(rule.when, step.facts), known.holds(rule.when)
    true = {leaf.key for leaf in written.leaves(rule.when) if known.holds(leaf) < _NOT}
    yield from (f"rule '{rule.id}': '{x}' does not hold" for x in step.facts if x not in true)
    if not firm == best == _STRENGTHS.index(step.strength):
        yield f"rule '{rule.id}' does not hold as {step.strength} on the facts stated"
    for part, follows in ("concluded", tuple(_follows(rule, firm))), ("sources", rule.sources):
        if getattr(step, part) != follows:
            yield f"rule '{rule.id}': {part} {getattr(step, part)}, but {follows} follows"


def _follows(rule: written.Rule, firm: int) -> Iterator[str]:
    then, level, sure = rule.then, rule.then.urgency, firm == _CERTAIN
    if level is not None:
        yield f"urgency:{(min(level, written.Urgency.SAME_DAY) if firm == _SIGN else level).id}"
    cause = (f"{then.cause}:{then.likelihood or 'possible'}",) if then.cause and sure else ()
    said: dict[str, tuple[str, ...]] = {"fact": (then.fact,) if then.fact else (), "cause": cause}
    said |= {"advise": then.advise if sure else (), "withhold": then.withhold, "ask": then.ask}
    said |= {"lead": (then.lead,) if then.lead else (), "say": then.say}
    yield from (f"{kind}:{name}" for kind, names in said.items() for name in names)


def _answer_faults(pack: Pack, given: Assessment) -> Iterator[str]:
    said = {text for step in given.trace for text in step.concluded}
    no = {name for name, told in given.findings.items() if told.presence is Presence.ABSENT}
    level = written.Urgency
    floor = max((x for x in level if f"urgency:{x.id}" in said), default=None)
    least = level.SELF_CARE if given.screened and floor else level.WITHIN_24_HOURS
    advised = [x for x, y in pack.advice.items() if f"advise:{x}" in said or (y.always and floor)]
    unready = [x for x in advised if not no.issuperset(pack.advice[x].needs_denied)]
    against = {x: "contraindicated" for x in pack.advice if f"withhold:{x}" in said}
    why = dict.fromkeys(unready, "not-screened") | against
    causes = {text.split(":")[1] for text in said if text.startswith("cause:")}
    fits = {x: next((y for y in _DECIDING if f"cause:{x}:{y}" in said), "possible") for x in causes}
    ranked = sorted(fits.items(), key=lambda fit: (_DECIDING.index(fit[1]) or 3, fit[0]))
    for part, stated, follows in (
        ("floor", given.floor, floor),
        ("announced", given.announced, max(floor or least, least)),
        ("causes", [(x.id, x.likelihood) for x in given.causes], ranked or [_UNKNOWN]),
        ("advice", given.advice, tuple(x for x in advised if x not in why)),
        ("withheld", {x.id: x.reason for x in given.withheld}, why),
        ("asks", given.asks, tuple(x for x in pack.questions if f"ask:{x}" in said)),
        ("leads", given.leads, tuple(x for x in pack.leads if f"lead:{x}" in said)),
        ("says", given.says, tuple(sorted(x[4:] for x in said if x.startswith("say:")))),
    ):
        if stated != follows:
            yield f"{part}: {stated}, but {follows} follows from the steps"
