"""The benchmarks compare like with like, and write what they found where it belongs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent))

from benchmarks.engines import engines  # noqa: E402  (a folder of scripts, not installed)
from benchmarks.measure import Timing  # noqa: E402
from benchmarks.questions import questions  # noqa: E402
from benchmarks.random_packs import (  # noqa: E402
    random_pack,
    random_patients,
    with_interview,
)
from benchmarks.results import BEGIN, END, Goal, Section, as_readme  # noqa: E402
from rules_lib import assess, next_question  # noqa: E402
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
    assert len(section.goals) == 5


def test_two_thousand_rules_work() -> None:
    """A pack of 2,000 rules is compiled as it is, and both engines fire the same of them."""
    kb = random_pack(1, 2_000)
    chainer, engine = Chainer(kb), Engine(kb)

    for told in random_patients(kb, 1):
        verdict, fired = engine.run(told)

        assert verdict == chainer.verdict(told)
        assert {one.rule for one in fired} == verdict.rules


@pytest.mark.parametrize("size", [50, 500])
def test_a_random_pack_can_be_asked(size: int) -> None:
    """With groups and complaints it holds as many rules, asks, and both engines agree on it."""
    kb = with_interview(random_pack(0, size))
    people = random_patients(kb, 0)

    assert len(kb.rules) == size
    assert all(assess(kb, told).differences == () for told in people)
    assert any(next_question(kb, told, ()) is not None for told in people)


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


def test_what_was_not_measured_again_keeps_its_figures() -> None:
    """Only with `keep`, as for `--only`: a full run leaves nothing behind of an old name."""
    one, other = Section("One", "About one."), Section("Other", "About the other.")
    both = as_readme(f"{BEGIN}{END}", [one, other])

    again = as_readme(both, [Section("One", "Told anew.")], keep=True)

    assert "Told anew." in again
    assert "About one." not in again
    assert "About the other." in again
    assert again.count("Measured") == 2
    assert "Other" not in as_readme(both, [one])
