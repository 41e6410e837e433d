"""`evaluate` judges a pack on vignettes and reports it in text, JSON, HTML and Markdown."""

from __future__ import annotations

import io
import itertools
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
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

ROOT = Path(__file__).parents[1]
CASES = """
- id: cold
  story: A twisted ankle, and the foot is cold.
  findings: {ankle-pain: present, cold-foot: present}
  opening: {ankle-pain: present}
  expect: {floor: emergency}
  tags: [emergency-last]
- id: hot
  story: A twisted ankle and a fever.
  findings: {ankle-pain: present, fever: present}
  opening: {ankle-pain: present}
  level: same-day
  expect: {causes: {infection: possible}}
- id: painful
  story: Eight of ten, and no more.
  findings: {ankle-pain: {severity: 8}}
  expect: {announced: within-24-hours}
- id: sprained
  story: A sprain that hardly hurts.
  findings: {ankle-pain: {severity: 2}, hours-to-onset: 1, shoe: sandal}
  level: self-care
  expect: {causes: {sprain: likely}}
- id: worse-than-we-know
  story: Something that <no rule> knows & everybody should.
  findings: {ankle-pain: {severity: 9}}
  level: emergency
  row: some_row
  quote: "Nine of ten is an emergency."
  tags: [minimal, emergency-last]
  expect: {causes: {sprain: likely}}
- id: anything
  story: Nobody says what is right.
  findings: {ankle-pain: present}
  expect: {advice: [rest]}
"""
"""
Worked by hand, the interview: cold, hot and painful are exact, sprained is two levels too high
(the pack knows no self-care), worse-than-we-know two too low. The assessment: the same, but
sprained gets no advice at all.
"""
MARKED = "# Figures\n\n<!-- figures -->\n<!-- /figures -->\n\nAfter them.\n"


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """A folder with the five cases, and one that cannot be judged, below it."""
    folder = tmp_path / "cases" / "deep"
    folder.mkdir(parents=True)
    (folder / "ankle.yaml").write_text(CASES, encoding="utf-8")
    return tmp_path / "cases"


def run(cases: Path, *more: str | Path) -> int:
    """Evaluate the small pack; its exit status."""
    return main(["evaluate", str(cases), "--pack", str(SMALL), *map(str, more)])


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


class TestText:
    """The report in the terminal."""

    def test_figures(self, cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Figures come with their interval and their counts, beside the baselines."""
        assert run(cases) == 0

        text = capsys.readouterr().out
        assert re.search(r"exact accuracy +60\.0 % \(23\.1-88\.2\), 3 of 5 +60\.0 %", text)
        assert re.search(r"always-emergency +40\.0 % ", text)
        assert "Not judged, for no right level is named: 1 vignette (anything)" in text

    def test_confusion(self, cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """The confusion matrix is a table, what is exact in brackets."""
        run(cases)

        assert re.search(
            r"OF THE INTERVIEW .*\n.*none +cases\n +emergency +\[1\] +0 +1 +0 +0 +0 +2\n",
            capsys.readouterr().out,
        )

    def test_under_triaged(self, cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Every under-triaged case is told with its story, its row and what was asked."""
        run(cases)

        listed = capsys.readouterr().out.partition("UNDER-TRIAGED: ")[2].partition("OVER-")[0]
        assert listed.startswith("1 in the interview, 2 in the assessment")
        assert "worse-than-we-know (deep/ankle.yaml:" in listed
        assert "Something that <no rule> knows" in listed
        assert 'row: some_row "Nine of ten is an emergency."' in listed
        assert "asked: danger-foot: no" in listed
        assert "no advice in the assessment" in " ".join(listed.split())

    def test_reader_who_has_seen_enough(self, cases: Path) -> None:
        """A reader that closes the pipe ends it without a traceback."""
        command = [sys.executable, "-m", "rules_lib", "evaluate", str(cases), "--pack", str(SMALL)]
        with subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as started:
            assert started.stdout
            started.stdout.close()
            assert started.stderr
            assert started.stderr.read() == b""
        assert started.returncode == 1


class Page(HTMLParser):
    """Notes what a page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.referred: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag, its id and what it refers to."""
        self.tags.append(tag)
        if tag != "meta":
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in {"src", "href", "xlink:href", "data", "action"}:
                self.referred.append(value or "")
            if name == "aria-labelledby":
                self.referred += (value or "").split()

    def handle_endtag(self, tag: str) -> None:
        """Check that what is closed is what was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        self.words.append(data)


class TestPage:
    """The page with plots."""

    @pytest.fixture
    def page(self, cases: Path, tmp_path: Path) -> Page:
        """The page of the five cases."""
        assert run(cases, "--html", tmp_path / "e.html") == 0
        page = Page()
        page.feed((tmp_path / "e.html").read_text(encoding="utf-8"))
        return page

    def test_stands_alone(self, page: Page) -> None:
        """It is whole, refers to nothing outside itself and runs nothing."""
        assert page.open == []
        assert set(page.referred) <= set(page.ids)
        assert not {"script", "link", "img", "iframe"}.intersection(page.tags)

    def test_plots(self, page: Page) -> None:
        """Two matrices, the levels, four comparisons, the questions and the tags are drawn."""
        assert page.tags.count("svg") == 2 + 1 + 4 + 1 + 1
        assert page.tags.count("desc") == page.tags.count("svg")
        assert len(page.ids) == len(set(page.ids))

    def test_in_words(self, page: Page) -> None:
        """What a plot shows is said to those who cannot see it."""
        words = "\n".join(page.words)

        assert "emergency: 1 told emergency, 1 told within-24-hours" in words
        assert "always-emergency: 40.0 % (11.8-76.9), 2 of 5" in words

    def test_wrong_cases(self, page: Page) -> None:
        """Wrong cases are listed with story and quote, as they are written."""
        words = " ".join(page.words)

        assert "Told too low (2)" in words
        assert "Something that <no rule> knows & everybody should." in words
        assert "Nine of ten is an emergency." in words

    def test_no_tags(self, cases: Path, tmp_path: Path) -> None:
        """Where no case has a tag and all are right, nothing is missing from the page."""
        file = cases / "deep" / "ankle.yaml"
        file.write_text("- ".join(CASES.split("- ")[:2]).replace("  tags: [emergency-last]\n", ""))

        assert run(file, "--html", tmp_path / "e.html") == 0
        text = (tmp_path / "e.html").read_text(encoding="utf-8")
        assert "Told too low (0)" in text
        assert "By tag" not in text


class TestDocument:
    """`--doc` keeps the figures of a document up to date."""

    def test_writes(self, cases: Path, tmp_path: Path) -> None:
        """The block between the marks is made anew, the rest stays; then it is up to date."""
        document = tmp_path / "d.md"
        document.write_text(MARKED, encoding="utf-8")

        assert run(cases, "--doc", document) == 0
        text = document.read_text(encoding="utf-8")
        assert text.startswith("# Figures\n\n<!-- figures -->\n")
        assert text.endswith("<!-- /figures -->\n\nAfter them.\n")
        assert "| exact accuracy | 60.0 % (23.1-88.2), 3 of 5 |" in text
        assert run(cases, "--doc", document, "--check") == 0

    def test_stale(self, cases: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Where the figures are others, `--check` says what to run and writes nothing."""
        document = tmp_path / "d.md"
        document.write_text(MARKED, encoding="utf-8")

        assert run(cases, "--doc", document, "--check") == 1
        assert f"is stale: run 'python -m rules_lib evaluate {cases}" in capsys.readouterr().err
        assert document.read_text(encoding="utf-8") == MARKED

    def test_no_place(
        self, cases: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A document without marks is told which it needs."""
        document = tmp_path / "d.md"
        document.write_text("# Nothing\n", encoding="utf-8")

        assert run(cases, "--doc", document) == 1
        assert "has no place for figures; allowed: '<!-- figures -->'" in capsys.readouterr().err

    def test_check_alone(self, cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """`--check` without a document is a mistake on the command line."""
        assert run(cases, "--check") == 2
        assert "--check wants --doc FILE" in capsys.readouterr().err


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
    """Without a pack the first shipped one is judged."""
    assert main(["evaluate", str(ROOT / "tests" / "cases" / "allergic.yaml")]) == 0

    kb = KnowledgeBase.load("iron_infusion")
    assert capsys.readouterr().out.startswith(f"{kb.id} {kb.version} on ")


def test_nothing_is_imported_for_it() -> None:
    """Whoever imports the library pays nothing for the evaluation."""
    program = "import sys, rules_lib; print('rules_lib.evaluation' in sys.modules)"
    command = [sys.executable, "-c", program]

    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout == b"False\n"
