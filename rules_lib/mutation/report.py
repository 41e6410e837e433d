"""What became of the mutants: for the terminal, as data, and for the document."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from rules_lib.errors import KnowledgeError, Problem
from rules_lib.mutation.judge import KILLED, Fate, Judged
from rules_lib.mutation.operators import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rules_lib.knowledge_base import KnowledgeBase
    from rules_lib.mutation.mutant import Mutant

BEGIN, END = "<!-- figures -->", "<!-- /figures -->"
_DIGITS = 12
_UNKILLED = (Fate.EQUIVALENT, Fate.ARGUED, Fate.SURVIVED)


def report(
    kb: KnowledgeBase, every: Sequence[Mutant], mutants: Sequence[Mutant], found: Sequence[Judged]
) -> Iterator[str]:
    """
    Give the lines that the command prints.

    Args:
        kb: the pack.
        every: all its mutants.
        mutants: those that were judged.
        found: what became of each of them.
    """
    yield heading(kb, every)
    if len(mutants) != len(every):
        yield f"judged: {len(mutants)} of them"
    rows = list(_rows(found))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
    says = {mutant.id: mutant.says for mutant in mutants}
    survivors = [one for one in found if one.fate is Fate.SURVIVED]
    for one in survivors:
        yield f"\nSURVIVED {one.mutant}"
        yield f"  {says[one.mutant]}"
        if one.told:
            yield f"  a patient who tells it from the pack: {', '.join(one.told)}"
        if one.differs:
            yield f"  what can differ: {', '.join(one.differs)}"
    yield f"\n{len(survivors)} survived" if survivors else "\nnone survived"


def heading(kb: KnowledgeBase, every: Sequence[Mutant]) -> str:
    """
    Return what says of which pack, and of which mutants, the figures are.

    The digest is of their ids: it changes with every condition, urgency or group that any of
    them weakens, and costs nothing to make again.
    """
    ids = "\n".join(mutant.id for mutant in every)
    digest = hashlib.sha256(ids.encode()).hexdigest()[:_DIGITS]
    return f"{kb.id} {kb.version}: {len(every)} mutants of {len(kb.rules)} rules, digest {digest}"


def as_data(
    kb: KnowledgeBase, mutants: Sequence[Mutant], found: Sequence[Judged]
) -> Mapping[str, Any]:
    """Return every mutant and what became of it, as JSON can hold it."""
    says = {mutant.id: mutant.says for mutant in mutants}
    return {
        "pack": kb.id,
        "version": kb.version,
        "mutants": [
            {
                "id": one.mutant,
                "says": says[one.mutant],
                "fate": one.fate.value,
                "by": one.by,
                "told": list(one.told),
                "differs": list(one.differs),
            }
            for one in found
        ],
    }


def in_document(text: str, file: str, lines: Sequence[str]) -> str:
    """
    Return a document with these lines in its block of figures.

    Raises:
        KnowledgeError: where the document has no such block.
    """
    pattern = re.compile(f"{BEGIN}\n.*?{END}", re.DOTALL)
    if not pattern.search(text):
        allowed = f"'{BEGIN}' and '{END}', each on a line of its own"
        raise KnowledgeError([Problem(file, 0, "", "has no place for figures", allowed)])
    block = "\n".join((BEGIN, "", *lines, "", END))
    return pattern.sub(lambda _: block, text, count=1)


def figures(kb: KnowledgeBase, mutants: Sequence[Mutant], found: Sequence[Judged]) -> Iterator[str]:
    """Give the lines of the block: of a run of all mutants, and each that nothing killed."""
    head, *body = _rows(found)
    yield f"{heading(kb, mutants)}."
    yield ""
    for row in (head, ["---"] * len(head), *body):
        yield f"| {' | '.join(row)} |"
    says = {mutant.id: mutant.says for mutant in mutants}
    for fate in _UNKILLED:
        left = [one for one in found if one.fate is fate]
        if left:
            yield from ("", f"{fate.capitalize()}:", "")
        for one in left:
            yield f"- `{one.mutant}`: {says[one.mutant]}"


def _rows(found: Sequence[Judged]) -> Iterator[list[str]]:
    """Give the table of operators: made, killed by what, and what was not killed."""
    yield ["operator", "made", *KILLED, *_UNKILLED]
    counts = Counter((one.mutant.partition(":")[0], one.fate) for one in found)
    for operator in OPERATORS:
        row = [counts[operator, fate] for fate in Fate]
        if any(row):
            yield [operator, *map(str, (sum(row), *row))]
    every = Counter(one.fate for one in found)
    yield ["all", str(len(found)), *(str(every[fate]) for fate in Fate)]
