"""Groups that a rule asks, and two wordings of one question, on the tiny pack with more in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packs import RULE, altered
from walked import differences

from rules_lib import Finding, KnowledgeBase, Presence, Urgency, assess, next_question
from rules_lib.dialogue_graph import dialogue_graph

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

MORE_FINDINGS = """
- {id: knee-pain, name: Knee pain, kind: sign}
- {id: chills, name: Chills, kind: sign}
- {id: night-sweats, name: Sweats at night, kind: sign}
- {id: pregnant, name: Pregnant, kind: context}
- {id: dialysis, name: On dialysis, kind: context}
- {id: diabetes, name: Diabetes, kind: context}
"""
GROUPS = """
  - id: care
    name: Pregnant or on dialysis
    members: [pregnant, dialysis]
    kind: context
  - id: care-knee
    name: Pregnant, on dialysis, or with a thin bone
    members: [pregnant, dialysis]
    also_yes: [diabetes]
    kind: context
  - id: shivers
    name: Chills, or sweats at night
    members: [chills, night-sweats]
"""
KNEE = """
  - id: knee
    findings: [knee-pain]
    groups: [danger-foot, care-knee]
    recap: recap
"""


def _rule(name: str, when: Any, **then: Any) -> dict[str, Any]:
    return {**RULE, "id": name, "when": when, "then": then}


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """The small pack, with a second complaint and a group that only a rule asks."""
    return KnowledgeBase.load(_pack(tmp_path_factory.mktemp("packs") / "asking"))


def _pack(folder: Path) -> Path:
    first = "- {id: ankle-pain, name: Ankle pain, kind: sign, severity: true}"
    return altered(
        folder,
        ("findings.yaml", first, first + MORE_FINDINGS),
        ("interview.yaml", "questions:\n", GROUPS.lstrip("\n") + "questions:\n"),
        (
            "interview.yaml",
            "questions:\n",
            "questions:\n  - {id: ask-diabetes, finding: diabetes, expects: yes-no}\n",
        ),
        (
            "interview.yaml",
            "    groups: [danger-foot]\n    questions",
            "    groups: [danger-foot, care]\n    questions",
        ),
        ("interview.yaml", "  - id: anything\n", KNEE.lstrip("\n") + "  - id: anything\n"),
        rules=[
            _rule("care-calls", {"any": ["care", "care-knee"]}, urgency="within-24-hours"),
            _rule("a-knee-shivers", "knee-pain", ask=["shivers"]),
            _rule("shivers-ask", "shivers", urgency="within-24-hours", ask=["ask-diabetes"]),
            _rule(
                "shivers-and-sugar",
                {"all": [{"any": ["shivers", "chills"]}, "diabetes"]},
                urgency="same-day",
            ),
            _rule("cold-on-dialysis", {"all": ["chills", "dialysis"]}, urgency="same-day"),
        ],
    )


def _next(kb: KnowledgeBase, findings: Mapping[str, object], *asked: str) -> str | None:
    question = next_question(kb, findings, asked)
    return question.id if question else None


def test_a_group_that_a_rule_asks_is_asked_where_a_yes_leads_further(kb: KnowledgeBase) -> None:
    """A yes to shivers changes little by itself, but lets the decisive question follow."""
    told = {
        "knee-pain": "present",
        "danger-foot": "absent",
        "care-knee": "present",
        "dialysis": "absent",
    }

    assert _next(kb, told) == "shivers"
    assert _next(kb, {**told, "shivers": "present"}) == "ask-diabetes"
    worst = {**told, "shivers": "present", "diabetes": "present"}
    assert assess(kb, worst).floor is Urgency.SAME_DAY


def test_a_group_that_no_rule_asks_is_left_alone(kb: KnowledgeBase) -> None:
    """Who has a sore ankle and no more is not asked for shivers."""
    told = {"ankle-pain": "present", "danger-foot": "absent", "care": "absent", "fever": "absent"}

    assert _next(kb, told) == "recap"


def test_a_yes_to_it_is_followed_up_where_one_sign_could_raise_the_urgency(
    kb: KnowledgeBase,
) -> None:
    """A yes to shivers on dialysis asks whether it was the chills."""
    told = {
        "knee-pain": "present",
        "danger-foot": "absent",
        "dialysis": "present",
        "care-knee": "present",
        "diabetes": "absent",
    }

    assert _next(kb, {**told, "shivers": "present"}) == "chills"


def test_nobody_is_asked_the_same_circumstances_in_two_wordings(kb: KnowledgeBase) -> None:
    """Who said yes to one complaint's wording, and has the other complaint too, is not asked it."""
    told = {"ankle-pain": "present", "danger-foot": "absent", "care": "present"}

    asked: list[str] = []
    findings: dict[str, Any] = {**told, "knee-pain": "present", "chills": "present"}
    while question := next_question(kb, findings, asked):
        asked.append(question.id)
        findings[question.finding] = "absent"
    assert "care-knee" not in asked
    assert asked[0] == "dialysis"


@pytest.mark.parametrize(
    "told",
    [
        ("knee-pain",),
        ("ankle-pain",),
        ("knee-pain", "chills"),
        ("knee-pain", "fever"),
        ("ankle-pain", "knee-pain", "chills"),
        (),
    ],
    ids="-and-".join,
)
def test_the_graph_holds_such_dialogues_as_well(kb: KnowledgeBase, told: tuple[str, ...]) -> None:
    """Merging states of equal future changes neither a question nor how a dialogue ends."""
    opening = {name: Finding(name, Presence.PRESENT) for name in told}
    graph = dialogue_graph(kb, {"it": opening})

    dialogues, wrong = differences(kb, graph, graph.starts["it"], opening)
    assert wrong == []
    assert len(graph.nodes) < dialogues
