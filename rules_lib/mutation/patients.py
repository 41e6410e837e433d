"""What is tried on a weakened pack first: every patient whose answer is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib.case_check import first_case_problem
from rules_lib.evaluation.patient import Patient, interview
from rules_lib.expectations import shortfalls_of
from rules_lib.facts import Presence, findings_from
from rules_lib.frozen import frozen
from rules_lib.rules import Urgency
from rules_lib.session import chainer_session

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from rules_lib.dossier import Row
    from rules_lib.facts import Finding
    from rules_lib.knowledge_base import KnowledgeBase
    from rules_lib.session import Session
    from rules_lib.vignettes import Vignette


@frozen
class _Told:
    """A vignette, or a case of the evidence, ready to be assessed."""

    name: str
    findings: Mapping[str, Finding]
    rules: frozenset[str] = frozenset()
    """Rules that fire for the patient in the pack as it is."""


class Patients:
    """
    The cases of the rules, the vignettes, and the patients of the evidence.

    A patient who does not come out as expected with the pack as it is shows nothing.

    Args:
        kb: the pack.
        vignettes: patients with what is expected.
        rows: rows of the evidence with their patients.
    """

    def __init__(
        self, kb: KnowledgeBase, vignettes: Iterable[Vignette], rows: Iterable[Row] = ()
    ) -> None:
        self._kb = kb
        self._vignettes: list[tuple[Vignette, _Told]] = []
        self._rows: list[tuple[Urgency | None, _Told]] = []
        session = chainer_session(kb)
        for vignette in vignettes:
            findings = findings_from(kb.findings, vignette.findings)
            missing, rules = _missing(session, vignette, findings)
            if not missing:
                told = _Told(vignette.id, findings, frozenset(rules))
                self._vignettes.append((vignette, told))
        for row in rows:
            for number, case in enumerate(row.cases, start=1):
                told = _Told(f"{row.id}, case {number}", findings_from(kb.findings, case.told))
                self._rows.append((case.ruled, told))
        self._announced: dict[str, Urgency] = {}

    def rule_case(self, weaker: KnowledgeBase, at: str) -> str | None:
        """Return the first case of a rule that a weakened pack does otherwise; `at` goes first."""
        return first_case_problem(weaker, at=at)

    def vignette(self, weaker: KnowledgeBase, at: str) -> str | None:
        """Return the first vignette that a weakened pack falls short of; of rule `at` first."""
        session = chainer_session(weaker)
        for vignette, told in sorted(self._vignettes, key=lambda each: at not in each[1].rules):
            missing, _ = _missing(session, vignette, told.findings)
            if missing:
                return told.name
        return None

    def evidence(self, weaker: KnowledgeBase) -> str | None:
        """Return the first patient of the evidence who is told another urgency."""
        session = chainer_session(weaker)
        for ruled, told in self._rows:
            if session.foreseen(told.findings).floor is not ruled:
                return told.name
        return None

    def interview(self, weaker: KnowledgeBase, about: Sequence[str]) -> str | None:
        """
        Return the first vignette whose whole interview now tells less than is right.

        Args:
            weaker: the pack, which asks otherwise.
            about: findings and groups; only vignettes that tell one of them are played.
        """
        chainer_session(weaker)
        wanted = set(about)
        for vignette, told in self._vignettes:
            if vignette.level is None or not wanted & _worth_asking(told.findings):
                continue
            right = Urgency.from_id(vignette.level)
            if self._interviewed(weaker, vignette) < right <= self._as_it_is(vignette):
                return vignette.id
        return None

    def _as_it_is(self, vignette: Vignette) -> Urgency:
        if vignette.id not in self._announced:
            self._announced[vignette.id] = self._interviewed(self._kb, vignette)
        return self._announced[vignette.id]

    def _interviewed(self, kb: KnowledgeBase, vignette: Vignette) -> Urgency:
        return interview(kb, vignette.opening, Patient(kb, vignette.findings)).announced


def _missing(
    session: Session, vignette: Vignette, findings: Mapping[str, Finding]
) -> tuple[tuple[str, ...], Iterable[str]]:
    """Return what a vignette expects and does not get, and the rules that fire."""
    answer = session.foreseen(findings)
    rules = session.chainer.verdict(answer.findings).rules
    return shortfalls_of(session.kb, vignette, answer, rules), rules


def _worth_asking(findings: Mapping[str, Finding]) -> set[str]:
    return set(_not_denied(findings))


def _not_denied(findings: Mapping[str, Finding]) -> Iterator[str]:
    for name, found in findings.items():
        if found.presence is not Presence.ABSENT:
            yield name
