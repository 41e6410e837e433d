"""What follows from what was told is filled in, and a contradiction calms nothing."""

from __future__ import annotations

from typing import Any

import pytest

from rules_lib.facts import findings_from
from rules_lib.knowledge_base import KnowledgeBase
from rules_lib.screening import completed

KB = KnowledgeBase.load("iron_infusion")
TOTAL, FIRST, REST = "hours-since-infusion", "hours-to-onset", "hours-since-onset"


def _clocks(told: dict[str, Any]) -> list[Any]:
    full = completed(KB, findings_from(KB.findings, told))
    found = [full.get(name) for name in (TOTAL, FIRST, REST)]
    return [one and (one.presence.value if one.value is None else one.value) for one in found]


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ({FIRST: 20, REST: 10}, [30, 20, 10]),
        ({TOTAL: 30, REST: 10}, [30, 20, 10]),
        ({TOTAL: 30, FIRST: 20}, [30, 20, 10]),
        ({TOTAL: 30, FIRST: 40}, ["unsure", "unsure", "unsure"]),
        ({FIRST: 87600, REST: 10}, ["unsure", "unsure", "unsure"]),
        ({TOTAL: 30, FIRST: 40, REST: "absent"}, ["unsure", "unsure", "unsure"]),
        ({TOTAL: 10, REST: 30}, [10, None, 30]),
        ({TOTAL: 30}, [30, None, None]),
        ({TOTAL: "absent", FIRST: 20, REST: 10}, [30, 20, 10]),
        ({TOTAL: 30, FIRST: "unsure"}, [30, "unsure", "unsure"]),
        ({FIRST: "unsure", REST: "unsure"}, ["unsure", "unsure", "unsure"]),
        ({TOTAL: 30, FIRST: 20, REST: 10}, [30, 20, 10]),
        ({TOTAL: 20, FIRST: 20, REST: 10}, ["unsure", "unsure", "unsure"]),
    ],
)
def test_clocks(told: dict[str, Any], wanted: list[Any]) -> None:
    """Two clocks give the third, doubt stays doubt, and three that contradict are doubtful."""
    assert _clocks(told) == wanted
