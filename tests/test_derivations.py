"""Every derivation is re-checked by code of its own, and no corrupted one passes."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from random_knowledge import ADVICE, knowledge, random_knowledge, random_patient
from strategies import KB, findings

from rules_lib.assessment import Activation, Assessment, Cause, Strength, Withheld, WithheldReason
from rules_lib.derivation_check import derivation_faults
from rules_lib.facts import Finding, FindingType, Kind
from rules_lib.knowledge_base import Advice, Expects, KnowledgeBase, Question
from rules_lib.rules import Conclusions, Derived, Likelihood, Present, Rule, Urgency
from rules_lib.session import CHAINER, Session, session_of
from rules_lib.vignettes import Vignette, read_vignettes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

VIGNETTES = read_vignettes(Path(__file__).parent / "cases", KB)
BASES, PATIENTS, CHUNK = 300, 10, 30
ALWAYS = 0.2
"""How much of the advice goes with every urgency."""
CORRUPTED, FEW = 10, 3
"""Bases, and patients of each, whose derivation is corrupted in every way."""


def _alone(kb: KnowledgeBase) -> Session:
    """Return a session in which only the chainer runs, as where durable-rules is missing."""
    session = Session(kb)
    session.__dict__["_engine"] = None
    return session


ALONE = _alone(KB)


def _base(seed: int) -> KnowledgeBase:
    """Return a random base whose advice waits for screening, or always goes, with questions."""
    kb = random_knowledge(seed)
    names = sorted(kb.findings)
    chance = random.Random(seed)
    return replace(
        kb,
        advice={
            name: Advice(
                name,
                name,
                needs_denied=tuple(chance.sample(names, chance.choice((0, 0, 1)))),
                always=chance.random() < ALWAYS,
            )
            for name in ADVICE
        },
        questions={name: Question(name, names[0], Expects.YES_NO) for name in ADVICE},
    )


@pytest.mark.parametrize("vignette", VIGNETTES, ids=lambda vignette: vignette.id)
def test_derivations_of_vignettes_hold(vignette: Vignette) -> None:
    """What either engine derives for a story follows step by step."""
    both, alone = session_of(KB).assess(vignette.findings), ALONE.assess(vignette.findings)

    assert alone.engine == CHAINER
    assert derivation_faults(KB, both) == ()
    assert derivation_faults(KB, alone) == ()


@given(told=findings())
def test_derivations_of_any_patient_hold(told: dict[str, Finding]) -> None:
    """So it is for whatever else a patient may tell."""
    assert derivation_faults(KB, session_of(KB).assess(told)) == ()
    assert derivation_faults(KB, ALONE.assess(told)) == ()


@pytest.mark.parametrize("first", range(0, BASES, CHUNK))
def test_derivations_on_random_bases_hold(first: int) -> None:
    """So it is on bases that nobody wrote, thousands of patients in all."""
    for seed in range(first, first + CHUNK):
        kb = _base(seed)
        chance = random.Random(seed)
        sessions = Session(kb), _alone(kb)
        for _ in range(PATIENTS):
            told = random_patient(kb, chance)
            for session in sessions:
                assert derivation_faults(kb, session.assess(told)) == (), (seed, told)


def _steps(change: Callable[[Activation], Iterator[Activation]]) -> Any:
    """Return what puts each changed version of each step in its place."""

    def corrupted(_kb: KnowledgeBase, given_: Assessment) -> Iterator[Assessment]:
        trace = given_.trace
        for place, step in enumerate(trace):
            for changed in change(step):
                yield replace(given_, trace=(*trace[:place], changed, *trace[place + 1 :]))

    return corrupted


def _with_urgency(step: Activation) -> Iterator[Activation]:
    for said in step.concluded:
        for level in Urgency:
            other = f"urgency:{level.id}"
            if said.startswith("urgency:") and said != other:
                concluded = tuple(other if one == said else one for one in step.concluded)
                yield replace(step, concluded=concluded)


def _dropped(_kb: KnowledgeBase, given_: Assessment) -> Iterator[Assessment]:
    for place in range(len(given_.trace)):
        yield replace(given_, trace=given_.trace[:place] + given_.trace[place + 1 :])


def _added(kb: KnowledgeBase, given_: Assessment) -> Iterator[Assessment]:
    for rule in kb.rules:
        if rule.id not in given_.rules:
            step = Activation(rule.id, (), Strength.CERTAIN, (), rule.sources)
            yield replace(given_, trace=(*given_.trace, step))
    for step in given_.trace:
        yield replace(given_, trace=(*given_.trace, step))
        yield replace(given_, trace=(*given_.trace, replace(step, rule="nobody-wrote-this")))


def _untold(_kb: KnowledgeBase, given_: Assessment) -> Iterator[Assessment]:
    used = {key for step in given_.trace for key in step.facts}
    for name in used & given_.findings.keys():
        told = {other: found for other, found in given_.findings.items() if other != name}
        yield replace(given_, findings=told)


def _floor(_kb: KnowledgeBase, given_: Assessment) -> Iterator[Assessment]:
    for level in (None, *Urgency):
        if level is not given_.floor:
            yield replace(given_, floor=level)


def _announced(_kb: KnowledgeBase, given_: Assessment) -> Iterator[Assessment]:
    yield from (
        replace(given_, announced=level) for level in Urgency if level is not given_.announced
    )


def _causes(kb: KnowledgeBase, given_: Assessment) -> Iterator[Assessment]:
    yield replace(given_, causes=())
    yield replace(given_, causes=(*given_.causes, Cause("invented", Likelihood.LIKELY)))
    for one in given_.causes:
        for likelihood in Likelihood:
            if likelihood is not one.likelihood:
                others = tuple(other for other in given_.causes if other is not one)
                yield replace(given_, causes=(*others, Cause(one.id, likelihood)))


def _advice(kb: KnowledgeBase, given_: Assessment) -> Iterator[Assessment]:
    for name in kb.advice:
        if name not in given_.advice:
            yield replace(given_, advice=(*given_.advice, name))
    for name in given_.advice:
        yield replace(given_, advice=tuple(other for other in given_.advice if other != name))


def _withheld(kb: KnowledgeBase, given_: Assessment) -> Iterator[Assessment]:
    held = given_.withheld
    known = {one.id for one in held}
    for name in kb.advice:
        if name not in known:
            more = Withheld(name, WithheldReason.CONTRAINDICATED)
            yield replace(given_, withheld=(*held, more))
    for one in held:
        others = tuple(other for other in held if other is not one)
        reason = next(reason for reason in WithheldReason if reason is not one.reason)
        yield replace(given_, withheld=others)
        yield replace(given_, withheld=(*others, Withheld(one.id, reason)))


def _spoken(kb: KnowledgeBase, given_: Assessment) -> Iterator[Assessment]:
    for name in kb.questions:
        if name not in given_.asks:
            yield replace(given_, asks=(*given_.asks, name))
    yield replace(given_, leads=(*given_.leads, "invented"))
    yield replace(given_, says=(*given_.says, "invented"))
    yield from (replace(given_, asks=given_.asks[1:]) for _ in given_.asks[:1])
    yield from (replace(given_, leads=given_.leads[1:]) for _ in given_.leads[:1])
    yield from (replace(given_, says=given_.says[1:]) for _ in given_.says[:1])


CORRUPTIONS: dict[str, Callable[[KnowledgeBase, Assessment], Iterator[Assessment]]] = {
    "a step is missing": _dropped,
    "a step is added": _added,
    "a step rests on an invented fact": _steps(
        lambda step: (
            replace(step, facts=(*step.facts[:at], "invented", *step.facts[at + 1 :]))
            for at in range(len(step.facts))
        )
    ),
    "a step rests on nothing": _steps(lambda step: iter([replace(step, facts=())])),
    "a step is called firmer or weaker": _steps(
        lambda step: (
            replace(step, strength=other) for other in Strength if other is not step.strength
        )
    ),
    "a step concludes another urgency": _steps(_with_urgency),
    "a step concludes less": _steps(
        lambda step: (
            replace(step, concluded=step.concluded[:at] + step.concluded[at + 1 :])
            for at in range(len(step.concluded))
        )
    ),
    "a step concludes more": _steps(
        lambda step: (
            replace(step, concluded=(*step.concluded, said))
            for said in (
                "urgency:emergency",
                "advise:rest",
                "withhold:pill",
                "cause:cause-a:likely",
            )
        )
    ),
    "a step cites another source": _steps(lambda step: iter([replace(step, sources=("NOBODY",))])),
    "a finding behind a step was never told": _untold,
    "another floor": _floor,
    "another urgency announced": _announced,
    "other causes": _causes,
    "other advice": _advice,
    "other advice withheld": _withheld,
    "other questions, leads or sentences": _spoken,
}


@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_corrupted_derivations_are_rejected(corruption: str) -> None:
    """Whatever is changed in a sound derivation, the check says that something is wrong."""
    tried = 0
    for seed in range(CORRUPTED):
        kb = _base(seed)
        session, chance = Session(kb), random.Random(seed)
        for _ in range(FEW):
            answer = session.assess(random_patient(kb, chance))
            for changed in CORRUPTIONS[corruption](kb, answer):
                tried += 1
                assert derivation_faults(kb, changed), (seed, answer, changed)

    assert tried > 20


def test_no_fact_rests_on_itself() -> None:
    """Two facts that stand on each other, and on nothing told, are no derivation."""
    told = {"ache": FindingType("ache", "Ache", Kind.SIGN)}
    kb = knowledge(
        told,
        Rule(
            "one", "One.", Derived("b"), Conclusions(fact="a", urgency=Urgency.EMERGENCY), ("CJ",)
        ),
        Rule("two", "Two.", Derived("a"), Conclusions(fact="b"), ("CJ",)),
        Rule("three", "Three.", Present("ache"), Conclusions(urgency=Urgency.ROUTINE), ("CJ",)),
    )
    sound = _alone(kb).assess({"ache": "present"})
    circle = (
        Activation("one", ("b",), Strength.CERTAIN, ("urgency:emergency", "fact:a"), ("CJ",)),
        Activation("two", ("a",), Strength.CERTAIN, ("fact:b",), ("CJ",)),
    )
    level = Urgency.EMERGENCY
    false = replace(sound, trace=(*circle, *sound.trace), floor=level, announced=level)

    assert derivation_faults(kb, sound) == ()
    assert "rule 'one': 'b' does not hold" in derivation_faults(kb, false)


def test_the_checker_stays_short() -> None:
    """It can be read in one sitting, which is why it may be believed."""
    lines = Path(derivation_faults.__code__.co_filename).read_text(encoding="utf-8").splitlines()

    assert len(lines) <= 120
