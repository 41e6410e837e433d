"""What may still be asked after an opening."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rules_lib.facts import Finding, Kind, Presence
from rules_lib.rules import Urgency
from rules_lib.screening import complaints_of, completed
from rules_lib.session import session_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from rules_lib.knowledge_base import Group, KnowledgeBase


@dataclass(frozen=True)
class Reach:
    """What may still be asked after an opening, by complaints too that answers may bring."""

    groups: tuple[Group, ...]
    questions: dict[str, str]
    """Question to the finding it asks for."""
    moving: frozenset[str]
    """All that answers may tell or change."""
    members: frozenset[str]
    """Those of the groups."""

    @classmethod
    def of(cls, kb: KnowledgeBase, told: Mapping[str, Finding], wanted: Collection[str]) -> Reach:
        """
        Look for everything that may be asked; rather too much than too little.

        Args:
            kb: the knowledge base.
            told: the opening.
            wanted: questions that rules may ask.
        """
        full = completed(kb, told)
        verdict = session_of(kb).chainer.verdict
        complaints = {one.id: one for one in complaints_of(kb, full)}
        ending: dict[str, bool] = {}
        while True:
            parts = complaints.values()
            names = [
                name
                for one in parts
                for name in (*one.groups, *one.questions, one.recap)
                if name is not None and name in kb.groups
            ]
            asked = [*wanted, *(name for one in parts for name in one.questions)]
            names += [name for name in asked if name in kb.groups]
            groups = tuple(kb.groups[name] for name in dict.fromkeys(names))
            questions = {
                name: kb.questions[name].finding if name in kb.questions else name for name in asked
            }
            askable = {name for group in groups for name in group.members}
            for name in sorted(askable.union(questions.values()).difference(ending)):
                # An emergency ends the interview; an unsure sign brings no questions either
                # where it is told as same-day.
                then = verdict({**full, name: Finding(name)})
                doubted = verdict({**full, name: Finding(name, Presence.UNSURE)})
                least = Urgency.SAME_DAY
                if kb.findings[name].kind is Kind.CONTEXT:
                    least = Urgency.EMERGENCY
                ending[name] = then.floor is Urgency.EMERGENCY and (doubted.floor or 0) >= least
            joining = {
                name: one
                for name, one in kb.complaints.items()
                if name not in complaints
                and any(not ending.get(finding, True) for finding in one.findings)
            }
            if not joining:
                clocks = kb.clocks.names if kb.clocks else ()
                severity = [kb.severity] if kb.severity else []
                moving = {*askable, *questions.values(), *names, *clocks, *severity}
                unsure = {name for name, one in full.items() if one.presence is Presence.UNSURE}
                return cls(groups, questions, frozenset(moving | unsure), frozenset(askable))
            complaints |= joining
