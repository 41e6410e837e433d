"""What is left of the rules starts from what the engines conclude of the same patient."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from random_knowledge import random_knowledge, random_patient
from strategies import KB, findings

from rules_lib import Finding, Presence, Urgency
from rules_lib.chainer import Chainer
from rules_lib.residue import Residues
from rules_lib.rules import Derived, leaves
from rules_lib.screening import completed
from rules_lib.session import session_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rules_lib import KnowledgeBase

BASES, PATIENTS = 40, 20
RESIDUES = Residues(KB)


def _floor(kb: KnowledgeBase, residues: Residues, full: Mapping[str, Finding]) -> Urgency | None:
    floor = residues.residue(full, set(kb.findings).difference(full), ()).floor
    return Urgency(floor) if floor else None


def _without_circles(kb: KnowledgeBase) -> KnowledgeBase:
    """Leave out the facts that rest on facts; no pack that is checked has them in a circle."""
    return replace(
        kb,
        rules=tuple(
            replace(rule, then=replace(rule.then, fact=None))
            if any(isinstance(leaf, Derived) for leaf in leaves(rule.when))
            else rule
            for rule in kb.rules
        ),
    )


def test_an_unsure_sign_is_of_no_severity() -> None:
    """Unsure of soreness where the needle was, nobody is taken for one who is very sore."""
    full = completed(KB, {"site-soreness": Finding("site-soreness", Presence.UNSURE)})

    assert _floor(KB, RESIDUES, full) is None


@given(findings())
def test_the_floor_is_the_chainers(told: dict[str, Finding]) -> None:
    """Of anybody, as much urgency is concluded as by the engine."""
    full = completed(KB, told)

    assert _floor(KB, RESIDUES, full) == session_of(KB).chainer.verdict(full).floor


def test_the_floor_is_the_chainers_on_random_bases() -> None:
    """So it is whatever the rules say, where facts do not rest on each other in a circle."""
    for seed in range(BASES):
        kb = _without_circles(random_knowledge(seed))
        residues, chainer = Residues(kb), Chainer(kb)
        chance = random.Random(seed)
        for _ in range(PATIENTS):
            full = random_patient(kb, chance)
            assert _floor(kb, residues, full) == chainer.verdict(full).floor
