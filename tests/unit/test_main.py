"""The workbench for those who write packs: compile, schema, traceability, assess, explain."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from packs import SMALL, altered

from rules_lib import assess
from rules_lib.__main__ import main
from rules_lib.authoring.dossier import DOSSIER
from rules_lib.authoring.files import KINDS, json_schema
from rules_lib.authoring.yaml_reader import load_yaml
from rules_lib.expectations import shortfalls
from rules_lib.knowledge_base import SHIPPED, KnowledgeBase
from rules_lib.vignettes import Vignette, read_vignettes, vignette_schema

if TYPE_CHECKING:
    from pathlib import Path

VIGNETTE = """
- id: twisted
  story: A twisted ankle after a walk.
  findings: {ankle-pain: {severity: 3}, hours-to-onset: 2, shoe: sandal}
  expect: {floor: null, causes: {sprain: likely}, advice: [rest], rules: [mild-sprain]}
  statements: [S1, S2]
"""


def run(*arguments: str | Path) -> int:
    """Run one command; its exit status."""
    return main([str(argument) for argument in arguments])


class TestCompile:
    """`compile` writes the JSON that runs."""

    def test_writes(self, tmp_path: Path) -> None:
        """The JSON can be loaded, and compiling again changes nothing."""
        output = tmp_path / "deep" / "small.json"

        assert run("compile", SMALL, "-o", output) == 0
        assert KnowledgeBase.load(output).id == "small-pack"
        assert run("compile", SMALL, "-o", output, "--check") == 0

    def test_stale(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Where the YAML has changed since, `--check` says so and writes nothing."""
        folder, output = altered(tmp_path / "pack"), tmp_path / "pack.json"
        run("compile", folder, "-o", output)
        old = output.read_text()
        causes = folder / "causes.yaml"
        causes.write_text(causes.read_text().replace("A sprain", "A bad sprain"))

        assert run("compile", folder, "-o", output, "--check") == 1
        assert "is stale: run 'python -m rules_lib compile'" in capsys.readouterr().err
        assert output.read_text() == old

    def test_missing(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Where there is no JSON yet, `--check` says so."""
        assert run("compile", SMALL, "-o", tmp_path / "x.json", "--check") == 1
        assert "is missing" in capsys.readouterr().err

    def test_broken(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A pack with a mistake is not compiled."""
        folder = altered(tmp_path / "pack", ("sources.yaml", "id: CJ", "id: cj?"))

        assert run("compile", folder, "-o", tmp_path / "x.json") == 1
        assert "sources.yaml:2" in capsys.readouterr().err
        assert not (tmp_path / "x.json").exists()

    def test_no_folder(self, capsys: pytest.CaptureFixture[str]) -> None:
        """What is no folder of YAML cannot be compiled."""
        assert run("compile", "nowhere") == 1
        assert "is no folder" in capsys.readouterr().err

    def test_one_output(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Two packs do not go into one file."""
        assert run("compile", SMALL, SMALL, "-o", "x.json") == 2
        assert "exactly one" in capsys.readouterr().err


class TestSchema:
    """The JSON Schemas that editors use."""

    def test_up_to_date(self) -> None:
        """The schemas are what the shapes make."""
        assert run("schema", "--check") == 0

    @pytest.mark.parametrize("kind", KINDS)
    def test_sound(self, kind: str) -> None:
        """Each is valid JSON Schema and accepts what the check accepts."""
        schema = json_schema(kind)
        jsonschema.Draft202012Validator.check_schema(schema)
        folders = [SMALL, *(path for path in SHIPPED.iterdir() if path.is_dir())]
        for folder in folders:
            files = sorted((folder / "rules").glob("*.yaml"))
            wanted = files if kind == "rules" else [folder / f"{kind}.yaml"]
            for file in wanted:
                if kind in DOSSIER and not file.exists():
                    continue  # a pack may do without
                jsonschema.validate(load_yaml(file), schema)

    def test_vignettes(self) -> None:
        """The schema of vignettes accepts those of the project."""
        schema = vignette_schema()
        jsonschema.Draft202012Validator.check_schema(schema)
        for file in sorted((SMALL.parent / "cases").glob("*.yaml"))[:1]:
            jsonschema.validate(load_yaml(file), schema)

    @pytest.mark.parametrize(
        "rule",
        [
            {"when": {"all": []}},
            {"when": {"urgency": {"at_least": "soon"}}},
            {"when": {"fever": {"at_lest": 3}}},
            {"then": {"urgency": "soon"}},
            {"then": {}},
            {"status": "ready"},
            {"misuses": "None."},
        ],
    )
    def test_refuses(self, rule: dict[str, Any]) -> None:
        """An editor marks what the check would refuse."""
        sound = load_yaml(SMALL / "rules/home.yaml")[0]
        validator = jsonschema.Draft202012Validator(json_schema("rules"))

        assert validator.is_valid([sound])
        assert not validator.is_valid([sound | rule])


class TestTraceability:
    """The table from statements to rules and vignettes."""

    def table(self, folder: Path, vignettes: str, *flags: str) -> tuple[int, Path]:
        """Run `traceability` on the small pack."""
        cases, output = folder / "cases", folder / "table.md"
        cases.mkdir(exist_ok=True)
        (cases / "ankle.yaml").write_text(vignettes, encoding="utf-8")
        return run("traceability", SMALL, "--cases", cases, "-o", output, *flags), output

    def test_table(self, tmp_path: Path) -> None:
        """Each statement stands with its text, what carries it and what shows it."""
        status, output = self.table(tmp_path, VIGNETTE)

        assert status == 0
        assert (
            "| S1 | A twisted ankle is mostly a sprain. "
            "| rule `mild-sprain`<br>cause `sprain` | `twisted` |" in output.read_text()
        )
        assert self.table(tmp_path, VIGNETTE, "--check")[0] == 0

    def test_gap(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A statement that nothing shows is told."""
        assert self.table(tmp_path, VIGNETTE.replace("S1, S2", "S1"))[0] == 1
        assert "S2 is shown by no vignette" in capsys.readouterr().err

    def test_uncarried(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A statement that nothing carries is told."""
        folder = altered(tmp_path / "pack", ("advice.yaml", "statements: [S2]", ""))
        cases = tmp_path / "cases"
        cases.mkdir()
        (cases / "ankle.yaml").write_text(VIGNETTE, encoding="utf-8")

        assert run("traceability", folder, "--cases", cases, "-o", tmp_path / "t.md") == 1
        assert "S2 is carried by no rule" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            ("shoe: sandal", "shoes: sandal", "did you mean 'shoe'"),
            ("shoe: sandal", "shoe: clog", "'clog' is not one of its choices"),
            ("floor: null", "floor: low", "floor: is 'low'"),
            ("floor: null, ", "announced: null, ", "announced: is nothing"),
            ("sprain: likely", "sprian: likely", "did you mean 'sprain'"),
            ("sprain: likely", "sprain: maybe", "is 'maybe'"),
            ("{sprain: likely}", "sprain", "is 'sprain'"),
            ("[mild-sprain]", "[mild-spain]", "did you mean 'mild-sprain'"),
            ("statements: [S1, S2]", "", "S1 is shown by no vignette"),
            ("{ankle-pain: {severity: 3}, hours-to-onset: 2, shoe: sandal}", "fine", "no mapping"),
            ("- id: twisted", "- id: twisted\n  tale: Long.", "unknown key 'tale'"),
            ("id: twisted", "id: Twisted", "did you mean 'twisted'"),
            ("- id", "- opening: {ankle-pian: present}\n  id", "did you mean 'ankle-pain'"),
            ("- id", "- opening: {fever: present}\n  id", "is not among its findings"),
            ("- id", "- opening: [ankle-pain]\n  id", "opening: is no mapping"),
            ("- id", "- level: urgent\n  id", "level: is 'urgent'"),
            ("- id", "- level: null\n  id", "level: is nothing"),
            ("- id", "- row: [sprain]\n  id", "row: is a list"),
            ("- id", "- tags: [minimum]\n  id", "did you mean 'minimal'"),
            ("- id", "- tags: [minimal, minimal]\n  id", "names 'minimal' twice"),
        ],
    )
    def test_mistaken_vignette(
        self, old: str, new: str, expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A mistake in a vignette is told, with its file."""
        assert old in VIGNETTE
        assert self.table(tmp_path, VIGNETTE.replace(old, new))[0] == 1
        assert expected in capsys.readouterr().err

    def test_duplicate(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Two vignettes cannot have one id."""
        assert self.table(tmp_path, VIGNETTE + VIGNETTE)[0] == 1
        assert "duplicate id, first in ankle.yaml:2" in capsys.readouterr().err

    def test_bad_yaml(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A file that is no YAML is told."""
        assert self.table(tmp_path, "- [")[0] == 1
        assert "not valid YAML" in capsys.readouterr().err

    def test_inner_folder(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Vignettes in a folder inside the folder count, and are named by their path in it."""
        inner = tmp_path / "cases" / "evaluation"
        inner.mkdir(parents=True)
        (inner / "foot.yaml").write_text(VIGNETTE, encoding="utf-8")

        assert self.table(tmp_path, VIGNETTE)[0] == 1
        assert "evaluation/foot.yaml:2: vignette 'twisted': duplicate" in capsys.readouterr().err

    def test_what_is_said_first(self, tmp_path: Path) -> None:
        """A vignette without opening and level opens with all it has, at the level expected."""
        file = tmp_path / "ankle.yaml"
        more = "opening: {ankle-pain: present}, level: same-day, row: r, quote: q, tags: [minimal]"
        file.write_text(
            "- {id: short, story: Ouch., findings: {ankle-pain: present},"
            " expect: {floor: self-care}}\n"
            "- {id: told, story: Ouch., findings: {ankle-pain: {severity: 8}, shoe: boot},"
            f" expect: {{floor: self-care}}, {more}}}\n",
            encoding="utf-8",
        )
        short, told = read_vignettes(file, KnowledgeBase.load(SMALL))

        assert (short.opening, short.level, short.tags) == (short.findings, "self-care", ())
        assert (told.opening, told.level) == ({"ankle-pain": "present"}, "same-day")
        assert (told.row, told.quote, told.tags, told.file) == ("r", "q", ("minimal",), file.name)

    def test_shortfall(self) -> None:
        """Where an assessment is not what a story expects, each difference is a sentence."""
        kb = KnowledgeBase.load(SMALL)
        expect = {
            "floor": "same-day",
            "causes": {"sprain": "likely", "infection": "possible"},
            "advice": ["rest"],
            "rules": ["very-painful"],
        }
        told = {"ankle-pain": {"severity": 8}}
        vignette = Vignette("v", "Very painful.", told, expect, (), (), "v.yaml", 1)

        assert [sentence.split(";")[0] for sentence in shortfalls(kb, vignette)] == [
            "floor is within-24-hours, not same-day",
            "causes: 'sprain' is not there, not likely",
            "causes: 'infection' is not there, not possible",
            "advice: 'rest' is not among none",
        ]


class TestCase:
    """`assess` and `explain` try one case."""

    def test_assess(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """The assessment of a case is printed as JSON."""
        case = tmp_path / "case.yaml"
        case.write_text("{cold-foot: present}", encoding="utf-8")

        assert run("assess", SMALL, case) == 0
        answer = json.loads(capsys.readouterr().out)
        assert (answer["floor"], answer["leads"]) == ("emergency", ["emergency-number"])

    def test_explain(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The explanation names the rule's words; a case may come from standard input."""
        monkeypatch.setattr("sys.stdin", io.StringIO("findings: {cold-foot: present}"))

        assert run("explain", SMALL, "-") == 0
        assert "A cold foot, bone showing" in capsys.readouterr().out

    def test_explain_check(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """The derivation is re-checked on request, and its steps are counted."""
        case = tmp_path / "case.yaml"
        case.write_text("{ankle-pain: present, temperature: 39}", encoding="utf-8")

        assert run("explain", SMALL, case, "--check") == 0
        assert capsys.readouterr().out.endswith("derivation checked: 3 steps\n")

    def test_explain_check_of_a_false_derivation(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Where a step does not follow, that is said and the command fails."""
        case = tmp_path / "case.yaml"
        case.write_text("{ankle-pain: present, temperature: 39}", encoding="utf-8")

        def short(*given: Any) -> Any:
            answer = assess(*given)
            return replace(answer, trace=answer.trace[1:])

        monkeypatch.setattr("rules_lib.commands.cases.assess", short)

        assert run("explain", SMALL, case, "--check") == 1
        seen = capsys.readouterr()
        assert "did not fire" in seen.err
        assert "checked" not in seen.out

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("cold-foots: present", "did you mean 'cold-foot'"),
            ("[", "not valid YAML"),
            ("- cold-foot", "is no case"),
            ("", "is empty"),
        ],
    )
    def test_mistake(
        self, text: str, expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A mistaken case is told, not assessed."""
        case = tmp_path / "case.yaml"
        case.write_text(text, encoding="utf-8")

        assert run("assess", SMALL, case) == 1
        assert expected in capsys.readouterr().err

    def test_no_file(self, capsys: pytest.CaptureFixture[str]) -> None:
        """A case that is not there is told."""
        assert run("explain", SMALL, "nowhere.yaml") == 1
        assert "cannot be read" in capsys.readouterr().err
