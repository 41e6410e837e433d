"""Which skill a request is for: the ids that it names, and the one that an operator sets."""

from __future__ import annotations

from typing import Final

SKILL_ID_VARIABLE: Final = "IRON_GUIDE_SKILL_ID"
"""The environment variable that holds this skill's application id; read by what is started."""


def application_ids(envelope: object) -> list[object]:
    """Every application id that an envelope names: of its context and of its session."""
    ids = []
    for path in (("context", "System", "application"), ("session", "application")):
        place = envelope
        for step in path:
            place = place.get(step) if isinstance(place, dict) else None
        if isinstance(place, dict):
            ids.append(place.get("applicationId"))
    return ids
