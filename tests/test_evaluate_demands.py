"""`evaluate` refuses what is not good enough, and tells mistakes where they stand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from evaluated_cases import CASES, run, written_cases

from rules_lib.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """A folder with the five cases, and one that cannot be judged, below it."""
    return written_cases(tmp_path)


class TestDemands:
    """Thresholds that the interview is held to."""

    @pytest.mark.parametrize(
        ("given", "met"),
        [
            (("--max-under", "0.2"), True),
            (("--max-under", "0.19"), False),
            (("--max-over", "0.2"), True),
            (("--max-over", "0.1"), False),
            (("--min-exact", "0.6"), True),
            (("--min-exact", "0.95"), False),
            (("--min-emergency", "0.5"), True),
            (("--min-emergency", "1"), False),
        ],
    )
    def test_flags(self, cases: Path, given: tuple[str, str], *, met: bool) -> None:
        """A threshold that is just met is met."""
        assert run(cases, *given) == (0 if met else 1)

    def test_sentence(self, cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """What is not met says what was wanted and what is."""
        run(cases, "--max-under", "0")

        assert capsys.readouterr().err == (
            "not met: under-triage, strict, wanted at most 0.0 %; it is 20.0 % (3.6-62.4), 1 of 5\n"
        )

    def test_no_such_cases(self, cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Where there is no emergency among the cases, finding them all is not shown."""
        file = cases / "deep" / "ankle.yaml"
        file.write_text(CASES.replace("emergency}", "routine}").replace(": emergency", ": routine"))

        assert run(cases, "--min-emergency", "1") == 1
        assert "there are no such cases" in capsys.readouterr().err

    def test_file(self, cases: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A file of thresholds does as well; the command line goes before it."""
        file = tmp_path / "demands.yaml"
        file.write_text("max-under: 0\nmin-exact: 0.95\n", encoding="utf-8")

        assert run(cases, "--require", file, "--min-exact", "0.5") == 1
        assert capsys.readouterr().err.count("not met") == 1

    @pytest.mark.parametrize(
        ("text", "complaint"),
        [
            (
                "max-undr: 0",
                r"d\.yaml:1: unknown key 'max-undr'; allowed: max-under.*'max-under'\?",
            ),
            ("min-exact: 95", r"is '95'; allowed: a number from 0 to 1; did you mean '0\.95'\?"),
            ("min-exact: much", r"min-exact: is 'much'; allowed: a number from 0 to 1"),
            ("- 1", r"d\.yaml:1: is a list; allowed: a mapping"),
            ("", r"d\.yaml:1: is empty"),
        ],
    )
    def test_wrong_file(
        self,
        cases: Path,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        text: str,
        complaint: str,
    ) -> None:
        """What is wrong with a file of thresholds is said with its line and a guess."""
        (tmp_path / "d.yaml").write_text(text, encoding="utf-8")

        assert run(cases, "--require", tmp_path / "d.yaml") == 1
        assert re.search(complaint, capsys.readouterr().err)

    def test_percent(self, cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A percentage on the command line is refused with the share it was meant to be."""
        with pytest.raises(SystemExit) as ended:
            run(cases, "--max-over", "10")

        assert ended.value.code == 2
        assert "'10' is no share; allowed: a number from 0 to 1; did you mean 0.1?" in (
            capsys.readouterr().err
        )


class TestMistakes:
    """Whatever is wrong is said in a sentence."""

    @pytest.mark.parametrize(
        ("text", "complaint"),
        [
            ("- [", r"ankle\.yaml:1: is not valid YAML"),
            (
                CASES.replace("cold-foot", "cold-fot", 1),
                r"deep/ankle\.yaml:4: .*'cold': findings: unknown finding 'cold-fot'.*foot'\?",
            ),
            (
                CASES.replace("level: same-day", "level: today"),
                r"'hot': level: is 'today'; allowed: self-care, routine",
            ),
            (CASES.replace("id: hot", "id: cold"), r"'cold': duplicate id, first in .*:2"),
            (
                CASES.partition("- id: hot")[0].replace(
                    "expect: {floor: emergency}", "expect: {floor: null}"
                ),
                r"names no right level at all; allowed: 'level: same-day'",
            ),
        ],
    )
    def test_cases(
        self, cases: Path, capsys: pytest.CaptureFixture[str], text: str, complaint: str
    ) -> None:
        """A broken vignette is told with its file and line, and nothing is judged."""
        (cases / "deep" / "ankle.yaml").write_text(text, encoding="utf-8")

        assert run(cases) == 1
        printed = capsys.readouterr()
        assert re.search(complaint, printed.err)
        assert printed.out == ""

    def test_bytes(self, cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A file that is no text is named."""
        (cases / "deep" / "ankle.yaml").write_bytes(b"\xff\xfe")

        assert run(cases) == 1
        assert "ankle.yaml: cannot be read: " in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("name", "complaint"),
        [("nowhere", "is neither a file nor a folder"), ("empty", "holds no .yaml file")],
    )
    def test_no_cases(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, complaint: str
    ) -> None:
        """A place without vignettes is told as what it is."""
        (tmp_path / "empty").mkdir()

        assert run(tmp_path / name) == 1
        assert complaint in capsys.readouterr().err

    def test_no_pack(self, cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A pack that is not there is told with those that are."""
        assert main(["evaluate", str(cases), "--pack", "iron_infuson"]) == 1
        assert "did you mean 'iron_infusion'?" in capsys.readouterr().err

    def test_cannot_be_written(
        self, cases: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A report that cannot be written is told."""
        assert run(cases, "--html", tmp_path) == 1
        assert "cannot be written: " in capsys.readouterr().err

    def test_endless_interview(
        self, cases: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """An interview that goes round in a circle names its vignette."""
        monkeypatch.setattr("rules_lib.evaluation.patient.MOST_QUESTIONS", 0)

        assert run(cases) == 1
        assert "deep/ankle.yaml:2: vignette 'cold': the interview does not end" in (
            capsys.readouterr().err
        )
