"""The compiler: few compiled rules for what is said, and limits told in our words."""

from __future__ import annotations

import pytest
from dangerous import rule, yes_no
from random_knowledge import knowledge

from rules_lib import engine as engine_module
from rules_lib.compiler import Limits, compile_program
from rules_lib.engine import Engine
from rules_lib.errors import KnowledgeError
from rules_lib.facts import Finding
from rules_lib.rules import (
    Absent,
    AllOf,
    AnyOf,
    Present,
    Urgency,
    UrgencyAtLeast,
)

pytestmark = pytest.mark.skipif(
    engine_module._native is None, reason="durable-rules' extension cannot be imported here"
)
SIGNS = yes_no("itch", "rash")


def test_rules_that_say_the_same_share_a_compiled_rule() -> None:
    """What a session costs grows with what is said, not with how often."""
    same = AllOf((Present("itch"), Present("rash")))
    once = compile_program(knowledge(SIGNS, rule("a", same)))
    twice = compile_program(knowledge(SIGNS, rule("a", same), rule("b", AllOf(same.parts[::-1]))))

    assert len(once.ways) == len(twice.ways)
    kb = knowledge(SIGNS, rule("a", same), rule("b", same))
    _, fired = Engine(kb).run({name: Finding(name) for name in ("itch", "rash")})
    assert [one.rule for one in fired] == ["a", "b"]


def test_an_any_inside_an_all_is_not_multiplied_out() -> None:
    """Three times thirty alternatives are ninety compiled rules and one, not 27,000."""
    names = [f"s{at}" for at in range(90)]
    groups = [AnyOf(tuple(Present(name) for name in names[at::3])) for at in range(3)]
    kb = knowledge(
        yes_no(*names),
        rule("r", AllOf(tuple(groups))),
        rule("s", AllOf((groups[0], Present("s89")))),
    )

    assert len(compile_program(kb).ways) == 93
    told = {name: Finding(name) for name in ("s0", "s1", "s2")}
    assert Engine(kb).run(told)[1][0].facts == ("s0", "s1", "s2")


def test_limits_are_told_with_their_rule() -> None:
    """All of them at once, in our words, before durable-rules sees anything."""
    names = [f"s{at}" for at in range(20)]
    wide = AllOf(tuple(AnyOf((Present(one), Absent(one))) for one in names[:7]))
    kb = knowledge(
        yes_no(*names),
        rule("long", AllOf(tuple(Present(name) for name in names[:17]))),
        rule("wide", AllOf((UrgencyAtLeast(Urgency.ROUTINE), wide)), withhold=("walk",)),
        rule("proud", UrgencyAtLeast(Urgency.ROUTINE), urgency=Urgency.EMERGENCY),
        rule("lost", Present("s21")),
        *[rule(f"r{name}", AllOf((Present("s0"), Present(name)))) for name in names[1:]],
    )
    with pytest.raises(KnowledgeError) as caught:
        compile_program(kb, Limits(ways=10, ways_per_atom=15, atoms_per_group=8, groups=2))
    said = str(caught.value)

    assert "rules: rule 'long': joins 17 facts; allowed: at most 16" in said
    assert (
        "rule 'wide': tests the urgency and can hold in too many ways; allowed: at most 64" in said
    )
    assert "rule 'proud': tests the urgency and concludes more; allowed: withhold, ask" in said
    assert "rule 'lost': unknown finding 's21'; did you mean 's" in said
    assert "'s0' is tested in " in said
    assert "compiled rules; allowed: at most 10" in said
    assert "conditions and facts; allowed: at most 16" in said


def test_the_groups_never_exceed_their_limit() -> None:
    """Few atoms a group are allowed for, at the price of a slower search."""
    names = [f"s{at}" for at in range(40)]
    kb = knowledge(yes_no(*names), *[rule(name, Present(name)) for name in names])
    program = compile_program(kb, Limits(atoms_per_group=2))

    assert '"g":20,"a":40}' in program.facts[40]
