"""The figures of an evaluation as a block of a Markdown document."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rules_lib.errors import KnowledgeError, Problem
from rules_lib.evaluation import tables
from rules_lib.evaluation.cases import JUDGEMENTS
from rules_lib.evaluation.wording import some

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rules_lib.evaluation.evaluation import Evaluation

BEGIN, END = "<!-- figures -->", "<!-- /figures -->"


def with_figures(text: str, evaluation: Evaluation, file: str) -> str:
    """
    Return a document with its block of figures made anew.

    Raises:
        KnowledgeError: where the document has no such block.
    """
    pattern = re.compile(f"{BEGIN}\n.*?{END}", re.DOTALL)
    if not pattern.search(text):
        allowed = f"'{BEGIN}' and '{END}', each on a line of its own"
        raise KnowledgeError([Problem(file, 0, "", "has no place for figures", allowed)])
    block = "\n".join((BEGIN, "", *_lines(evaluation), END))
    return pattern.sub(lambda _: block, text, count=1)


def _lines(evaluation: Evaluation) -> Iterator[str]:
    cases = some(len(evaluation.cases), "vignette")
    yield f"`{evaluation.pack}` {evaluation.version} on {cases}; in brackets 95 % intervals."
    yield ""
    yield from _table(tables.summary(evaluation))
    for system in JUDGEMENTS:
        yield f"Confusion matrix of the {system} (rows: right; columns: told):"
        yield ""
        yield from _table(tables.confusion(evaluation, system))
    yield "Beside the baselines:"
    yield ""
    yield from _table(tables.comparison(evaluation))
    yield "Questions asked, by the right level:"
    yield ""
    yield from _table(tables.questions(evaluation))
    if evaluation.tags:
        yield "The interview, by tag:"
        yield ""
        yield from _table(tables.tags(evaluation))


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    head, *body = rows
    for row in (head, ["---"] * len(head), *body):
        yield f"| {' | '.join(row)} |"
    yield ""
