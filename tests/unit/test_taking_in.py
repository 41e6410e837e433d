"""What a turn adds to the conversation: half answers, and answers that are taken back."""

from __future__ import annotations

import pytest

from rules_lib import Finding, Presence
from skill.app import knowledge_base
from skill.conversation import Conversation, OpenQuestion
from skill.reading import Answer, Person, Reading, Wish
from skill.taking_in import answer_to, take_in

KB = knowledge_base()
GROUP = "danger-breathing-chest-face"
MEMBERS = KB.groups[GROUP].members
NO = OpenQuestion(GROUP, GROUP, "yes-no")


def denied() -> Conversation:
    """A conversation in which the first group was answered no, and one sign by itself."""
    talk = Conversation(question=NO)
    take_in(KB, talk, Reading(answer=Answer.NO))
    talk.findings |= {name: Finding(name, Presence.ABSENT) for name in (*MEMBERS, "fever")}
    return talk


def test_a_no_taken_back_is_no_no() -> None:
    """The group is unsure again, and so its signs are asked for; other denials stay."""
    talk = denied()
    talk.question = OpenQuestion("danger-nerves", "danger-nerves", "yes-no")

    assert take_in(KB, talk, Reading(wish=Wish.TAKE_BACK))
    assert talk.findings[GROUP].presence is Presence.UNSURE
    assert not set(MEMBERS) & set(talk.findings)
    assert talk.findings["fever"].presence is Presence.ABSENT
    assert talk.question is None


def test_a_single_no_taken_back_is_asked_again() -> None:
    """A question for one thing was never answered."""
    talk = Conversation(question=OpenQuestion("fever", "fever", "yes-no"))
    take_in(KB, talk, Reading(answer=Answer.NO))

    assert take_in(KB, talk, Reading(wish=Wish.TAKE_BACK))
    assert "fever" not in talk.findings
    assert "fever" not in talk.asked


def test_what_was_told_stays_told() -> None:
    """Only a no is taken back; where there was none, nothing was understood."""
    talk = Conversation(findings={"chest-pain": Finding("chest-pain")}, asked=["chest-pain"])

    assert not take_in(KB, talk, Reading(wish=Wish.TAKE_BACK))
    assert talk.findings["chest-pain"].presence is Presence.PRESENT


def test_a_danger_beside_a_correction_is_taken() -> None:
    """Who says "I made a mistake, my chest hurts" has told the chest."""
    talk = denied()
    take_in(KB, talk, Reading((Finding("chest-pain"),), wish=Wish.TAKE_BACK))

    assert talk.findings["chest-pain"].presence is Presence.PRESENT


@pytest.mark.parametrize(
    ("told", "answer"),
    [
        ({"breathing-difficulty": Presence.ABSENT}, Answer.UNSURE),
        ({"breathing-difficulty": Presence.ABSENT, "chest-pain": Presence.PRESENT}, Answer.YES),
        ({"fever": Presence.ABSENT}, Answer.YES),
        ({}, Answer.YES),
    ],
)
def test_a_yes_that_only_denies_is_not_sure(told: dict[str, Presence], answer: Answer) -> None:
    """Saying "yes, I can breathe" is no yes to the question; "yes, but no fever" is."""
    findings = tuple(Finding(name, presence) for name, presence in told.items())

    assert answer_to(Reading(findings, answer=Answer.YES), MEMBERS) is answer


def test_a_no_to_one_of_them_is_none_to_the_others() -> None:
    """Saying "no, not my face" leaves the others open; denying each of them is a no."""
    one = (Finding("face-lip-swelling", Presence.ABSENT),)
    each = tuple(Finding(name, Presence.ABSENT) for name in MEMBERS)

    assert answer_to(Reading(one, answer=Answer.NO), MEMBERS) is Answer.UNSURE
    assert answer_to(Reading(each, answer=Answer.NO), MEMBERS) is Answer.NO
    assert answer_to(Reading(answer=Answer.NO), MEMBERS) is Answer.NO


def test_what_was_denied_of_one_person_says_nothing_of_another() -> None:
    """Once it is about somebody else, all that was asked is asked again; what was told stays."""
    talk = denied()
    talk.findings["back-pain"] = Finding("back-pain")
    take_in(KB, talk, Reading((Finding("rash"),), person=Person.OTHER))

    assert set(talk.findings) == {"back-pain", "rash"}
    assert talk.asked == []
    assert talk.patient is Person.OTHER
