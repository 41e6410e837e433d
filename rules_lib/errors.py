"""
The exceptions of rules_lib.

    RulesLibError
    ├── KnowledgeError      a pack cannot be loaded; carries every Problem found
    ├── HazardLogError      a hazard log does not hold; carries every Problem found
    ├── FactError           what was reported about a patient is not in the pack's vocabulary
    ├── RuleFiringError     an engine could not finish an assessment
    └── EngineUnavailable   durable-rules' extension cannot be imported on this machine
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class RulesLibError(Exception):
    """Base of everything this library raises on purpose."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong, said so that it can be mended without reading code."""

    file: str
    """Path of the file inside the pack, or `findings` for what a caller reported."""
    line: int
    """First line is 1; 0 where no line is known."""
    place: str
    """Where inside the file, e.g. `rule 'chest-pain': when`."""
    what: str
    """The problem, one sentence without full stop."""
    allowed: str = ""
    """What would have been right, empty where it goes without saying."""
    guess: str = ""
    """The nearest allowed word, empty where there is none."""

    def __str__(self) -> str:
        """Return `file:line: place: what; allowed: ...; did you mean '...'?`."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        text = f"{where}: {self.place}: {self.what}" if self.place else f"{where}: {self.what}"
        if self.allowed:
            text += f"; allowed: {self.allowed}"
        if self.guess:
            text += f"; did you mean '{self.guess}'?"
        return text


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that `word` was probably meant to be, or an empty string."""
    from difflib import get_close_matches  # noqa: PLC0415 - only problems need it

    return next(iter(get_close_matches(word, list(known), n=1, cutoff=0.6)), "")


class ProblemsError(RulesLibError):
    """An error that gathers all problems found, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


class KnowledgeError(ProblemsError):
    """The knowledge pack is not usable as it stands."""


class HazardLogError(ProblemsError):
    """The hazard log is not well formed, or points to what is not there."""


class FactError(ProblemsError):
    """Something reported is not in the pack's vocabulary, or out of its range."""


class RuleFiringError(RulesLibError):
    """
    An engine stopped before the assessment was complete.

    Attributes:
        rule: id of the rule that was firing, or None.
    """

    def __init__(self, message: str, rule: str | None = None) -> None:
        self.rule = rule
        super().__init__(message)


class EngineUnavailable(RulesLibError):  # noqa: N818 - names a state, as in the docs
    """The durable-rules extension cannot be imported here; the chainer works alone."""
