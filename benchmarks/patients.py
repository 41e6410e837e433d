"""The fixed, mixed set of patients: the vignettes of the tests, or the cases of the rules."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from rules_lib.errors import FactError
from rules_lib.facts import Presence, findings_from

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules_lib.knowledge_base import KnowledgeBase

CASES = Path(__file__).resolve().parent.parent / "tests" / "cases"
FEW = 20


def patients(kb: KnowledgeBase) -> list[dict[str, Any]]:
    """Return what each patient tells, as callers report it."""
    told = [findings for findings in _vignettes() if _known(kb, findings)]
    if len(told) < FEW:
        told = [case for rule in kb.rules for case in (*rule.fires, *rule.nearly)]
    return [dict(findings) for findings in told if findings]


def with_one_unsure(kb: KnowledgeBase, told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the patients with one finding more, of those told by others, that they cannot tell."""
    chance = random.Random(7)
    names = sorted({name for findings in told for name in findings if name not in kb.groups})
    return [
        findings
        | {chance.choice([name for name in names if name not in findings]): Presence.UNSURE}
        for findings in told
    ]


def _vignettes() -> Iterator[dict[str, Any]]:
    """Give every mapping under a key `findings` in the files of cases."""
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 2)
    # Not the folders inside: more stories there must not change what is measured here.
    for path in sorted(CASES.glob("*.yaml")):
        yield from _findings_in(yaml.load(path))


def _findings_in(document: Any) -> Iterator[dict[str, Any]]:
    if isinstance(document, list):
        for part in document:
            yield from _findings_in(part)
    elif isinstance(document, dict):
        for key, part in document.items():
            if key == "findings" and isinstance(part, dict):
                yield part
            else:
                yield from _findings_in(part)


def _known(kb: KnowledgeBase, findings: dict[str, Any]) -> bool:
    try:
        findings_from(kb.findings, findings)
    except FactError:
        return False
    return True
