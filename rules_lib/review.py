"""Review dates: what should have been looked at again, and as of which day one asks."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from typing import TYPE_CHECKING

from rules_lib.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from rules_lib.knowledge_base import KnowledgeBase

Due = tuple[str, str, "dt.date | None"]
"""What is to be reviewed: `rule` or another noun, its id, and until when."""
SECONDS_FOR_GIT = 10


def due_rules(kb: KnowledgeBase) -> list[Due]:
    """Return when each rule in force is to be reviewed."""
    return [("rule", rule.id, rule.review_by) for rule in kb.rules]


def overdue(
    items: Iterable[Due], day: dt.date, where: Callable[[str, str], tuple[str, int]]
) -> list[Problem]:
    """
    Return what should have been reviewed before a day, the longest overdue first.

    Args:
        items: what is to be reviewed.
        day: as of which day; a review due that very day is still in time.
        where: gives the file and line of an item.
    """
    late = sorted((until, noun, id_) for noun, id_, until in items if until and until < day)
    return [
        Problem(
            *where(noun, id_),
            f"{noun} '{id_}'",
            f"review was due by {until}",
            "a later review_by once a clinician has looked at it, or status: retired",
        )
        for until, noun, id_ in late
    ]


def day_of_commit(folder: Path) -> dt.date | None:
    """Return the day of the commit that a folder is checked out at, None where there is none."""
    git = shutil.which("git")
    if git is None:
        return None
    command = [git, "-C", str(folder), "log", "-1", "--format=%cs"]
    try:
        answer = subprocess.run(  # noqa: S603 - git itself, with arguments of our own
            command, capture_output=True, text=True, check=True, timeout=SECONDS_FOR_GIT
        )
        return dt.date.fromisoformat(answer.stdout.strip())
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def default_day(folder: Path) -> dt.date:
    """
    Return as of which day a pack is checked where nobody says: its commit's, else today.

    A checkout is judged by its own day, so that what was green when it was committed stays so.
    """
    return day_of_commit(folder) or dt.datetime.now(tz=dt.UTC).date()
