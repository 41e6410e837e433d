"""
durable-rules the way its documentation has it: a Host, rules of `durable.lang`, single facts.

    python -m benchmarks.host < question.json

Each rule of the pack is one `when_all` or `when_any` with its conditions as written, or, to
compare, each of our own compiled rules is. The Host never gives back the memory of a session
(megabytes for each patient) and runs two threads of its own, so it is measured in a process of
its own, with few patients: their seconds, and what fired, go to standard output as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import count
from pathlib import Path
from time import process_time_ns
from typing import TYPE_CHECKING, Any

from rules_lib import KnowledgeBase
from rules_lib.rules import AllOf, AnyOf

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.bare import Bare, Prepared
    from rules_lib.rules import Condition

WARM_UP = 3
RULESET = "pack"


def question(bare: Bare, patients: list[Prepared], pack: str | None = None) -> str:
    """
    Return what the process is to be told.

    Args:
        bare: the compiled rules.
        patients: whom to assess.
        pack: name of the pack whose rules to take as written; None for the compiled ones.
    """
    program = bare.program
    names = [key or f"any-{atom}" for atom, key in enumerate(program.keys)]
    rules = [
        [str(place), [names[atom] for atom in way.atoms], [names[atom] for atom in way.gives]]
        for place, way in enumerate(program.ways)
    ][1:]
    told = [[names[atom] for atom in _asserted(patient)] for patient in patients]
    return json.dumps({"pack": pack, "rules": rules, "patients": told})


def _asserted(patient: Prepared) -> list[int]:
    """Return the atoms of a patient in order, without the one that only our engine needs."""
    batches = [json.loads(batch) for batch in (*patient.batches, patient.last) if batch]
    return [fact["a"] for batch in batches for fact in batch][1:]


def asked(question: str) -> dict[str, Any]:
    """Run the process and return its answer: `seconds` and `fired` of each patient."""
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.host"],
        input=question, stdout=subprocess.PIPE, text=True, check=True,
        cwd=Path(__file__).resolve().parent.parent,
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(ran.stdout)
    return answer


class _Fired:
    """The rules that fired for one patient, and the facts that hold."""

    def __init__(self) -> None:
        self.rules: list[str] = []
        self.facts: set[str] = set()

    def action(self, rule: str, gives: list[str]) -> Callable[[Any], None]:
        """Return what a rule runs: it is noted, and what it concludes asserted once."""

        def run(context: Any) -> None:
            self.rules.append(rule)
            for fact in gives:
                if fact not in self.facts:
                    self.facts.add(fact)
                    context.assert_fact({"holds": fact})

        return run


def _as_written(fired: _Fired, pack: str) -> None:
    """Write each rule of a pack as the documentation would."""
    from durable import lang  # noqa: PLC0415 - in this process alone

    numbers = count()

    def pattern(condition: Condition) -> Any:
        if isinstance(condition, AllOf):
            return lang.all(*map(pattern, condition.parts))
        if isinstance(condition, AnyOf):
            return lang.any(*map(pattern, condition.parts))
        return getattr(lang.c, f"fact{next(numbers)}") << (lang.m.holds == condition.key)

    for rule in KnowledgeBase.load(pack).rules:
        when, then = rule.when, rule.then
        gives = [] if then.fact is None else [then.fact]
        if isinstance(when, AnyOf):
            lang.when_any(*map(pattern, when.parts))(fired.action(rule.id, gives))
        else:
            parts = when.parts if isinstance(when, AllOf) else (when,)
            lang.when_all(*map(pattern, parts))(fired.action(rule.id, gives))


def _compiled(fired: _Fired, rules: list[Any]) -> None:
    """Write each compiled rule."""
    from durable import lang  # noqa: PLC0415 - in this process alone

    for name, atoms, gives in rules:
        patterns = [
            getattr(lang.c, f"fact{place}") << (lang.m.holds == atom)
            for place, atom in enumerate(atoms)
        ]
        lang.when_all(*patterns)(fired.action(name, gives))


def main() -> None:
    """Assess the patients of standard input."""
    from durable import lang  # noqa: PLC0415 - in this process alone

    told = json.load(sys.stdin)
    fired = _Fired()
    with lang.ruleset(RULESET):
        if told["pack"] is None:
            _compiled(fired, told["rules"])
        else:
            _as_written(fired, told["pack"])
    seconds = []
    rules = []
    patients = told["patients"]
    for sid, facts in enumerate([*patients[:WARM_UP], *patients], 1):
        fired.rules.clear()
        fired.facts = set(facts)
        begun = process_time_ns()
        for fact in facts:
            lang.assert_fact(RULESET, {"sid": sid, "holds": fact})
        seconds.append((process_time_ns() - begun) / 1e9)
        rules.append(sorted(set(fired.rules)))
    json.dump({"seconds": seconds[WARM_UP:], "fired": rules[WARM_UP:]}, sys.stdout)


if __name__ == "__main__":
    main()
