"""
Install what a lock file names, and the project itself, into the environment that runs this.

    .venv/bin/python requirements/install.py run.txt

durable-rules comes first, compiled by `build_engine`; where that cannot be done, everything else
is installed all the same and the project works on its own second engine.
"""

from __future__ import annotations

import sys
from importlib import metadata
from typing import TYPE_CHECKING

from build_engine import CACHE, HERE, BuildError, build_wheel, locked, pip

if TYPE_CHECKING:
    from pathlib import Path


def engine_installed() -> bool:
    """Whether the locked version of durable-rules is installed already."""
    try:
        return metadata.version("durable-rules") == locked("durable-rules", HERE / "run.txt")[0]
    except metadata.PackageNotFoundError:
        return False


def install_engine() -> bool:
    """Install durable-rules; say so where it cannot be built, and go on."""
    if engine_installed():
        return True
    print("durable-rules: building", flush=True)
    try:
        pip(["install", "--no-deps", str(build_wheel())], "install durable-rules")
    except BuildError as error:
        print(
            f"{error}\nGoing on without durable-rules: the second engine works alone.", flush=True
        )
        return False
    return True


def install(lock: Path) -> None:
    """
    Bring the environment to what the lock says.

    Args:
        lock: `run.txt` or `dev.txt`, with hashes.
    """
    pip(
        ["install", "--require-hashes", "-r", str(HERE / "build.txt")],
        "install the build tools",
    )
    if not install_engine():
        without = CACHE / f"without-engine-{lock.name}"
        CACHE.mkdir(exist_ok=True)
        without.write_text(lock.read_text().replace(locked("durable-rules", lock)[1], ""))
        lock = without
    print(f"Installing {lock.name}", flush=True)
    # A lock is whole. Resolved once more, an old pip takes a package asked for with an extra
    # (`coverage[toml]`) for another one, finds a newer release, and stops for want of its hash.
    pip(["install", "--no-deps", "--require-hashes", "-r", str(lock)], f"install {lock.name}")
    pip(
        ["install", "--no-deps", "--no-build-isolation", "-e", str(HERE.parent)],
        "install the project",
    )


if __name__ == "__main__":
    try:
        install(HERE / sys.argv[1])
    except BuildError as error:
        sys.exit(str(error))
