"""What the tests look for in each language: tests/spoken/<language>.yaml."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

_FOLDER = Path(__file__).parent / "spoken"


@functools.cache
def spoken(locale: str) -> dict[str, Any]:
    """Return the words of a locale's language."""
    path = _FOLDER / f"{locale.split('-', maxsplit=1)[0]}.yaml"
    words: dict[str, Any] = YAML(typ="safe", pure=True).load(path)
    return words
