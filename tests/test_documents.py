"""What the README shows is run, and what it says a program prints is what it prints."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from readme import with_dialogue

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _run(program: str) -> str:
    return subprocess.run(
        [sys.executable, program], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_readme_shows_the_example_and_its_output() -> None:
    """The ten lines of the README are the program in examples/, and print what it says."""
    program = (ROOT / "examples" / "assess.py").read_text(encoding="utf-8")

    assert _blocks("python") == [program.split('"""\n', 2)[-1].lstrip("\n")]
    assert _blocks("text")[0] == _run("examples/assess.py")


def test_readme_shows_what_is_really_said() -> None:
    """The dialogue and the trace in the README are those of today's skill."""
    assert with_dialogue(README) == README


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "examples").glob("*.py")))
def test_every_example_runs(name: str) -> None:
    """An example that does not run teaches nothing."""
    assert _run(f"examples/{name}").count("\n") > 1


DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/**/*.md"))]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    """Every relative link of a document points to a file that is there."""
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", path.read_text(encoding="utf-8"))

    assert [link for link in links if not (path.parent / link).exists()] == []
