"""Every operator, and every mutant that they make of a pack."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rules_lib.mutation.mutant import Mutant
from rules_lib.mutation.pack_operators import PACK_OPERATORS
from rules_lib.mutation.rule_operators import RULE_OPERATORS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules_lib.knowledge_base import KnowledgeBase

OPERATORS = {operator.id: operator for operator in (*RULE_OPERATORS, *PACK_OPERATORS)}


def mutants_of(kb: KnowledgeBase) -> tuple[Mutant, ...]:
    """Return every mutant of a pack, by operator and in the order of the pack, each id once."""
    return tuple(_named(kb))


def _named(kb: KnowledgeBase) -> Iterator[Mutant]:
    for operator in OPERATORS.values():
        seen: Counter[str] = Counter()
        for made in operator.make(kb):
            id_ = ":".join(filter(None, (operator.id, made.subject, made.place)))
            seen[id_] += 1
            # The same leaf may stand at two places of one condition.
            suffix = f"#{seen[id_]}" if seen[id_] > 1 else ""
            yield Mutant(f"{id_}{suffix}", made.says, made.subject, made.changes)
