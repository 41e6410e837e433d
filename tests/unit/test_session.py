"""An assessment from end to end, on a tiny pack about a sprained ankle."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any, Never

import pytest

from rules_lib import FactError, Finding, KnowledgeBase, Presence, Urgency, assess
from rules_lib.assessment import Strength, Verdict, WithheldReason
from rules_lib.errors import EngineUnavailable, RuleFiringError
from rules_lib.rules import Likelihood
from rules_lib.session import Difference, Session, _more_urgent, session_of

if TYPE_CHECKING:
    from collections.abc import Mapping

SPRAIN = {"ankle-pain": {"severity": 3}, "hours-to-onset": 2, "shoe": "sandal"}
DENIED = {"danger-foot": "absent", "recap": "absent"}


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    """A pack small enough to hold in one's head."""
    return KnowledgeBase.load(Path(__file__).parents[1] / "small_pack")


def test_floor_is_the_maximum_of_what_fires(kb: KnowledgeBase) -> None:
    """A danger sign among harmless ones decides the urgency alone."""
    answer = assess(kb, {**SPRAIN, "cold-foot": "present"})

    assert answer.floor is Urgency.EMERGENCY
    assert answer.announced is Urgency.EMERGENCY
    assert "foot-in-danger" in answer.rules
    assert answer.leads == ("emergency-number",)


def test_nothing_concluded_is_announced_as_a_phone_call(kb: KnowledgeBase) -> None:
    """Where no rule concludes an urgency the floor is empty, and nobody is sent to bed."""
    answer = assess(kb, SPRAIN)

    assert answer.floor is None
    assert answer.announced is Urgency.WITHIN_24_HOURS
    assert not answer.screened
    assert assess(kb, {**SPRAIN, **DENIED}).announced is Urgency.WITHIN_24_HOURS


def test_order_of_findings_never_matters(kb: KnowledgeBase) -> None:
    """The same findings in any order give the same assessment."""
    items = list({**SPRAIN, "fever": "present", "kidney-disease": "unsure"}.items())
    answers = [assess(kb, dict(order)) for order in permutations(items)]

    assert all(answer == replace(answers[0], findings=answer.findings) for answer in answers)


def test_findings_may_be_handed_over_as_values(kb: KnowledgeBase) -> None:
    """A mapping and the frozen values say the same."""
    as_values = [
        Finding("ankle-pain", severity=3.0),
        Finding("hours-to-onset", value=2.0),
        Finding("shoe", value="sandal"),
    ]

    assert assess(kb, as_values) == assess(kb, SPRAIN)


def test_a_group_answered_no_denies_its_members(kb: KnowledgeBase) -> None:
    """Every member of a denied group counts as asked and denied."""
    answer = assess(kb, {"ankle-pain": "present", "danger-foot": "absent"})

    assert answer.findings["cold-foot"].presence is Presence.ABSENT


def test_a_volunteered_member_wins_over_the_group(kb: KnowledgeBase) -> None:
    """No to the group does not take back the danger sign told before."""
    answer = assess(kb, {"cold-foot": "present", "danger-foot": "absent"})

    assert answer.floor is Urgency.EMERGENCY


def test_members_all_denied_deny_the_group(kb: KnowledgeBase) -> None:
    """Single questions answered no after an unsure group settle it."""
    single = {"cold-foot": "absent", "bone-showing": "absent", "danger-foot": "unsure"}

    assert assess(kb, single).findings["danger-foot"].presence is Presence.ABSENT
    assert assess(kb, single).floor is None


def test_an_unsure_sign_is_capped_at_same_day(kb: KnowledgeBase) -> None:
    """I don't know to a danger sign is never no, and never more than today."""
    answer = assess(kb, {"cold-foot": "unsure"})

    assert answer.floor is Urgency.SAME_DAY
    assert answer.trace[0].strength is Strength.UNSURE_SIGN
    assert "urgency:same-day" in answer.trace[0].concluded


@pytest.mark.parametrize(
    ("told", "filled", "hours"),
    [
        ({"hours-since-sprain": 30, "hours-since-onset": 6}, "hours-to-onset", 24.0),
        ({"hours-since-sprain": 30, "hours-to-onset": 6}, "hours-since-onset", 24.0),
        ({"hours-to-onset": 30, "hours-since-onset": 6}, "hours-since-sprain", 36.0),
    ],
)
def test_a_missing_clock_is_filled_in(
    kb: KnowledgeBase, told: dict[str, int], filled: str, hours: float
) -> None:
    """Two of the three clocks give the third."""
    assert assess(kb, told).findings[filled].value == hours


def test_an_ache_older_than_the_event_has_no_onset_after_it(kb: KnowledgeBase) -> None:
    """Clocks that contradict each other fill in nothing."""
    told = {"hours-since-sprain": 2, "hours-since-onset": 48}

    assert "hours-to-onset" not in assess(kb, told).findings


def test_the_worst_severity_becomes_a_finding(kb: KnowledgeBase) -> None:
    """Severity told of a finding, or alone, counts as the worst of them."""
    told = {"ankle-pain": {"severity": 3}, "severity": 5}

    assert assess(kb, told).findings["severity"].value == 5


def test_advice_waits_for_its_screening(kb: KnowledgeBase) -> None:
    """A medicine is not offered before its questions are answered no."""
    unscreened = assess(kb, SPRAIN)
    screened = assess(kb, {**SPRAIN, "ibuprofen-screen": "absent"})
    unsure = assess(kb, {**SPRAIN, "ibuprofen-screen": "unsure"})
    contraindicated = assess(kb, {**SPRAIN, "kidney-disease": "unsure"})

    assert unscreened.advice == ("rest",)
    assert [(w.id, w.reason) for w in unscreened.withheld] == [
        ("ibuprofen", WithheldReason.NOT_SCREENED)
    ]
    assert screened.advice == ("rest", "ibuprofen")
    assert unsure.advice == ("rest",)
    assert contraindicated.withheld[0].reason is WithheldReason.CONTRAINDICATED


def test_doubt_about_a_screening_is_no_denial(kb: KnowledgeBase) -> None:
    """Even where no rule withholds the medicine, whoever is not sure is not offered it."""
    rules = tuple(rule for rule in kb.rules if not rule.then.withhold)
    answer = assess(replace(kb, rules=rules), {**SPRAIN, "ibuprofen-screen": "unsure"})

    assert answer.advice == ("rest",)
    assert [(item.id, item.reason) for item in answer.withheld] == [
        ("ibuprofen", WithheldReason.NOT_SCREENED)
    ]


def test_an_unknown_cause_is_named_unknown(kb: KnowledgeBase) -> None:
    """An assessment always has a cause, if only the unknown one."""
    assert [cause.id for cause in assess(kb, {"ankle-pain": "present"}).causes] == ["unknown"]


def test_unknown_findings_are_refused_all_at_once(kb: KnowledgeBase) -> None:
    """What the pack does not know is named with a guess, and nothing is assessed."""
    with pytest.raises(FactError) as refused:
        assess(kb, {"ankle-pian": "present", "shoe": "clog", "temperature": 380})

    assert [problem.guess for problem in refused.value.problems if problem.guess] == ["ankle-pain"]
    assert len(refused.value.problems) == 3


def test_a_finding_under_another_id_is_refused(kb: KnowledgeBase) -> None:
    """A rash that was denied denies no fever."""
    with pytest.raises(FactError, match="finding 'fever': is told with finding 'rash'; allowed: a"):
        assess(kb, {"fever": Finding("rash", Presence.ABSENT)})


def test_one_session_a_knowledge_base(kb: KnowledgeBase) -> None:
    """A knowledge base is compiled once in a process."""
    assert session_of(kb) is session_of(kb)


class _Broken:
    def run(self, _: Mapping[str, Finding]) -> Never:
        raise RuleFiringError("the firing budget is used up", "r")


class _TooMild:
    """An engine that misses the danger, offers what is withheld, and sees another cause."""

    def __init__(self, verdict: Verdict) -> None:
        self._verdict = verdict

    def run(self, _: Mapping[str, Finding]) -> tuple[Verdict, tuple[Any, ...]]:
        return self._verdict, ()


def _with_engine(kb: KnowledgeBase, engine: object) -> Session:
    session = Session(kb)
    session._engine = engine  # type: ignore[assignment]
    return session


def test_a_failing_engine_leaves_the_chainer_and_tells_the_hook(kb: KnowledgeBase) -> None:
    """When durable-rules gives up the patient still gets the whole answer, with its trace."""
    seen: list[Difference] = []
    answer = _with_engine(kb, _Broken()).assess({"cold-foot": "present"}, seen.append)

    assert answer.floor is Urgency.EMERGENCY
    assert answer.engine == "chainer"
    assert answer.rules == ("foot-in-danger", "no-tablets-while-urgent")
    assert "firing budget" in seen[0].what[0]


def test_where_engines_differ_the_more_urgent_answer_is_given(kb: KnowledgeBase) -> None:
    """Highest urgency, common advice, all that is withheld or caused; the hook hears of it."""
    nothing = Session(kb).chainer.verdict({})
    mild = nothing._replace(indicated=frozenset({"rest", "ibuprofen"}), causes=())
    seen: list[Difference] = []
    answer = _with_engine(kb, _TooMild(mild)).assess(
        {**SPRAIN, "cold-foot": "present"}, seen.append
    )

    assert answer.floor is Urgency.EMERGENCY
    assert answer.engine == "both"
    assert answer.differences == seen[0].what
    assert "foot-in-danger" in answer.rules
    assert [cause.id for cause in answer.causes] == ["sprain"]


def test_each_part_of_two_answers_is_the_safer_one(kb: KnowledgeBase) -> None:
    """Both floors known, both with advice and something withheld: neither engine is believed."""
    nothing = Session(kb).chainer.verdict({})
    one = nothing._replace(
        floor=Urgency.SAME_DAY, indicated=frozenset({"rest"}), withheld=frozenset({"ibuprofen"})
    )
    other = nothing._replace(
        floor=Urgency.ROUTINE,
        indicated=frozenset({"rest", "ibuprofen"}),
        withheld=frozenset({"rest"}),
        leads=frozenset({"call"}),
    )

    for first, second in ((one, other), (other, one)):
        safer = _more_urgent(first, second)
        assert safer.floor is Urgency.SAME_DAY
        assert safer.indicated == {"rest"}
        assert safer.withheld == {"rest", "ibuprofen"}
        assert safer.leads == {"call"}


def test_without_the_extension_the_chainer_says_so(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where durable-rules cannot be imported every assessment says that one engine made it."""

    def unavailable(_: KnowledgeBase) -> Never:
        raise EngineUnavailable("no extension")

    monkeypatch.setattr("rules_lib.session.Engine", unavailable)
    alone = Session(kb).assess({**SPRAIN, "fever": "present"})
    both = assess(kb, {**SPRAIN, "fever": "present"})

    assert alone.engine == "chainer"
    assert both.engine == "both"
    assert replace(alone, engine="both", trace=()) == replace(both, trace=())
    assert {a.rule: a.concluded for a in alone.trace} == {a.rule: a.concluded for a in both.trace}


def test_a_lowered_cause_stays_lowered(kb: KnowledgeBase) -> None:
    """Causes are values: most likely first."""
    causes = assess(kb, {**SPRAIN, "fever": "present"}).causes

    assert [(cause.id, cause.likelihood) for cause in causes] == [
        ("sprain", Likelihood.LIKELY),
        ("infection", Likelihood.POSSIBLE),
    ]


def test_even_nothing_is_assessed_by_both_engines(kb: KnowledgeBase) -> None:
    """The field that names the engines never claims one that did not run."""
    session = Session(kb)
    session.assess({})

    assert "_engine" in session.__dict__
    assert session.assess({}).engine == "both"
