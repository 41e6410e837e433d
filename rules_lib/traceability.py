"""The way from each statement of the seed text to what carries it and what shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rules_lib.knowledge_base import KnowledgeBase
    from rules_lib.vignettes import Vignette


def carriers(kb: KnowledgeBase, statement: str) -> tuple[str, ...]:
    """Return what carries a statement: `rule x`, `cause y`, `advice z`."""
    found = [f"rule {rule.id}" for rule in kb.rules if statement in rule.statements]
    found += [f"cause {cause.id}" for cause in kb.causes.values() if statement in cause.statements]
    found += [f"advice {one.id}" for one in kb.advice.values() if statement in one.statements]
    return tuple(sorted(found, key=lambda name: (name.split()[0] != "rule", name)))


def shown_by(vignettes: Iterable[Vignette], statement: str) -> tuple[str, ...]:
    """Return the ids of the vignettes that show a statement."""
    return tuple(vignette.id for vignette in vignettes if statement in vignette.statements)


def gaps(kb: KnowledgeBase, vignettes: Iterable[Vignette]) -> tuple[str, ...]:
    """Return what is missing, a sentence each, so that every statement is carried and shown."""
    vignettes = tuple(vignettes)
    missing = []
    for statement in kb.statements:
        if not carriers(kb, statement):
            missing.append(f"{statement} is carried by no rule, cause or advice")
        if not shown_by(vignettes, statement):
            missing.append(f"{statement} is shown by no vignette")
    return tuple(missing)


def traceability(kb: KnowledgeBase, vignettes: Iterable[Vignette]) -> str:
    """Return the table of all statements, as Markdown."""
    vignettes = tuple(vignettes)
    lines = [
        "# From the seed text to rules and cases",
        "",
        f"Generated from the pack `{kb.id}` {kb.version} by `python -m rules_lib traceability`.",
        "Each statement of the text the pack grew from, what carries it, and the vignettes of",
        "`tests/cases` that show it.",
        "",
        "| statement | text | carried by | shown by |",
        "| --- | --- | --- | --- |",
    ]
    for statement, text in kb.statements.items():
        cells = (
            statement,
            " ".join(text.split()).replace("|", "\\|"),
            _listed(carriers(kb, statement)),
            _listed(shown_by(vignettes, statement)),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _listed(names: tuple[str, ...]) -> str:
    return "<br>".join(f"{noun} `{id_}`".strip() for noun, id_ in map(_parted, names)) or "nothing"


def _parted(name: str) -> tuple[str, str]:
    noun, _, id_ = name.rpartition(" ")
    return noun, id_
