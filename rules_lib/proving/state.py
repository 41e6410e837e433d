"""
One patient in every possible state at once, as z3 sees it.

Each finding of the pack is unknown, present, absent or unsure; a number and a severity are
real numbers in their range, a choice is any of its choices. What follows by the pack's own
declarations (docs/knowledge_format.md, "What is filled in") is defined from what was told:
denied groups deny their members, two clocks give the third, the worst severity counts.

This module reads the pack and that page. It shares no code with the engines nor with
`screening.completed`; `agreement.py` compares them on random patients.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import z3

from rules_lib.facts import ValueType
from rules_lib.pack import Role
from rules_lib.rules import Compare, OneOf, Operator

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rules_lib.pack import Pack

WORST_SEVERITY = 10


class State:
    """
    What was told of one patient, and what is filled in.

    Attributes:
        present, absent, unsure: finding to whether it is so, with all that is filled in.
        told: the same three as they were told, finding to three booleans.
        holds: what restricts the variables: one presence a finding, numbers in range.
    """

    def __init__(self, pack: Pack, name: str = "") -> None:
        self._pack = pack
        self._name = name
        self.told: dict[str, tuple[z3.BoolRef, z3.BoolRef, z3.BoolRef]] = {}
        self.values: dict[str, z3.ArithRef] = {}
        """Number finding to the number told, in its unit."""
        self.choices: dict[str, dict[str, z3.BoolRef]] = {}
        self.severities: dict[str, tuple[z3.BoolRef, z3.ArithRef]] = {}
        """Finding that may carry one to whether it does, and the severity told."""
        self.holds: list[z3.BoolRef] = []
        self._untold: dict[str, z3.BoolRef] = {}
        """Kept, because making a formula takes longer than asking about it."""
        for finding in pack.findings:
            self._declare(finding)
        self.present = {name: told[0] for name, told in self.told.items()}
        self.absent = {name: told[1] for name, told in self.told.items()}
        self.unsure = {name: told[2] for name, told in self.told.items()}
        self._numbers = dict(self.values)
        self._fill_groups()
        self._fill_clocks()
        self._worst = self._fill_severity()

    # --- what was told ----------------------------------------------------------------------

    def _bool(self, *words: str) -> z3.BoolRef:
        return z3.Bool(" ".join((self._name, *words)).strip())

    def _declare(self, finding: str) -> None:
        declared = self._pack.findings[finding]
        told = (
            self._bool(finding, "present"),
            self._bool(finding, "absent"),
            self._bool(finding, "unsure"),
        )
        self.told[finding] = told
        self.holds.append(z3.AtMost(*told, 1))
        if declared.type is ValueType.NUMBER:
            value = z3.Real(f"{self._name} {finding} value".strip())
            self.values[finding] = value
            self.holds += [value >= declared.minimum, value <= declared.maximum]
        elif declared.type is ValueType.CHOICE:
            one = {choice: self._bool(finding, "is", choice) for choice in declared.choices}
            self.choices[finding] = one
            self.holds.append(z3.AtMost(*one.values(), 1))
            self.holds.append(told[0] == z3.Or(*one.values()))
        if declared.severity:
            given = self._bool(finding, "severity told")
            value = z3.Real(f"{self._name} {finding} severity".strip())
            self.severities[finding] = given, value
            self.holds += [z3.Implies(given, told[0]), value >= 0, value <= WORST_SEVERITY]

    def unknown(self, finding: str) -> z3.BoolRef:
        """Return whether nothing is known of a finding, with all that is filled in."""
        return z3.Not(z3.Or(self.present[finding], self.absent[finding], self.unsure[finding]))

    def untold(self, finding: str) -> z3.BoolRef:
        """Return whether nothing was told of a finding."""
        if finding not in self._untold:
            self._untold[finding] = z3.Not(z3.Or(*self.told[finding]))
        return self._untold[finding]

    # --- what is filled in ------------------------------------------------------------------

    def _fill_groups(self) -> None:
        groups = [group for group in self._pack.groups.values() if group.role is not Role.RECAP]
        denied_by: dict[str, list[z3.BoolRef]] = {}
        for group in groups:
            for member in group.members:
                denied_by.setdefault(member, []).append(self.told[group.id][1])
        for member, denials in denied_by.items():
            denied = z3.And(self.untold(member), z3.Or(*denials))
            self.absent[member] = z3.Or(self.told[member][1], denied)
        for group in groups:
            present, absent, unsure = self.told[group.id]
            settled = z3.And(*[self.absent[member] for member in group.members])
            self.absent[group.id] = z3.Or(absent, z3.And(z3.Not(present), settled))
            self.unsure[group.id] = z3.And(unsure, z3.Not(settled))

    def _fill_clocks(self) -> None:
        clocks = self._pack.clocks
        if clocks is None:
            return
        total, first, rest = clocks.names
        told = {name: self.told[name][0] for name in (total, first, rest)}
        value = {name: self.values[name] for name in (total, first, rest)}
        # A denied clock says nothing: there is no "no" to how long ago something was.
        open_ = {name: z3.Not(z3.Or(self.told[name][0], self.told[name][2])) for name in told}
        both = {
            total: z3.And(told[first], told[rest]),
            first: z3.And(told[total], told[rest], value[total] >= value[rest]),
            rest: z3.And(told[total], told[first]),
        }
        third = {
            total: value[first] + value[rest],
            first: value[total] - value[rest],
            rest: value[total] - value[first],
        }
        clashes = [self._fill(name, open_[name], both[name], third[name]) for name in told]
        # What would follow from a clock that is unsure is unsure itself.
        heard = {name: z3.Or(self.told[name][0], self.told[name][2]) for name in told}
        doubtful = {
            total: z3.And(open_[total], heard[first], heard[rest]),
            first: z3.And(open_[first], heard[total], heard[rest]),
            rest: z3.And(open_[rest], heard[total], heard[first]),
        }
        for name, doubt in doubtful.items():
            certain = z3.And(*[told[other] for other in told if other != name])
            unsure = z3.And(doubt, z3.Not(certain))
            self.unsure[name] = z3.Or(self.unsure[name], unsure)
            self.absent[name] = z3.And(self.absent[name], z3.Not(unsure))
        # Clocks that contradict each other are worth "not sure", all of them.
        clashes.append(z3.And(*told.values(), value[total] != value[first] + value[rest]))
        clash = z3.Or(*clashes)
        for name in told:
            self.present[name] = z3.And(self.present[name], z3.Not(clash))
            self.unsure[name] = z3.Or(self.unsure[name], clash)

    def _fill(
        self, clock: str, open_: z3.BoolRef, both: z3.BoolRef, number: z3.ArithRef
    ) -> z3.BoolRef:
        """
        Fill in the number that both others give, and return whether the range has no place for it.

        There is none, and that contradicts, for a clock that is not known as well as for one that
        is open to be filled in.
        """
        declared = self._pack.findings[clock]
        low, high = z3.RealVal(declared.minimum), z3.RealVal(declared.maximum)
        when = z3.And(open_, both)
        self._numbers[clock] = z3.If(when, number, self.values[clock])
        self.present[clock] = z3.Or(self.present[clock], when)
        self.absent[clock] = z3.And(self.absent[clock], z3.Not(when))
        untold = z3.Not(self.told[clock][0])
        return z3.And(untold, both, z3.Or(number < low, number > high))

    def _fill_severity(self) -> list[tuple[z3.BoolRef, z3.ArithRef]]:
        """Return every severity that counts towards the worst: whether told, and how bad."""
        own = self._pack.severity
        if own is None:
            return []
        told = list(self.severities.values())
        counting = [*told, (self.told[own][0], self.values[own])]
        some = z3.Or(*[given for given, _ in told])
        self.present[own] = z3.Or(self.present[own], some)
        self.absent[own] = z3.And(self.absent[own], z3.Not(some))
        self.unsure[own] = z3.And(self.unsure[own], z3.Not(some))
        return counting

    # --- tests of values --------------------------------------------------------------------

    def compares(self, leaf: Compare) -> z3.BoolRef:
        """Return whether a comparison holds of what was told, or filled in."""
        if not leaf.severity and leaf.finding == self._pack.severity:
            passes = [z3.And(given, _compared(value, leaf)) for given, value in self._worst]
            if leaf.operator in (Operator.AT_LEAST, Operator.ABOVE):
                return z3.Or(*passes)
            fails = [z3.Implies(given, _compared(value, leaf)) for given, value in self._worst]
            return z3.And(self.present[leaf.finding], *fails)
        if leaf.severity:
            given, value = self.severities[leaf.finding]
            return z3.And(given, _compared(value, leaf))
        return z3.And(self.present[leaf.finding], _compared(self._numbers[leaf.finding], leaf))

    def is_one_of(self, leaf: OneOf) -> z3.BoolRef:
        """Return whether the choice told is one of these."""
        one = self.choices[leaf.finding]
        return z3.Or(*[one[choice] for choice in leaf.choices if choice in one])

    def same(self, other: State, findings: Iterable[str]) -> z3.BoolRef:
        """Return whether two states were told the same of these findings."""
        equal: list[z3.BoolRef] = []
        for name in findings:
            equal += [
                one == two for one, two in zip(self.told[name], other.told[name], strict=True)
            ]
            equal += self._same_values(other, name)
        return z3.And(*equal)

    def _same_values(self, other: State, name: str) -> list[z3.BoolRef]:
        equal: list[z3.BoolRef] = []
        if name in self.values:
            equal.append(self.values[name] == other.values[name])
        if name in self.choices:
            equal += [one == other.choices[name][word] for word, one in self.choices[name].items()]
        if name in self.severities:
            pairs = zip(self.severities[name], other.severities[name], strict=True)
            equal += [one == two for one, two in pairs]
        return equal


def _compared(value: z3.ArithRef, leaf: Compare) -> z3.BoolRef:
    number = z3.RealVal(str(Fraction(leaf.number)))
    if leaf.operator is Operator.AT_LEAST:
        return value >= number
    if leaf.operator is Operator.ABOVE:
        return value > number
    if leaf.operator is Operator.AT_MOST:
        return value <= number
    return value < number
