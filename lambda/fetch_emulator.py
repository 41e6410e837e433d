"""
Fetch what runs a function's package as the cloud would, without docker.

That is the Lambda runtime interface emulator, whose binary lies in the wheel of aws-sam-cli, and
awslambdaric, the client that real Lambda uses to call a Python handler. Both go to .cache/emulator;
tests/emulator.py uses them.
"""

from __future__ import annotations

import platform
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE.parent / "requirements"
sys.path.insert(0, str(REQUIREMENTS))

from build_engine import CACHE, BuildError, pip  # noqa: E402  (the folder is no package)

FOLDER = CACHE / "emulator"
BINARIES = {"x86_64": "aws-lambda-rie-x86_64", "aarch64": "aws-lambda-rie-arm64"}


def install_client() -> None:
    """Install awslambdaric for CPython 3.12, whatever Python runs this."""
    lock = REQUIREMENTS / "lambda-client.txt"
    options = ["--no-deps", "--require-hashes", "--upgrade", "--target", str(FOLDER / "client")]
    runtime = ["--python-version", "3.12", "--only-binary", ":all:", "--no-compile"]
    pip(["install", *options, *runtime, "-r", str(lock)], "install awslambdaric")


def install_emulator() -> None:
    """Take the emulator out of the wheel that carries it."""
    lock = REQUIREMENTS / "emulator.txt"
    options = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "-d", str(FOLDER)]
    pip(["download", *options, "-r", str(lock)], "download aws-sam-cli")
    wheel = next(FOLDER.glob("aws_sam_cli-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        content = archive.read(f"samcli/local/rapid/{BINARIES[platform.machine()]}")
    binary = FOLDER / "aws-lambda-rie"
    binary.write_bytes(content)
    binary.chmod(0o755)
    wheel.unlink()


if __name__ == "__main__":
    print("Fetching the Lambda emulator", flush=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        install_client()
        install_emulator()
    except (BuildError, KeyError) as error:
        # The tests that need it say that it is missing; everything else works.
        print(f"No Lambda emulator: {error}", flush=True)
    (FOLDER / ".ready").touch()
