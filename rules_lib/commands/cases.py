"""`python -m rules_lib assess | explain`: one case, as JSON or in words."""

from __future__ import annotations

import json
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rules_lib.authoring.yaml_reader import plain, read_yaml
from rules_lib.commands.files import pack_of
from rules_lib.derivation_check import derivation_faults
from rules_lib.errors import FactError, Problem
from rules_lib.explanation import explain
from rules_lib.rules import Urgency
from rules_lib.session import assess

if TYPE_CHECKING:
    import argparse


def declare(commands: Any) -> None:
    """Say what the commands take."""
    for name, what in (("assess", "the assessment, as JSON"), ("explain", "why, in words")):
        case = commands.add_parser(name, help=f"of one case, print {what}")
        case.add_argument("pack", metavar="PACK")
        case.add_argument("case", metavar="CASE.yaml", help="finding: value; - for standard input")
    again = "re-check each step of the derivation too, without either engine"
    commands.choices["explain"].add_argument("--check", action="store_true", help=again)


def assess_case(given: argparse.Namespace) -> int:
    """Print the assessment of one case as JSON."""
    assessment = assess(pack_of(given.pack), _case(given.case))
    print(json.dumps(_simple(assessment), indent=2, ensure_ascii=False, allow_nan=False))
    return 0


def explain_case(given: argparse.Namespace) -> int:
    """Print why, and with --check whether each step follows."""
    kb = pack_of(given.pack)
    assessment = assess(kb, _case(given.case))
    print(explain(kb, assessment).text)
    if not given.check:
        return 0
    faults = derivation_faults(kb, assessment)
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print(f"derivation checked: {len(assessment.trace)} steps")
    return int(bool(faults))


def _case(name: str) -> dict[str, Any]:
    """Return the findings of one case, from a file or standard input."""
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FactError([Problem(name, 0, "", f"cannot be read: {error}")]) from error
    problems: list[Problem] = []
    root = read_yaml(text, name, problems)
    case = plain(root) if root else None
    if isinstance(case, dict) and isinstance(case.get("findings"), dict):
        case = case["findings"]
    if not isinstance(case, dict):
        problems.append(Problem(name, 1, "", "is no case", "a mapping: 'finding: value'"))
    if problems or not isinstance(case, dict):
        raise FactError(problems)
    return case


def _simple(value: Any) -> Any:
    """Return a frozen value as what JSON can hold, urgencies by their id."""
    if is_dataclass(value):
        return {each.name: _simple(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Urgency):
        return value.id
    if isinstance(value, dict):
        return {key: _simple(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return [_simple(inner) for inner in value]
    return value


COMMANDS = {"assess": assess_case, "explain": explain_case}
