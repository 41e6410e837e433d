"""What the proofs find: of rules that are planted wrong, of models that are, of false promises."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from dangerous import rule, yes_no
from random_knowledge import knowledge

from rules_lib.__main__ import main
from rules_lib.facts import Finding, Presence
from rules_lib.knowledge_base import KnowledgeBase
from rules_lib.proving import agreement, model
from rules_lib.proving.agreement import disagreements
from rules_lib.proving.diagrams import Diagrams
from rules_lib.proving.examples import Shown
from rules_lib.proving.property_file import read_properties
from rules_lib.proving.prover import Prover
from rules_lib.proving.story import story
from rules_lib.proving.structure import Structure, gaps
from rules_lib.rules import (
    Absent,
    AllOf,
    AnyOf,
    Derived,
    Likelihood,
    Present,
    Urgency,
    UrgencyAtLeast,
)
from rules_lib.session import assess

if TYPE_CHECKING:
    from rules_lib.rules import Rule

SMALL = Path(__file__).parent / "small_pack"
ITCH, RASH, ACHE = Present("itch"), Present("rash"), Present("ache")
SOON, NOW = Urgency.SAME_DAY, Urgency.EMERGENCY

FAULTS: dict[str, tuple[list[Rule], set[tuple[str, str]]]] = {
    "sound": ([rule("a", ITCH), rule("b", AllOf((ITCH, RASH)), urgency=SOON)], set()),
    "dead": ([rule("a", AllOf((ITCH, Absent("itch"))))], {("dead", "a")}),
    "dead through a fact": (
        [
            rule("a", AllOf((ITCH, Absent("rash"))), fact="f"),
            rule("b", AllOf((Derived("f"), RASH)), urgency=SOON),
        ],
        {("dead", "b")},
    ),
    "doubled, and so idle": (
        [rule("a", AnyOf((ITCH, RASH))), rule("b", AnyOf((RASH, ITCH)))],
        {("doubled", "b"), ("idle", "a"), ("idle", "b")},
    ),
    "idle beside a wider one": (
        [rule("a", AnyOf((ITCH, RASH)), urgency=SOON), rule("b", ITCH)],
        {("idle", "b")},
    ),
    "idle beside two together": (
        [rule("a", ITCH), rule("b", RASH), rule("c", AnyOf((ITCH, RASH)))],
        {("idle", "c"), ("idle", "a"), ("idle", "b")},
    ),
    "declared and proved": (
        [rule("a", ITCH, urgency=SOON), replace(rule("b", ITCH), implied_by=("a",))],
        set(),
    ),
    "declared and not proved": (
        [rule("a", ITCH, urgency=SOON), replace(rule("b", RASH), implied_by=("a",))],
        {("idle", "b")},
    ),
    "declared of the wrong one": (
        [
            rule("a", ITCH, urgency=SOON),
            rule("c", RASH, urgency=SOON),
            replace(rule("b", ITCH), implied_by=("c",)),
        ],
        {("idle", "b")},
    ),
    "what follows from a rule does not make it idle": (
        [rule("a", ITCH, fact="f", urgency=SOON), rule("b", Derived("f"), urgency=SOON)],
        {("idle", "b")},
    ),
    "advises what is always withheld": (
        [
            rule("a", ITCH, urgency=NOW, advise=("rest",)),
            rule("b", UrgencyAtLeast(SOON), withhold=("rest",)),
        ],
        {("contradictory", "a")},
    ),
    "speaks for a cause that is always lowered": (
        [
            rule("a", ITCH, cause="cold", likelihood=Likelihood.LIKELY),
            rule("b", AnyOf((ITCH, RASH)), cause="cold", likelihood=Likelihood.LESS_LIKELY),
        ],
        {("contradictory", "a")},
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_of_rules(name: str) -> None:
    """Dead, doubled, contradictory and idle rules are found, and no others."""
    rules, wanted = FAULTS[name]
    found = Structure(knowledge(yes_no("itch", "rash", "ache"), *rules)).faults()

    assert {(fault.kind, fault.rule) for fault in found} == wanted


def test_gaps() -> None:
    """Signs that conclude no urgency by themselves are listed."""
    rules = [rule("a", AnyOf((ITCH, AllOf((RASH, ACHE)))))]

    assert gaps(knowledge(yes_no("itch", "rash", "ache"), *rules)) == ("rash", "ache")


def test_a_model_that_is_wrong_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the model lets nothing unsure count, random states show that the engines do."""
    kb = KnowledgeBase.load(SMALL)

    assert not list(disagreements(kb, 500))

    monkeypatch.setattr(model, "WITH_SIGNS", 99)
    assert list(disagreements(kb, 500))


def test_random_patients_are_told_apart() -> None:
    """Among random patients every finding is present, denied, unsure and untold for some."""
    kb = KnowledgeBase.load(SMALL)
    patients = agreement.random_patients(kb, 500, 1)

    for name in kb.findings:
        seen = {told[name].presence if name in told else None for told in patients}
        assert seen == {None, *Presence}


def test_a_story() -> None:
    """A state is told as a patient's story, with what the patient is told."""
    kb = KnowledgeBase.load(SMALL)
    before = (
        Finding("ankle-pain", severity=8.0),
        Finding("hours-since-sprain", value=30.0),
        Finding("fever", Presence.ABSENT),
    )
    after = (*before, Finding("cold-foot"))

    assert story(kb, Shown(before, after)) == (
        "A patient, since the sprain 30 h, says: ankle pain (8 of 10); denies: fever; "
        "is told: within-24-hours. Then says: cold or blue foot; is told: emergency."
    )


FALSE = """
- id: fever-is-nothing
  says: Fever never matters.
  if: fever
  then: {urgency: {at_most: routine}}
- id: cold-foot-now
  says: A cold foot is an emergency.
  if: cold-foot
  then: {urgency: {at_least: emergency}}
- id: nothing-promised
  says: Whoever is an emergency and is not gets rest.
  if: {all: [cold-foot, {urgency: {at_most: routine}}]}
  then: {offered: rest}
"""


@pytest.fixture
def promising(tmp_path: Path) -> Path:
    """The small pack with one promise that it keeps and two that it does not."""
    folder = tmp_path / "small_pack"
    shutil.copytree(SMALL, folder)
    (folder / "properties.yaml").write_text(FALSE, encoding="utf-8")
    return folder


def test_both_methods_refute(promising: Path) -> None:
    """What does not hold is refuted twice, by a patient whom the engines treat as shown."""
    kb = KnowledgeBase.load(promising)
    false, true, empty = read_properties(promising, kb)
    prover, diagrams = Prover(kb), Diagrams(kb, (false, true, empty))

    assert [diagrams.holds(one) for one in (false, true, empty)] == [(False,), (True,), (False,)]
    (outcome,) = prover.outcomes(false)
    assert outcome.counterexample is not None
    assert (assess(kb, outcome.counterexample.findings).floor or 0) > Urgency.ROUTINE
    assert [one.holds for one in prover.outcomes(true)] == [True]
    (hollow,) = prover.outcomes(empty)
    assert (hollow.holds, hollow.witness, hollow.counterexample) == (False, None, None)


OWN_THRESHOLDS = """
- id: within-two-days
  says: Who has had the pain within two days of the sprain is told of a sprain.
  if: {hours-to-onset: {at_most: 2 d}}
  then: {not: {urgency: {at_least: emergency}}}
- id: early-and-mild
  says: Mild pain is never more than for the same day, were nothing else the matter.
  if: {all: [{hours-since-sprain: {below: 30 h}}, {ankle-pain: {severity: {below: 7.5}}}]}
  then: {not: {urgency: {at_least: within-24-hours}}}
- id: no-such-time
  says: Nobody is in the first and the second day at once.
  if: {all: [{hours-since-sprain: {below: 30 h}}, {hours-since-sprain: {above: 30 h}}]}
  then: {offered: rest}
- id: half-a-point
  says: Somebody is between two thresholds of the rules.
  possible: {all: [{ankle-pain: {severity: {above: 7.2}}}, {ankle-pain: {severity: {below: 7.3}}}]}
"""


@pytest.mark.parametrize("at_once", [False, True])
def test_both_methods_know_thresholds_of_a_property(tmp_path: Path, *, at_once: bool) -> None:
    """A time or a severity that no rule tests is told apart where a property does."""
    folder = tmp_path / "small_pack"
    shutil.copytree(SMALL, folder)
    (folder / "properties.yaml").write_text(OWN_THRESHOLDS, encoding="utf-8")
    kb = KnowledgeBase.load(folder)
    properties = read_properties(folder, kb)
    diagrams = Diagrams(kb, properties=properties if at_once else ())
    by_z3 = [tuple(each.holds for each in Prover(kb).outcomes(one)) for one in properties]

    assert by_z3 == [(False,), (False,), (False,), (True,)]
    assert [diagrams.holds(one) for one in properties] == by_z3


def test_the_command_tells_what_failed(promising: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A failed proof exits with 1 and prints a smallest patient and the promise."""
    assert main(["prove", str(promising), "--states", "200"]) == 1

    printed = capsys.readouterr().out
    assert "3 properties, 1 of 3 parts proved in all states" in printed
    assert "decision diagrams: 3 of 3 parts alike" in printed
    assert "NOT PROVED fever-is-nothing, part 1 (line 2)" in printed
    assert "says: fever" in printed
    assert "Promised: Fever never matters." in printed
    assert "No state fulfils its premise" in printed


def test_the_document_is_kept_in_step(
    promising: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was proved is written between the marks of a document, and a stale one is refused."""
    document = tmp_path / "proofs.md"
    document.write_text("Before.\n<!-- figures -->\n<!-- /figures -->\nAfter.\n")
    call = ["prove", str(promising), "--states", "0", "--doc", str(document)]

    assert main([*call, "--check"]) == 1
    assert "is stale" in capsys.readouterr().err
    assert main(call) == 1
    text = document.read_text()
    assert text.startswith("Before.\n")
    assert text.endswith("After.\n")
    assert "| `cold-foot-now` | A cold foot is an emergency. | 1 |" in text
    main([*call, "--check"])
    assert "is stale" not in capsys.readouterr().err
