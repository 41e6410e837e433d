"""States that z3 finds, made as small and as plain as they can be, so that a story tells them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import z3

from rules_lib.facts import Finding, Presence
from rules_lib.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rules_lib.proving.state import State

NICE = (0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 20, 24, 30, 37, 38, 39, 40, 48, 60, 72, 96, 100, 120, 200)
"""Numbers that a story would rather tell, tried in this order."""


@frozen
class Shown:
    """A state that z3 found, as it can be reported to the library."""

    findings: tuple[Finding, ...]
    """What was told."""
    after: tuple[Finding, ...] | None = None
    """What is told after a change, where the property is about one."""


def example(solver: z3.Solver, states: Sequence[State], formula: z3.BoolRef) -> Shown | None:
    """Return a state, as small as can be, in which a formula holds."""
    solver.push()
    try:
        solver.add(formula)
        if solver.check() != z3.sat:
            return None
        told = _shrink(solver, states)
        found = [_findings(solver, state, told) for state in states]
        return Shown(found[0], found[1] if len(found) > 1 else None)
    finally:
        solver.pop()


def _findings(solver: z3.Solver, state: State, told: Sequence[str]) -> tuple[Finding, ...]:
    """Return what was told in a state, numbers as nice as they can be."""
    found: list[Finding] = []
    for name in told:
        model = solver.model()
        standing = [z3.is_true(model.eval(one, model_completion=True)) for one in state.told[name]]
        if not any(standing):
            solver.add(state.untold(name))
            continue
        solver.add(state.told[name][standing.index(True)])
        presence = tuple(Presence)[standing.index(True)]
        value: float | str | None = None
        severity: float | None = None
        if presence is Presence.PRESENT:
            if name in state.values:
                value = _nice(solver, state.values[name])
            for choice, one in state.choices.get(name, {}).items():
                if z3.is_true(model.eval(one, model_completion=True)):
                    solver.add(one)
                    value = choice
            if name in state.severities:
                given, number = state.severities[name]
                if z3.is_true(model.eval(given, model_completion=True)):
                    solver.add(given)
                    severity = _nice(solver, number)
        found.append(Finding(name, presence, value, severity))
    return tuple(found)


def _shrink(solver: z3.Solver, states: Sequence[State]) -> list[str]:
    """Leave untold whatever need not be told, a fewest of it; return what is told in the end."""
    names = list(states[0].told)
    untold = {name: _all([state.untold(name) for state in states]) for name in names}
    solver.check()
    model = solver.model()
    left = [name for name in names if not z3.is_true(model.eval(untold[name]))]
    solver.add(*[untold[name] for name in names if name not in left])
    kept = list(left)
    for name in left:
        if solver.check(untold[name]) == z3.sat:
            solver.add(untold[name])
            kept.remove(name)
    # A severity that need not be told is left out as well.
    for state in states:
        for name in kept:
            if (
                name in state.severities
                and solver.check(z3.Not(state.severities[name][0])) == z3.sat
            ):
                solver.add(z3.Not(state.severities[name][0]))
    solver.check()
    return kept


def _all(parts: Sequence[z3.BoolRef]) -> z3.BoolRef:
    return parts[0] if len(parts) == 1 else z3.And(*parts)


def _nice(solver: z3.Solver, number: z3.ArithRef) -> float:
    """Return a value for a number, a plain one where there is one, and keep it so."""
    for plain in NICE:
        if solver.check(number == plain) == z3.sat:
            solver.add(number == plain)
            solver.check()
            return float(plain)
    solver.check()
    value = solver.model().eval(number, model_completion=True)
    exact = Fraction(value.numerator_as_long(), value.denominator_as_long())
    solver.add(number == z3.RealVal(str(exact)))
    solver.check()
    return float(exact)
