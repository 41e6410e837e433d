"""The benchmarks compare like with like, and write what they found where it belongs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent))

from benchmarks.engines import engines  # noqa: E402  (a folder of scripts, not installed)
from benchmarks.growth import random_pack, random_patients  # noqa: E402
from benchmarks.measure import Timing  # noqa: E402
from benchmarks.questions import questions  # noqa: E402
from benchmarks.results import BEGIN, END, Goal, Section, as_readme  # noqa: E402
from rules_lib.chainer import Chainer  # noqa: E402
from rules_lib.engine import Engine  # noqa: E402
from rules_lib.errors import KnowledgeError  # noqa: E402

README = HERE.parent / "benchmarks" / "README.md"


@pytest.mark.slow
def test_what_is_compared_fires_the_same_rules() -> None:
    """Bare durable-rules, its Host, our engine and our chainer are refused if they differ."""
    section = engines(str(HERE / "small_pack"), rounds=1, times=1)

    assert len(section.rows) == 6
    assert all(row.median > 0 for row in section.rows)
    assert len(section.goals) == 4


def test_two_thousand_rules_work() -> None:
    """A pack of 2,000 rules is compiled as it is, and both engines fire the same of them."""
    kb = random_pack(1, 2_000)
    chainer, engine = Chainer(kb), Engine(kb)

    for told in random_patients(kb, 1):
        verdict, fired = engine.run(told)

        assert verdict == chainer.verdict(told)
        assert {one.rule for one in fired} == verdict.rules


def test_more_rules_than_the_engine_bears_are_refused() -> None:
    """Beyond the limit a pack is refused while it is compiled, with the number that is allowed."""
    with pytest.raises(KnowledgeError, match=r"compiled rules; allowed: at most 4000"):
        Engine(random_pack(1, 6_000))


def test_every_step_of_an_interview_is_measured() -> None:
    """The steps are those at which something is asked."""
    section = questions(str(HERE / "small_pack"), rounds=1, times=1)

    assert [row.median > 0 for row in section.rows] == [True, True]
    assert len(section.goals) == 1


def test_ratios_are_of_the_same_round() -> None:
    """A round in which the machine was slow for both changes no ratio."""
    quick, slow = Timing([[1.0], [10.0], [1.0]]), Timing([[3.0], [30.0], [3.0]])

    assert slow.over(quick) == 3
    assert slow.median == 3


def test_a_goal_says_whether_it_is_met() -> None:
    """At most and at least are told apart."""
    assert Goal("turn", 4.9, 5).text.startswith("met: turn")
    assert Goal("turn", 5.1, 5).text.startswith("NOT MET")
    assert Goal("chainer", 9.9, 10, at_least=True).text.startswith("NOT MET")


def test_figures_are_written_between_their_markers_alone() -> None:
    """What people wrote around the figures stays; the markers are there in the README."""
    text = README.read_text(encoding="utf-8")
    written = as_readme(text, [Section("Title", "About.")])

    assert written.partition(BEGIN)[0] == text.partition(BEGIN)[0]
    assert written.partition(END)[2] == text.partition(END)[2]
    assert "### Title" in written
    assert as_readme(written, [Section("Title", "About.")]) == written
