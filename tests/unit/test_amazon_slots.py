"""Amazon's built-in slot types, filled as a device fills them."""

from __future__ import annotations

import pytest

from skill.amazon_slots import Numbers
from skill.phrases import load_locale


@pytest.mark.parametrize(
    ("locale", "said", "heard"),
    [
        ("en-US", "thirty eight", [38]),
        ("en-US", "thirty eight five", [38, 5]),
        ("en-US", "a hundred and one", [101]),
        ("de-DE", "achtunddreißig fünf", [38, 5]),
        ("es-ES", "veintiuno dos", [21, 2]),
        ("es-ES", "treinta y uno", [31]),
        ("fr-FR", "trente huit", [38]),
        ("fr-FR", "trente huit cinq", [38, 5]),
        ("fr-FR", "quatre vingt douze", [92]),
    ],
)
def test_numbers_in_a_row_are_one_only_as_tens_and_unit(
    locale: str, said: str, heard: list[int]
) -> None:
    """What is a number already takes no further unit: thirty-eight five is no forty-three."""
    numbers = Numbers(load_locale(locale).device["number"])
    words, at, found = said.split(), 0, []
    while at < len(words) and (number := numbers(words, at)):
        at, value = number
        found.append(value)

    assert found == heard
    assert at == len(words)
