"""Every vignette of tests/cases comes out as its story says."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules_lib.knowledge_base import KnowledgeBase
from rules_lib.traceability import gaps
from rules_lib.vignettes import Vignette, read_vignettes, shortfalls

CASES = Path(__file__).parent / "cases"
KB = KnowledgeBase.load("iron_infusion")
VIGNETTES = read_vignettes(CASES, KB)


@pytest.mark.parametrize("vignette", VIGNETTES, ids=lambda vignette: vignette.id)
def test_vignette(vignette: Vignette) -> None:
    """The assessment of a story is what the story expects."""
    missing = shortfalls(KB, vignette)

    assert not missing, "\n".join((f"{vignette.file}:{vignette.line}", vignette.story, *missing))


def test_statements() -> None:
    """Every statement of the seed text is carried by the pack and shown by a vignette."""
    assert gaps(KB, VIGNETTES) == ()
