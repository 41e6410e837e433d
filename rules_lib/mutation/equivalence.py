"""Whether two packs conclude the same in every state of every patient: asked of z3."""

from __future__ import annotations

from typing import TYPE_CHECKING

import z3

from rules_lib.frozen import frozen
from rules_lib.proving.prover import Prover
from rules_lib.rules import Likelihood, Urgency

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rules_lib.facts import Finding
    from rules_lib.knowledge_base import KnowledgeBase
    from rules_lib.proving.model import Model


@frozen
class Difference:
    """A patient who is told another thing by the second pack."""

    findings: tuple[Finding, ...]
    """What was told; a smallest such patient."""
    what: tuple[str, ...]
    """What one pack concludes of some patient and the other does not."""


class Comparison:
    """
    Compares weakened packs with the pack that they are of.

    Both models are of one state: the variables are called the same. Compared is all that a
    patient can notice: the floor and what may be announced at each level, screening, offers and
    what is withheld and why, causes, leads and their order, what is said, what is asked for.
    """

    def __init__(self, kb: KnowledgeBase) -> None:
        self._kb = kb
        self._prover = Prover(kb)
        # What a weakened pack no longer says at all is compared, too.
        self._sayings = sorted({name for rule in kb.rules for name in rule.then.say})
        self._said = dict(_conclusions(kb, self._prover.model, self._sayings))
        self._solver = z3.Solver()
        self._solver.add(*self._prover.model.state.holds)

    def difference(self, other: KnowledgeBase, prover: Prover, *, shown: bool) -> Difference | None:
        """
        Return how a weakened pack differs; None where z3 proves that it does in no state.

        Args:
            other: the weakened pack.
            prover: of the weakened pack.
            shown: whether a smallest patient is wanted; it takes a second.
        """
        differing = {
            name: self._said[name] != term
            for name, term in _conclusions(other, prover.model, self._sayings)
            # The same term is the same object to z3.
            if not self._said[name].eq(term)
        }
        if not differing or self._solver.check(z3.Or(*differing.values())) == z3.unsat:
            return None
        if not shown:
            return Difference((), ())
        what = tuple(name for name, term in differing.items() if self._prover.possible(term))
        example = self._prover.example(z3.Or(*differing.values()))
        return Difference(example.findings if example else (), what)


def asks_the_same(one: KnowledgeBase, other: KnowledgeBase) -> bool:
    """Return whether two packs have the same groups and complaints."""
    return (one.groups, one.complaints) == (other.groups, other.complaints)


def floors(model: Model) -> tuple[z3.BoolRef, ...]:
    """Return, for each level, whether the floor is at least that."""
    return tuple(model.floor_at_least(level) for level in Urgency)


def _conclusions(
    kb: KnowledgeBase, model: Model, sayings: Iterable[str]
) -> Iterator[tuple[str, z3.BoolRef]]:
    for level in Urgency:
        yield f"floor {level.id}", model.floor_at_least(level)
        yield f"announced {level.id}", model.announced_at_least(level)
    yield "screened", model.screened
    for advice, declared in kb.advice.items():
        due = model.indicated(advice)
        if declared.always:
            due = z3.Or(due, model.floor_at_least(Urgency.SELF_CARE))
        yield f"offered {advice}", model.offered(advice)
        yield f"due {advice}", due
        yield f"contraindicated {advice}", model.contraindicated(advice)
    for cause in kb.causes:
        for likelihood in Likelihood:
            yield f"cause {cause} {likelihood}", model.cause(cause, likelihood)
    for lead in sorted(kb.leads):
        yield f"lead {lead}", model.lead(lead)
        yield f"first {lead}", model.lead_first(lead)
    for saying in sayings:
        yield f"says {saying}", model.names(lambda then: then.say, saying)
    for question in kb.questions:
        yield f"asks {question}", model.names(lambda then: then.ask, question)
