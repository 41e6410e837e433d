"""
Looks for a state in which a formula over decision diagrams holds, without one huge diagram.

The union of all rules is a diagram of millions of nodes; each rule is a small one. So a formula
is kept as a tree of small diagrams and searched case by case. A rule that must *not* fire is
looked at last, and only on the findings that the case is about: if nothing else is told, it
fires least, because telling more never takes a condition back. That is checked of every diagram
(`_rises`); those of which it does not hold are taken into the case in full where need be. A state
of the case is picked; what fires in it is taken out of the case; and so on, until some state is
left in which nothing fires, or no state is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

FEW = 16
"""Alternatives that are looked at ahead."""
ATTEMPTS = 20
"""States that are tried before other cases are looked at first."""


@dataclass(frozen=True, eq=False)
class Is:
    """A diagram that must hold, or must not."""

    diagram: Any
    wanted: bool = True


@dataclass(frozen=True, eq=False)
class All:
    """Every part must hold."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, eq=False)
class Some:
    """At least one part must hold."""

    parts: tuple[Formula, ...]


Formula = Is | All | Some


def opposite(formula: Formula) -> Formula:
    """Return what holds where a formula does not."""
    if isinstance(formula, Is):
        return Is(formula.diagram, not formula.wanted)
    parts = tuple(map(opposite, formula.parts))
    return Some(parts) if isinstance(formula, All) else All(parts)


class Search:
    """
    Searches the states of one manager.

    Args:
        manager: of the diagrams.
        blocks: bit to the name of the finding it belongs to; all bits of a finding false
            mean that nothing was told of it.
    """

    def __init__(self, manager: Any, blocks: Mapping[str, str]) -> None:
        self._manager = manager
        self._blocks = blocks
        self._bits: dict[str, list[str]] = {}
        for bit, block in blocks.items():
            self._bits.setdefault(block, []).append(bit)
        self._supports: dict[Any, frozenset[str]] = {}
        self._rising: dict[Any, bool] = {}
        self._open: list[tuple[Any, dict[Any, None]]] = []

    def possible(self, *formulas: Formula) -> bool:
        """Return whether some state fulfils all formulas."""
        self._open = []
        if self._search(self._manager.true, list(formulas), {}, [], frozenset()):
            return True
        return any(self._spares(case, spared) for case, spared in self._open)

    def _search(
        self,
        case: Any,
        agenda: list[Formula],
        spared: dict[Any, None],
        choices: list[Some],
        taken: frozenset[Any],
    ) -> bool:
        """
        Search one case; what is not seen at once is left open, to be worked out if need be.

        Args:
            case: what holds in it.
            agenda: formulas still to be taken in.
            spared: diagrams that must not hold.
            choices: alternatives of which one must still be taken each.
            taken: the diagrams that the case is made of.
        """
        none = self._manager.false
        while agenda:
            formula = agenda.pop()
            if isinstance(formula, All):
                agenda += formula.parts
            elif isinstance(formula, Some):
                choices.append(formula)
            elif formula.wanted:
                case &= formula.diagram
                taken |= {formula.diagram}
            else:
                spared[formula.diagram] = None
        if case == none or not taken.isdisjoint(spared):
            return False
        left = [self._narrowed(choice, case, spared, taken) for choice in choices]
        if any(not choice.parts for choice in left):
            return False
        left.sort(key=lambda choice: len(choice.parts), reverse=True)
        narrow = len(self.findings(case)) <= FEW
        if (narrow or not left or len(left[-1].parts) > FEW) and self._implies_one(case, spared):
            return False
        if left:
            *rest, narrowest = left
            return any(
                self._search(case, [part], dict(spared), list(rest), taken)
                for part in narrowest.parts
            )
        return self._spares(case, spared, ATTEMPTS)

    def _narrowed(
        self, choice: Some, case: Any, spared: Container[Any], taken: Container[Any]
    ) -> Some:
        """Return a choice without what is plainly excluded; of a long one, what is spared."""
        if len(choice.parts) > FEW:
            left = [part for part in choice.parts if not _is_among(part, spared)]
            return choice if len(left) == len(choice.parts) else Some(tuple(left))
        parts = [part for part in choice.parts if not self._excluded(case, part, spared, taken)]
        return Some(tuple(parts))

    def _excluded(
        self, case: Any, formula: Formula, spared: Container[Any], taken: Container[Any]
    ) -> bool:
        """Return whether it is plain that a formula holds in no state of a case."""
        if isinstance(formula, All):
            return any(self._excluded(case, part, spared, taken) for part in formula.parts)
        if isinstance(formula, Some):
            return all(self._excluded(case, part, spared, taken) for part in formula.parts)
        if formula.diagram in (spared if formula.wanted else taken):
            return True
        if formula.wanted:
            return bool(case & formula.diagram == self._manager.false)
        return bool(case <= formula.diagram)

    def _implies_one(self, case: Any, spared: Iterable[Any]) -> bool:
        """Return whether one of the spared diagrams holds in every state of a case."""
        inside = self.findings(case)
        return any(
            not inside.isdisjoint(self.findings(diagram)) and case <= diagram for diagram in spared
        )

    def _spares(self, case: Any, spared: dict[Any, None], rounds: int | None = None) -> bool:
        """
        Return whether some state of a case spares every diagram.

        A state of the case is picked. Where a diagram holds in it, the case goes on without
        the states in which it does, as far as the case's own findings tell; so every state that
        is left out breaks something, whatever else is told. With `rounds`, as many states are
        tried; then the case, such as it is by now, is left open.
        """
        inside = self.findings(case)
        near = self._near(spared, inside)
        while case != self._manager.false:
            if rounds == 0:
                self._open.append((case, spared))
                return False
            rounds = None if rounds is None else rounds - 1
            state = self._picked(case, inside)
            broken = next((one for one, here in near.items() if state <= here), None)
            if broken is None:
                return True
            if self._rises(broken):
                case &= ~near.pop(broken)
            else:
                # Telling more may take it back, so what it is about is now the case's too.
                case &= ~broken
                inside |= self.findings(broken)
                near = self._near(spared, inside)
        return False

    def _near(self, spared: Iterable[Any], inside: frozenset[str]) -> dict[Any, Any]:
        """Return each diagram that can hold where nothing is told but of these findings, so."""
        near: dict[Any, Any] = {}
        for diagram in spared:
            outside = self.findings(diagram) - inside
            untold = {bit: False for block in outside for bit in self._bits[block]}
            here = self._manager.let(untold, diagram) if untold else diagram
            if here != self._manager.false:
                near[diagram] = here
        return near

    def _picked(self, case: Any, inside: Iterable[str]) -> Any:
        """Return a state of a case, told little of these findings and nothing of any other."""
        untold = {bit: False for block in inside for bit in self._bits[block]}
        return self._manager.cube(untold | self._manager.pick(case))

    def findings(self, diagram: Any) -> frozenset[str]:
        """Return the findings on which a diagram depends."""
        if diagram not in self._supports:
            bits = self._manager.support(diagram)
            self._supports[diagram] = frozenset(self._blocks[bit] for bit in bits)
        return self._supports[diagram]

    def _rises(self, diagram: Any) -> bool:
        """Return whether what holds while nothing is told of a finding holds whatever is told."""
        if diagram not in self._rising:
            self._rising[diagram] = all(
                self._manager.let(dict.fromkeys(self._bits[block], False), diagram) & ~diagram
                == self._manager.false
                for block in self.findings(diagram)
            )
        return self._rising[diagram]


def _is_among(formula: Formula, diagrams: Container[Any]) -> bool:
    """Return whether a formula asks for one of these diagrams."""
    return isinstance(formula, Is) and formula.wanted and formula.diagram in diagrams
