"""A pack of another procedure, in examples/, gets every command without a line of Python."""

from __future__ import annotations

import doctest
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rules_lib import KnowledgeBase
from rules_lib.authoring.yaml_reader import load_yaml
from rules_lib.expectations import shortfalls
from rules_lib.vignettes import Vignette, read_vignettes

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "tooth_extraction"
PACK = EXAMPLE / "pack"
COMMANDS = re.findall(
    r"^\$ python (.+)\n((?:(?!\$ |```).*\n)*)",
    (EXAMPLE / "README.md").read_text(encoding="utf-8"),
    flags=re.MULTILINE,
)
KB = KnowledgeBase.load(PACK)
VIGNETTES = read_vignettes(EXAMPLE / "vignettes.yaml", KB)


def _run(arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments.split()],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    """Return a folder with a copy of the examples, so that nothing is written into the project."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    return tmp_path


@pytest.mark.parametrize(("command", "shown"), COMMANDS, ids=[one for one, _ in COMMANDS])
def test_its_page_shows_what_a_command_prints(command: str, shown: str, beside: Path) -> None:
    """Each command of the folder's README succeeds, and prints what is shown there."""
    done = _run(command, beside)

    assert (done.stderr, done.returncode) == ("", 0)
    assert doctest.OutputChecker().check_output(shown, done.stdout, doctest.ELLIPSIS), done.stdout


def test_its_page_shows_every_command() -> None:
    """None of what a pack gets is left out, not even its interview."""
    shown = {command.removeprefix("-m rules_lib ").split()[0] for command, _ in COMMANDS}

    assert shown == {
        *("check", "assess", "explain", "prove", "evaluate", "graph", "coverage", "compile"),
        "examples/interview.py",
    }


@pytest.mark.parametrize(
    ("command", "mistake", "told"),
    [
        ("check", "when: heavy-bleding\n  then: {urgency: emergency,", "'heavy-bleeding'?"),
        (
            "prove --states 0",
            "when: heavy-bleeding\n  then: {urgency: same-day,",
            "Blood that fills the mouth is an emergency",
        ),
    ],
    ids=["a slip", "a broken promise"],
)
def test_its_mistakes_are_told(command: str, mistake: str, told: str, beside: Path) -> None:
    """A mistake in such a pack fails its command, which says what is wrong."""
    right = "when: heavy-bleeding\n  then: {urgency: emergency,"
    path = beside / PACK.relative_to(ROOT) / "rules" / "danger.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(right, mistake), encoding="utf-8")
    done = _run(f"-m rules_lib {command} examples/tooth_extraction/pack", beside)

    assert right in text
    assert done.returncode == 1
    assert told in done.stdout + done.stderr


@pytest.mark.parametrize("vignette", VIGNETTES, ids=lambda vignette: vignette.id)
def test_its_vignettes_come_out_as_labelled(vignette: Vignette) -> None:
    """What a leaflet says of a story is what the pack says."""
    assert shortfalls(KB, vignette) == ()


def test_its_vignettes_quote_the_leaflets() -> None:
    """Each of the twenty is labelled by words that stand in the row of evidence that it names."""
    rows = {row["id"]: " ".join(row["says"].split()) for row in load_yaml(PACK / "evidence.yaml")}

    assert len(VIGNETTES) == 20
    assert [one.id for one in VIGNETTES if one.quote not in rows.get(one.row, "")] == []


def test_it_holds_no_python() -> None:
    """YAML and its page are all there is."""
    assert {path.suffix for path in EXAMPLE.rglob("*") if path.is_file()} == {".yaml", ".md"}
