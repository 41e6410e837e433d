"""
Fetch Amazon's own specification of interaction models: .cache/ask-smapi-model/spec.json.

It comes in the npm package ask-smapi-model, of which nothing else is used; where npm is not at hand
this says so, and the test that needs it is skipped.
"""

from __future__ import annotations

import hashlib
import shutil
import tarfile

from build_engine import CACHE, BuildError, run

VERSION = "1.24.0"
SHA256 = "e438869e8d4809204c2806d9ab01952049d04ee982eca0705883d6b5fe0f6943"
FOLDER = CACHE / "ask-smapi-model"


def fetch() -> None:
    """
    Download the package, check its hash, and keep its specification.

    Raises:
        BuildError: if npm is missing or cannot download, or the package is not the one we know.
    """
    npm = shutil.which("npm")
    if npm is None:
        message = "npm is missing ('sudo apt-get install npm')"
        raise BuildError(message)
    package = FOLDER / f"ask-smapi-model-{VERSION}.tgz"
    name = f"ask-smapi-model@{VERSION}"
    run([npm, "pack", name, "--silent", "--pack-destination", str(FOLDER)], f"download {name}")
    if hashlib.sha256(package.read_bytes()).hexdigest() != SHA256:
        message = f"{package.name} is not the file it was when its hash was noted"
        raise BuildError(message)
    with tarfile.open(package) as archive:
        member = archive.extractfile("package/spec.json")
        if member is not None:
            (FOLDER / "spec.json").write_bytes(member.read())
    package.unlink()


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        fetch()
    except BuildError as error:
        print(f"Interaction models are not checked against Amazon's schema: {error}", flush=True)
    (FOLDER / ".ready").touch()
