"""What a log may hold of an error: its type and its place."""

from __future__ import annotations

import traceback
from pathlib import Path


def place_of(error: BaseException) -> str:
    """Return an error's type and where it arose; not its message, which may quote a patient."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    cause = error.__cause__ or error.__context__
    return f"{type(error).__name__}{place}" + (f" from {place_of(cause)}" if cause else "")
