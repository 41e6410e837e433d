"""Whether changes of one finding lower the urgency, by putting other bits into the diagrams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rules_lib.facts import ValueType
from rules_lib.proving.claims import Change, Told
from rules_lib.proving.diagram_search import All, Is, Search
from rules_lib.proving.diagram_state import ABSENT, CLOCKS, PRESENT, UNSURE, UNTOLD
from rules_lib.rules import Urgency

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from rules_lib.knowledge_base import KnowledgeBase
    from rules_lib.proving.diagram_state import Codes, DiagramState


class DiagramChanges:
    """
    The changes that a pack knows, and what becomes of what fires.

    Args:
        kb: the pack.
        state: what was told.
        search: over the states of the same manager.
        fires: urgency to diagrams, of which one holds where it is reached.
    """

    def __init__(
        self,
        kb: KnowledgeBase,
        state: DiagramState,
        search: Search,
        fires: Mapping[Urgency, list[Any]],
    ) -> None:
        self._kb = kb
        self._state = state
        self._search = search
        self._manager = state.manager
        self._fires = fires
        self._about = {level: self._by_finding(fires[level]) for level in Urgency}
        self._as_told: dict[tuple[str, Any], list[Any]] = {}
        self._differences: dict[tuple[Any, Any], Any] = {}

    def never_lower(self, change: Change) -> bool:
        """Return whether no change of one finding lowers the floor, and some change raises it."""
        raised = False
        false = self._manager.false
        for changed, before, after in self._changes(change):
            for level in Urgency:
                touched = self._about[level].get(changed, {})
                put = [self._told(changed, one) for one in touched]
                pairs = [(one[before], one[after]) for one in put]
                lost = [less for one, two in pairs if (less := self._without(one, two)) != false]
                if lost:
                    # Mostly what fired before still fires, and nothing is to be searched.
                    settled = self._settled(changed, before, after)
                    kept = [one for one in self._fires[level] if one not in touched]
                    kept += [two for _, two in pairs]
                    calm = All(tuple(Is(each, wanted=False) for each in kept))
                    if any(self._search.possible(Is(each & ~settled), calm) for each in lost):
                        return False
                if not raised:
                    new = [more for one, two in pairs if (more := self._without(two, one)) != false]
                    kept = [one for one in self._fires[level] if one not in touched]
                    kept += [one for one, _ in pairs]
                    calm = All(tuple(Is(each, wanted=False) for each in kept))
                    raised = any(self._search.possible(Is(each), calm) for each in new)
        return raised

    def _by_finding(self, diagrams: Iterable[Any]) -> dict[str, dict[Any, None]]:
        """Return each finding and the diagrams that depend on it."""
        about: dict[str, dict[Any, None]] = {}
        for one in diagrams:
            for name in self._search.findings(one):
                about.setdefault(name, {})[one] = None
        return about

    def _told(self, name: str, diagram: Any) -> list[Any]:
        """Return a diagram where this is told of a finding, for each thing that can be."""
        key = name, diagram
        if key not in self._as_told:
            codes = self._codes(name)
            self._as_told[key] = codes.put_into(diagram)
        return self._as_told[key]

    def _without(self, one: Any, two: Any) -> Any:
        """Return where one diagram holds and another does not; most pairs are asked for often."""
        key = one, two
        if key not in self._differences:
            self._differences[key] = one & ~two
        return self._differences[key]

    def _codes(self, name: str) -> Codes:
        return self._state.clock if name == CLOCKS else self._state.codes[name]

    def _changes(self, change: Change) -> Iterator[tuple[str, int, int]]:
        """Give what changes, and its values before and after."""
        state = self._state
        for name, codes in state.codes.items():
            declared = self._kb.findings[name]
            if change.of not in ("anything", declared.kind.value):
                continue
            if change.after is Told.PRESENT and declared.type is not ValueType.YES_NO:
                continue
            present = [] if declared.type is not ValueType.YES_NO else [PRESENT]
            present += range(4, codes.values)
            for one in _meant(change.before, present):
                for two in _meant(change.after, present):
                    if one != two:
                        yield name, one, two
        yield from self._clock_changes(change)

    def _clock_changes(self, change: Change) -> Iterator[tuple[str, int, int]]:
        state = self._state
        clocks = [self._kb.findings[name].kind.value for name in state.told.keys() - state.codes]
        if change.of != "anything" and change.of not in clocks:
            return
        pairs: frozenset[tuple[int, int]] = frozenset()
        if change.before is Told.UNTOLD:
            pairs = state.cases.told_more
        elif change.after is Told.UNSURE:
            pairs = state.cases.made_unsure
        for one, two in sorted(pairs - state.cases.settles):
            if one != two:
                yield CLOCKS, one, two

    def _settled(self, changed: str, before: int, after: int) -> Any:
        """Return the states in which a doubt is settled that the change itself is not about."""
        state = self._state
        settled = self._manager.false
        if changed == CLOCKS:
            return settled
        names = [*self._kb.groups, *([self._kb.severity] if self._kb.severity else [])]
        for name in names:
            doubtful = self._told(changed, state.unsure[name])
            if name != changed:
                settled |= doubtful[before] & ~doubtful[after]
            elif after == UNSURE:
                settled |= ~doubtful[after]
        return settled


def _meant(told: Told, present: list[int]) -> list[int]:
    return {
        Told.UNTOLD: [UNTOLD],
        Told.TOLD: [*present, ABSENT, UNSURE],
        Told.PRESENT: present,
        Told.ABSENT: [ABSENT],
        Told.UNSURE: [UNSURE],
    }[told]
