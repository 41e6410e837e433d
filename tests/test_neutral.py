"""The library knows no illness and no voice; all it knows stands in packs."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

import rules_lib

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "rules_lib").rglob("*.py"))
OF_IRON = re.compile(r"\biron|infus|ferr[iou]|phosph|anaphyla|alexa|speech\b", re.IGNORECASE)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_word_of_iron_in_the_librarys_python(path: Path) -> None:
    """The iron pack is one pack among possible others: no code names what it is about."""
    lines = path.read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if OF_IRON.search(line)] == []


def test_the_library_alone_pulls_in_no_voice_and_no_web() -> None:
    """Importing and using rules_lib loads neither the ASK SDK nor Flask, nor YAML."""
    program = (
        "import sys, rules_lib; kb = rules_lib.KnowledgeBase.load('iron_infusion');"
        "rules_lib.assess(kb, {'back-pain': 'present'});"
        "print([m for m in sys.modules if m.split('.')[0] in"
        " {'ask_sdk_core', 'ask_sdk_model', 'flask', 'skill', 'ruamel', 'requests'}])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )

    assert ran.stdout.strip() == "[]"


def test_a_dozen_public_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the library shows is small, and the example in its docstring is true."""
    monkeypatch.chdir(ROOT)

    assert len(rules_lib.__all__) <= 12
    assert doctest.testmod(rules_lib).failed == 0
