"""What becomes of a mutant: noticed by something, proved equivalent, or a survivor."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from rules_lib.authoring.folder import read_folder
from rules_lib.checking import folder_of
from rules_lib.dossier import dossier_of
from rules_lib.errors import KnowledgeError
from rules_lib.frozen import frozen
from rules_lib.knowledge_base import KnowledgeBase
from rules_lib.mutation.checks import first_implication, first_problem
from rules_lib.mutation.equivalence import Comparison, asks_the_same
from rules_lib.mutation.patients import Patients
from rules_lib.mutation.promises import Promises
from rules_lib.proving.property_file import read_properties
from rules_lib.proving.prover import Prover
from rules_lib.vignettes import read_vignettes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rules_lib.authoring.draft import Draft
    from rules_lib.mutation.equivalence import Difference
    from rules_lib.mutation.mutant import Mutant
    from rules_lib.proving.claims import Property
    from rules_lib.vignettes import Vignette


class Fate(StrEnum):
    """What became of a mutant; those before `equivalent` killed it."""

    RULE_CASE = "rule cases"
    VIGNETTE = "vignettes"
    EVIDENCE = "evidence rows"
    CHECK = "cross-checks"
    INTERVIEW = "interviews"
    PROOF = "proofs"
    EQUIVALENT = "equivalent"
    """z3 proves that it concludes the same in every state."""
    ARGUED = "argued"
    """It is harmless, and somebody wrote down why."""
    SURVIVED = "survived"


KILLED = tuple(Fate)[: tuple(Fate).index(Fate.EQUIVALENT)]


@frozen
class Judged:
    """A mutant, and what became of it."""

    mutant: str
    fate: Fate
    by: str = ""
    """The case, vignette, check or property that noticed it."""
    told: tuple[str, ...] = ()
    """Of a survivor: a smallest patient who tells it from the pack."""
    differs: tuple[str, ...] = ()
    """Of a survivor: what can differ."""


@frozen
class Material:
    """What mutants are judged by."""

    kb: KnowledgeBase
    draft: Draft | None
    """What the pack was read from; None where there is no YAML, and some checks are left out."""
    vignettes: tuple[Vignette, ...]
    properties: tuple[Property, ...]


def material(pack: str | Path, cases: Path | None) -> Material:
    """
    Return what the mutants of a pack are judged by.

    Args:
        pack: a folder, a `.json` file or a shipped name; its YAML is read where that is there.
        cases: vignettes, a file or folder; None for none.

    Raises:
        KnowledgeError: where the pack, its properties or the vignettes cannot be used.
    """
    folder = folder_of(pack)
    draft: Draft | None = None
    if folder is None:
        kb = KnowledgeBase.load(pack)
    else:
        draft, problems = read_folder(folder)
        if problems:
            raise KnowledgeError(problems)
        kb = KnowledgeBase(**draft.fields())
    vignettes = read_vignettes(cases, kb) if cases is not None else ()
    properties = read_properties(folder, kb) if folder is not None else ()
    return Material(kb, draft, vignettes, properties)


class Judge:
    """
    Judges the mutants of one pack, the cheapest way first.

    Args:
        given: the pack, and what its mutants are judged by.
        shown: whether a smallest patient of each survivor is wanted; it takes seconds.
    """

    def __init__(self, given: Material, *, shown: bool = False) -> None:
        self._kb = given.kb
        self._shown = shown
        self._draft = given.draft
        rows = dossier_of(given.draft).evidence if given.draft else ()
        self._patients = Patients(given.kb, given.vignettes, rows)
        self._comparison = Comparison(given.kb)
        self._promises = Promises(given.kb, given.properties)

    def judged(self, mutant: Mutant) -> Judged:
        """Return what becomes of a mutant."""
        weaker = mutant.pack(self._kb)
        for fate, by in self._killers(mutant, weaker):
            if by is not None:
                return Judged(mutant.id, fate, by)
        prover = Prover(weaker)
        differs = self._difference(weaker, prover, shown=False)
        if differs is None and asks_the_same(self._kb, weaker):
            return Judged(mutant.id, Fate.EQUIVALENT, "z3: no state in which they differ")
        for fate, by in self._late_killers(weaker, prover):
            if by is not None:
                return Judged(mutant.id, fate, by)
        if not self._shown:
            return Judged(mutant.id, Fate.SURVIVED)
        return self._survivor(mutant, weaker, prover)

    def _killers(self, mutant: Mutant, weaker: KnowledgeBase) -> Iterator[tuple[Fate, str | None]]:
        yield Fate.RULE_CASE, self._patients.rule_case(weaker, mutant.subject)
        yield Fate.VIGNETTE, self._patients.vignette(weaker, mutant.subject)
        yield Fate.EVIDENCE, self._patients.evidence(weaker)
        if self._draft is not None:
            yield Fate.CHECK, first_problem(weaker, self._draft)
        if mutant.reshapes_interview:
            yield Fate.INTERVIEW, self._patients.interview(weaker, self._touched(weaker))

    def _late_killers(
        self, weaker: KnowledgeBase, prover: Prover
    ) -> Iterator[tuple[Fate, str | None]]:
        """Give what takes long: it is asked only of mutants that do differ."""
        yield Fate.PROOF, self._promises.broken(prover)
        if self._draft is not None:
            yield Fate.CHECK, first_implication(weaker, self._draft)
        yield Fate.PROOF, self._promises.broken_by_change(prover)

    def _touched(self, weaker: KnowledgeBase) -> tuple[str, ...]:
        """Return findings that a group or complaint which was changed is about."""
        names: list[str] = []
        for section in ("groups", "complaints"):
            for id_, before in getattr(self._kb, section).items():
                if getattr(weaker, section)[id_] != before:
                    groups = (id_,) if section == "groups" else (*before.groups, before.recap)
                    for group in groups:
                        names += self._kb.groups[group].members if group else ()
        return tuple(dict.fromkeys(names))

    def _difference(
        self, weaker: KnowledgeBase, prover: Prover, *, shown: bool
    ) -> Difference | None:
        return self._comparison.difference(weaker, prover, shown=shown)

    def _survivor(self, mutant: Mutant, weaker: KnowledgeBase, prover: Prover) -> Judged:
        found = self._difference(weaker, prover, shown=True)
        if found is None:
            return Judged(mutant.id, Fate.SURVIVED, differs=("what is asked",))
        told = tuple(
            f"{one.id} {one.presence if one.value is None else one.value}"
            + ("" if one.severity is None else f" severity {one.severity:g}")
            for one in found.findings
        )
        return Judged(mutant.id, Fate.SURVIVED, told=told, differs=found.what)
