"""With which engines a knowledge base is assessed, and that it is settled once."""

from __future__ import annotations

import pytest
from dangerous import rule, yes_no
from packs import SMALL
from random_knowledge import knowledge

from rules_lib import KnowledgeBase, assess
from rules_lib import engine as engine_module
from rules_lib.engine import Engine
from rules_lib.errors import KnowledgeError
from rules_lib.rules import AllOf, Present
from rules_lib.session import Session, chainer_session, session_of

pytestmark = pytest.mark.skipif(
    engine_module._native is None, reason="durable-rules' extension cannot be imported here"
)


def test_the_chainer_alone_assesses_from_then_on() -> None:
    """Also where both engines have assessed before."""
    kb = KnowledgeBase.load(SMALL)
    assert assess(kb, {"ankle-pain": "present"}).engine == "both"

    assert chainer_session(kb).assess({"ankle-pain": "present"}).engine == "chainer"
    assert assess(kb, {"ankle-pain": "present"}).engine == "chainer"
    assert chainer_session(kb) is session_of(kb)


def test_a_pack_beyond_the_engine_is_refused_at_each_assessment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The rule is named each time, and the pack compiled once."""
    compiled: list[KnowledgeBase] = []

    class Counted(Engine):
        def __init__(self, kb: KnowledgeBase) -> None:
            compiled.append(kb)
            super().__init__(kb)

    monkeypatch.setattr("rules_lib.session.Engine", Counted)
    names = [f"s{at}" for at in range(17)]
    long = rule("long", AllOf(tuple(map(Present, names))))
    session = Session(knowledge(yes_no(*names), long))

    for _ in range(2):
        with pytest.raises(KnowledgeError, match="rule 'long': joins 17 facts"):
            session.assess({})
    assert len(compiled) == 1
