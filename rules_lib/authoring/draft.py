"""A pack as far as it could be read: what the cross-checks look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rules_lib.authoring import builder
from rules_lib.errors import Problem
from rules_lib.rules import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules_lib.authoring.yaml_reader import Node
    from rules_lib.facts import FindingType
    from rules_lib.pack import Advice, CauseType, Complaint, Group, Question
    from rules_lib.rules import Rule, Source


@dataclass
class Draft:
    """What was read of a pack, sound or not, and where each item stands."""

    pack: dict[str, Any] = field(default_factory=dict)
    named_by_pack: set[str] = field(default_factory=set)
    """Every word of pack.yaml, even where something is wrong with it."""
    findings: dict[str, FindingType] = field(default_factory=dict)
    """Without the groups."""
    groups: dict[str, Group] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    """Without those that the groups are."""
    complaints: dict[str, Complaint] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    causes: dict[str, CauseType] = field(default_factory=dict)
    advice: dict[str, Advice] = field(default_factory=dict)
    statements: dict[str, str] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)
    """Every rule whose condition and conclusions could be read, retired ones too."""
    nodes: dict[tuple[str, str], tuple[str, Node]] = field(default_factory=dict)
    """(noun, id) to the file and the item as written; the first, where there are two."""
    dossier: dict[str, Any] = field(default_factory=dict)
    """What reviewers read, by file; those files that are sound by themselves."""
    unread: list[str] = field(default_factory=list)
    """Files that could not be read at all."""

    def wrong(
        self, item: tuple[str, str], what: str, allowed: str = "", *, at: str = "", guess: str = ""
    ) -> Problem:
        """Return a problem of the item (noun, id), on the line where it says the word `at`."""
        file, node = self.nodes[item]
        line = (at and node.line_of(at)) or node.line
        return Problem(file, line, f"{item[0]} '{item[1]}'", what, allowed, guess)

    def live(self) -> Iterator[Rule]:
        """Give the rules in force."""
        return (rule for rule in self.rules if rule.status is not Status.RETIRED)

    def vocabulary(self) -> dict[str, FindingType]:
        """Return the findings, groups among them."""
        return self.findings | builder.group_findings(self.groups)

    def fields(self) -> dict[str, Any]:
        """Return the fields of the pack, once nothing is wrong with it."""
        live = list(self.live())
        head = self.pack
        return {
            **{key: head[key] for key in ("id", "version", "title", "use", "misuse")},
            "status": Status(head["status"]),
            "findings": self.vocabulary(),
            "facts": frozenset(rule.then.fact for rule in live if rule.then.fact),
            "sources": self.sources,
            "causes": self.causes,
            "advice": self.advice,
            "groups": self.groups,
            "questions": self.questions | builder.questions_of((), self.groups),
            "complaints": self.complaints,
            "statements": self.statements,
            "rules": tuple(sorted(live, key=lambda rule: (-rule.salience, rule.id))),
            "clocks": builder.clocks_of(head.get("clocks")),
            "severity": head.get("severity"),
            "leads": tuple(head.get("leads", ())),
        }

    def everything_read(self) -> bool:
        """Whether no file hides items; only then can something be called missing."""
        return not self.unread
