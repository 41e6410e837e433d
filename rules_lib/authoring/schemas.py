"""The JSON Schemas that editors use, generated from the shapes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMAS = Path(__file__).parent.parent / "schema"


def schema_texts(schemas: Mapping[str, dict[str, Any]]) -> dict[Path, str]:
    """Return each schema file and what it should hold."""
    return {
        SCHEMAS / f"{kind}.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for kind, schema in schemas.items()
    }
