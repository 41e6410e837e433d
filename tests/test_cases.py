"""Every vignette of tests/cases comes out as its story says; those to evaluate by are sound."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from rules_lib.assessment import UNKNOWN_CAUSE
from rules_lib.authoring.yaml_reader import load_yaml
from rules_lib.expectations import shortfalls
from rules_lib.facts import findings_from
from rules_lib.knowledge_base import KnowledgeBase
from rules_lib.rules import Urgency
from rules_lib.traceability import gaps
from rules_lib.vignettes import TAGS, Vignette, read_vignettes

CASES = Path(__file__).parent / "cases"
KB = KnowledgeBase.load("iron_infusion")
ALL = read_vignettes(CASES, KB)
EVALUATION = [vignette for vignette in ALL if vignette.file.startswith("evaluation/")]
"""Labelled from the evidence alone; what comes of them is measured, not demanded here."""
VIGNETTES = [vignette for vignette in ALL if vignette not in EVALUATION]
EVIDENCE = {
    row["id"]: " | ".join(map(str, row.values()))
    for row in load_yaml(CASES.parent / "evidence_rows.yaml")
}
RED_FLAGS = 2
"""The section of the evidence that lists them."""
REMARK = "CJ: "
"""Begins a part of a quote that is ours: why the safer of two levels was taken."""


@pytest.mark.parametrize("vignette", VIGNETTES, ids=lambda vignette: vignette.id)
def test_vignette(vignette: Vignette) -> None:
    """The assessment of a story is what the story expects."""
    missing = shortfalls(KB, vignette)

    assert not missing, "\n".join((f"{vignette.file}:{vignette.line}", vignette.story, *missing))


def test_statements() -> None:
    """Every statement of the seed text is carried by the pack and shown by a vignette."""
    assert gaps(KB, VIGNETTES) == ()


@pytest.mark.parametrize("vignette", EVALUATION, ids=lambda vignette: vignette.id)
def test_label_is_founded(vignette: Vignette) -> None:
    """A label quotes, word for word, the row of the evidence that decides it, and names sources."""
    parts = [part for part in vignette.quote.split(" | ") if not part.startswith(REMARK)]

    assert parts
    assert [part for part in parts if part not in EVIDENCE[vignette.row]] == []
    assert vignette.sources
    assert vignette.level == vignette.expect["floor"]
    assert vignette.tags


@pytest.mark.parametrize("vignette", EVALUATION, ids=lambda vignette: vignette.id)
def test_opening_agrees(vignette: Vignette) -> None:
    """What a patient says first is what is true; who says little says ten words at most."""
    opening, told = (
        findings_from(KB.findings, part) for part in (vignette.opening, vignette.findings)
    )

    assert {id_: one.presence for id_, one in opening.items()} == {
        id_: told[id_].presence for id_ in opening
    }
    if "minimal" in vignette.tags:
        assert len(vignette.story.split()) <= 10


def test_spread() -> None:
    """The evaluation has at least 300 stories, 30 of each level, and every cause and tag in it."""
    levels = Counter(vignette.level for vignette in EVALUATION)
    causes = {cause for vignette in EVALUATION for cause in vignette.expect.get("causes", ())}
    tags = {tag for vignette in EVALUATION for tag in vignette.tags}

    assert len(EVALUATION) >= 300
    assert {level.id: levels[level.id] >= 30 for level in Urgency} == {
        level.id: True for level in Urgency
    }
    assert causes == {*KB.causes, UNKNOWN_CAUSE}
    assert tags == set(TAGS)


def test_every_red_flag_is_there() -> None:
    """Every red-flag row of the evidence decides at least one story of the evaluation."""
    rows = load_yaml(CASES.parent / "evidence_rows.yaml")
    red_flags = {row["id"] for row in rows if row["section"] == RED_FLAGS}

    assert red_flags - {vignette.row for vignette in EVALUATION} == set()
