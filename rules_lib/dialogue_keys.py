"""Which states of an interview have one future, so that their dialogues need no second look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib.dialogue_reach import Reach
from rules_lib.facts import Finding, Presence
from rules_lib.interview import MAX_CONTEXT_QUESTIONS
from rules_lib.knowledge_base import Role
from rules_lib.residue import Residue, Residues
from rules_lib.rules import Urgency
from rules_lib.screening import (
    answered_alike,
    complaints_to_ask,
    completed,
    recap_denied,
    stand_ins,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from rules_lib.knowledge_base import Group, KnowledgeBase

# Looking a member up in its enumeration is slow before Python 3.12.
_ABSENT, _UNSURE = Presence.ABSENT, Presence.UNSURE


class Keys:
    """Makes the keys of the states that follow an opening."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self._kb = kb
        self._residues = Residues(kb)
        self._parts: dict[object, object] = {}
        self._spoken_of: dict[tuple[Residue, bool], frozenset[str]] = {}
        """By residue, and whether of more than an urgency, the findings of which rules speak."""
        self._others: dict[tuple[str, ...], frozenset[str]] = {}
        """By complaints, the findings that bring further ones."""
        self._reach = Reach((), {}, frozenset(), frozenset())
        self._narrow = self._residues

    def look_ahead(self, findings: Mapping[str, Finding]) -> None:
        """Find what may be asked after an opening, rules that can never ask left out."""
        full = completed(self._kb, findings)
        wanted: frozenset[str] = frozenset()
        while True:
            reach = Reach.of(self._kb, findings, wanted)
            fixed = {
                name: found
                for name, found in full.items()
                if name not in reach.moving and found.presence is not Presence.UNSURE
            }
            narrow = self._residues.narrowed(fixed, reach.moving)
            more = narrow.asking() | wanted
            if more == wanted:
                self._reach, self._narrow = reach, narrow
                return
            wanted = more

    def key(
        self, asked: frozenset[str], full: Mapping[str, Finding], floor: Urgency | None
    ) -> object:
        """
        Return a key that only states of equal future share.

        Args:
            asked: the questions that were asked.
            full: what was told, completed.
            floor: what the rules conclude from it.
        """
        kb, reach = self._kb, self._reach
        open_, unsettled, status, closed = self._groups(asked, full)
        used = min(sum(name in asked for name in reach.questions), MAX_CONTEXT_QUESTIONS)
        left = {
            name: finding
            for name, finding in reach.questions.items()
            if used < MAX_CONTEXT_QUESTIONS
            and name not in asked
            and finding not in full
            and not (name in kb.questions and kb.questions[name].is_idle(full))
        }
        open_.update(left.values())
        status += left.items()
        settled = not unsettled
        if kb.clocks is not None and open_.intersection(kb.clocks.names):
            told_clocks = [name for name in kb.clocks.names if name in full]
            open_ |= set(kb.clocks.names).difference(full)
            unsettled |= set(told_clocks)
            status += [(name, str(full[name].value)) for name in told_clocks]
        residue = self._narrow.residue(full, open_, unsettled)
        complaints = complaints_to_ask(kb, full, floor or Urgency.WITHIN_24_HOURS)
        # Which single sign of a group is still open matters where a rule still speaks of it,
        # or where it would bring further questions.
        ids = tuple([complaint.id for complaint in complaints])
        bringing = self._bringing(ids)
        about = self._about(residue, coming=False)
        if settled and residue.floor >= Urgency.SAME_DAY:
            # Only what could make it an emergency is asked for any more.
            telling = self._telling(open_, left, about | bringing)
            status = [one for one in status if one[0] in telling]
            left = {name: finding for name, finding in left.items() if name in telling}
            open_ &= telling
            unsettled &= telling
            closed = False
            residue = self._narrow.residue(full, open_, unsettled)
        signs = (open_ & reach.members) & (self._about(residue, coming=True) | bringing)
        return tuple(
            self._parts.setdefault(part, part)  # kept once, for there are many of them
            for part in (
                ids,
                closed,
                frozenset(signs),
                tuple(status),
                used if left else MAX_CONTEXT_QUESTIONS,
                residue,
            )
        )

    def _bringing(self, complaints: tuple[str, ...]) -> frozenset[str]:
        """Return the findings that would bring a further complaint."""
        if complaints not in self._others:
            self._others[complaints] = frozenset(
                name
                for complaint in self._kb.complaints.values()
                if complaint.id not in complaints
                for name in complaint.findings
            )
        return self._others[complaints]

    def _about(self, residue: Residue, *, coming: bool) -> frozenset[str]:
        """Return the findings of which rules still speak: of urgency, or of anything."""
        known = self._spoken_of.get((residue, coming))
        if known is None:
            left = [left for left, _ in (*residue.rising, *residue.rising_unsure)]
            left += [left for left, _ in residue.coming] if coming else []
            known = self._spoken_of[residue, coming] = self._residues.conditions.findings(left)
        return known

    def _telling(
        self, open_: Collection[str], questions: Mapping[str, str], raising: Collection[str]
    ) -> set[str]:
        """Return the groups, questions and findings of which an answer could still raise it."""
        telling: set[str] = set()
        for group in self._reach.groups:
            names = {group.id, *group.members}.intersection(open_)
            if group.role is not Role.RECAP and not names.isdisjoint(raising):
                telling |= {group.id, *names}
        for name, finding in questions.items():
            if finding in raising or finding in telling:
                telling |= {name, finding}
        if self._kb.clocks is not None and not telling.isdisjoint(self._kb.clocks.names):
            telling |= set(self._kb.clocks.names)
        return telling

    def _groups(
        self, asked: frozenset[str], full: Mapping[str, Finding]
    ) -> tuple[set[str], set[str], list[tuple[str, ...]], bool]:
        """Return what is open, and unsettled, how each group stands, and whether one is closed."""
        open_: set[str] = set()
        unsettled: set[str] = set()
        status: list[tuple[str, ...]] = []
        closed = False
        for group in self._reach.groups:
            told = full.get(group.id)
            if told is not None and told.presence is _ABSENT:
                continue  # its members are denied, or told by themselves
            unknown = [name for name in group.members if name not in full]
            left = [name for name in unknown if name not in asked]
            if told is None and group.role is Role.RECAP and self._done(group, asked, full):
                # Denied, it asks for nothing more; asked in vain, it was not denied.
                status += [] if recap_denied(self._kb, group.id, full) else [(group.id, "in vain")]
            elif told is None:
                if answered_alike(self._kb, group, full):
                    open_ |= set(left)
                elif group.id in asked or (not left and group.role is not Role.RECAP):
                    closed = True
                else:
                    open_ |= {group.id, *left}
                    status.append((group.id, "open", *unknown[:1] * (len(unknown) == 1)))
            else:
                denied = [name for name in group.members if _absent(full.get(name))]
                settles = len(denied) + len(left) == len(group.members)
                if left and settles and told.presence is _UNSURE:
                    unsettled.add(group.id)
                    status.append((group.id, "unsettled", *left))
                else:
                    closed = True
                    if left:
                        status.append((group.id, told.presence.value))
                open_ |= set(left)
        return open_, unsettled, status, closed

    def _done(self, recap: Group, asked: frozenset[str], full: Mapping[str, Finding]) -> bool:
        """Return whether a recap, or one that asks for as much, was denied or asked in vain."""
        as_wide = stand_ins(self._kb, recap.id)
        return recap_denied(self._kb, recap.id, full) or not asked.isdisjoint(as_wide)


def _absent(found: Finding | None) -> bool:
    return found is not None and found.presence is _ABSENT
