"""`evaluate` judges a pack on vignettes and counts as one would by hand."""

from __future__ import annotations

import io
import itertools
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from evaluated_cases import CASES, ROOT, run, written_cases
from packs import SMALL, altered

from rules_lib import KnowledgeBase, Urgency
from rules_lib.__main__ import main
from rules_lib.evaluation.baselines import BASELINES
from rules_lib.evaluation.data import as_data
from rules_lib.evaluation.evaluation import evaluate
from rules_lib.evaluation.progress import QUIET, Progress
from rules_lib.vignettes import Vignette, read_vignettes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """A folder with the five cases, and one that cannot be judged, below it."""
    return written_cases(tmp_path)


@pytest.fixture
def data(cases: Path, tmp_path: Path) -> Any:
    """What `--json` writes of the five cases."""
    assert run(cases, "--json", tmp_path / "deep" / "e.json") == 0
    return json.loads((tmp_path / "deep" / "e.json").read_text(encoding="utf-8"))


class TestFigures:
    """The figures of the five cases, counted by hand."""

    @pytest.mark.parametrize(
        ("name", "interview", "assessment"),
        [
            ("exact", (3, 5), (3, 5)),
            ("under", (1, 5), (2, 5)),
            ("under_lenient", (1, 5), (2, 5)),
            ("over", (1, 5), (0, 5)),
            ("over_lenient", (1, 5), (0, 5)),
            ("safe", (4, 5), (3, 5)),
            ("comprehensiveness", (5, 5), (4, 5)),
            ("inclination", (1, 2), (0, 1)),
        ],
    )
    def test_rates(
        self, data: Any, name: str, interview: tuple[int, int], assessment: tuple[int, int]
    ) -> None:
        """Each rate says so many of so many."""
        found = [data["systems"][system][name] for system in ("interview", "assessment")]

        assert [(each["hits"], each["of"]) for each in found] == [interview, assessment]
        assert all(each["low"] <= each["value"] <= each["high"] for each in found)

    def test_unlabelled(self, data: Any) -> None:
        """A vignette that names no right level is not judged, and is named."""
        assert (data["vignettes"], data["unlabelled"]) == (5, ["anything"])

    def test_baselines(self, data: Any) -> None:
        """Each baseline is judged on the same cases."""
        told = {case["id"]: case["told"] for case in data["cases"]}

        assert {case["always-emergency"] for case in told.values()} == {"emergency"}
        assert {case["always-self-care"] for case in told.values()} == {"self-care"}
        # Two signs, then one.
        assert told["cold"]["symptom-count"] == "routine"
        assert told["painful"]["symptom-count"] == "self-care"
        # The ankle alone has no urgency; with eight of ten it has.
        assert told["cold"]["first-keyword"] == "none"
        assert told["painful"]["first-keyword"] == "within-24-hours"

    def test_capability(self, data: Any) -> None:
        """
        Difficulty among the interview and four baselines, by hand: cold 2/4 (no keyword), hot 1/4
        (no keyword), painful 2/5, sprained 2/4 (no keyword), worse-than-we-know 1/5. The mean of
        (solved - difficulty) of the interview is (1/2 + 3/4 + 3/5 - 1/2 - 1/5) / 5 = 0.23.
        """
        difficulty = {case["id"]: case["difficulty"] for case in data["cases"]}

        assert difficulty == pytest.approx(
            {"cold": 0.5, "hot": 0.25, "painful": 0.4, "sprained": 0.5, "worse-than-we-know": 0.2}
        )
        assert data["systems"]["interview"]["capability"]["value"] == pytest.approx(61.5)

    def test_interview(self, data: Any) -> None:
        """A case tells what was asked and answered, and what came of it."""
        hot = next(case for case in data["cases"] if case["id"] == "hot")

        assert [(each["question"], each["answer"]) for each in hot["asked"]] == [
            ("danger-foot", "no"),
            ("ask-fever", "yes"),
        ]
        assert {"id": "infection", "likelihood": "possible"} in hot["causes"]
        assert (hot["questions"], hot["single_questions"]) == (2, 0)

    def test_questions(self, data: Any) -> None:
        """The questions are counted by the right level."""
        emergencies = data["questions"]["levels"]["emergency"]

        assert emergencies["cases"] == 2
        assert emergencies["counts"]["1"] == 1
        assert sum(data["questions"]["counts"].values()) == 5

    def test_causes(self, data: Any) -> None:
        """Of three cases that expect a cause, two name it: no rule calls nine of ten a sprain."""
        assert data["causes_named"]["interview"]["hits"] == 2
        assert data["causes_named"]["interview"]["of"] == 3

    def test_tags(self, data: Any) -> None:
        """A tag is judged on its own cases."""
        assert data["tags"]["emergency-last"]["exact"]["of"] == 2
        assert data["tags"]["minimal"]["under"]["value"] == 1

    def test_order(self, cases: Path) -> None:
        """No figure depends on the order of the vignettes."""
        kb = KnowledgeBase.load(SMALL)
        vignettes = read_vignettes(cases, kb)
        written = json.dumps(as_data(evaluate(kb, vignettes)))

        for order in itertools.islice(itertools.permutations(vignettes), 0, None, 97):
            assert json.dumps(as_data(evaluate(kb, order))) == written

    def test_count_of_signs(self) -> None:
        """The symptom count says its thresholds and keeps to them; a context does not count."""
        kb = KnowledgeBase.load(SMALL)
        count = next(each for each in BASELINES if each.id == "symptom-count")
        signs = ["ankle-pain", "cold-foot", "bone-showing", "fever", "crush-injury"]
        told = []
        for number in range(6):
            present = ["kidney-disease", *signs[:number]]
            findings = {"severity": 9, **dict.fromkeys(present, "present")}
            told.append(count.judge(kb, Vignette("v", "", findings, {}, (), (), "v.yaml", 1)))

        assert told == [Urgency.SELF_CARE, *sorted(Urgency)]
        assert "from 3 on within-24-hours" in count.about


class Terminal(io.StringIO):
    """A terminal that keeps what was written."""

    def isatty(self) -> bool:
        """It is one."""
        return True


@pytest.mark.parametrize(
    ("out", "seconds", "written"),
    [
        (Terminal, QUIET + 1, "\r7 of 9 vignettes\r\033[K"),
        (Terminal, QUIET / 2, ""),
        (io.StringIO, QUIET + 1, ""),
    ],
)
def test_progress(out: Callable[[], io.StringIO], seconds: float, written: str) -> None:
    """A terminal is told how far it is when it takes long, and the line is wiped at the end."""
    times = iter([0.0, seconds])
    stream = out()
    progress = Progress(9, stream, lambda: next(times))

    progress.at(7)
    progress.end()

    assert stream.getvalue() == written


def test_another_pack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A pack that is told more knows more: nothing is written for one pack alone."""
    pack = altered(
        tmp_path / "pack",
        (
            "rules/home.yaml",
            "then: {urgency: within-24-hours, withhold: [ibuprofen]}",
            "then: {urgency: same-day, withhold: [ibuprofen]}",
        ),
    )
    cases = tmp_path / "cases.yaml"
    cases.write_text(CASES, encoding="utf-8")

    assert main(["evaluate", str(cases), "--pack", str(pack)]) == 0
    assert "40.0 % (11.8-76.9), 2 of 5" in capsys.readouterr().out


def test_shipped_pack(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a pack the shipped one is judged."""
    assert main(["evaluate", str(ROOT / "tests" / "cases" / "allergic.yaml")]) == 0

    kb = KnowledgeBase.load("iron_infusion")
    assert capsys.readouterr().out.startswith(f"{kb.id} {kb.version} on ")


def test_nothing_is_imported_for_it() -> None:
    """Whoever imports the library pays nothing for the evaluation."""
    program = "import sys, rules_lib; print('rules_lib.evaluation' in sys.modules)"
    command = [sys.executable, "-c", program]

    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout == b"False\n"
