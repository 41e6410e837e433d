"""Reading a hazard log, checking it, and the document made of it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import jsonschema
import pytest

from rules_lib.__main__ import main
from rules_lib.authoring.yaml_reader import load_yaml
from rules_lib.errors import HazardLogError
from rules_lib.hazards.checking import check_log, project_of
from rules_lib.hazards.links import relative
from rules_lib.hazards.log import Decision, Rating
from rules_lib.hazards.reader import read_log
from rules_lib.hazards.shapes import log_schemas
from rules_lib.hazards.targets import anchor, defined, dotted, property_ids
from rules_lib.knowledge_base import KnowledgeBase

TESTS = Path(__file__).parents[1]
SMALL = TESTS / "small_log"
MISTAKES = load_yaml(TESTS / "hazard_mistakes.yaml")


def altered(folder: Path, *edits: tuple[str, str, str]) -> Path:
    """Return a copy of the small log with (file, text that is there, text instead of it)."""
    shutil.copytree(SMALL, folder)
    log = folder / "log.yaml"
    here = f"project: {TESTS.parent.as_posix()}"
    log.write_text(log.read_text(encoding="utf-8").replace("project: ../..", here), "utf-8")
    for file, old, new in edits:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text, f"{file} does not say {old!r}"
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def run(folder: Path, output: Path, *options: str) -> int:
    """Run the command on one log."""
    return main(["hazards", str(folder), "-o", str(output), *options])


class TestRead:
    """`read_log` turns YAML into values."""

    def test_values(self) -> None:
        """Hazards, controls and references are there, with their lines."""
        log = read_log(SMALL)
        first, second = log.hazards
        found = next(iter(log.references()))

        assert (first.id, second.id) == ("H-001", "H-002")
        assert first.decision is Decision.NEEDS_CLINICIAN
        assert [control.id for control in first.controls] == ["C1", "C2"]
        assert (str(found), found.file, found.line) == ("rule: foot-in-danger", "slips.yaml", 11)
        assert log.ids() == ("H-001", "H-001/C1", "H-001/C2", "H-002", "H-002/C1")

    def test_rating(self) -> None:
        """The matrix is read by likelihood and severity."""
        matrix = read_log(SMALL).matrix

        assert matrix.rating(Rating("scratch", "rare")) == 1
        assert matrix.rating(Rating("fall", "often")) == 3

    def test_all_at_once(self, tmp_path: Path) -> None:
        """Mistakes in several files are told together, sorted by file and line."""
        folder = altered(
            tmp_path / "log",
            ("log.yaml", "title:", "titel:"),
            ("matrix.yaml", "rare: [1, 2]", "rare: [x, 2]"),
            ("slips.yaml", "kind: rule", "kind: role"),
            ("slips.yaml", "owner: warden", "owner: guard"),
        )

        with pytest.raises(HazardLogError) as raised:
            read_log(folder)
        files = [problem.file for problem in raised.value.problems]
        assert files == ["log.yaml", "log.yaml", "matrix.yaml", "slips.yaml", "slips.yaml"]

    def test_no_folder(self, tmp_path: Path) -> None:
        """A log that is not there is told file by file, without a traceback."""
        with pytest.raises(HazardLogError, match=r"log\.yaml: is missing"):
            read_log(tmp_path / "nowhere")

    def test_no_yaml(self, tmp_path: Path) -> None:
        """A broken file hides nothing of the others, and is not called unknown elsewhere."""
        folder = altered(tmp_path / "log", ("sources.yaml", "- {id", "- [id"))

        with pytest.raises(HazardLogError) as raised:
            read_log(folder)
        assert [problem.file for problem in raised.value.problems] == ["sources.yaml"]

    def test_no_text(self, tmp_path: Path) -> None:
        """Bytes that are no UTF-8 are reported."""
        folder = altered(tmp_path / "log")
        (folder / "matrix.yaml").write_bytes(b"\xff\xfe")

        with pytest.raises(HazardLogError, match=r"matrix\.yaml: cannot be read"):
            read_log(folder)


class TestCheck:
    """`check_log` holds a log against itself and the project."""

    def test_sound(self, tmp_path: Path) -> None:
        """The small log holds."""
        assert run(SMALL, tmp_path / "out.md") == 0

    @pytest.mark.parametrize(
        "mistake", MISTAKES, ids=lambda mistake: f"{mistake['write'][:20]}: {mistake['says'][:50]}"
    )
    def test_mistake(
        self, mistake: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Each single mistake is reported with its place, what is allowed, and a guess."""
        edit = (mistake["file"], mistake["instead_of"], mistake["write"])
        folder = altered(tmp_path / "log", edit)

        assert run(folder, tmp_path / "out.md") == 1
        told = capsys.readouterr().err
        assert re.search(mistake["says"], told, re.MULTILINE), told
        assert not (tmp_path / "out.md").exists()

    def test_vanished(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """What stood in the document cannot go from the log, unless it says why."""
        output = tmp_path / "out.md"
        run(SMALL, output)
        second = "    - id: C2" + (SMALL / "slips.yaml").read_text().split("    - id: C2")[1]
        second = second.split("  after:")[0]
        gone = altered(tmp_path / "gone", ("slips.yaml", second, ""))
        kept = altered(
            tmp_path / "kept", ("slips.yaml", second, f"{second}      withdrawn: It was muted.\n")
        )

        assert run(gone, output) == 1
        assert "H-001/C2: was in the document and is gone" in capsys.readouterr().err
        assert run(kept, output) == 0
        assert "withdrawn: It was muted." in output.read_text(encoding="utf-8")

    def test_withdrawn_hazard(self, tmp_path: Path) -> None:
        """A hazard that is no more keeps its number and its reason, and is counted nowhere."""
        folder = altered(
            tmp_path / "log",
            ("slips.yaml", "  residual: Shoes", "  withdrawn: No feet.\n  residual: Shoes"),
            ("slips.yaml", "{rule: foot-in-danger}", "{rule: long-gone}"),
        )

        assert run(folder, tmp_path / "out.md") == 0
        text = (tmp_path / "out.md").read_text(encoding="utf-8")
        assert "Withdrawn: No feet." in text
        assert "1 hazards, 1 controls" in text

    def test_proofs(self, tmp_path: Path) -> None:
        """Where the pack names what is proved of it, a proof has to be among that."""
        kb = KnowledgeBase.load(TESTS / "small_pack")
        pack = tmp_path / "pack"
        pack.mkdir()
        folder = altered(
            tmp_path / "log", ("log.yaml", "pack: tests/small_pack", f"pack: {pack.as_posix()}")
        )
        log = read_log(folder)

        check_log(log, project_of(log, kb))
        (pack / "properties.yaml").write_text("- {id: cold-foot-is-lost}\n", encoding="utf-8")
        with pytest.raises(HazardLogError) as raised:
            check_log(log, project_of(log, kb))

        told = str(raised.value)
        assert "no proof 'cold-foot-is-found'" in told
        assert "did you mean 'cold-foot-is-lost'?" in told


class TestDocument:
    """The document that is made."""

    def test_check(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """`--check` writes nothing, and tells a document that is missing or stale."""
        output = tmp_path / "out.md"

        assert run(SMALL, output, "--check") == 1
        assert "is missing: run 'python -m rules_lib hazards'" in capsys.readouterr().err
        assert run(SMALL, output) == 0
        assert run(SMALL, output, "--check") == 0
        output.write_text(output.read_text(encoding="utf-8") + "more\n", encoding="utf-8")
        assert run(SMALL, output, "--check") == 1
        assert "is stale" in capsys.readouterr().err

    def test_says(self, tmp_path: Path) -> None:
        """Use, misuse, what is open, the matrix before and after, and each control."""
        run(SMALL, tmp_path / "out.md")
        text = (tmp_path / "out.md").read_text(encoding="utf-8")

        assert "- a crutch" in text
        assert "locales not reviewed" not in text
        assert "has to decide on: 1 of 2 (H-001)" in text
        assert "0 of rating 1; 1 of rating 2; 1 of rating 3." in text
        assert "1 of rating 1; 1 of rating 2; 0 of rating 3." in text
        assert "severity fall, likelihood often, rating 3" in text
        assert re.search(r"\| H-001/C1 \| A cold foot is an emergency. \(rule\) \|", text)
        assert "Tell the warden." in text

    def test_links(self, tmp_path: Path) -> None:
        """A reference leads to its file where there is one, seen from the document."""
        folder = altered(tmp_path / "log")
        (tmp_path / "here").mkdir()
        run(folder, tmp_path / "out.md")
        inside = TESTS / "small_log" / "out.md"
        run(SMALL, inside)
        text = inside.read_text(encoding="utf-8")
        inside.unlink()

        assert "rule [`foot-in-danger`](../small_pack/rules/" in text
        assert "case [`twisted-cold`](cases/ankles.yaml)" in text
        assert "phrase [`xx/phrases.yaml#questions.cold.ask`](words/xx/phrases.yaml)" in text
        assert "proof `cold-foot-is-found`" in text


class TestRelease:
    """`--release` fails while anything is open."""

    def test_open(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """What is open is told, one thing a line."""
        edit = ("log.yaml", "item: locale xx", "item: locale yy")
        folder = altered(tmp_path / "log", edit)

        assert run(folder, tmp_path / "out.md", "--release") == 1
        told = capsys.readouterr().err
        assert "open: the pack `small-pack` 1.0.0 is not reviewed: draft" in told
        assert "open: rules not reviewed by a clinician: " in told
        assert "open: the pack does not say what is proved of it: 1 references" in told
        assert "open: locales not reviewed by somebody who speaks them: xx" in told
        assert "decide on: 1 of 2 (H-001)" in told

    def test_blocking(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A hazard that blocks a release is open until it is rated otherwise."""
        edit = ("slips.yaml", "decision: acceptable", "decision: blocks-release")

        assert run(altered(tmp_path / "log", edit), tmp_path / "out.md", "--release") == 1
        assert "open: hazards that block a release: H-002" in capsys.readouterr().err

    def test_nothing(self, tmp_path: Path) -> None:
        """A reviewed pack, locale and risk leave nothing open, and the document says so."""
        pack = tmp_path / "pack"
        shutil.copytree(TESTS / "small_pack", pack)
        for path in (pack / "pack.yaml", *(pack / "rules").glob("*.yaml")):
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace("status: draft", "status: reviewed"), encoding="utf-8")
        review = "reviews:\n  - {item: hazard H-001, by: warden, on: 2026-11-26}"
        folder = altered(
            tmp_path / "log",
            ("log.yaml", "pack: tests/small_pack", f"pack: {pack.as_posix()}"),
            ("log.yaml", "reviews:", review),
            ("slips.yaml", "{proof: cold-foot-is-found}", "{case: twisted-cold}"),
        )

        assert run(folder, tmp_path / "out.md", "--release") == 0
        assert "Open today:\n\n- nothing" in (tmp_path / "out.md").read_text(encoding="utf-8")


class TestTargets:
    """What a reference can be looked up in."""

    def test_defined(self) -> None:
        """Functions, classes, constants and what is inside classes; of no Python, nothing."""
        text = "A = 1\nB: int = 2\ndef f(): ...\nclass C:\n    x: int\n    async def g(self): ...\n"

        assert defined(text) == {"A", "B", "f", "C", "C.x", "C.g"}
        assert defined("def (") == frozenset()

    def test_dotted(self) -> None:
        """Every key on the way counts; of no YAML, none."""
        assert dotted("a:\n  b: c\n") == {"a", "a.b"}
        assert dotted("a: [") == frozenset()

    def test_property_ids(self) -> None:
        """Properties may stand in a list, or in lists under words."""
        assert property_ids("- {id: a}\n- {id: b}\n", "p") == ("a", "b")
        assert property_ids("one:\n  - {id: a}\ntwo: {three: [{id: b}]}\n", "p") == ("a", "b")
        assert property_ids("[", "p") == ()

    def test_anchor(self) -> None:
        """A heading is linked to as Markdown viewers do."""
        assert anchor("1. What it `says`, now") == "1-what-it-says-now"

    def test_relative(self) -> None:
        """Up as far as needed, then down."""
        assert relative("a/b.md", "a") == "b.md"
        assert relative("x/y.py", "a/b") == "../../x/y.py"


@pytest.mark.parametrize("name", sorted(log_schemas()))
def test_schemas(name: str) -> None:
    """The schema that editors use is written, and takes a sound log."""
    schema = log_schemas()[name]
    stem = "slips" if name == "hazards" else name.removeprefix("hazard-")
    written = TESTS.parent / f"rules_lib/schema/{name}.json"

    assert json.loads(written.read_text(encoding="utf-8")) == schema
    jsonschema.validate(load_yaml(SMALL / f"{stem}.yaml"), schema)
