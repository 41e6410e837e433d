"""Hypothesis strategies: what a patient may report, and what may be understood of a turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from rules_lib import Finding, Presence
from rules_lib.answers import candidate_answers
from rules_lib.facts import ValueType
from skill.app import knowledge_base
from skill.reading import Answer, Person, Reading, Wish

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rules_lib import KnowledgeBase

KB = knowledge_base()


def finding(name: str, kb: KnowledgeBase = KB) -> st.SearchStrategy[Finding]:
    """Return a finding of this id: denied, unsure, or present with every telling value."""
    declared = kb.findings[name]
    without = [Finding(name, Presence.ABSENT), Finding(name, Presence.UNSURE)]
    if declared.type is not ValueType.YES_NO:
        return st.sampled_from([*candidate_answers(kb, name), *without])
    severities = [None, 0.0, 3.0, 6.0, 7.0, 10.0] if declared.severity else [None]
    present = [Finding(name, Presence.PRESENT, None, severity) for severity in severities]
    return st.sampled_from([*present, *without])


def findings(
    names: Iterable[str] = tuple(KB.findings), kb: KnowledgeBase = KB
) -> st.SearchStrategy[dict[str, Finding]]:
    """Return up to eight findings, id to finding."""
    some = st.lists(st.sampled_from(sorted(names)), max_size=8, unique=True)
    return some.flatmap(
        lambda ids: st.fixed_dictionaries({name: finding(name, kb) for name in ids})
    )


def readings() -> st.SearchStrategy[Reading]:
    """Return anything that may be understood of a turn, mostly plain answers."""
    answer = st.sampled_from([*Answer, Answer.NO, Answer.NO]).map(
        lambda answer: Reading(answer=answer)
    )
    anything = st.builds(
        Reading,
        findings=findings().map(lambda told: tuple(told.values())),
        doubtful=st.lists(st.sampled_from(["chest-pain", "face-lip-swelling"]), max_size=1).map(
            tuple
        ),
        answer=st.sampled_from([None, *Answer]),
        person=st.sampled_from([None, *Person]),
        wish=st.sampled_from([None, None, *Wish]),
        medicine=st.sampled_from([None, "ibuprofen", "paracetamol"]),
    )
    return st.one_of(answer, answer, answer, anything, st.just(Reading()))
