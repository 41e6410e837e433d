"""The console script: each command loads what it needs, and says what is not installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from skill import cli, talk

ROOT = Path(__file__).resolve().parents[2]


def test_a_conversation_loads_no_workbench() -> None:
    """Whoever talks waits for neither the commands of the library nor the web."""
    program = (
        "import sys, skill.cli\n"
        "skill.cli.main(['talk', '--locale', 'nowhere'])\n"
        "print(*sorted({'rules_lib.commands', 'rules_lib.__main__', 'flask'} & {*sys.modules}))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert answer.stdout.split() == []


@pytest.mark.parametrize(
    ("command", "package", "extra"),
    [("talk", "ask_sdk_core", "skill"), ("serve", "flask", "web")],
)
def test_a_missing_package_is_one_sentence(command: str, package: str, extra: str) -> None:
    """It names the package and the extra that brings it."""
    program = (
        f"import sys; sys.modules[{package!r}] = None\n"
        f"import skill.cli; sys.exit(skill.cli.main([{command!r}]))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert answer.returncode == 2
    assert answer.stderr.startswith(f"iron-guide {command} needs '{package}")
    assert answer.stderr.endswith(f"install iron-guide[{extra}]\n")
    assert answer.stderr.count("\n") == 1


def test_what_breaks_in_a_session_is_not_taken_for_a_missing_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Advice to install what is installed would lead nowhere."""

    def broken(_: object) -> int:
        raise ModuleNotFoundError("No module named 'termios'", name="termios")

    monkeypatch.setattr(talk, "run", broken)

    with pytest.raises(ModuleNotFoundError, match="termios"):
        cli.main(["talk"])
