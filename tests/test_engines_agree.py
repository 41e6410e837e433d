"""durable-rules and our chainer agree on everything, on random knowledge bases and patients."""

from __future__ import annotations

import random
import sys
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
import random_knowledge as bases
from random_knowledge import difference, random_knowledge, random_patient

from rules_lib import engine as engine_module
from rules_lib.assessment import Strength
from rules_lib.chainer import Chainer
from rules_lib.engine import Engine
from rules_lib.rules import AllOf, AnyOf, Likelihood, leaves
from rules_lib.trace import trace_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rules_lib.assessment import Verdict
    from rules_lib.facts import Finding

pytestmark = pytest.mark.skipif(
    engine_module._native is None, reason="durable-rules' extension cannot be imported here"
)
BASES, PATIENTS, CHUNK = 200, 10, 20


@pytest.mark.parametrize("first", range(0, BASES, CHUNK))
def test_engines_agree_on_random_bases(first: int) -> None:
    """The same verdict, the same rules at the same strength; `make engines-agree` tries more."""
    for seed in range(first, first + CHUNK):
        assert not difference(random_knowledge(seed), seed, PATIENTS)


def test_random_bases_cover_what_rules_can_say() -> None:
    """Every kind of condition, conclusion, cause and strength comes up often, and fires."""
    seen: Counter[str] = Counter()
    fired: Counter[str] = Counter()
    for seed in range(30):
        kb = random_knowledge(seed)
        chance = random.Random(seed)
        by_id = {rule.id: rule for rule in kb.rules}
        seen["rules"] = max(seen["rules"], len(kb.rules))
        for rule in kb.rules:
            seen.update(_kinds(rule.when))
        chainer = Chainer(kb)
        for _ in range(PATIENTS):
            findings = random_patient(kb, chance)
            verdict = chainer.verdict(findings)
            fired.update(str(cause.likelihood) for cause in verdict.causes)
            for activation in trace_of(kb, findings, verdict):
                fired[activation.strength] += 1
                fired.update(type(leaf).__name__ for leaf in leaves(by_id[activation.rule].when))
                fired.update(said.split(":")[0] for said in activation.concluded)

    assert seen["rules"] > 80
    assert seen["any in all"] > 100
    assert seen["all in any"] > 100
    for name in (
        *("Present", "Absent", "Compare", "OneOf", "Derived", "UrgencyAtLeast"),
        *("urgency", "fact", "cause", "advise", "withhold", "ask", "lead", "say"),
        *Strength,
        *Likelihood,
    ):
        assert fired[name] > 10, name


def test_a_difference_is_found(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """An engine that takes unsure for present is caught within a few bases."""

    class Careless(Chainer):
        def _held(self, findings: Mapping[str, Finding]) -> Any:
            certain, context, signs = super()._held(findings)
            return certain + signs, context, []

    assert bases.main(["--bases", "5"]) == 0
    assert "5 knowledge bases, 10 patients each, 0 differences" in capsys.readouterr().out
    monkeypatch.setattr(bases, "Chainer", Careless)
    assert bases.main(["--bases", "5"]) == 1
    assert "Verdict(" in capsys.readouterr().out


def test_the_trace_is_compared_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine whose verdict is right and whose trace is not differs."""
    kb = random_knowledge(0)
    real = Engine.run

    def short(self: Engine, findings: Mapping[str, Finding]) -> tuple[Verdict, Any]:
        verdict, trace = real(self, findings)
        return verdict, trace[1:]

    monkeypatch.setattr(Engine, "run", short)
    assert "Activation(" in difference(kb, 0, PATIENTS)


def test_order_of_findings_changes_nothing() -> None:
    """Told in any order, the same verdict and the same trace, from both engines."""
    for seed in range(20):
        kb = random_knowledge(seed)
        chance = random.Random(seed)
        engine, chainer = Engine(kb), Chainer(kb)
        findings = random_patient(kb, chance)
        wanted = engine.run(findings)
        for _ in range(5):
            told = list(findings.items())
            chance.shuffle(told)
            assert engine.run(dict(told)) == wanted
            assert chainer.verdict(dict(told)) == wanted[0]


def test_threads_do_not_disturb_each_other() -> None:
    """Eight threads on two packs get what one thread gets."""
    packs = [random_knowledge(21, 40), random_knowledge(22, 60)]
    engines = [Engine(kb) for kb in packs]
    chance = random.Random(1)
    work = [(at % 2, random_patient(packs[at % 2], chance)) for at in range(160)]
    wanted = [Chainer(packs[pack]).verdict(findings) for pack, findings in work]
    found: list[Verdict | None] = [None] * len(work)

    def run(first: int) -> None:
        for at in range(first, len(work), 8):
            pack, findings = work[at]
            found[at] = engines[pack].run(findings)[0]

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [threading.Thread(target=run, args=(first,)) for first in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)

    assert found == wanted


def _kinds(condition: object) -> list[str]:
    if not isinstance(condition, AllOf | AnyOf):
        return []
    found = []
    for part in condition.parts:
        found += _kinds(part)
        if isinstance(condition, AllOf) and isinstance(part, AnyOf):
            found.append("any in all")
        if isinstance(condition, AnyOf) and isinstance(part, AllOf):
            found.append("all in any")
    return found
