"""The simulated patient answers from the story, and is told what an attentive session tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from packs import SMALL, altered

from rules_lib import KnowledgeBase, Presence, Urgency
from rules_lib.errors import RulesLibError
from rules_lib.evaluation import patient
from rules_lib.evaluation.patient import Asked, Interview, Patient, interview

if TYPE_CHECKING:
    from pathlib import Path

KB = KnowledgeBase.load(SMALL)
PAIN: dict[str, Any] = {"ankle-pain": "present"}
GROUP = "danger-foot"


def asked(findings: dict[str, Any], opening: dict[str, Any] | None = None) -> Interview:
    """Return the interview of a patient who says `opening`, else that the ankle hurts."""
    return interview(KB, PAIN if opening is None else opening, Patient(KB, findings))


class TestAnswers:
    """What a patient says when asked."""

    @pytest.mark.parametrize(
        ("findings", "name", "answer"),
        [
            ({"fever": "present"}, "fever", "present"),
            ({"fever": "unsure"}, "fever", "unsure"),
            ({}, "fever", "absent"),  # a story tells what is the matter
            ({}, "hours-to-onset", "unsure"),  # nobody can guess a number
            ({}, "shoe", "unsure"),  # nor a choice
            ({}, GROUP, "absent"),
            ({"cold-foot": "present", "bone-showing": "unsure"}, GROUP, "present"),
            ({"cold-foot": "absent", "bone-showing": "unsure"}, GROUP, "unsure"),
            ({"cold-foot": "absent"}, GROUP, "absent"),
            ({GROUP: "present"}, GROUP, "present"),
            ({GROUP: "absent", "cold-foot": "present"}, GROUP, "present"),
            ({GROUP: "absent"}, "cold-foot", "absent"),
            ({GROUP: "unsure"}, "cold-foot", "unsure"),
            ({"cold-foot": "present"}, "recap", "present"),
        ],
    )
    def test_presence(self, findings: dict[str, Any], name: str, answer: str) -> None:
        """Told is told; a member speaks for its group; the rest is no, or I don't know."""
        assert Patient(KB, findings).answer(name).presence == Presence(answer)

    def test_value(self) -> None:
        """A number or choice is told as it is, and what others imply is known."""
        told = Patient(
            KB,
            {
                "shoe": "boot",
                "hours-since-sprain": 30,
                "hours-since-onset": 10,
                "ankle-pain": {"severity": 4},
            },
        )

        assert told.answer("shoe").value == "boot"
        assert told.answer("hours-to-onset").value == 20
        assert told.answer("severity").value == 4


class TestInterview:
    """The opening, the questions, and what is announced."""

    def test_emergency_ends_it(self) -> None:
        """A yes to a danger group is an emergency at once, and nobody knows which sign it was."""
        found = asked({**PAIN, "cold-foot": "present"})

        assert found.announced is Urgency.EMERGENCY
        assert found.asked == (Asked(GROUP, "yes", again=False),)
        assert "cold-foot" not in found.assessment.findings

    def test_emergency_at_once(self) -> None:
        """Who opens with an emergency is asked nothing."""
        found = asked({"crush-injury": "present"}, {"crush-injury": "present"})

        assert (found.announced, found.questions) == (Urgency.EMERGENCY, 0)

    def test_asked_out(self) -> None:
        """What the opening leaves out is found by asking."""
        found = asked({**PAIN, "fever": "present"})

        assert found.announced is Urgency.SAME_DAY
        assert [each.question for each in found.asked] == [GROUP, "ask-fever"]

    def test_nothing_wrong(self) -> None:
        """A patient with no danger sign hears what may be said when all is asked."""
        opening = {"ankle-pain": {"severity": 3}, "shoe": "sandal"}
        found = asked({**opening, "hours-to-onset": 2}, opening)

        assert found.announced is Urgency.WITHIN_24_HOURS
        assert found.asked[-1] == Asked("recap", "no", again=False)
        assert Asked("ask-onset", "2", again=False) in found.asked

    def test_unsure_group(self) -> None:
        """I don't know to a group is asked once more sign by sign, and counted apart."""
        found = asked({**PAIN, "cold-foot": "unsure"})

        assert found.asked[:3] == (
            Asked(GROUP, "unsure", again=False),
            Asked("cold-foot", "unsure", again=True),
            Asked("bone-showing", "no", again=True),
        )
        assert (found.announced, found.again) == (Urgency.SAME_DAY, 2)
        assert found.questions == len(found.asked) - 2

    def test_doubt_that_goes(self) -> None:
        """A doubt that is gone when the single signs are asked was never announced."""
        told = Patient(KB, PAIN)
        doubtful = {**PAIN, GROUP: "unsure"}

        assert interview(KB, doubtful, told).announced is Urgency.WITHIN_24_HOURS

    def test_says_nothing(self) -> None:
        """A patient who opens with nothing is asked all the same."""
        found = asked({"cold-foot": "present"}, {})

        assert found.announced is Urgency.EMERGENCY

    def test_round_in_a_circle(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """An interview that asks too much is told as what it is, with its last question."""
        monkeypatch.setattr(patient, "MOST_QUESTIONS", 1)

        with pytest.raises(RulesLibError, match="does not end: 1 questions, then 'ask-fever'"):
            asked(PAIN)


def test_pack_without_recap(tmp_path: Path) -> None:
    """A pack whose complaint has no recap still ends its interview."""
    recap = "    questions: [ask-fever, ask-onset]\n    recap: recap\n"
    edit = ("interview.yaml", recap, recap.replace("    recap: recap\n", ""))
    kb = KnowledgeBase.load(altered(tmp_path / "pack", edit))

    assert "recap" not in {each.question for each in interview(kb, PAIN, Patient(kb, PAIN)).asked}
