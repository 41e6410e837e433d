"""`check` reports everything wrong with a pack in one run, where it is and what was meant."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from packs import BROKEN, RULE, SMALL, altered, complaints

from rules_lib.__main__ import main
from rules_lib.authoring.yaml_reader import load_yaml
from rules_lib.checking import check_pack, packs_to_check
from rules_lib.errors import KnowledgeError
from rules_lib.knowledge_base import SHIPPED, shipped_packs

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


def test_all() -> None:
    """Where no pack is named, every shipped one is checked, from its YAML."""
    assert packs_to_check() == tuple(SHIPPED / name for name in shipped_packs())


@pytest.mark.parametrize("command", ["traceability", "coverage", "graph"])
def test_which_of_several(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Once a second pack is shipped, nothing is written of the first of them by the alphabet."""
    monkeypatch.setattr("rules_lib.checking.shipped_packs", lambda: ("ankle", "iron_infusion"))

    assert main([command, "-o", str(tmp_path / "output")]) == 1
    told = "pack: which one is meant was not said; allowed: ankle, iron_infusion"
    assert told in capsys.readouterr().err
    assert not (tmp_path / "output").exists()


def test_command() -> None:
    """The check can be run as a module; its exit status says whether all is well."""
    command = [sys.executable, "-m", "rules_lib", "check", str(BROKEN)]
    ended = subprocess.run(command, capture_output=True, check=False, cwd=SHIPPED.parent.parent)

    assert ended.returncode == 1
    assert b"10 problems" in ended.stdout


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
    "rule",
    [
        {"when": {"all": ["ankle-pain", "fever"]}, "then": {"urgency": "same-day"},
         "implied_by": ["infected-ankle"]},
        {"when": {"ankle-pain": {"severity": {"at_least": 6}}}, "then": {"urgency": "routine"}},
        {"when": {"shoe": {"is": ["boot"]}}, "then": {"ask": ["ask-fever"]}},
        {"when": {"temperature": {"at_least": "38 Cel", "at_most": "38 Cel"}},
         "then": {"ask": ["ask-fever"]}},
        {"when": {"hours-to-onset": {"at_least": "0.5 wk", "below": "10080 min"}},
         "then": {"ask": ["ask-fever"]}},
    ],
)  # fmt: skip
def test_no_mistake(rule: dict[str, Any], tmp_path: Path) -> None:
    """What is no mistake is not reported as one; that its cases do not fit is another matter."""
    problems = complaints(tmp_path / "pack", rules=[RULE | {"id": "x"} | rule])

    assert [problem for problem in problems if "cases" not in problem] == []


def test_level_never_reached(tmp_path: Path) -> None:
    """A rule that waits for an urgency nobody concludes can never fire."""
    edits = (
        ("rules/danger.yaml", "urgency: emergency", "urgency: same-day"),
        ("rules/home.yaml", "{at_least: same-day}", "{at_least: emergency}"),
    )
    problems = complaints(tmp_path / "pack", *edits)

    assert any("no rule concludes 'emergency'" in problem for problem in problems)


def test_diamond(tmp_path: Path) -> None:
    """Two ways from one fact to another are no cycle."""
    facts = {"a": {"any": ["b", "c"]}, "b": {"all": ["d", "shoe"]}, "c": {"all": ["d", "fever"]}}
    rules = [
        RULE | {"id": f"make-{fact}", "when": when, "then": {"fact": fact}}
        for fact, when in (facts | {"d": "kidney-disease"}).items()
    ]
    rules += [RULE | {"id": "use-a", "when": "a", "then": {"ask": ["ask-fever"]}}]
    problems = complaints(tmp_path / "pack", rules=rules)

    assert [problem for problem in problems if "cases" not in problem] == []


def test_many_alternatives(tmp_path: Path) -> None:
    """A rule with more combinations than anybody could read is still checked, or let be."""
    halves = [
        {"any": [{"severity": {"at_least": n}}, {"temperature": {"at_least": f"{31 + n} Cel"}}]}
        for n in range(1, 10)
    ]
    wide = [
        {"any": [{"hours-to-onset": {"at_least": f"{n * 10 + m} h"}} for m in range(10)]}
        for n in range(4)
    ]
    rule = RULE | {"id": "x", "when": {"all": halves + wide}, "then": {"withhold": ["ibuprofen"]}}
    problems = complaints(tmp_path / "pack", rules=[rule])

    assert [problem for problem in problems if "cases" not in problem] == []


def test_more_than_the_engine_bears(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A rule that joins too many facts is told here, with its place, and is not compiled."""
    parts = [{"temperature": {"at_least": f"{30 + n / 2} Cel"}} for n in range(1, 18)]
    rule = RULE | {"id": "x", "when": {"all": parts}, "then": {"withhold": ["ibuprofen"]}}
    problems = complaints(tmp_path / "pack", rules=[rule])
    status = main(["compile", str(tmp_path / "pack"), "-o", str(tmp_path / "pack.json")])

    wanted = "rules/more.yaml:1: rule 'x': joins 17 facts; allowed: at most 16; conclude a derived"
    found = [problem for problem in problems if "cases" not in problem]
    assert [problem[: len(wanted)] for problem in found] == [wanted]
    assert status == 1
    assert "rule 'x': joins 17 facts" in capsys.readouterr().err
    assert not (tmp_path / "pack.json").exists()


def test_files(tmp_path: Path) -> None:
    """Files that are missing, misplaced, misnamed or no text are reported, each by itself."""
    folder = altered(tmp_path / "pack")
    (folder / "causes.yaml").unlink()
    (folder / "advices.yaml").write_text("- {id: rest, name: Rest}\n", encoding="utf-8")
    (folder / "rules/home.yml").write_text("[]", encoding="utf-8")
    (folder / "sources.yaml").write_bytes(b"- {id: CJ, title: \xff}")
    told = "\n".join(str(problem) for problem in check_pack(folder).problems)

    assert "causes.yaml: is missing" in told
    assert "advices.yaml: is no file of a pack" in told
    assert "did you mean 'advice.yaml'" in told
    assert "rules/home.yml: is no file of a pack" in told
    assert "sources.yaml: cannot be read" in told
    assert "unknown source" not in told


def test_no_rule_files(tmp_path: Path) -> None:
    """A pack without rules is no pack."""
    folder = altered(tmp_path / "pack")
    for path in (folder / "rules").iterdir():
        path.unlink()

    assert "rules/: holds no rules" in "\n".join(map(str, check_pack(folder).problems))


@pytest.mark.parametrize(
    "file", ["findings.yaml", "interview.yaml", "pack.yaml", "statements.yaml"]
)
def test_unreadable(file: str, tmp_path: Path) -> None:
    """What a broken file would have declared is not called unknown elsewhere."""
    folder = altered(tmp_path / "pack")
    (folder / file).write_text("- [\n", encoding="utf-8")

    (problem,) = check_pack(folder).problems
    assert problem.file == file


def test_load_yaml(tmp_path: Path) -> None:
    """A single file that is no YAML is refused with its line."""
    path = tmp_path / "x.yaml"
    path.write_text("a: 1\na: 2\n", encoding="utf-8")

    with pytest.raises(KnowledgeError, match=r"x\.yaml:2: duplicate key 'a'"):
        load_yaml(path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- &a {id: CJ, title: x}\n", "uses the anchor 'a'"),
        ("- !odd {id: CJ, title: x}\n", "uses the tag '!odd'"),
        ("- {id: CJ, title: x, 7: x}\n", "key 7 is no text"),
        ("- {id: CJ, title: x, year: 0x7b}\n", "'0x7b' is not a plain number"),
        ("- {id: CJ, title: x, year: 1992.5}\n", "a whole number"),
        ("- {id: CJ, title: x}\n--- \n- 1\n", "not valid YAML"),
        ("- {id: CJ, title: \x07}\n", "not valid YAML"),
        ("[" * 500, "nested too deeply"),
    ],
)
def test_yaml(text: str, expected: str, tmp_path: Path) -> None:
    """YAML that says things in two ways, or in none, is refused."""
    folder = altered(tmp_path / "pack")
    (folder / "sources.yaml").write_text(text, encoding="utf-8")
    told = "\n".join(str(problem) for problem in check_pack(folder).problems)

    assert expected in told


def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A compiled pack can be checked too, where its YAML is not at hand."""
    output = tmp_path / "small.json"
    main(["compile", str(SMALL), "-o", str(output)])

    assert main(["check", str(output)]) == 0
    assert "7 rules" in capsys.readouterr().out


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
