"""
Check the style of every YAML file with yamllint, strictly, and no file twice.

What passed stands in .cache/yamllint as a hash of path, content, rules and yamllint itself; only
what has changed since is looked at, for all of it takes as long as all other checks of style.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

RULES = Path(".yamllint.yaml")
PASSED = Path(".cache/yamllint")


def main() -> int:
    """Return what yamllint returns; run in the folder of the project."""
    yamllint = [sys.executable, "-m", "yamllint", "--strict"]
    listed = subprocess.run(
        [*yamllint, "--list-files", "."], check=True, capture_output=True, text=True
    )
    rules = f"{version('yamllint')}\n".encode() + RULES.read_bytes()
    digests = {
        path: hashlib.sha256(
            b"\0".join((rules, path.encode(), Path(path).read_bytes()))
        ).hexdigest()
        for path in listed.stdout.splitlines()
    }
    passed = set(PASSED.read_text(encoding="ascii").split()) if PASSED.is_file() else set()
    changed = [path for path, digest in digests.items() if digest not in passed]
    if changed:
        result = subprocess.run([*yamllint, *changed], check=False).returncode
        if result:
            return result
        PASSED.parent.mkdir(exist_ok=True)
        PASSED.write_text("\n".join(digests.values()), encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main())
