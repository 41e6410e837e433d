"""Run the cases of every rule: a case that fires it must, one that nearly does must not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rules_lib.chainer import Chainer
from rules_lib.errors import FactError, Problem
from rules_lib.facts import Presence, findings_from
from rules_lib.screening import completed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from rules_lib.knowledge_base import KnowledgeBase
    from rules_lib.rules import Rule

Place = tuple[str, str, int]
"""Rule id, `fires` or `nearly`, and which of them."""


def case_problems(kb: KnowledgeBase, where: Callable[[Place], tuple[str, int]]) -> list[Problem]:
    """
    Return what is wrong with the cases of the rules in force.

    Args:
        kb: the pack, sound but for its cases.
        where: gives the file and line of a case.
    """
    return list(_problems(kb, kb.rules, where))


def first_case_problem(kb: KnowledgeBase, *, at: str) -> str | None:
    """
    Return the place of the first case that goes wrong; None where none does.

    Args:
        kb: the pack.
        at: the rule that is looked at first, where there is one of that id.
    """
    rules = sorted(kb.rules, key=lambda rule: rule.id != at)
    problem = next(_problems(kb, rules, lambda _: ("", 0)), None)
    return problem.place if problem else None


def _problems(
    kb: KnowledgeBase, rules: Iterable[Rule], where: Callable[[Place], tuple[str, int]]
) -> Iterator[Problem]:
    chainer = Chainer(kb)
    for rule in rules:
        for kind, cases in (("fires", rule.fires), ("nearly", rule.nearly)):
            for number, case in enumerate(cases):
                file, line = where((rule.id, kind, number))
                place = f"rule '{rule.id}': cases: {kind}: {number + 1}"
                for what, allowed, guess in _wrong(kb, chainer, rule, kind, case):
                    yield Problem(file, line, place, what, allowed, guess)


def _wrong(
    kb: KnowledgeBase, chainer: Chainer, rule: Rule, kind: str, case: Mapping[str, Any]
) -> list[tuple[str, str, str]]:
    try:
        findings = completed(kb, findings_from(kb.findings, case))
    except FactError as error:
        return [
            (
                f"{found.place}: {found.what}" if found.place else found.what,
                found.allowed,
                found.guess,
            )
            for found in error.problems
        ]
    # What fires without the unsure findings fires with certainty: they only ever add.
    sure = {id_: found for id_, found in findings.items() if found.presence is not Presence.UNSURE}
    fired = rule.id in chainer.verdict(sure).rules
    if fired is (kind == "fires"):
        return []
    if fired:
        return [("fires the rule", "a case that lacks one thing", "")]
    return [("does not fire the rule", "a case in which 'when' holds", "")]


def case_count(kb: KnowledgeBase) -> int:
    """Return how many cases the rules in force have."""
    return sum(len(rule.fires) + len(rule.nearly) for rule in kb.rules)
