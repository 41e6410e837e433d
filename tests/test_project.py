"""What people get who set the project up or install it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
LOCKS = sorted(path.name for path in REQUIREMENTS.glob("*.txt"))


def distribution(requirement: str) -> str:
    """Return the normalised name that a requirement begins with."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name, requirement
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def locked(lock: str) -> dict[str, str]:
    """Return a lock file's entries: distribution to the whole entry."""
    entries = re.split(r"^(?=[a-z0-9])", (REQUIREMENTS / lock).read_text(), flags=re.MULTILINE)
    return {distribution(entry): entry for entry in entries if not entry.startswith("#")}


def test_a_machine_without_python_is_told_what_to_install() -> None:
    """The set-up ends with one sentence that holds the command to type."""
    answer = subprocess.run(
        [REQUIREMENTS / "find-python"],
        env={"PATH": "/nowhere", "PYTHON": "python3.11"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert "sudo apt-get install python3" in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_the_python_that_is_found_can_make_environments() -> None:
    """What the set-up is given to work with is 3.11 or newer and has venv."""
    answer = subprocess.run(
        [REQUIREMENTS / "find-python"], capture_output=True, text=True, check=True
    )
    question = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))"
    subprocess.run([answer.stdout.strip(), "-c", question], check=True)


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_locked_has_a_version_and_hashes(lock: str) -> None:
    """No package is installed that was not looked at, and from wherever one's pip takes it."""
    text = (REQUIREMENTS / lock).read_text()
    assert "://" not in text
    for name, entry in locked(lock).items():
        assert "==" in entry, name
        assert "--hash=sha256:" in entry, name


def test_whoever_runs_it_gets_what_importers_ask_for() -> None:
    """The lock of those who run it holds every ranged dependency of those who import it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    wanted = {distribution(item) for item in [*project["dependencies"], *extras["web"]]}
    assert wanted - {"iron-guide"} <= locked("run.txt").keys()


def test_the_library_alone_brings_no_voice_and_no_web() -> None:
    """Importing rules_lib and assessing loads neither the Alexa SDK, nor Flask, nor YAML."""
    program = (
        "import sys, rules_lib\n"
        "rules_lib.assess(rules_lib.KnowledgeBase.load('iron_infusion'), [])\n"
        "loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "print(*sorted(loaded & {'ask_sdk_core', 'ask_sdk_model', 'flask', 'ruamel', 'skill'}))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.split() == []


def test_an_installed_copy_brings_its_data(tmp_path: Path) -> None:
    """The wheel holds every file of both packages, and the models that the speaker hears by."""
    folders = ("rules_lib", "skill", "interaction_models")
    for folder in folders:
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    for path in ("LICENSE", "README.md", "pyproject.toml"):
        shutil.copy(ROOT / path, tmp_path)
    expected = {
        str(path.relative_to(tmp_path))
        for folder in folders
        for path in (tmp_path / folder).rglob("*")
        if path.is_file() and path.suffix != ".md"
    }
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "-w", tmp_path, tmp_path], check=True, capture_output=True)
    with zipfile.ZipFile(next(tmp_path.glob("iron_guide-*.whl"))) as wheel:
        packed = {name.replace("skill/interaction_", "interaction_") for name in wheel.namelist()}
        packed |= set(wheel.namelist())
    assert expected - packed == set()
