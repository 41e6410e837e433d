"""`python -m rules_lib check`: everything that is wrong with packs."""

from __future__ import annotations

import argparse
import datetime as dt
from typing import Any

from rules_lib.checking import check_pack, packs_to_check


def declare(commands: Any) -> None:
    """Say what the command takes."""
    check = commands.add_parser("check", help="report everything wrong with packs")
    check.add_argument("packs", nargs="*", metavar="PACK", help="all shipped ones if none is named")
    check.add_argument(
        "--as-of",
        type=_day,
        metavar="DATE",
        help="judge reviews by this day, year-month-day; the commit's if none, else today",
    )
    check.add_argument(
        "--strict-review", action="store_true", help="an overdue review is an error, not a warning"
    )


def check(given: argparse.Namespace) -> int:
    """Report every problem of each pack; 1 where there is one."""
    status = 0
    for pack in given.packs or packs_to_check():
        checked = check_pack(pack, given.as_of)
        for problem in checked.problems:
            print(problem)
        for late in checked.warnings:
            print(f"{'' if given.strict_review else 'warning: '}{late}")
        print(checked.summary())
        wrong = checked.problems or (given.strict_review and checked.warnings)
        status = max(status, int(bool(wrong)))
    return status


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        msg = f"{text[:60]!r} is no date; allowed: year-month-day, such as 2027-11-22"
        raise argparse.ArgumentTypeError(msg) from None


COMMANDS = {"check": check}
