"""Whether a weakened pack still keeps the properties that the pack is proved to have."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import z3

from rules_lib.mutation.equivalence import floors
from rules_lib.proving.prover import Prover

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rules_lib.knowledge_base import KnowledgeBase
    from rules_lib.proving.claims import Claim, Property


class Promises:
    """
    The properties of a pack, proved again of weakened ones.

    A property (or the part of one) whose formula a weakening leaves as it was is not asked
    about again. One that the pack itself does not keep proves nothing, and kills nothing.
    """

    def __init__(self, kb: KnowledgeBase, properties: Sequence[Property]) -> None:
        self._prover = Prover(kb)
        self._properties = properties
        self._formulas = {
            (promised.id, part): formula
            for promised in properties
            for part, (formula, _) in enumerate(_parts(self._prover, promised))
        }
        self._kept: dict[tuple[str, int], bool] = {}
        self._floors = floors(self._prover.model)

    def broken(self, prover: Prover) -> str | None:
        """Return the first property of one state that the pack of a prover breaks, if any."""
        for promised in self._properties:
            for part, (formula, wanted) in enumerate(_parts(prover, promised)):
                key = promised.id, part
                if formula.eq(self._formulas[key]):
                    continue
                if prover.possible(formula) is not wanted and self._keeps(key, wanted=wanted):
                    return promised.id
        return None

    def broken_by_change(self, prover: Prover) -> str | None:
        """Return the first property of two states, or of two packs, that is broken, if any."""
        now = floors(prover.model)
        if all(one.eq(two) for one, two in zip(self._floors, now, strict=True)):
            return None
        for promised in self._properties:
            if promised.change is None and not promised.without_causes:
                continue
            if not _sound(prover, promised) and self._keeps_whole(promised):
                return promised.id
        return None

    def _keeps(self, key: tuple[str, int], *, wanted: bool) -> bool:
        if key not in self._kept:
            self._kept[key] = self._prover.possible(self._formulas[key]) is wanted
        return self._kept[key]

    def _keeps_whole(self, promised: Property) -> bool:
        key = promised.id, -1
        if key not in self._kept:
            self._kept[key] = _sound(self._prover, promised)
        return self._kept[key]


def _parts(prover: Prover, promised: Property) -> Iterator[tuple[z3.BoolRef, bool]]:
    """Give the formula of each obligation and possibility, and whether it is to be possible."""

    def formula(claim: Claim) -> z3.BoolRef:
        return prover.claim(claim)

    for obligation in promised.obligations:
        yield z3.And(formula(obligation.premise), z3.Not(formula(obligation.conclusion))), False
    for claim in promised.possible:
        yield formula(claim), True


def _sound(prover: Prover, promised: Property) -> bool:
    """Return whether what a property says of two states, or of two packs, holds."""
    whole = replace(promised, obligations=(), possible=())
    return all(
        outcome.counterexample is None for outcome in prover.outcomes(whole, witnesses=False)
    )
