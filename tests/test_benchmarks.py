"""The benchmarks compare like with like, and write what they found where it belongs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent))

from benchmarks.engines import engines  # noqa: E402  (a folder of scripts, not installed)
from benchmarks.measure import Timing  # noqa: E402
from benchmarks.results import BEGIN, END, Goal, Section, as_readme  # noqa: E402

README = HERE.parent / "benchmarks" / "README.md"


@pytest.mark.slow
def test_what_is_compared_fires_the_same_rules() -> None:
    """Bare durable-rules, its Host, our engine and our chainer are refused if they differ."""
    section = engines(str(HERE / "small_pack"), rounds=1, times=1)

    assert len(section.rows) == 6
    assert all(row.median > 0 for row in section.rows)
    assert len(section.goals) == 4


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
