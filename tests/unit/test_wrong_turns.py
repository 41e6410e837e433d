"""Emergencies of several signs, in a pack small enough to see what one wrong turn does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packs import RULE, altered

from rules_lib import Finding, KnowledgeBase
from rules_lib.dialogue_bounds import bounds
from rules_lib.dialogue_graph import dialogue_graph
from rules_lib.dialogue_report import broken, summary
from rules_lib.wrong_turns import hidden_together

if TYPE_CHECKING:
    from pathlib import Path

PAIR = {
    **RULE,
    "id": "fever-and-ankle",
    "when": {"all": ["ankle-pain", "fever"]},
    "then": {"urgency": "emergency"},
}
RECAP = (
    "interview.yaml",
    "    members: [cold-foot, bone-showing]\n    role: recap",
    "    members: [cold-foot, bone-showing, fever]\n    role: recap",
)
OPENING = {"ankle-pain": {"ankle-pain": Finding("ankle-pain")}}


def test_a_sign_that_is_asked_for_once_is_hidden(tmp_path: Path) -> None:
    """Fever is asked for in one question only: a no, a doubt or silence there hides it."""
    kb = KnowledgeBase.load(altered(tmp_path / "pack", rules=[PAIR]))

    count, hidden = hidden_together(kb, OPENING)

    assert count == 1
    assert len(hidden) == 1
    assert "with 'fever' there" in hidden[0]
    assert "the answer to 'fever' hides it" in hidden[0]


def test_a_second_asking_mends_it(tmp_path: Path) -> None:
    """Where the recap asks for fever again, no wrong turn hides it."""
    kb = KnowledgeBase.load(altered(tmp_path / "pack", RECAP, rules=[PAIR]))

    assert hidden_together(kb, OPENING) == (1, [])


def test_two_signs_behind_one_question(tmp_path: Path) -> None:
    """Neither is an emergency with the ankle alone; both are lost with one question."""
    rule = {**PAIR, "when": {"all": ["ankle-pain", "swollen-calf", "hot-calf"]}}
    calf = """- {id: swollen-calf, name: Swollen calf, kind: sign}
- {id: hot-calf, name: Hot calf, kind: sign}
- {id: fever,"""
    members = "[cold-foot, bone-showing]"
    edits = (
        ("findings.yaml", "- {id: fever,", calf),
        ("interview.yaml", members, "[cold-foot, bone-showing, swollen-calf, hot-calf]"),
    )
    kb = KnowledgeBase.load(altered(tmp_path / "pack", *edits, rules=[rule]))

    # A yes to the group is an emergency in this pack; a no to it is not asked again.
    count, hidden = hidden_together(kb, OPENING)

    assert count == 1
    assert "with 'swollen-calf and hot-calf' there" in hidden[0]


def test_what_an_opening_settles_is_not_counted(tmp_path: Path) -> None:
    """Who is told same-day at once hears nothing less later."""
    kb = KnowledgeBase.load(altered(tmp_path / "pack", rules=[PAIR]))
    told = {**OPENING["ankle-pain"], "fever": Finding("fever")}

    assert hidden_together(kb, {"both": told}) == (0, [])


@pytest.mark.parametrize("mended", [True, False])
def test_the_bounds_do_not_hold_where_one_is_hidden(tmp_path: Path, *, mended: bool) -> None:
    """What one wrong turn hides fails the command, and is counted in its figures."""
    edits = [RECAP] if mended else []
    kb = KnowledgeBase.load(altered(tmp_path / "pack", *edits, rules=[PAIR]))
    graph = dialogue_graph(kb, OPENING)
    found = bounds(kb, graph, OPENING)

    assert found.together > 0
    assert any("hides it" in sentence for sentence in broken(found)) is not mended
    counted = f"{found.together:,}, of which one wrong turn would hide {len(found.hidden_together)}"
    assert counted in summary(found, graph)
