"""
What could hang or kill a process.

Each function that returns nothing is run by tests/test_dangers.py in a process of its own, under
a time limit; it asserts what it should see, and the exit code is the answer.
"""

from __future__ import annotations

import os
import random
import resource
import signal
import sys
import threading
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from random_knowledge import knowledge, random_knowledge, random_patient

from rules_lib.chainer import Chainer
from rules_lib.engine import Engine, _native, _Ruleset
from rules_lib.errors import EngineUnavailable, RuleFiringError
from rules_lib.facts import Finding, FindingType, Kind, Presence, ValueType
from rules_lib.rules import AllOf, Compare, Conclusions, Operator, Present, Rule, Urgency

if TYPE_CHECKING:
    from rules_lib.knowledge_base import KnowledgeBase

CHEST = {"chest-pain": Finding("chest-pain")}


def number(name: str) -> FindingType:
    """Return a number finding."""
    return FindingType(name, name, Kind.SIGN, ValueType.NUMBER, minimum=0, maximum=1e9)


def yes_no(*names: str) -> dict[str, FindingType]:
    """Return yes-no signs."""
    return {name: FindingType(name, name, Kind.SIGN) for name in names}


def rule(name: str, when: object, **then: object) -> Rule:
    """Return a rule; `routine` where nothing is said to follow."""
    conclusions = Conclusions(**(then or {"urgency": Urgency.ROUTINE}))  # type: ignore[arg-type]
    return Rule(name, "For a test.", when, conclusions, ("CJ",))  # type: ignore[arg-type]


def chest_pain() -> KnowledgeBase:
    """Return a pack of one rule that matters, and one beside it."""
    return knowledge(
        yes_no("chest-pain", "itch"),
        rule("chest-pain", Present("chest-pain"), urgency=Urgency.EMERGENCY),
        rule("itch", Present("itch")),
    )


def nothing_reported() -> None:
    """No batch is ever empty, though no finding is told."""
    engine = Engine(chest_pain())
    for _ in range(200):
        verdict, trace = engine.run({})
        assert verdict.floor is None
        assert not trace


def nothing_fires() -> None:
    """A session in which no rule of the pack fires is deleted safely, on a dirty heap too."""
    junk = [bytearray(random.randrange(100, 60000)) for _ in range(2000)]
    del junk
    engine = Engine(random_knowledge(7, 30))
    for _ in range(800):
        engine.run({})
    assert Engine(chest_pain()).run(CHEST)[0].floor is Urgency.EMERGENCY


def many_assessments() -> None:
    """More assessments than the engine has room for sessions, on two packs in turn."""
    packs = [chest_pain(), random_knowledge(3, 20)]
    engines = [Engine(kb) for kb in packs]
    chainers = [Chainer(kb) for kb in packs]
    chance = random.Random(1)
    for place in range(2100):
        findings = random_patient(packs[place % 2], chance)
        assert engines[place % 2].run(findings)[0] == chainers[place % 2].verdict(findings)


def hostile_findings() -> None:
    """Names and values of any length, type and depth stay outside the engine."""
    kb = knowledge(
        {**yes_no("chest-pain"), "temperature": number("temperature")},
        rule("chest-pain", Present("chest-pain"), urgency=Urgency.EMERGENCY),
        rule("fever", Compare("temperature", Operator.AT_LEAST, 38)),
    )
    engine = Engine(kb)
    deep: object = 1
    for _ in range(100_000):
        deep = [deep]
    for name in ("a" * 9_000_000, 'a"b', "a\\b", "a\nb", "a\x00b", "\ud800", "$s", "sid", "id", ""):
        for value in (name, deep, float("nan"), float("inf"), 10**400, 1e-300, None, True):
            findings = {**CHEST, name: Finding(name, Presence.PRESENT, value)}  # type: ignore[arg-type]
            assert engine.run(findings)[0].rules == {"chest-pain"}
    for value in (float("nan"), 1e-7, 1e-300, 37.999999999999996):
        assert not engine.run({"temperature": Finding("temperature", value=value)})[0].rules
    for value in (38, 38.0, 2.0**63, 1e16, float("inf")):
        assert engine.run({"temperature": Finding("temperature", value=value)})[0].rules == {
            "fever"
        }
    while isinstance(deep, list):
        deep = deep.pop()


def thousand_thresholds() -> None:
    """A finding compared with more constants than the engine can list below one test."""
    kb = knowledge(
        {"hours": number("hours")},
        *[
            rule(f"r{at:04}", Compare("hours", Operator.AT_LEAST, float(at)), say=(f"s{at}",))
            for at in range(1200)
        ],
    )
    verdict, _ = Engine(kb).run({"hours": Finding("hours", value=599.5)})
    assert len(verdict.rules) == 600
    assert verdict == Chainer(kb).verdict({"hours": Finding("hours", value=599.5)})


def two_hundred_rules_on_one_sign() -> None:
    """As many rules as may test one sign all fire, once each, and no other does."""
    others = [f"sign-{at:03}" for at in range(248)]
    kb = knowledge(
        yes_no("back-pain", "itch", *others),
        rule("itch", Present("itch")),
        *[rule(f"r-{other}", AllOf((Present("back-pain"), Present(other)))) for other in others],
    )
    told = {name: Finding(name) for name in ("back-pain", *others)}
    verdict, trace = Engine(kb).run(told)
    assert verdict.rules == {f"r-{other}" for other in others}
    assert set(Counter(activation.rule for activation in trace).values()) == {1}


def fires_on_the_state_fact() -> None:
    """A ruleset that fires more than it can is stopped, and the engine goes on with a sound one."""
    engine = Engine(chest_pain())
    # What a test that the engine's own state fact meets would do.
    boot = '"0":{"all":[{"m":{"$and":[{"g":0},{"a":0}]}}]}'
    engine._ruleset = _Ruleset(f'{{{boot},"1":{{"all":[{{"m":{{"$nex":{{"fever":1}}}}}}]}}}}')
    with pytest.raises(RuleFiringError, match="more than 3 firings") as caught:
        engine.run(CHEST)
    assert caught.value.rule in {"chest-pain", "itch"}
    assert engine.run(CHEST)[0].floor is Urgency.EMERGENCY


def interrupted() -> None:
    """Interrupts at any moment leave an engine that answers right."""
    kb = random_knowledge(11, 60)
    engine, chainer = Engine(kb), Chainer(kb)
    chance = random.Random(2)
    patients = [random_patient(kb, chance) for _ in range(20)]
    wanted = [chainer.verdict(findings) for findings in patients]

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGALRM, interrupt)
    stopped = 0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for place in range(600):
        try:
            signal.setitimer(signal.ITIMER_REAL, chance.uniform(1e-6, 2e-3))
            for findings in patients:
                engine.run(findings)
            signal.setitimer(signal.ITIMER_REAL, 0)
        except KeyboardInterrupt:
            stopped += 1
        signal.setitimer(signal.ITIMER_REAL, 0)
        assert engine.run(patients[place % 20])[0] == wanted[place % 20]
    assert stopped > 50, stopped
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


def forked() -> None:
    """A process forked while another thread assesses answers right, and so does its parent."""
    kb = random_knowledge(11, 60)
    engine = Engine(kb)
    findings = random_patient(kb, random.Random(2))
    wanted = Chainer(kb).verdict(findings)
    done = threading.Event()

    def work() -> None:
        while not done.is_set():
            assert engine.run(findings)[0] == wanted

    worker = threading.Thread(target=work)
    worker.start()
    for _ in range(50):
        child = os.fork()
        if not child:
            signal.alarm(20)
            os._exit(0 if engine.run(findings)[0] == wanted else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    done.set()
    worker.join()


def no_threads() -> None:
    """Neither durable's Python part nor a thread of anybody's is there."""
    Engine(chest_pain()).run(CHEST)
    assert threading.active_count() == 1
    assert not [name for name in sys.modules if name.split(".")[0] == "durable"]


def rulesets_freed() -> None:
    """Rulesets without an engine are freed: far more of them fit than memory would hold."""
    for seed in range(30):
        Engine(random_knowledge(seed, 40)).run({})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    kb = random_knowledge(1, 20)
    for at in range(200):
        engine = Engine(kb)
        engine.run({})
        if at % 2:
            engine.close()
    # A ruleset of 20 rules takes 0.2 MB, its session 0.5 MB.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


def memory_does_not_grow() -> None:
    """Two thousand assessments more take less than half a megabyte more."""
    kb = random_knowledge(5, 30)
    engine = Engine(kb)
    chance = random.Random(3)
    patients = [random_patient(kb, chance) for _ in range(50)]
    for at in range(1_000):
        engine.run(patients[at % 50])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for at in range(2_000):
        engine.run(patients[at % 50])
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500


def extension_imported() -> None:
    """The extension is there, on Python 3.13 too."""
    assert _native is not None
    assert Engine(chest_pain()).run(CHEST)[0].floor is Urgency.EMERGENCY


def extension_absent() -> None:
    """Where the extension cannot be imported the engine says so, and the chainer works."""
    assert _native is None
    with pytest.raises(EngineUnavailable, match="durable-rules cannot be imported"):
        Engine(chest_pain())
    assert Chainer(chest_pain()).verdict(CHEST).floor is Urgency.EMERGENCY
