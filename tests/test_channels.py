"""The same conversations give the same assessments through the cloud function's package."""

from __future__ import annotations

from typing import TYPE_CHECKING

import emulator
import pytest
from dialogue_files import files, speaker, turns

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MISSING = emulator.missing()

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.skipif(MISSING is not None, reason=MISSING or ""),
]


@pytest.fixture(scope="module")
def function(tmp_path_factory: pytest.TempPathFactory) -> Iterator[emulator.Emulator]:
    """The packaged function under Amazon's emulator and client."""
    package = emulator.unzipped_package(tmp_path_factory.mktemp("channels"))
    with emulator.Emulator(package) as running:
        yield running


@pytest.mark.parametrize("path", files(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_function_says_what_the_speaker_says(path: Path, function: emulator.Emulator) -> None:
    """Turn by turn the same words, findings, urgency, causes and rules."""
    here, there = speaker(path.parent.name), speaker(path.parent.name, function)
    for turn in turns(path):
        ours, theirs = here.hear(turn["say"]), there.hear(turn["say"])
        # A package holds no compiler's luck: where its extension loads, both engines answer.
        assert {**theirs, "elapsed_ms": 0} == {**ours, "elapsed_ms": 0}
