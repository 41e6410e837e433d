"""Whole conversations, word for word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from dialogue_files import files, speaker, turns

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("path", files(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_dialogue(path: Path) -> None:
    """Every turn is understood, assessed and answered as written down."""
    room = speaker(path.parent.name)
    for number, turn in enumerate(turns(path), start=1):
        answer = room.hear(turn["say"])
        said = {"hears": answer["speech"], **answer}
        expected = {key: value for key, value in turn.items() if key != "say"}

        assert (number, {key: said[key] for key in expected}) == (number, expected)
