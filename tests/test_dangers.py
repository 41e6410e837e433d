"""The dangers of durable-rules that docs/engine_dangers.md lists cannot be reached."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from random_knowledge import random_knowledge

from rules_lib import engine
from rules_lib.compiler import compile_program
from rules_lib.program import distinct_ids, fnv32

HERE = Path(__file__).parent
# How extensions are loaded must be as before once ours is, on Python 3.13 too.
PROGRAM = """
import sys
flags = sys.getdlopenflags()
import dangerous
assert sys.getdlopenflags() == flags
getattr(dangerous, sys.argv[1])()
"""
ABSENT = "import sys; sys.modules['durable_rules_engine'] = None"
ALONE = (
    "nothing_reported",
    "nothing_fires",
    "many_assessments",
    "hostile_findings",
    "thousand_thresholds",
    "two_hundred_rules_on_one_sign",
    "fires_on_the_state_fact",
    "interrupted",
    "forked",
    "no_threads",
    "rulesets_freed",
    "memory_does_not_grow",
    "extension_imported",
    "extension_absent",
)


@pytest.mark.parametrize("name", ALONE)
def test_alone(name: str) -> None:
    """Neither hangs nor crashes, in a process of its own whose new memory is filled with dirt."""
    without = name == "extension_absent"
    if engine._native is None and not without:
        pytest.skip("durable-rules' extension cannot be imported here")
    ran = subprocess.run(
        [
            sys.executable,
            "-X",
            "faulthandler",
            "-c",
            ABSENT + PROGRAM if without else PROGRAM,
            name,
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={
            "MALLOC_PERTURB_": "165",
            "PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parent)]),
        },
    )

    assert ran.returncode == 0, ran.stderr[-2000:]


def test_every_dangerous_thing_is_run() -> None:
    """No function of dangerous.py that returns nothing is forgotten."""
    tree = ast.parse((HERE / "dangerous.py").read_text(encoding="utf-8"))
    written = {
        item.name
        for item in tree.body
        if isinstance(item, ast.FunctionDef) and ast.unparse(item.returns or item) == "None"
    }

    assert written == set(ALONE)


def test_the_ruleset_compares_two_properties_with_whole_numbers() -> None:
    """No join, no `any`, no negation, no text, no priority: two numbers, and `and` between."""
    for seed in range(30):
        program = compile_program(random_knowledge(seed))
        for place, (name, rule) in enumerate(json.loads(program.definition).items()):
            assert name == str(place)
            assert list(rule) == ["all"]
            for at, condition in enumerate(rule["all"]):
                assert list(condition) == [f"m{at}"]
                group, atom = condition[f"m{at}"]["$and"]
                assert list(group) == ["g"]
                assert list(atom) == ["a"]
                assert type(group["g"]) is int
                assert type(atom["a"]) is int


def test_a_fact_is_four_whole_numbers_of_one_session() -> None:
    """Nothing else reaches the engine, and no two facts or keys share a hash there."""
    for seed in range(30):
        program = compile_program(random_knowledge(seed))
        facts = [json.loads(fact) for fact in program.facts]
        for atom, fact in enumerate(facts):
            assert list(fact) == ["sid", "id", "g", "a"]
            assert {type(value) for value in fact.values()} == {int}
            assert (fact["sid"], fact["a"]) == (1, atom)
        assert len({fnv32(str(fact["id"])) for fact in facts} | {fnv32("sid-1")}) == len(facts) + 1
    assert len({fnv32(key) for key in ("sid", "id", "g", "a", "$s")}) == 5


def test_every_fact_meets_one_group_and_one_atom() -> None:
    """However many rules test an atom, the engine finds them below two tests, of 64 it can bear."""
    for seed in range(30):
        program = compile_program(random_knowledge(seed))
        conditions = {
            json.dumps(condition["$and"])
            for rule in json.loads(program.definition).values()
            for named in rule["all"]
            for condition in named.values()
        }
        tests = [json.loads(condition) for condition in conditions]
        for fact in map(json.loads, program.facts):
            met = [1 for group, atom in tests if group["g"] == fact["g"] and atom["a"] == fact["a"]]
            assert len(met) <= 1


def test_ids_avoid_those_that_share_a_hash() -> None:
    """Where two ids would be taken for one another, the later one is passed over."""

    def poor(text: str) -> int:
        return 10 if text == "sid-1" else int(text) % 100

    assert distinct_ids(12, poor) == (1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13)
    # https://datatracker.ietf.org/doc/draft-eastlake-fnv gives this one.
    assert fnv32("foobar") == 0xBF9CF968


def test_only_seven_names_of_the_extension_are_used() -> None:
    """No retract, no event, no timer, no callback, no state, and nothing of durable's own."""
    tree = ast.parse(Path(engine.__file__).read_text(encoding="utf-8"))
    used = {
        item.attr
        for item in ast.walk(tree)
        if isinstance(item, ast.Attribute)
        and isinstance(item.value, ast.Name)
        and item.value.id == "_native"
    }

    assert used == {
        "create_ruleset",
        "delete_ruleset",
        "assert_facts",
        "start_action_for_state",
        "complete_and_start_action",
        "delete_state",
        "error",
    }


def test_each_danger_has_a_guard_and_tests_that_exist() -> None:
    """The table names real tests, and every function of dangerous.py."""
    table = (HERE.parent / "docs/engine_dangers.md").read_text(encoding="utf-8")
    rows = [line for line in table.splitlines() if line.startswith("| ") and "---" not in line]
    rows = [row for row in rows if not row.startswith("| Danger")]
    known = set(ALONE)
    for path in HERE.rglob("test_*.py"):
        known |= set(re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE))

    assert len(rows) > 40
    named: set[str] = set()
    for row in rows:
        danger, guard, tests = _cells(row)
        found = re.findall(r"`(\w+)`", tests)
        assert danger, row
        assert guard, row
        assert found, row
        assert not set(found) - known, row
        named |= set(found)
    assert set(ALONE) <= named


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row.strip().strip("|"))]
