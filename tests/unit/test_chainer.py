"""The chainer of our own: the same meaning, counted by hand on small packs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from dangerous import number, rule, yes_no
from random_knowledge import knowledge

from rules_lib.assessment import Cause
from rules_lib.chainer import Chainer
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
    from rules_lib.assessment import Verdict
    from rules_lib.rules import Rule

ABSENT, UNSURE = Presence.ABSENT, Presence.UNSURE
SIGNS = {
    **yes_no("itch", "rash", "ache"),
    "hours": number("hours"),
    "product": FindingType("p", "P", Kind.CONTEXT, ValueType.CHOICE, choices=("a", "b")),
    "pregnant": FindingType("pregnant", "Pregnant", Kind.CONTEXT),
}


def verdict(rules: list[Rule], *told: Finding) -> Verdict:
    """Return the verdict of one patient."""
    return Chainer(knowledge(SIGNS, *rules)).verdict({one.id: one for one in told})


def test_nothing_told_concludes_nothing() -> None:
    """Without findings there is no floor, and nothing is taken for denied."""
    found = verdict([rule("a", Absent("itch")), rule("b", Present("itch"))])

    assert found.floor is None
    assert found.rules == frozenset()


@pytest.mark.parametrize(
    ("operator", "passing"),
    [
        (Operator.AT_LEAST, [4.0, 5.0]),
        (Operator.ABOVE, [5.0]),
        (Operator.AT_MOST, [3.0, 4.0]),
        (Operator.BELOW, [3.0]),
    ],
)
@pytest.mark.parametrize("severity", [True, False])
def test_comparisons_know_their_boundary(
    operator: Operator, passing: list[float], severity: bool
) -> None:
    """At least and at most include the constant, above and below do not; none is no number."""
    rules = [rule("r", Compare("hours", operator, 4.0, severity))]
    seen = []
    for value in (3.0, 4.0, 5.0):
        told = Finding("hours", severity=value) if severity else Finding("hours", value=value)
        if verdict(rules, told).rules:
            seen.append(value)

    assert seen == passing
    assert not verdict(rules, Finding("hours")).rules
    assert not verdict(rules, Finding("hours", ABSENT)).rules
    assert not verdict(rules, Finding("hours", value="5")).rules


def test_a_choice_is_one_of_those_named() -> None:
    """Another choice, or none, is not."""
    rules = [rule("r", OneOf("product", ("a",)))]

    assert verdict(rules, Finding("product", value="a")).rules == {"r"}
    assert not verdict(rules, Finding("product", value="b")).rules
    assert not verdict(rules, Finding("product")).rules


def test_all_wants_every_part_and_any_wants_one() -> None:
    """Nested as deep as they are written, and the same sign may be named twice."""
    nested = AllOf(
        (Present("itch"), AnyOf((Present("rash"), AllOf((Present("ache"), Present("itch"))))))
    )
    rules = [rule("r", nested)]

    assert not verdict(rules, Finding("itch")).rules
    assert not verdict(rules, Finding("rash"), Finding("ache")).rules
    assert verdict(rules, Finding("itch"), Finding("rash")).rules
    assert verdict(rules, Finding("itch"), Finding("ache")).rules


def test_a_thousand_facts_one_after_the_other_are_chained() -> None:
    """The depth of a chain is limited by nothing."""
    rules = [rule("r0", Present("itch"), fact="f0")]
    rules += [rule(f"r{at}", Derived(f"f{at - 1}"), fact=f"f{at}") for at in range(1, 5000)]
    rules.append(rule("end", Derived("f4999"), urgency=Urgency.EMERGENCY))

    assert verdict(rules, Finding("itch")).floor is Urgency.EMERGENCY


@pytest.mark.parametrize(
    ("told", "floor"),
    [
        ([], None),
        ([Finding("itch", ABSENT)], None),
        ([Finding("itch", UNSURE)], Urgency.SAME_DAY),
        ([Finding("itch")], Urgency.EMERGENCY),
        ([Finding("pregnant", UNSURE)], Urgency.EMERGENCY),
        ([Finding("rash", UNSURE)], Urgency.ROUTINE),
    ],
)
def test_unsure_counts_in_full_of_context_and_to_same_day_of_a_sign(
    told: list[Finding], floor: Urgency | None
) -> None:
    """A sign that somebody cannot tell lies between denied and present."""
    rules = [
        rule("sign", Present("itch"), urgency=Urgency.EMERGENCY),
        rule("context", Present("pregnant"), urgency=Urgency.EMERGENCY),
        rule("mild", Present("rash"), urgency=Urgency.ROUTINE),
    ]

    assert verdict(rules, *told).floor is floor


def test_unsure_supports_no_cause_and_no_advice_but_withholds() -> None:
    """Nor through a fact that rests on it."""
    rules = [
        rule("fact", AllOf((Present("itch"), Present("pregnant"))), fact="f"),
        rule(
            "r",
            Derived("f"),
            cause="c",
            advise=("rest",),
            withhold=("walk",),
            say=("s",),
            ask=("q",),
        ),
    ]
    unsure = verdict(rules, Finding("itch"), Finding("pregnant", UNSURE))
    certain = verdict(rules, Finding("itch"), Finding("pregnant"))

    assert not unsure.causes
    assert not unsure.indicated
    assert unsure.withheld == {"walk"}
    assert unsure.says == {"s"}
    assert unsure.asks == {"q"}
    assert certain.causes == (Cause("c", Likelihood.POSSIBLE),)
    assert certain.indicated == {"rest"}
    assert unsure.facts == certain.facts == {"f"}


def test_causes_are_ranked_and_a_lowered_one_stays_low() -> None:
    """Whichever rule comes first."""
    rules = [
        rule("a", Present("itch"), cause="z", likelihood=Likelihood.LESS_LIKELY),
        rule("b", Present("itch"), cause="z", likelihood=Likelihood.LIKELY),
        rule("c", Present("itch"), cause="y", likelihood=Likelihood.POSSIBLE),
        rule("d", Present("itch"), cause="y", likelihood=Likelihood.LIKELY),
        rule("e", Present("itch"), cause="x", likelihood=Likelihood.LIKELY),
    ]
    wanted = (
        Cause("x", Likelihood.LIKELY),
        Cause("y", Likelihood.LIKELY),
        Cause("z", Likelihood.LESS_LIKELY),
    )

    assert verdict(rules, Finding("itch")).causes == wanted
    assert verdict(rules[::-1], Finding("itch")).causes == wanted


def test_rules_about_the_urgency_come_after_it() -> None:
    """They see the floor as it counted, and only as far as it reaches."""
    rules = [
        rule("up", Present("itch"), urgency=Urgency.EMERGENCY),
        rule("emergency", UrgencyAtLeast(Urgency.EMERGENCY), lead="crisis-line"),
        rule("same-day", UrgencyAtLeast(Urgency.SAME_DAY), withhold=("walk",)),
        rule("both", AllOf((UrgencyAtLeast(Urgency.ROUTINE), Present("rash"))), say=("s",)),
    ]

    assert verdict(rules, Finding("itch", UNSURE)).rules == {"up", "same-day"}
    assert verdict(rules, Finding("itch")).leads == {"crisis-line"}
    assert verdict(rules, Finding("itch"), Finding("rash")).says == {"s"}
    assert not verdict(rules, Finding("rash")).rules


def test_nothing_is_kept_between_verdicts() -> None:
    """What one patient told is forgotten when the next one is assessed."""
    chainer = Chainer(knowledge(SIGNS, rule("r", AllOf((Present("itch"), Present("rash"))))))

    assert not chainer.verdict({"itch": Finding("itch")}).rules
    assert not chainer.verdict({"rash": Finding("rash")}).rules
    assert chainer.verdict({"rash": Finding("rash"), "itch": Finding("itch")}).rules


def test_an_unsure_sign_has_no_severity() -> None:
    """Nobody who cannot say whether it hurts has said that it hurts badly."""
    rules = [
        rule("any", Present("ache"), urgency=Urgency.ROUTINE),
        rule(
            "bad", Compare("ache", Operator.AT_LEAST, 9.0, severity=True), urgency=Urgency.EMERGENCY
        ),
    ]

    assert verdict(rules, Finding("ache", UNSURE)).rules == {"any"}
    assert verdict(rules, Finding("ache", severity=9.0)).floor is Urgency.EMERGENCY
