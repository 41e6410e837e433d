"""Microseconds an assessment: ours, bare durable-rules, its documented Host, our chainer alone."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from benchmarks.bare import Bare
from benchmarks.host import asked, question
from benchmarks.measure import in_turns, timed
from benchmarks.patients import patients, with_one_unsure
from benchmarks.results import Goal, Section
from rules_lib import KnowledgeBase, assess
from rules_lib.chainer import Chainer
from rules_lib.engine import Engine
from rules_lib.facts import findings_from
from rules_lib.screening import completed

if TYPE_CHECKING:
    from collections.abc import Callable

    from rules_lib.facts import Finding

OURS = "assess: both engines, verdicts compared, trace"
ENGINE = "our engine on durable-rules: verdict and trace"
BARE = "bare durable-rules, same compiled rules"
HOST = "durable-rules through its Host, rules as documented"
HOST_COMPILED = "durable-rules through its Host, our compiled rules"
SLICES = 9
"""Parts of the patients, one a round."""
CHAINER = "our chainer alone: verdict"
HOST_PATIENTS = 40
"""In one process of the Host; each keeps megabytes."""


class DifferentAnswersError(Exception):
    """The things compared do not do the same work, so their times say nothing."""


def engines(pack: str, rounds: int, times: int) -> Section:
    """Measure the shipped patients."""
    kb = KnowledgeBase.load(pack)
    told = patients(kb)
    section = Section(
        title="One assessment of the shipped knowledge base",
        about=f"{len(told)} patients, {len(kb.rules)} rules. Bare durable-rules is handed\n"
        "ready-made JSON and neither compares a finding nor makes a verdict or trace; its Host\n"
        "is handed the same facts one by one, in a process of its own "
        f"({HOST_PATIENTS} patients a round).",
        yardstick=BARE,
    )
    setting = _Setting(kb, told)
    few = random.Random(1).sample(range(len(told)), min(HOST_PATIENTS, len(told)))
    timings = in_turns(setting.contestants(), rounds * times * SLICES)
    # The Host takes seconds a round, so it runs with one of ours beside it, by itself.
    whole = {
        ENGINE: timed(setting.engine.run, [setting.completed[place] for place in few], times),
        BARE: timed(setting.bare.run, [setting.prepared[place] for place in few], times),
        HOST: lambda: setting.through_host(few, pack),
        HOST_COMPILED: lambda: setting.through_host(few, None),
    }
    hosts = in_turns(whole, rounds)
    section.add(timings, "us")
    section.add({name: hosts[name] for name in (HOST, HOST_COMPILED)}, "us", hosts[BARE])
    bare, engine, chainer = timings[BARE], timings[ENGINE], timings[CHAINER]
    host = hosts[HOST].over(hosts[ENGINE])
    section.goals += [
        Goal("the whole of assess over bare durable-rules", timings[OURS].over(bare), 1.5),
        Goal("our engine with its trace over bare durable-rules", engine.over(bare), 1.5),
        Goal("the documented Host over our engine", host, 8, at_least=True),
        Goal("bare durable-rules over our chainer", bare.over(chainer), 10, at_least=True),
        Goal("our engine over our chainer", engine.over(chainer), 10, at_least=True),
    ]
    return section


def unsure(pack: str, rounds: int, times: int) -> Section:
    """Measure the same patients with one finding more that they cannot tell."""
    kb = KnowledgeBase.load(pack)
    told = with_one_unsure(kb, patients(kb))
    section = Section(
        title="The same patients, unsure of one thing more",
        about="What is unsure is chained after what is certain, so it costs a batch more.",
        yardstick=BARE,
    )
    setting = _Setting(kb, told)
    timings = in_turns(setting.contestants(), rounds * times * SLICES)
    section.add(timings, "us")
    return section


class _Setting:
    """Everything compiled, the patients ready, and all proved to conclude the same."""

    def __init__(self, kb: KnowledgeBase, told: list[dict[str, Any]]) -> None:
        self._kb = kb
        self.bare, self.engine, self.chainer = Bare(kb), Engine(kb), Chainer(kb)
        self.findings: list[dict[str, Finding]] = [findings_from(kb.findings, one) for one in told]
        self.completed = [completed(kb, found) for found in self.findings]
        self.prepared = [self.bare.prepare(found) for found in self.completed]
        for found, prepared in zip(self.completed, self.prepared, strict=True):
            fired = self.bare.names(self.bare.run(prepared))
            rules = self.chainer.verdict(found).rules
            if not fired == rules == prepared.rules:
                msg = (
                    f"bare {sorted(fired)}, chainer {sorted(rules)}, ours {sorted(prepared.rules)}"
                )
                raise DifferentAnswersError(msg)

    def contestants(self) -> dict[str, Callable[[], list[float]]]:
        """Return what is compared within one process, each on a slice of the patients a round."""
        kb = self._kb
        return {
            BARE: timed(self.bare.run, self.prepared, slices=SLICES),
            ENGINE: timed(self.engine.run, self.completed, slices=SLICES),
            CHAINER: timed(self.chainer.verdict, self.completed, slices=SLICES),
            OURS: timed(lambda found: assess(kb, found), self.findings, slices=SLICES),
        }

    def through_host(self, few: list[int], pack: str | None) -> list[float]:
        """Return the seconds of some patients through the Host, by the pack's rules or ours."""
        chosen = [self.prepared[place] for place in few]
        answer = asked(question(self.bare, chosen, pack))
        for fired, prepared in zip(answer["fired"], chosen, strict=True):
            rules = set(fired) if pack else self.bare.names(map(int, fired))
            if rules != prepared.rules:
                msg = f"the Host fired {rules}, not {prepared.rules}"
                raise DifferentAnswersError(msg)
        seconds: list[float] = answer["seconds"]
        return seconds
