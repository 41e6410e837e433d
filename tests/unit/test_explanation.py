"""Why an assessment says what it says, on a tiny pack about a sprained ankle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from random_knowledge import knowledge

from rules_lib import Explanation, Finding, KnowledgeBase, Presence, Urgency, assess, explain
from rules_lib.answers import answers_apart
from rules_lib.escalation import applied, more_urgent
from rules_lib.facts import FindingType, Kind, ValueType
from rules_lib.rules import Compare, Conclusions, Derived, Operator, Rule
from rules_lib.unknowns import Matter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rules_lib.escalation import Change

DENIED = {"danger-foot": "absent", "recap": "absent"}


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    """A pack small enough to hold in one's head."""
    return KnowledgeBase.load(Path(__file__).parents[1] / "small_pack")


def _explained(kb: KnowledgeBase, findings: Mapping[str, object]) -> Explanation:
    return explain(kb, assess(kb, findings))


def _keys(changes: tuple[Change, ...]) -> list[str]:
    return [key for change in changes for key in change.keys]


class TestWhy:
    """What an urgency rests on."""

    def test_nothing_to_spare(self, kb: KnowledgeBase) -> None:
        """Of many findings only those that suffice for the urgency are named."""
        told = {"ankle-pain": {"severity": 3}, "temperature": 38.5, "shoe": "boot"}
        why = _explained(kb, {**told, "fever": "absent"})

        assert set(why.why) == {"ankle-pain", "temperature"}
        assert [reason.rule for reason in why.reasons] == ["infected-ankle"]
        assert why.reasons[0].sources == ("OTTAWA",)
        assert "Because of: Ankle pain (severity 3), Temperature 38.5 Cel." in why.text

    def test_a_sign_rather_than_its_group(self, kb: KnowledgeBase) -> None:
        """Where a group was answered yes and a sign of it told, the sign is the reason."""
        assert _explained(kb, {"danger-foot": "present", "cold-foot": "present"}).why == (
            "cold-foot",
        )
        assert _explained(kb, {"danger-foot": "present"}).why == ("danger-foot",)

    def test_unsure(self, kb: KnowledgeBase) -> None:
        """What one cannot tell is named as that."""
        assert "Cold or blue foot (unsure)" in _explained(kb, {"cold-foot": "unsure"}).text

    def test_denials(self, kb: KnowledgeBase) -> None:
        """Above routine nothing rests on what was denied."""
        assert _explained(kb, {"ankle-pain": {"severity": 7}, **DENIED}).denied == ()


class TestWhyNotMore:
    """What would make it more urgent."""

    def test_the_first_sign_that_is_asked_for(self, kb: KnowledgeBase) -> None:
        """One sign is enough; of several, that which the interview asks for first."""
        explained = _explained(kb, {"ankle-pain": "present", "fever": "present"})

        assert _keys(explained.why_not_more) == ["cold-foot"]
        assert explained.why_not_more[0].told is None
        assert "It would be more urgent with: Cold or blue foot." in explained.text

    def test_what_was_denied(self, kb: KnowledgeBase) -> None:
        """What was denied cannot be added: it is said that it would have to be otherwise."""
        told = {"ankle-pain": {"severity": 7}, **DENIED}
        explained = _explained(kb, told)
        denied = _explained(kb, {**told, "fever": "absent", "temperature": 37})

        # Fever with the pain was neither told nor denied, so it comes before what was.
        assert _keys(explained.why_not_more) == ["fever"]
        assert _keys(denied.why_not_more) == ["cold-foot"]
        assert denied.why_not_more[0].told == Finding("cold-foot", Presence.ABSENT)
        assert "Cold or blue foot [told absent]" in denied.text

    def test_an_unsure_emergency_sign(self, kb: KnowledgeBase) -> None:
        """An unsure sign counts for same-day; to be an emergency, something must be certain."""
        explained = _explained(kb, {"ankle-pain": "present", "cold-foot": "unsure"})

        assert explained.urgency is Urgency.SAME_DAY
        assert _keys(explained.why_not_more) == ["bone-showing"]

    def test_an_emergency(self, kb: KnowledgeBase) -> None:
        """In an emergency there is no more urgent, and nothing unknown that matters."""
        emergency = _explained(kb, {"cold-foot": "present"})

        assert emergency.urgency is Urgency.EMERGENCY
        assert emergency.why == ("cold-foot",)
        assert emergency.why_not_more == ()
        assert emergency.unknown == ()
        assert emergency.denied == ()


class TestApplied:
    """Findings told differently."""

    def test_clocks(self, kb: KnowledgeBase) -> None:
        """Where one clock changes, another follows, and no pain begins later than now."""
        told = assess(kb, {"hours-since-sprain": 30, "hours-to-onset": 20}).findings
        later = applied(kb, told, [Finding("hours-to-onset", value=25.0)])
        beyond = applied(kb, told, [Finding("hours-to-onset", value=80.0)])
        longer = applied(kb, told, [Finding("hours-since-sprain", value=100.0)])

        def clocks(findings: dict[str, Finding]) -> list[object]:
            names = ("hours-since-sprain", "hours-to-onset", "hours-since-onset")
            return [findings[name].value for name in names]

        assert clocks(dict(told)) == [30, 20, 10]
        assert clocks(later) == [30, 25, 5]
        assert clocks(beyond) == [90, 80, 10]
        assert clocks(longer) == [100, 20, 80]


class TestUnknown:
    """What nobody told yet and what matters."""

    def test_in_asking_order(self, kb: KnowledgeBase) -> None:
        """Groups and questions that could still raise the urgency, the recap not yet."""
        explained = _explained(kb, {"ankle-pain": "present", "shoe": "boot"})

        assert [one.finding for one in explained.unknown] == ["danger-foot", "fever"]
        assert {one.matters for one in explained.unknown} == {Matter.URGENCY}
        assert explained.why == ()
        assert "could make it more urgent: A cold or blue foot, or bone showing; Fever" in (
            explained.text
        )

    def test_beyond_same_day(self, kb: KnowledgeBase) -> None:
        """An emergency sign that nobody asked about matters at same-day too."""
        explained = _explained(kb, {"ankle-pain": "present", "fever": "present"})

        assert [one.finding for one in explained.unknown] == ["danger-foot"]

    def test_advice(self, kb: KnowledgeBase) -> None:
        """Where the urgency cannot rise any more, what changes the advice is named."""
        told = {"ankle-pain": {"severity": 3}, **DENIED, "fever": "absent", "shoe": "sandal"}
        asked = _explained(kb, told)
        screened = _explained(kb, {**told, "hours-to-onset": 2})

        assert [(one.finding, one.matters) for one in asked.unknown] == [
            ("hours-to-onset", Matter.ADVICE)
        ]
        assert [one.finding for one in screened.unknown] == ["ibuprofen-screen"]
        assert "could change the advice: Kidney disease or a stomach ulcer." in screened.text


def test_numbers_without_a_range_are_told_apart_too() -> None:
    """Where a finding has no range, an answer beyond the outermost limits is tried as well."""
    ache = FindingType("ache", "Ache", Kind.SIGN, ValueType.NUMBER)
    limit = Compare("ache", Operator.ABOVE, 3)
    pack = knowledge(
        {"ache": ache}, Rule("r", "R.", limit, Conclusions(urgency=Urgency(5)), ("CJ",))
    )

    assert [found.value for found in answers_apart(pack, "ache", {})] == [2, 3, 4, None, None]


def test_a_fact_that_needs_itself_is_no_way() -> None:
    """Facts that stand on each other alone are never suggested as a way to something worse."""
    told = {"ache": FindingType("ache", "Ache", Kind.SIGN)}
    rules = (
        Rule("one", "One.", Derived("b"), Conclusions(fact="a", urgency=Urgency(5)), ("CJ",)),
        Rule("two", "Two.", Derived("a"), Conclusions(fact="b"), ("CJ",)),
    )
    pack = knowledge(told, *rules)

    assert more_urgent(pack, assess(pack, {"ache": "present"})) == ()
