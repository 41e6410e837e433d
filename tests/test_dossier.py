"""What reviewers read of a pack is true of it: its table, its evidence, its disagreements."""

from __future__ import annotations

from pathlib import Path

import pytest
from packs import RULE, SMALL, altered

from rules_lib.__main__ import main
from rules_lib.authoring.folder import read_folder
from rules_lib.checking import check_pack
from rules_lib.coverage import NOTHING, coverage_text
from rules_lib.dossier import dossier_of
from rules_lib.facts import Kind, ValueType
from rules_lib.knowledge_base import SHIPPED, KnowledgeBase

ROOT = Path(__file__).parents[1]
COVERAGE = """
choices: shoe
windows:
  - {id: not-told, name: Not told}
  - {id: an-hour, name: An hour after, told: {hours-to-onset: 1, severity: 3}}
symptoms:
  - {name: Pain, findings: [ankle-pain]}
"""
EVIDENCE = """
- id: cold-foot
  says: A cold foot
  cases: [{told: {cold-foot: present}, urgency: emergency}]
- id: fever
  says: Fever alone
  cases: [{told: {fever: present}, urgency: none}]
"""
DISAGREEMENTS = """
- id: D1
  about: Rest
  sides: [{says: rest, sources: [OTTAWA]}, {says: walk, sources: [CJ]}]
  choice: Rest.
  why: It hurts less.
  rules: [mild-sprain]
  advice: [rest]
  review_by: 2027-11-22
"""


def pack(folder: Path, **files: str) -> Path:
    """Return the small pack with a dossier, some of its files as the test wants them."""
    altered(folder)
    files = {"coverage": COVERAGE, "evidence": EVIDENCE, "disagreements": DISAGREEMENTS} | files
    for stem, text in files.items():
        (folder / f"{stem}.yaml").write_text(text, encoding="utf-8")
    return folder


def problems(folder: Path) -> list[str]:
    """Return what check says of a pack."""
    return [str(problem) for problem in check_pack(folder).problems]


def shown(folder: Path) -> list[list[str]]:
    """Return the cells of every line of every table that a pack's dossier makes."""
    draft, found = read_folder(folder)
    assert found == []
    text = coverage_text(KnowledgeBase(**draft.fields()), dossier_of(draft))
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_a_sound_dossier(tmp_path: Path) -> None:
    """A dossier that is true of its pack passes the check, and so does a pack without one."""
    assert problems(pack(tmp_path / "pack")) == []
    assert problems(SMALL) == []


def test_each_cell_is_what_is_concluded(tmp_path: Path) -> None:
    """A cell names the urgency and the causes; products that come out alike share a line."""
    lines = shown(pack(tmp_path / "pack"))

    assert ["`ankle-pain`", "not told, boot", NOTHING, NOTHING] in lines
    assert ["`ankle-pain`", "sandal, other", NOTHING, "no urgency<br>sprain"] in lines
    joined = "`cold-foot`<br>`bone-showing`<br>`crush-injury`"
    assert [joined, "any", "**emergency**", "**emergency**"] in lines


def test_a_sign_that_no_table_names_is_shown_all_the_same(tmp_path: Path) -> None:
    """Who adds a sign need not think of the table: the rest of the signs stand in one."""
    draft, _ = read_folder(pack(tmp_path / "pack"))
    coverage = dossier_of(draft).coverage
    assert coverage is not None
    signs = [name for _, names in coverage.sections for name in names]

    assert sorted(signs) == ["ankle-pain", "bone-showing", "cold-foot", "crush-injury", "fever"]


def test_a_dossier_is_a_value(tmp_path: Path) -> None:
    """What is told of patients in it is a mapping, and it can be kept in a set all the same."""
    dossiers = {dossier_of(read_folder(pack(tmp_path / name))[0]) for name in ("one", "two")}

    assert len(dossiers) == 1


@pytest.mark.parametrize(
    ("stem", "old", "new", "told"),
    [
        (
            "evidence", "urgency: emergency", "urgency: same-day",
            "evidence.yaml:2: row 'cold-foot': case 1: concludes emergency, not same-day",
        ),
        (
            "evidence", "urgency: emergency", "urgency: same-day, ruled: emergency",
            "case 1: is ruled otherwise than the evidence says, and nobody says why",
        ),
        (
            "evidence", "urgency: emergency", "urgency: emergency, why: because",
            "row 'cold-foot': case 1: says why it is ruled otherwise, and it is not",
        ),
        (
            "evidence", "told: {cold-foot", "told: {cold-fot",
            "row 'cold-foot': case 1: unknown finding 'cold-fot'",
        ),
        ("evidence", "id: fever", "id: cold-foot", "duplicate id 'cold-foot'"),
        (
            "coverage", "choices: shoe", "choices: fever",
            "findings.yaml:4: finding 'fever': makes rows of the coverage table and is no choice",
        ),
        (
            "coverage", "severity: 3", "severity: 30",
            "coverage.yaml:5: window 'an-hour': finding 'severity'",
        ),
        (
            "coverage", "ankle-pain", "ankle-pian",
            "unknown finding 'ankle-pian'; allowed: the finding ids of the pack; did you mean",
        ),
        (
            "disagreements", "  rules: [mild-sprain]\n  advice: [rest]\n", "",
            "disagreement 'D1': is kept to by nothing",
        ),
        (
            "disagreements", "OTTAWA", "OTAWA",
            "unknown source 'OTAWA'; allowed: the source ids of the pack; did you mean 'OTTAWA'?",
        ),
    ],
)  # fmt: skip
def test_mistakes(tmp_path: Path, stem: str, old: str, new: str, told: str) -> None:
    """What the dossier says and the pack does not do is a problem, with its place."""
    folder = pack(tmp_path / "pack")
    path = folder / f"{stem}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")

    assert any(told in problem for problem in problems(folder)), problems(folder)


def test_a_choice_is_not_kept_by_a_retired_rule(tmp_path: Path) -> None:
    """The safer choice in a disagreement rests on rules in force."""
    folder = pack(
        tmp_path / "pack", disagreements=DISAGREEMENTS.replace("mild-sprain", "mild-sprain, gone")
    )
    old = {**RULE, "id": "gone", "when": "fever", "then": {"fact": "hot"}, "status": "retired"}
    altered(tmp_path / "with-old", rules=[old])
    (folder / "rules/more.yaml").write_text(
        (tmp_path / "with-old/rules/more.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )

    assert any("is kept to by rule gone, which is retired" in told for told in problems(folder))


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`coverage` writes the tables; `--check` says when they are stale, and what to do."""
    folder, output = pack(tmp_path / "pack"), tmp_path / "coverage.md"
    wanted = ["coverage", str(folder), "-o", str(output)]

    assert main([*wanted, "--check"]) == 1
    assert "is missing: run 'python -m rules_lib coverage'" in capsys.readouterr().err
    assert main(wanted) == 0
    assert main([*wanted, "--check"]) == 0
    assert "| D1 | Rest | rest [OTTAWA]<br>walk [CJ] |" in output.read_text(encoding="utf-8")


def test_a_pack_without_a_dossier_has_nothing_to_show(capsys: pytest.CaptureFixture[str]) -> None:
    """The command says which files would be shown."""
    assert main(["coverage", str(SMALL)]) == 1
    assert "has nothing to show; allowed: coverage.yaml" in capsys.readouterr().err


def test_no_cell_of_the_shipped_table_is_empty() -> None:
    """Every sign, product and time is ruled or says that there is no evidence."""
    draft, _ = read_folder(SHIPPED / "iron_infusion")
    coverage = dossier_of(draft).coverage
    assert coverage is not None
    signs = {
        declared.id
        for declared in draft.findings.values()
        if declared.kind is Kind.SIGN and declared.type is ValueType.YES_NO
    }
    text = (ROOT / "docs/coverage.md").read_text(encoding="utf-8")
    table = text[text.index("## Sign by sign") : text.index("## Row by row")]
    lines = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("|")]

    assert {name for _, names in coverage.sections for name in names} == signs
    assert all(f"`{sign}`" in table for sign in signs)
    assert {len(line) for line in lines} == {len(coverage.windows) + 2}
    assert all(cell.strip() for line in lines for cell in line)


def test_every_row_of_the_evidence_is_shown() -> None:
    """The 56 rows of red flags each have a patient who shows them."""
    draft, _ = read_folder(SHIPPED / "iron_infusion")
    ids = [row.id for row in dossier_of(draft).evidence]
    flags = ids[ids.index("breathing-difficulty") : ids.index("cause-delayed")]

    assert len(flags) == 56
