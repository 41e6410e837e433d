"""The JSON Schemas that editors use, generated from the shapes."""

from __future__ import annotations

import json
from pathlib import Path

from rules_lib.authoring.files import KINDS, json_schema

SCHEMAS = Path(__file__).parent.parent / "schema"


def schema_texts() -> dict[Path, str]:
    """Return each schema file and what it should hold."""
    return {
        SCHEMAS / f"{kind}.json": json.dumps(json_schema(kind), indent=2, ensure_ascii=False) + "\n"
        for kind in KINDS
    }
