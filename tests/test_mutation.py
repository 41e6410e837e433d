"""What becomes of weakened packs: noticed, proved to be no weaker, argued, or a survivor."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from dangerous import rule, yes_no
from packs import altered
from random_knowledge import knowledge
from ruamel.yaml import YAML

from rules_lib.__main__ import main
from rules_lib.checking import folder_of, packs_to_check
from rules_lib.knowledge_base import KnowledgeBase
from rules_lib.mutation.arguments import argued, read_arguments
from rules_lib.mutation.campaign import judged, sample_of
from rules_lib.mutation.command import ARGUMENTS
from rules_lib.mutation.judge import KILLED, Fate, Judge, Material, material
from rules_lib.mutation.operators import OPERATORS, mutants_of
from rules_lib.mutation.report import heading
from rules_lib.rules import AnyOf, Compare, Conclusions, Operator, Present, Rule, Urgency

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rules_lib.mutation.judge import Judged

HERE = Path(__file__).parent
SMALL = HERE / "small_pack"
EACH = 5
"""Mutants of the shipped pack that are judged here, of every operator."""
ITCH, RASH = Present("itch"), Present("rash")
SOON, NOW = Urgency.SAME_DAY, Urgency.EMERGENCY

VIGNETTE = """
- id: sore
  story: It hurts much.
  findings: {ankle-pain: {severity: 8}}
  expect: {floor: within-24-hours, announced: within-24-hours}
  sources: [CJ]
"""
PROPERTY = """
- id: sore-is-heard
  says: Pain of 7 or more is told the team within a day.
  if: {ankle-pain: {severity: {at_least: 7}}}
  then: {urgency: {at_least: within-24-hours}}
"""
MILDER = "lower-urgency:very-painful:within-24-hours"


def fates(found: Sequence[Judged]) -> dict[str, tuple[Fate, str]]:
    """Return mutant to what became of it, and what noticed it."""
    return {one.mutant: (one.fate, one.by) for one in found}


def of_rules(*rules: Rule) -> dict[str, Fate]:
    """Return what becomes of the mutants of these rules, with nothing to notice them."""
    kb = knowledge(yes_no("itch", "rash"), *rules)
    judge = Judge(Material(kb, None, (), ()))
    return {mutant.id: judge.judged(mutant).fate for mutant in mutants_of(kb)}


def test_each_operator_makes_what_it_should() -> None:
    """The small pack has these mutants, and no other."""
    expected = YAML(typ="safe").load(HERE / "mutants_of_small_pack.yaml")
    mutants = mutants_of(KnowledgeBase.load(SMALL))

    assert [mutant.id for mutant in mutants] == [
        f"{operator}:{rest}" for operator, ids in expected.items() for rest in ids
    ]


def test_operators_that_the_small_pack_has_nothing_for(tmp_path: Path) -> None:
    """Advice that always goes along, and a threshold that is left out, can be weakened too."""
    always = ("advice.yaml", "{id: rest, name: Rest,", "{id: rest, name: Rest, always: true,")
    below = ("rules/home.yaml", "{at_most: 6}", "{below: 6}")
    kb = KnowledgeBase.load(altered(tmp_path / "small_pack", always, below))
    ids = {mutant.id for mutant in mutants_of(kb)}

    assert {"drop-always:rest", "take-in-threshold:mild-sprain:severity<6"} <= ids


def test_a_mutant_differs_from_its_pack() -> None:
    """Every mutant of the shipped pack changes it; no two are called the same."""
    kb = KnowledgeBase.load(packs_to_check()[0])
    mutants = mutants_of(kb)

    assert len(mutants) >= 300
    assert len({mutant.id for mutant in mutants}) == len(mutants)
    assert {mutant.operator for mutant in mutants} <= set(OPERATORS)
    for mutant in mutants:
        assert mutant.says.endswith(".")
        for field, value in mutant.changes.items():
            assert value != getattr(kb, field), mutant.id


def test_a_vignette_kills_what_it_is_about(tmp_path: Path) -> None:
    """A planted survivor survives until a vignette tells of its patient."""
    (mutant,) = (each for each in mutants_of(KnowledgeBase.load(SMALL)) if each.id == MILDER)
    (tmp_path / "sore.yaml").write_text(VIGNETTE, encoding="utf-8")

    before = judged(SMALL, None, [mutant], jobs=1)
    after = judged(SMALL, tmp_path, [mutant], jobs=1)

    assert fates(before) == {MILDER: (Fate.SURVIVED, "")}
    assert fates(after) == {MILDER: (Fate.VIGNETTE, "sore")}


def test_a_property_kills_what_breaks_it(tmp_path: Path) -> None:
    """What the pack promises in all states is proved again of the mutant."""
    folder = tmp_path / "small_pack"
    shutil.copytree(SMALL, folder)
    (folder / "properties.yaml").write_text(PROPERTY, encoding="utf-8")
    mutants = [
        each
        for each in mutants_of(KnowledgeBase.load(folder))
        if each.id in (MILDER, "drop-withholding:very-painful:ibuprofen")
    ]

    found = fates(judged(folder, None, mutants, jobs=1))

    assert found[MILDER] == (Fate.PROOF, "sore-is-heard")
    assert found["drop-withholding:very-painful:ibuprofen"][0] is Fate.SURVIVED


def test_what_is_implied_is_proved_equivalent() -> None:
    """A rule beside a wider one can go; the wider one cannot."""
    found = of_rules(rule("narrow", ITCH, urgency=SOON), rule("wide", AnyOf((ITCH, RASH))))
    twice = of_rules(rule("one", ITCH, urgency=NOW), rule("two", ITCH, urgency=SOON))

    assert found["drop-rule:narrow"] is Fate.SURVIVED
    assert found["drop-rule:wide"] is Fate.SURVIVED
    assert found["drop-alternative:wide:itch"] is Fate.EQUIVALENT
    assert found["drop-alternative:wide:rash"] is Fate.SURVIVED
    assert twice["drop-rule:two"] is Fate.EQUIVALENT
    assert twice["drop-rule:one"] is Fate.SURVIVED


def test_equal_urgency_is_not_equivalent() -> None:
    """A sentence that only one of two rules of the same urgency says is missed."""
    said = Rule("two", "Says.", ITCH, Conclusions(urgency=SOON, say=("go-slowly",)), ("CJ",))
    found = of_rules(rule("one", ITCH, urgency=SOON), said)

    assert found["drop-rule:one"] is Fate.EQUIVALENT
    assert found["drop-rule:two"] is Fate.SURVIVED
    assert found["lower-urgency:two:same-day"] is Fate.EQUIVALENT


def test_a_survivor_can_be_shown() -> None:
    """A smallest patient tells a survivor from its pack, and what differs is named."""
    kb = knowledge(yes_no("itch", "rash"), rule("one", AnyOf((ITCH, RASH)), urgency=SOON))
    (mutant,) = (each for each in mutants_of(kb) if each.id == "drop-alternative:one:rash")
    found = Judge(Material(kb, None, (), ()), shown=True).judged(mutant)

    assert found.told in (("rash present",), ("rash unsure",))
    assert "floor same-day" in found.differs


def test_the_boundary_is_tried() -> None:
    """A threshold moves a step, and is left out, where a rule protects."""
    kb = knowledge(yes_no("itch", "rash"))
    hot = replace(kb.findings["itch"], severity=True)
    warm = Compare("itch", Operator.AT_LEAST, 7, severity=True)
    kb = replace(kb, findings={**kb.findings, "itch": hot}, rules=(rule("hot", warm, urgency=NOW),))
    ids = [mutant.id for mutant in mutants_of(kb)]

    assert "tighten:hot:itch~severity>=7" in ids
    assert "leave-out-threshold:hot:itch~severity>=7" in ids
    assert not [id_ for id_ in ids if id_.startswith("loosen")]


def test_processes_change_nothing(tmp_path: Path) -> None:
    """Two processes find what one finds, in the same order."""
    (tmp_path / "sore.yaml").write_text(VIGNETTE, encoding="utf-8")
    mutants = sample_of(mutants_of(KnowledgeBase.load(SMALL)), 20, seed=3)

    assert judged(SMALL, tmp_path, mutants, jobs=2) == judged(SMALL, tmp_path, mutants, jobs=1)


def test_the_command_reports_survivors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A survivor is named with its sentence, and the command fails."""
    data = tmp_path / "mutants.json"
    status = main(
        ["mutate", str(SMALL), "--only", "lower-urgency", "--jobs=1", "--json", str(data)]
    )

    printed = capsys.readouterr().out
    assert status == 1
    assert f"SURVIVED {MILDER}" in printed
    assert "The rule 'very-painful' concludes routine, not within-24-hours." in printed
    assert {"id": MILDER, "fate": "survived"}.items() <= next(
        each for each in json.loads(data.read_text("utf-8"))["mutants"] if each["id"] == MILDER
    ).items()


def test_an_argument_lets_a_survivor_pass(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who argues in writing that each survivor is harmless is heard."""
    wanted = ["mutate", str(SMALL), "--only", "drop-asking", "--jobs=1"]
    why = tmp_path / "why.yaml"
    why.write_text("- {id: 'drop-asking:infected-ankle:ask-onset', why: It is asked anyway.}\n")

    assert main(wanted) == 1
    assert main([*wanted, "--arguments", str(why)]) == 0
    assert "none survived" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argument", "complaint"),
    [
        pytest.param(
            "- {id: 'drop-rule:feverish', why: Never mind.}",
            "why.yaml:1: argument 'drop-rule:feverish': needs no argument: ",
            id="killed",
        ),
        pytest.param(
            "- {id: 'drop-rule:feverishh', why: Never mind.}",
            "there is no such mutant; allowed: a mutant that survives; "
            "did you mean 'drop-rule:feverish'?",
            id="gone",
        ),
        pytest.param("- {id: 'drop-rule:feverish'}", "why", id="no reason"),
        pytest.param(
            "- {id: 'drop-rule:feverish', why: A.}\n- {id: 'drop-rule:feverish', why: B.}",
            "why.yaml:2: argument 'drop-rule:feverish': was argued in line 1 already",
            id="twice",
        ),
    ],
)
def test_idle_arguments_are_refused(
    tmp_path: Path, argument: str, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """An argument for a mutant that is killed or gone is an error, as is one without a reason."""
    why = tmp_path / "why.yaml"
    why.write_text(f"{argument}\n", encoding="utf-8")

    status = main(
        ["mutate", str(SMALL), "--only", "drop-rule", "--jobs=1", "--arguments", str(why)]
    )

    assert status == 1
    assert complaint in capsys.readouterr().err


def test_words_that_do_not_fit_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """An operator that there is not, and a document of only some mutants, are refused."""
    assert main(["mutate", str(SMALL), "--only", "drop-rules"]) == 2
    assert "did you mean 'drop-rule'?" in capsys.readouterr().err
    assert main(["mutate", str(SMALL), "--sample", "3", "--doc", "x.md"]) == 2
    assert "leave out --sample" in capsys.readouterr().err


def test_figures_of_another_pack_are_stale(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The document names version and number of mutants; a check of it judges nothing."""
    document = tmp_path / "mutation.md"
    document.write_text("# Mutants\n\n<!-- figures -->\n<!-- /figures -->\n", encoding="utf-8")
    checked = ["mutate", str(SMALL), "--doc", str(document), "--check"]

    assert main(checked) == 1
    assert "is stale" in capsys.readouterr().err
    main(["mutate", str(SMALL), "--jobs=1", "--doc", str(document)])
    assert main(checked) == 0
    written = document.read_text(encoding="utf-8")
    assert "| drop-rule | 7 |" in written
    left, _, survived = written.partition("Survived:\n")
    assert "Equivalent:\n\n- `swap-leads:" in left
    assert f"- `{MILDER}`: The rule 'very-painful' concludes routine" in survived


def test_no_mutant_of_a_sample_survives() -> None:
    """Some of every operator, of the shipped pack: each is noticed, equivalent or argued."""
    pack = packs_to_check()[0]
    every = mutants_of(KnowledgeBase.load(folder_of(pack) or pack))
    made = {
        operator: [each for each in every if each.operator == operator] for operator in OPERATORS
    }
    sample = [each for some in made.values() for each in sample_of(some, EACH, seed=1)]

    found = judged(pack, HERE / "cases", sample, jobs=1)
    if ARGUMENTS.is_file():
        found, idle = argued(found, read_arguments(ARGUMENTS, {each.id for each in every}))
        assert idle == ()

    assert len(sample) >= 100
    assert {mutant.operator for mutant in sample} == {name for name in OPERATORS if made[name]}
    assert [one.mutant for one in found if one.fate is Fate.SURVIVED] == []
    # Were everything proved equivalent, the proof would be what is broken.
    assert len([one for one in found if one.fate in KILLED]) > len(found) / 2


def test_without_a_rule_s_patients_its_mutants_survive() -> None:
    """The sample above can fail: without cases and promises, what it kills is not called killed."""
    given = material(packs_to_check()[0], None)
    bare = replace(
        given.kb, rules=tuple(replace(rule, fires=(), nearly=()) for rule in given.kb.rules)
    )
    (mutant,) = (
        each for each in mutants_of(bare) if each.id == "lower-urgency:chest-pain:emergency"
    )

    found = Judge(Material(bare, None, (), ())).judged(mutant)

    assert found.fate is Fate.SURVIVED


def test_a_condition_that_changes_makes_the_figures_stale(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As many mutants as before, but others: the document is of another pack."""
    folder = altered(tmp_path / "small_pack", ("rules/home.yaml", "{at_most: 6}", "{at_most: 5}"))
    document = tmp_path / "mutation.md"
    before, after = (KnowledgeBase.load(each) for each in (SMALL, folder))
    document.write_text(heading(before, mutants_of(before)), encoding="utf-8")

    assert len(mutants_of(before)) == len(mutants_of(after))
    assert main(["mutate", str(SMALL), "--doc", str(document), "--check"]) == 0
    assert main(["mutate", str(folder), "--doc", str(document), "--check"]) == 1
    assert "is stale" in capsys.readouterr().err
