"""Reads the claims of a property: conditions as rules have them, and the words beyond."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rules_lib.authoring.conditions import ConditionReader
from rules_lib.authoring.shapes import shown
from rules_lib.errors import nearest
from rules_lib.proving.claims import (
    ANYTHING,
    AnnouncedAtLeast,
    AnnouncedAtMost,
    Claim,
    Cleared,
    Contraindicated,
    First,
    Fits,
    Lead,
    Not,
    Offered,
    Screened,
    Unknown,
    Unsure,
    UrgencyAtMost,
)
from rules_lib.rules import Likelihood, Urgency, UrgencyAtLeast

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from rules_lib.authoring.shapes import At
    from rules_lib.authoring.yaml_reader import Node
    from rules_lib.rules import Condition

_ANY_FIT = (Likelihood.LIKELY, Likelihood.POSSIBLE)
_BOUNDS: dict[str, dict[str, Callable[[Urgency], Claim]]] = {
    "urgency": {"at_least": UrgencyAtLeast, "at_most": UrgencyAtMost},
    "announced": {"at_least": AnnouncedAtLeast, "at_most": AnnouncedAtMost},
}


@dataclass(frozen=True, slots=True)
class ClaimReader(ConditionReader):
    """Reads claims in the vocabulary of one pack."""

    words: Mapping[str, Collection[str]] = field(default_factory=dict)
    """`advice`, `cause` and `lead` to the ids of the pack."""

    def read(self, node: Node, at: At) -> Condition | None:
        """Read one claim; see ConditionReader.read."""
        return self.claim(node, at)  # type: ignore[return-value]  # `all` and `any` hold claims

    def claim(self, node: Node, at: At) -> Claim | None:
        """Return the claim that a node says, or None where it is none; problems are noted."""
        entry = node.value if isinstance(node.value, dict) and len(node.value) == 1 else {}
        for word, inner in entry.items():
            inside = at.inside(word)
            if word in _BOUNDS:
                return self._bound(word, inner, inside)
            if word in _READERS:
                return _READERS[word](self, inner, inside)
        return ConditionReader.read(self, node, at)

    def _bound(self, word: str, node: Node, at: At) -> Claim | None:
        levels = {level.id: level for level in Urgency}
        bounds = node.value if isinstance(node.value, dict) else {}
        if len(bounds) != 1 or not bounds.keys() <= _BOUNDS[word].keys():
            at.wrong(node.line, f"is {shown(node.value)}", "{at_least: ...} or {at_most: ...}")
            return None
        ((bound, said),) = bounds.items()
        if said.value not in levels:
            guess = nearest(str(said.value), levels)
            at.wrong(said.line, f"unknown urgency {shown(said.value)}", ", ".join(levels), guess)
            return None
        return _BOUNDS[word][bound](levels[str(said.value)])

    def _finding_known(self, node: Node, at: At) -> str | None:
        if isinstance(node.value, str) and node.value in self.findings:
            return node.value
        guess = nearest(str(node.value), self.findings)
        at.wrong(node.line, f"unknown finding {shown(node.value)}", "ids of findings", guess)
        return None

    def _known(self, vocabulary: str, node: Node, at: At, *, any_: bool = False) -> str | None:
        known = self.words.get(vocabulary, ())
        if any_ and node.value == ANYTHING:
            return ANYTHING
        if isinstance(node.value, str) and node.value in known:
            return node.value
        allowed = f"ids of {vocabulary}" + (", '*' for any" if any_ else "")
        guess = nearest(str(node.value), known)
        at.wrong(node.line, f"unknown {vocabulary} {shown(node.value)}", allowed, guess)
        return None

    def _fits(self, node: Node, at: At) -> Claim | None:
        if not isinstance(node.value, dict):
            cause = self._known("cause", node, at)
            return Fits(cause, _ANY_FIT) if cause else None
        if node.value.keys() != {"id", "likelihood"}:
            at.wrong(node.line, "is no cause", "an id, or {id: ..., likelihood: ...}")
            return None
        cause = self._known("cause", node.value["id"], at.inside("id"))
        said = node.value["likelihood"]
        if said.value not in tuple(Likelihood):
            guess = nearest(str(said.value), tuple(Likelihood))
            what = f"unknown likelihood {shown(said.value)}"
            at.wrong(said.line, what, ", ".join(Likelihood), guess)
            return None
        return Fits(cause, (Likelihood(str(said.value)),)) if cause else None

    def _not(self, node: Node, at: At) -> Claim | None:
        part = self.claim(node, at)
        return None if part is None else Not(part)

    def _screened(self, node: Node, at: At) -> Claim | None:
        if isinstance(node.value, bool):
            return Screened(node.value)
        at.wrong(node.line, f"is {shown(node.value)}", "true, false")
        return None


def _about_finding(make: Callable[[str], Claim]) -> _Read:
    def read(reader: ClaimReader, node: Node, at: At) -> Claim | None:
        name = reader._finding_known(node, at)  # noqa: SLF001 - its own module
        return None if name is None else make(name)

    return read


def _about(vocabulary: str, make: Callable[[str], Claim], *, any_: bool = False) -> _Read:
    def read(reader: ClaimReader, node: Node, at: At) -> Claim | None:
        name = reader._known(vocabulary, node, at, any_=any_)  # noqa: SLF001 - its own module
        return None if name is None else make(name)

    return read


if TYPE_CHECKING:
    _Read = Callable[[ClaimReader, Node, At], Claim | None]
_READERS: dict[str, _Read] = {
    "unsure": _about_finding(Unsure),
    "unknown": _about_finding(Unknown),
    "offered": _about("advice", Offered, any_=True),
    "contraindicated": _about("advice", Contraindicated),
    "cleared": _about("advice", Cleared),
    "lead": _about("lead", Lead, any_=True),
    "first": _about("lead", First),
    "cause": ClaimReader._fits,  # noqa: SLF001 - its own module
    "not": ClaimReader._not,  # noqa: SLF001
    "screened": ClaimReader._screened,  # noqa: SLF001
}
