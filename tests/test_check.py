"""`check` reports everything wrong with a pack in one run, where it is and what was meant."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from packs import BROKEN, RULE, SMALL, altered, complaints

from rules_lib.__main__ import main
from rules_lib.authoring.yaml_reader import load_yaml
from rules_lib.checking import check_pack

PLANTED = {
    "duplicate key": r"findings\.yaml:6: .*duplicate key 'name', first on line 4",
    "unknown finding": (
        r"rules/danger\.yaml:3: rule 'cold-foot': .*unknown finding .*'ankle-pian'"
        r".*did you mean 'ankle-pain'\?"
    ),
    "wrong unit": (
        r"rules/danger\.yaml:13: rule 'feverish': .*wrong unit 'cel'.*did you mean '38 Cel'\?"
    ),
    "unreachable rule": r"rules/danger\.yaml:23: rule 'lukewarm': can never fire",
    "duplicate id": r"rules/danger\.yaml:31: .*duplicate id 'feverish', first in .*danger\.yaml:11",
    "cycle": r"rules/home\.yaml:11: .*cycle: is-bruised <- is-swollen <- is-bruised",
    "missing source": (
        r"rules/home\.yaml:25: rule 'rest-it': sources: unknown source 'OTAWA'"
        r".*did you mean 'OTTAWA'\?"
    ),
    "rule without a case": r"rules/home\.yaml:31: rule 'sprained': 'cases' is missing",
    "retired rule still used": (
        r"rules/home\.yaml:50: rule 'strap-it': .*only the retired rule 'strapped' concludes"
    ),
    "bad YAML": r"rules/unclosed\.yaml:3: is not valid YAML",
}


def test_sound(capsys: pytest.CaptureFixture[str]) -> None:
    """A sound pack passes, and the summary says what was looked at."""
    assert main(["check", str(SMALL)]) == 0

    assert "7 rules" in capsys.readouterr().out


def test_shipped(capsys: pytest.CaptureFixture[str]) -> None:
    """Every shipped pack is sound."""
    assert main(["check"]) == 0

    assert "no problems" in capsys.readouterr().out


@pytest.mark.parametrize("mistake", PLANTED)
def test_planted(mistake: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each of ten planted mistakes is reported with its place, and a guess where one helps."""
    assert main(["check", str(BROKEN)]) == 1

    assert re.search(PLANTED[mistake], capsys.readouterr().out)


def test_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    """Ten mistakes are ten problems: none hides another, none is told twice."""
    main(["check", str(BROKEN)])

    *problems, summary = capsys.readouterr().out.splitlines()
    assert len(problems) == len(PLANTED)
    assert "10 problems" in summary


def test_no_such_pack(capsys: pytest.CaptureFixture[str]) -> None:
    """A pack that is not there is a problem, not a crash."""
    assert main(["check", "no-such-pack"]) == 1

    assert "there is no pack 'no-such-pack'" in capsys.readouterr().out


MISTAKES = load_yaml(Path(__file__).parent / "mistakes.yaml")


@pytest.mark.parametrize(
    "mistake", MISTAKES["edits"], ids=lambda made: f"{made['instead_of']} -> {made['write']}"
)
def test_edit(mistake: dict[str, str], tmp_path: Path) -> None:
    """Each single mistake in a sound pack is reported."""
    edit = mistake["file"], mistake["instead_of"], mistake["write"]
    problems = complaints(tmp_path / "pack", edit)

    assert any(re.search(mistake["says"], problem) for problem in problems), problems


@pytest.mark.parametrize("mistake", MISTAKES["rules"], ids=lambda made: str(made["add"]))
def test_rule(mistake: dict[str, Any], tmp_path: Path) -> None:
    """Each mistaken rule beside sound ones is reported."""
    problems = complaints(tmp_path / "pack", rules=[RULE | rule for rule in mistake["add"]])

    assert any(re.search(mistake["says"], problem) for problem in problems), problems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hello", "is no list of rules"),
        ("- hello\n", "is 'hello'"),
        ("- {says: Nothing.}\n", "'id' is missing"),
        ("", "is empty"),
    ],
)
def test_no_rules(text: str, expected: str, tmp_path: Path) -> None:
    """A file of rules that holds none is reported, whatever it holds instead."""
    folder = altered(tmp_path / "pack")
    (folder / "rules/more.yaml").write_text(text, encoding="utf-8")
    problems = [str(problem) for problem in check_pack(folder).problems]

    assert any(
        problem.startswith("rules/more.yaml") and expected in problem for problem in problems
    )
