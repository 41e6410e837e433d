"""Find the interpreter of the cloud function's runtime on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

MISSING = (
    "CPython 3.12, the cloud function's runtime, is missing: install it "
    "('sudo apt-get install python3.12' on Ubuntu 24.04, 'pyenv install 3.12' or "
    "'uv python install 3.12' elsewhere) or name one with PYTHON312=/path/to/python3.12."
)


def is_python312(path: str) -> bool:
    """Whether a path leads to a CPython 3.12 that starts."""
    question = "import sys; print(sys.implementation.name, *sys.version_info[:2])"
    try:
        answer = subprocess.run([path, "-c", question], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return answer.stdout.split() == ["cpython", "3", "12"]


def find_python312() -> str | None:
    """Return the first CPython 3.12 of: PYTHON312, the PATH, pyenv's, uv's; None without any."""
    home = Path.home()
    pyenv = Path(os.environ.get("PYENV_ROOT", home / ".pyenv"))
    uv = home / ".local" / "share" / "uv" / "python"
    candidates = [os.environ.get("PYTHON312"), shutil.which("python3.12")]
    candidates += map(str, sorted(pyenv.glob("versions/3.12.*/bin/python3.12"), reverse=True))
    candidates += map(str, sorted(uv.glob("cpython-3.12.*/bin/python3.12"), reverse=True))
    return next((path for path in candidates if path and is_python312(path)), None)
