"""Six cases of the small pack on which the tests of `evaluate` judge, worked by hand."""

from __future__ import annotations

from pathlib import Path

from packs import SMALL

from rules_lib.__main__ import main

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


def written_cases(folder: Path) -> Path:
    """Write the five cases, and one that cannot be judged, below a folder; that folder."""
    deep = folder / "cases" / "deep"
    deep.mkdir(parents=True)
    (deep / "ankle.yaml").write_text(CASES, encoding="utf-8")
    return folder / "cases"


def run(cases: Path, *more: str | Path) -> int:
    """Evaluate the small pack; its exit status."""
    return main(["evaluate", str(cases), "--pack", str(SMALL), *map(str, more)])
