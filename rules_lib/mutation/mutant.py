"""One weakening of a pack, in memory only."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rules_lib.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from rules_lib.knowledge_base import KnowledgeBase


@frozen
class Mutant:
    """A pack with one thing changed."""

    id: str
    """`operator:subject:place`; the same as long as the subject says the same."""
    says: str
    """What was changed, one sentence in plain words."""
    subject: str
    """Id of the rule, advice, group or complaint that was changed."""
    changes: Mapping[str, Any]
    """Field of the pack to what stands in it instead."""

    @property
    def operator(self) -> str:
        """What kind of weakening it is."""
        return self.id.partition(":")[0]

    def pack(self, kb: KnowledgeBase) -> KnowledgeBase:
        """Return the weakened pack."""
        return replace(kb, **self.changes)

    @property
    def reshapes_interview(self) -> bool:
        """Whether it changes what is asked, not what is concluded."""
        return not self.changes.keys().isdisjoint({"groups", "complaints"})


@frozen
class Operator:
    """A kind of weakening."""

    id: str
    about: str
    """What it takes away, in plain words."""
    make: Callable[[KnowledgeBase], Iterator[Weakening]]


@frozen
class Weakening:
    """What an operator gives: a mutant that has no id yet."""

    subject: str
    place: str
    """Where in the subject, empty where the subject as a whole."""
    says: str
    changes: Mapping[str, Any]
