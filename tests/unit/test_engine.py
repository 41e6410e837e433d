"""The engine on durable-rules: what it concludes, and what it does when something fails."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from dangerous import CHEST, chest_pain, rule, yes_no
from random_knowledge import knowledge

from rules_lib import engine as engine_module
from rules_lib.assessment import Activation, Cause, Strength
from rules_lib.engine import Engine, _Ruleset
from rules_lib.errors import EngineUnavailable, KnowledgeError, RuleFiringError
from rules_lib.facts import Finding, FindingType, Kind, Presence, ValueType
from rules_lib.rules import (
    Absent,
    AllOf,
    AnyOf,
    Compare,
    Derived,
    Likelihood,
    OneOf,
    Operator,
    Present,
    Urgency,
    UrgencyAtLeast,
)

if TYPE_CHECKING:
    from rules_lib.rules import Rule

pytestmark = pytest.mark.skipif(
    engine_module._native is None, reason="durable-rules' extension cannot be imported here"
)
UNSURE = Presence.UNSURE
FEVER = FindingType("temperature", "T", Kind.SIGN, ValueType.NUMBER, minimum=30, maximum=45)
PRODUCT = FindingType("product", "P", Kind.CONTEXT, ValueType.CHOICE, choices=("a", "b"))
SIGNS = {
    **yes_no("itch", "rash", "ache"),
    "temperature": FEVER,
    "product": PRODUCT,
    "pregnant": FindingType("pregnant", "Pregnant", Kind.CONTEXT),
}


def run(rules: list[Rule], *told: Finding) -> tuple[Activation, ...]:
    """Return the trace of one patient."""
    return Engine(knowledge(SIGNS, *rules)).run({one.id: one for one in told})[1]


def test_a_chain_of_facts_is_followed_to_its_end() -> None:
    """Each activation names the facts it matched, and what it concluded."""
    kb = knowledge(
        SIGNS,
        rule("a-skin", AnyOf((Present("itch"), Present("rash"))), fact="skin"),
        rule("b-hot", Compare("temperature", Operator.AT_LEAST, 38), fact="hot"),
        rule("c-both", AllOf((Derived("hot"), Derived("skin"))), urgency=Urgency.SAME_DAY),
        rule("d-late", UrgencyAtLeast(Urgency.ROUTINE), withhold=("walk",), lead="tell-nurse"),
    )
    told = {"rash": Finding("rash"), "temperature": Finding("temperature", value=38.0)}
    verdict, trace = Engine(kb).run(told)

    assert verdict.floor is Urgency.SAME_DAY
    assert verdict.facts == {"skin", "hot"}
    assert verdict.withheld == {"walk"}
    assert verdict.leads == {"tell-nurse"}
    assert [(one.rule, one.facts, one.concluded) for one in trace] == [
        ("a-skin", ("rash",), ("fact:skin",)),
        ("b-hot", ("temperature>=38",), ("fact:hot",)),
        ("c-both", ("hot", "skin"), ("urgency:same-day",)),
        ("d-late", ("urgency>=routine",), ("withhold:walk", "lead:tell-nurse")),
    ]
    assert {one.strength for one in trace} == {Strength.CERTAIN}
    assert trace[0].sources == ("CJ",)


def test_an_unsure_sign_is_worth_same_day_at_most() -> None:
    """It supports no cause and no advice, and its urgency is told as it counted."""
    rules = [
        rule(
            "grave",
            Present("itch"),
            urgency=Urgency.EMERGENCY,
            cause="c",
            likelihood=Likelihood.LIKELY,
            advise=("rest",),
            withhold=("walk",),
        )
    ]
    (unsure,) = run(rules, Finding("itch", UNSURE))
    (present,) = run(rules, Finding("itch"))

    assert unsure.strength is Strength.UNSURE_SIGN
    assert unsure.concluded == ("urgency:same-day", "withhold:walk")
    assert present.concluded == (
        "urgency:emergency",
        "cause:c:likely",
        "advise:rest",
        "withhold:walk",
    )


@pytest.mark.parametrize(
    "condition",
    [
        Present("pregnant"),
        Absent("pregnant"),
        OneOf("product", ("a",)),
        AllOf((OneOf("product", ("a",)), OneOf("product", ("b",)))),
    ],
)
def test_unsure_context_satisfies_every_condition_on_it(condition: object) -> None:
    """An unknown product counts as each of the products, and raises the urgency in full."""
    grave = rule("grave", condition, urgency=Urgency.EMERGENCY)
    (activation,) = run([grave], Finding("pregnant", UNSURE), Finding("product", UNSURE))

    assert activation.strength is Strength.UNSURE_CONTEXT
    assert activation.concluded == ("urgency:emergency",)


def test_an_unsure_sign_never_counts_as_denied() -> None:
    """Whoever cannot tell has not said no."""
    assert not run([rule("calm", Absent("itch"), say=("s",))], Finding("itch", UNSURE))
    assert run([rule("calm", Absent("itch"), say=("s",))], Finding("itch", Presence.ABSENT))


def test_the_firmest_way_to_hold_is_traced() -> None:
    """Of several ways the one with the firmest facts counts, the first written of equals."""
    rules = [rule("any", AnyOf((Present("rash"), Present("itch"))), say=("s",))]

    assert run(rules, Finding("itch"), Finding("rash"))[0].facts == ("rash",)
    assert run(rules, Finding("itch"), Finding("rash", UNSURE))[0].facts == ("itch",)
    assert run(rules, Finding("itch", UNSURE))[0].strength is Strength.UNSURE_SIGN


def test_a_rule_that_tests_the_urgency_is_as_firm_as_its_other_facts() -> None:
    """The urgency reached is certain, whatever raised it."""
    rules = [
        rule("up", Present("itch"), urgency=Urgency.EMERGENCY),
        rule(
            "late",
            AnyOf((Present("rash"), AllOf((UrgencyAtLeast(Urgency.SAME_DAY), Present("ache"))))),
            withhold=("walk",),
        ),
    ]
    itch, rash, ache = Finding("itch", UNSURE), Finding("rash", UNSURE), Finding("ache")

    assert [one.strength for one in run(rules, itch, rash)] == [Strength.UNSURE_SIGN] * 2
    late, up = run(rules, itch, rash, ache)
    assert (late.strength, late.facts) == (Strength.CERTAIN, ("ache", "urgency>=same-day"))
    assert up.strength is Strength.UNSURE_SIGN
    assert not run(rules[1:], itch, ache)


def test_the_facts_behind_an_any_inside_an_all_are_traced() -> None:
    """What the compiler makes of a condition is nobody's business but its own."""
    inner = AnyOf(
        (Present("itch"), AllOf((Present("rash"), AnyOf((Present("ache"), Derived("x"))))))
    )
    rules = [
        rule("nested", AllOf((Present("pregnant"), inner)), say=("s",)),
        rule("x", Compare("temperature", Operator.BELOW, 36), fact="x"),
    ]
    told = [Finding("pregnant"), Finding("rash"), Finding("temperature", value=35.0)]

    assert run(rules, *told)[0].facts == ("pregnant", "rash", "x")
    assert [one.rule for one in run(rules, *told[1:])] == ["x"]


def test_a_cause_that_any_rule_lowers_is_less_likely() -> None:
    """Else the likeliest that is said of it counts; likely ones come first."""
    kb = knowledge(
        SIGNS,
        rule("a", Present("itch"), cause="one", likelihood=Likelihood.POSSIBLE),
        rule("b", Present("itch"), cause="one", likelihood=Likelihood.LIKELY),
        rule("c", Present("itch"), cause="two", likelihood=Likelihood.LIKELY),
        rule("d", Present("rash"), cause="two", likelihood=Likelihood.LESS_LIKELY),
        rule("e", Present("rash"), cause="two", likelihood=Likelihood.LIKELY),
        rule("f", Present("itch"), cause="between"),
    )
    verdict, _ = Engine(kb).run({"itch": Finding("itch"), "rash": Finding("rash")})

    assert verdict.causes == (
        Cause("one", Likelihood.LIKELY),
        Cause("between", Likelihood.POSSIBLE),
        Cause("two", Likelihood.LESS_LIKELY),
    )


def test_the_trace_is_in_the_packs_order() -> None:
    """Salience orders the trace, higher first, then the id; it changes nothing else."""
    rules = [
        replace(rule(name, Present("itch")), salience=at)
        for name, at in (("a", -1), ("b", 0), ("c", 70_000), ("d", 0))
    ]

    assert [one.rule for one in run(rules, Finding("itch"))] == ["c", "b", "d", "a"]


def test_a_rule_that_holds_in_several_ways_fires_once() -> None:
    """An `any` of which all parts hold is one activation."""
    both = AnyOf((Present("itch"), Present("rash"), AllOf((Present("itch"), Present("rash")))))

    assert len(run([rule("any", both)], Finding("itch"), Finding("rash"))) == 1


def test_text_is_never_compared_with_a_number() -> None:
    """Nor is a number one of the choices, whatever a caller hands in."""
    rules = [
        rule("hot", Compare("temperature", Operator.AT_LEAST, 38)),
        rule("a", OneOf("product", ("a", "1"))),
    ]

    assert not run(rules, Finding("temperature", value="abc"), Finding("product", value=1))
    assert not run(rules, Finding("temperature"), Finding("product"))


def test_a_fact_that_no_rule_tests_is_not_asserted() -> None:
    """A denial, a finding and a derived fact that nothing asks for are simply left out."""
    rules = [rule("x", Present("itch"), fact="x"), rule("y", Absent("rash"), fact="y")]
    told = [Finding("itch"), Finding("rash"), Finding("ache"), Finding("nonsense")]

    assert [one.rule for one in run(rules, *told)] == ["x"]


def test_a_fact_that_is_not_taken_is_an_error() -> None:
    """Were a fact refused after all, nobody would take the rest for an assessment."""
    engine = Engine(chest_pain())
    engine._ruleset = _Ruleset('{"0":{"all":[{"m":{"$and":[{"g":0},{"a":0}]}}]}}')

    with pytest.raises(RuleFiringError, match="a fact was not taken, code 1"):
        engine.run(CHEST)
    assert engine.run(CHEST)[0].floor is Urgency.EMERGENCY


def test_a_ruleset_without_its_first_rule_is_an_error() -> None:
    """A session that did not boot is not safe to delete, so it is left to itself."""
    engine = Engine(chest_pain())
    engine._ruleset = _Ruleset(
        '{"0":{"all":[{"m":{"$and":[{"g":0},{"a":0}]}},{"n":{"a":999}}]},"1":{"all":[{"m":{"a":1}},{"n":{"a":999}}]}}'
    )

    with pytest.raises(RuleFiringError, match="its first rule did not fire"):
        engine.run(CHEST)
    assert engine.run(CHEST)[0].floor is Urgency.EMERGENCY


def test_an_error_of_the_extension_reaches_the_caller() -> None:
    """It becomes a RuleFiringError, and the next patient is assessed on a new ruleset."""
    engine = Engine(chest_pain())
    many = ",".join(f'"{at}":{{"all":[{{"m":{{"$gt":{{"id":-{at + 1}}}}}}}]}}' for at in range(65))
    engine._ruleset = _Ruleset(f"{{{many}}}")

    with pytest.raises(RuleFiringError, match="error code: 303") as caught:
        engine.run(CHEST)
    assert caught.value.rule is None
    assert engine.run(CHEST)[0].floor is Urgency.EMERGENCY


def test_a_ruleset_that_is_refused_is_told() -> None:
    """Should a limit of ours ever be too wide, the error says who refused."""
    with pytest.raises(KnowledgeError, match="durable-rules refuses the compiled rules"):
        _Ruleset("[")


def test_a_closed_engine_opens_again() -> None:
    """Closing frees memory; it is no trap."""
    engine = Engine(chest_pain())
    engine.run(CHEST)
    engine.close()
    engine.close()

    assert engine.run(CHEST)[0].floor is Urgency.EMERGENCY


def test_what_an_interrupt_left_is_cleared_away() -> None:
    """A session torn off half-way holds facts of the patient before; the next one has none."""
    engine = Engine(chest_pain())
    session = engine_module._Session(engine._ruleset.handle, engine._program)  # type: ignore[union-attr]
    session.chain([1], 0)
    engine._torn = True

    assert engine.run({})[0].floor is None
    assert engine.run(CHEST)[0].floor is Urgency.EMERGENCY


def test_a_forked_process_has_locks_of_its_own() -> None:
    """The lock that another thread held at the fork is never waited for."""
    engine = Engine(chest_pain())
    engine._lock.acquire()
    engine_module._renew_locks()

    assert engine.run(CHEST)[0].floor is Urgency.EMERGENCY


def test_without_the_extension_there_is_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The import is tried, and the failure said in words."""
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    monkeypatch.setattr(engine_module, "_native", engine_module._import_native())

    with pytest.raises(EngineUnavailable, match="durable-rules cannot be imported here"):
        Engine(chest_pain())


def test_more_firings_than_possible_are_an_error() -> None:
    """A rule that fires again and again is named."""
    engine = Engine(chest_pain())
    engine._ruleset = _Ruleset(
        '{"0":{"all":[{"m":{"$and":[{"g":0},{"a":0}]}}]},"1":{"all":[{"m":{"$nex":{"fever":1}}}]}}'
    )

    with pytest.raises(RuleFiringError, match="more than 3 firings") as caught:
        engine.run(CHEST)
    assert caught.value.rule in {"chest-pain", "itch"}
