"""The life of a rule: it is to be looked at again by a day, and once retired it is gone."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from packs import RULE, SMALL, altered, complaints

from rules_lib import KnowledgeBase, assess
from rules_lib.__main__ import main
from rules_lib.checking import check_pack
from rules_lib.compiled import written
from rules_lib.review import day_of_commit, default_day
from skill import cli

if TYPE_CHECKING:
    from pathlib import Path

DUE = dt.date(2027, 11, 22)
RETIRED = {**RULE, "id": "gone", "when": "fever", "then": {"fact": "was-hot"}, "status": "retired"}


def commit(folder: Path, day: str) -> None:
    """Make a folder a checkout whose commit was made on a day."""
    moment = f"{day}T12:00:00+00:00"
    who = ("-c", "user.name=nurse", "-c", "user.email=nurse@example.org")
    for command in (("init", "-q"), (*who, "commit", "-q", "--allow-empty", "-m", "Begin")):
        subprocess.run(
            ["git", *command],  # noqa: S607 - whichever git the path has
            cwd=folder,
            check=True,
            env={**os.environ, "GIT_COMMITTER_DATE": moment, "GIT_AUTHOR_DATE": moment},
        )


class TestDue:
    """A rule past its review date warns, and stops a release."""

    def test_warning(self, capsys: pytest.CaptureFixture[str]) -> None:
        """The day after, each rule is named with its place, and the check still passes."""
        assert main(["check", str(SMALL), "--as-of", "2027-11-23"]) == 0

        *warnings, summary = capsys.readouterr().out.splitlines()
        assert len(warnings) == 7
        place = "rules/danger.yaml:7: rule 'foot-in-danger': review was due by 2027-11-22"
        assert any(line.startswith(f"warning: {place}") for line in warnings), warnings
        assert summary.endswith("no problems, 7 overdue reviews")

    def test_strict(self, capsys: pytest.CaptureFixture[str]) -> None:
        """For a release an overdue review is an error."""
        assert main(["check", str(SMALL), "--as-of", "2027-11-23", "--strict-review"]) == 1
        assert "warning" not in capsys.readouterr().out
        assert main(["check", str(SMALL), "--as-of", "2027-11-22", "--strict-review"]) == 0

    def test_in_time(self) -> None:
        """On the day itself the review is still in time."""
        assert check_pack(SMALL, DUE).warnings == ()
        assert len(check_pack(SMALL, DUE + dt.timedelta(days=1)).warnings) == 7

    def test_retired(self, tmp_path: Path) -> None:
        """Nobody has to review what is retired."""
        old = {**RETIRED, "review_by": "2020-01-01"}

        assert check_pack(altered(tmp_path / "pack", rules=[old]), DUE).warnings == ()

    def test_disagreement(self, tmp_path: Path) -> None:
        """A choice between sources that differ is reviewed like a rule."""
        folder = altered(tmp_path / "pack")
        (folder / "disagreements.yaml").write_text(
            "- id: D1\n  about: Rest\n"
            "  sides: [{says: rest, sources: [OTTAWA]}, {says: walk, sources: [CJ]}]\n"
            "  choice: Rest.\n  why: It hurts less.\n  advice: [rest]\n  review_by: 2026-01-01\n"
        )
        late = [str(warning) for warning in check_pack(folder, DUE).warnings]

        assert len(late) == 1
        assert late[0].startswith("disagreements.yaml:7: disagreement 'D1': review was due by 2026")

    def test_compiled(self, tmp_path: Path) -> None:
        """The JSON that runs knows its review dates too."""
        output = tmp_path / "small.json"
        main(["compile", str(SMALL), "-o", str(output)])

        assert len(check_pack(output, dt.date(2028, 1, 1)).warnings) == 7

    @pytest.mark.parametrize("day", ["tomorrow", "2027-13-01", ""])
    def test_no_date(self, day: str, capsys: pytest.CaptureFixture[str]) -> None:
        """What is no date is refused, with what would be one."""
        with pytest.raises(SystemExit) as ended:
            main(["check", str(SMALL), "--as-of", day])

        assert ended.value.code == 2
        assert "is no date; allowed: year-month-day" in capsys.readouterr().err

    def test_console_script(self, capsys: pytest.CaptureFixture[str]) -> None:
        """`iron-guide check` takes the same options, before and after the pack."""
        assert cli.main(["check", "--as-of", "2027-11-23", "--strict-review", str(SMALL)]) == 1
        assert cli.main(["check", str(SMALL), "--as-of", "2027-11-22"]) == 0
        assert "7 overdue reviews" in capsys.readouterr().out


class TestAsOf:
    """Reviews are judged by the day of the commit, so that a green checkout stays green."""

    def test_checkout(self, tmp_path: Path) -> None:
        """In a checkout it is the day of the commit, also in its sub-folders."""
        folder = altered(tmp_path / "pack")
        commit(tmp_path, "2030-05-06")

        assert default_day(folder) == dt.date(2030, 5, 6)
        assert len(check_pack(folder).warnings) == 7

    def test_compiled(self, tmp_path: Path) -> None:
        """A pack that is one file is judged by its own checkout, too."""
        commit(tmp_path, "2030-05-06")
        output = tmp_path / "small.json"
        main(["compile", str(SMALL), "-o", str(output)])

        assert len(check_pack(output).warnings) == 7

    def test_elsewhere(self, tmp_path: Path) -> None:
        """Where there is no checkout it is today."""
        before = dt.datetime.now(tz=dt.UTC).date()

        assert day_of_commit(tmp_path) is None
        assert before <= default_day(tmp_path) <= dt.datetime.now(tz=dt.UTC).date()

    def test_without_git(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A machine without git is no reason to fail."""
        commit(tmp_path, "2030-05-06")
        monkeypatch.setenv("PATH", str(tmp_path))

        assert day_of_commit(tmp_path) is None


class TestRetired:
    """A retired rule cannot be reached."""

    def test_out_of_what_runs(self, tmp_path: Path) -> None:
        """It is not loaded, not written to the JSON, and concludes nothing."""
        urgent = {**RETIRED, "then": {"urgency": "emergency"}}
        kb = KnowledgeBase.load(altered(tmp_path / "pack", rules=[urgent]))

        assert "gone" not in {rule.id for rule in kb.rules}
        assert '"gone"' not in written(kb, "")
        assert assess(kb, {"fever": "present"}).floor is None

    @pytest.mark.parametrize(
        ("retired", "rule", "told"),
        [
            (
                {"then": {"fact": "was-hot"}},
                {"when": "was-hot", "then": {"urgency": "same-day"}},
                "rests on fact 'was-hot', which only the retired rule 'gone' concludes",
            ),
            (
                {"then": {"urgency": "same-day"}},
                {
                    "when": "fever", "then": {"urgency": "within-24-hours"},
                    "implied_by": ["gone"],
                },
                "is implied by 'gone', which is retired",
            ),
        ],
    )  # fmt: skip
    def test_nothing_rests_on_it(
        self, tmp_path: Path, retired: dict[str, object], rule: dict[str, object], told: str
    ) -> None:
        """A rule in force that needs a retired one is a mistake, told with its reason."""
        rules = [{**RETIRED, **retired}, {**RULE, "id": "new", **rule}]
        found = complaints(tmp_path / "pack", rules=rules)

        assert any(told in problem for problem in found), found

    def test_a_sign_it_alone_tests(self, tmp_path: Path) -> None:
        """A sign that only a retired rule looks at is unused, and that is said."""
        edit = ("rules/danger.yaml", "crush-injury, ", "")
        old = {**RETIRED, "when": "crush-injury", "then": {"urgency": "emergency"}}
        found = complaints(tmp_path / "pack", edit, rules=[old])

        assert any("finding 'crush-injury': is never used" in each for each in found), found

    def test_a_question_it_alone_asks(self, tmp_path: Path) -> None:
        """A question that only a retired rule asks is never asked, and that is said."""
        question = "  - {id: ask-fever, finding: fever, expects: yes-no}"
        more = question.replace("ask-fever", "ask-more")
        edit = ("interview.yaml", question, f"{question}\n{more}")
        found = complaints(
            tmp_path / "pack", edit, rules=[{**RETIRED, "then": {"ask": ["ask-more"]}}]
        )

        assert any("question 'ask-more': is never asked" in each for each in found), found

    def test_a_group_is_not_answered_by_it(self, tmp_path: Path) -> None:
        """A screening question whose yes only a retired rule heard is a mistake."""
        edit = ("rules/danger.yaml", "danger-foot, recap", "recap")
        case = ("rules/danger.yaml", ", {danger-foot: present}", "")
        old = {**RETIRED, "when": "danger-foot", "then": {"urgency": "emergency"}}
        found = complaints(tmp_path / "pack", edit, case, rules=[old])

        assert any("concludes no urgency when it is answered yes" in each for each in found), found
