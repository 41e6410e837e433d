"""The controls are weakened for real: `make weaken` does all of it, a sample is done here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from test_hazards import LOG, ROOT
from weaken_code import Outcome, Weakening, judged, main, unguarded, weakenings, workshops

from rules_lib.hazards.targets import defined

if TYPE_CHECKING:
    from collections.abc import Iterator
    from queue import Queue

    from weaken_code import Workshop

ALL = weakenings()
HARMLESS = Weakening(
    id="a-comment-more",
    file="skill/conversation.py",
    old='KEY = "conversation"\n',
    new='KEY = "conversation"  # where it always was\n',
    defeats=("H-048/C2",),
    tests=("tests/unit/test_hazard_words.py::test_doubt_takes_nothing_back",),
)


@pytest.fixture(scope="module")
def free() -> Iterator[Queue[Workshop]]:
    """One copy of the project."""
    with workshops(1) as copies:
        yield copies


def test_every_weakening_fits_the_code_and_the_log() -> None:
    """Each has its place in the code, takes away controls that exist, and is guarded by tests."""
    assert len(ALL) >= 40
    assert len({each.id for each in ALL}) == len(ALL)
    for each in ALL:
        assert (ROOT / each.file).read_text(encoding="utf-8").count(each.old) == 1, each.id
        assert each.new != each.old, each.id
        assert set(each.defeats) <= set(LOG.ids()), each.id
        assert each.defeats, each.id
        assert each.tests, each.id
        for test in each.tests:
            path, _, name = test.partition("::")
            text = (ROOT / path).read_text(encoding="utf-8")
            assert not name or name.replace("::", ".") in defined(text), test


def test_weakenings_reach_every_kind_of_control() -> None:
    """Code of the library and the skill, words of language and region, and most themes."""
    files = {each.file for each in ALL}
    themes = {
        hazard.theme
        for hazard in LOG.hazards
        for each in ALL
        for name in each.defeats
        if name.startswith(f"{hazard.id}/")
    }

    assert {file.split("/")[0] for file in files} == {"rules_lib", "skill"}
    assert {"skill/locales/en/phrases.yaml", "skill/locales/en-GB/region.yaml"} <= files
    assert set(LOG.frame.themes) <= themes


@pytest.mark.slow
def test_a_sample_of_weakenings_is_caught(free: Queue[Workshop]) -> None:
    """What takes a control away is noticed, and what takes nothing away is not called caught."""
    sample = [each for each in ALL if each.sample]
    broken = replace(HARMLESS, id="not-there", old="no such words")

    assert len(sample) >= 3
    assert unguarded([HARMLESS], free) == ""
    outcomes = {
        weakening.id: outcome
        for weakening, outcome, _ in judged([*sample, HARMLESS, broken], free, 1)
    }
    assert {outcomes[each.id] for each in sample} == {Outcome.CAUGHT}
    assert outcomes[HARMLESS.id] is Outcome.SURVIVED
    assert outcomes[broken.id] is Outcome.BROKEN


def test_an_unknown_weakening_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A slip of the name does not pass for a clean run."""
    with pytest.raises(SystemExit) as left:
        main(["--only", "no-such-weakening"])

    assert left.value.code == 2
    assert "no weakening no-such-weakening" in capsys.readouterr().err
