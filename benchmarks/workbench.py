"""What those who write packs wait for: the proof and the evaluation of the shipped pack."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from benchmarks.patients import CASES
from benchmarks.results import Row, Section
from rules_lib import KnowledgeBase
from rules_lib.checking import folder_of
from rules_lib.evaluation.evaluation import evaluate
from rules_lib.proving.proof import prove
from rules_lib.proving.property_file import read_properties
from rules_lib.vignettes import read_vignettes

if TYPE_CHECKING:
    from collections.abc import Mapping

STATES = 1_000
PARTS: Mapping[str, str] = {
    "z3": "proof of every property by z3",
    "diagrams": "proof of every property by decision diagrams",
    "rules": "search for dead, doubled and contradictory rules",
    "states": f"{STATES:,} random states, model against both engines",
}


def workbench(pack: str, rounds: int) -> Section:
    """Measure the parts of the proof, one after the other, and the evaluation."""
    kb = KnowledgeBase.load(pack)
    folder = folder_of(pack)
    properties = read_properties(folder, kb) if folder else ()
    vignettes = read_vignettes(CASES, kb)
    taken: dict[str, list[float]] = {name: [] for name in (*PARTS, "evaluation")}
    for _ in range(rounds):
        proof = prove(kb, properties, STATES, 1, lambda _: None)
        for part in PARTS:
            taken[part].append(proof.seconds[part])
        begun = time.perf_counter()
        evaluate(kb, vignettes)
        taken["evaluation"].append(time.perf_counter() - begun)
    section = Section(
        title="The workbench",
        about=f"The shipped knowledge base, {len(kb.rules)} rules: its {len(properties)} "
        f"properties and {len(vignettes)} vignettes;\nmedians of {rounds} runs by the clock, "
        "one part at a time.",
    )
    names = {**PARTS, "evaluation": f"evaluation on {len(vignettes)} vignettes, intervals included"}
    for part, seconds in taken.items():
        section.rows.append(Row(names[part], statistics.median(seconds), "s"))
    return section
