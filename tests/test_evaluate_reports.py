"""`evaluate` reports what it found as text, as a page with plots and in a document."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from evaluated_cases import CASES, ROOT, run, written_cases
from packs import SMALL

if TYPE_CHECKING:
    from pathlib import Path

MARKED = "# Figures\n\n<!-- figures -->\n<!-- /figures -->\n\nAfter them.\n"


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """A folder with the five cases, and one that cannot be judged, below it."""
    return written_cases(tmp_path)


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
