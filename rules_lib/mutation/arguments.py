"""
Why survivors are harmless, in writing: a list of mutants, each with its argument.

    - id: drop-lead:foot-in-danger:emergency-number
      why: Another rule, which cannot be dropped without notice, speaks it too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib.authoring.records import Field, ListOf, Record
from rules_lib.authoring.shapes import At, Text
from rules_lib.authoring.yaml_reader import plain, read_yaml
from rules_lib.errors import KnowledgeError, Problem, nearest
from rules_lib.frozen import frozen
from rules_lib.mutation.judge import Fate, Judged

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

SHAPE = ListOf(
    Record(
        "argument",
        {
            "id": Field(Text(), "of the mutant", required=True),
            "why": Field(Text(), "why nobody is harmed by it", required=True),
        },
    )
)


@frozen
class Arguments:
    """What was argued, and where."""

    file: str
    lines: Mapping[str, int]
    """Id of a mutant to the line of its argument."""


def read_arguments(path: Path, mutants: Collection[str]) -> Arguments:
    """
    Return the mutants of which a file argues that they are harmless.

    Args:
        path: the file.
        mutants: the ids of all there are.

    Raises:
        KnowledgeError: with every problem: an argument without a reason, twice, or of no mutant.
    """
    problems: list[Problem] = []
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError([Problem(str(path), 0, "", f"cannot be read: {error}")]) from error
    root = read_yaml(text, path.name, problems)
    lines: dict[str, int] = {}
    if root is not None and SHAPE.check(root, At(path.name, "", problems)):
        for node in root.value if isinstance(root.value, list) else ():
            id_: str = plain(node)["id"]
            at = At(path.name, f"argument '{id_}'", problems)
            if id_ in lines:
                at.wrong(node.line, f"was argued in line {lines[id_]} already", "each once")
            elif id_ not in mutants:
                allowed = "a mutant that survives"
                at.wrong(node.line, "there is no such mutant", allowed, nearest(id_, mutants))
            lines.setdefault(id_, node.line)
    if problems:
        raise KnowledgeError(problems)
    return Arguments(path.name, lines)


def argued(
    found: Sequence[Judged], arguments: Arguments
) -> tuple[tuple[Judged, ...], tuple[Problem, ...]]:
    """
    Return what became of the mutants with the arguments heard, and the arguments that are idle.

    An argument of a mutant that does not survive is idle, and wrong: who reads it believes that
    nothing notices the mutant.
    """
    heard = tuple(
        Judged(one.mutant, Fate.ARGUED, f"{arguments.file}:{arguments.lines[one.mutant]}")
        if one.fate is Fate.SURVIVED and one.mutant in arguments.lines
        else one
        for one in found
    )
    return heard, tuple(_idle(found, arguments))


def _idle(found: Sequence[Judged], arguments: Arguments) -> Iterator[Problem]:
    for one in found:
        if one.mutant in arguments.lines and one.fate is not Fate.SURVIVED:
            what = f"needs no argument: {one.fate}, {one.by}"
            place = f"argument '{one.mutant}'"
            yield Problem(arguments.file, arguments.lines[one.mutant], place, what, "remove it")
