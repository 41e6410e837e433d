"""
Build the cloud function's zip, without docker: `make package`.

    python lambda/build.py [x86_64] [arm64]

The zip holds the skill, the library, their generated JSON, the part of the Alexa SDK that a
function needs, and durable-rules compiled for the function's processor. Everything is compiled
to bytecode that is loaded without looking at time stamps: a third of the time of a cold start.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT / "requirements"))

from build_engine import (  # noqa: E402  (the folder is no package)
    CACHE,
    MODULE,
    BuildError,
    compile_module,
    fetch_source,
    locked,
    pip,
    run,
    zig,
)
from python312 import MISSING, find_python312  # noqa: E402  (beside this script)

# glibc 2.34 is what the runtime's system, Amazon Linux 2023, has.
TARGETS = {"x86_64": "x86_64-linux-gnu.2.34", "arm64": "aarch64-linux-gnu.2.34"}
# What the SDK imports when it answers a request; its HTTP client (requests) is never called.
DISTRIBUTIONS = ["ask-sdk-core", "ask-sdk-model", "ask-sdk-runtime", "python-dateutil", "six"]
LEFT_OUT = ("__pycache__", "*.pyc", "*.yaml", "*.yml", "*.so")
LOCK = ROOT / "requirements" / "lambda.txt"
LIMIT_MB = 50
A_DAY = (2026, 1, 1, 0, 0, 0)


def compile_bytecode(python: str, folder: Path) -> None:
    """Write .pyc files for a folder as it will lie under /var/task."""
    options = ["-q", "-s", str(folder), "-p", "/var/task", "--invalidation-mode", "unchecked-hash"]
    run(
        [python, "-W", "ignore", "-m", "compileall", *options, str(folder)],
        "compile the function's bytecode",
    )


def dependencies(python: str) -> Path:
    """
    Install and compile the third-party part once per lock.

    Returns:
        The folder that holds it.
    """
    version = hashlib.sha256(LOCK.read_bytes() + repr(DISTRIBUTIONS).encode()).hexdigest()[:12]
    folder = CACHE / f"lambda-{version}"
    if folder.is_dir():
        return folder
    print("Installing the function's dependencies", flush=True)
    wanted = CACHE / "lambda.txt"
    wanted.write_text("".join(locked(name, LOCK)[1] for name in DISTRIBUTIONS))
    with tempfile.TemporaryDirectory(dir=CACHE) as temporary:
        stage = Path(temporary) / "stage"
        options = ["--no-deps", "--no-compile", "--require-hashes", "--target", str(stage)]
        pip(["install", *options, "-r", str(wanted)], "install the function's dependencies")
        compile_bytecode(python, stage)
        stage.rename(folder)
    return folder


def engine(architecture: str) -> Path:
    """Return durable-rules' module for a processor, compiling it at the first use."""
    source = fetch_source()
    module = CACHE / f"{source.name}-{architecture}" / MODULE
    if not module.exists():
        print(f"Compiling durable-rules for {architecture}", flush=True)
        module.parent.mkdir(exist_ok=True)
        compile_module(source, module, [*zig(), "-target", TARGETS[architecture]])
    return module


def stage_package(python: str, architecture: str, folder: Path) -> None:
    """
    Lay out the unzipped package.

    Args:
        python: A CPython 3.12.
        architecture: "x86_64" or "arm64".
        folder: Where; it must not exist yet.
    """
    third_party, source = dependencies(python), fetch_source()
    project = folder.with_name(f"{folder.name}-project")
    for package in ("rules_lib", "skill"):
        shutil.copytree(ROOT / package, project / package, ignore=shutil.ignore_patterns(*LEFT_OUT))
    shutil.copy(HERE / "lambda_function.py", project)
    shutil.copy(ROOT / "LICENSE", project)
    shutil.copytree(source / "libpy" / "durable", project / "durable")
    shutil.copy(source / "LICENSE", project / "durable" / "LICENSE")
    compile_bytecode(python, project)
    shutil.copy(engine(architecture), project)
    shutil.copytree(third_party, folder)
    shutil.copytree(project, folder, dirs_exist_ok=True)


def write_zip(folder: Path, path: Path) -> None:
    """Zip a folder so that the same files always make the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                member = zipfile.ZipInfo(str(file.relative_to(folder)), A_DAY)
                member.external_attr = 0o100644 << 16
                member.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(member, file.read_bytes())


def build(architecture: str, target: Path) -> Path:
    """
    Build one zip.

    Args:
        architecture: "x86_64" or "arm64".
        target: The folder to write it to.

    Returns:
        The zip's path.

    Raises:
        BuildError: if something is missing, in one sentence.
    """
    python = find_python312()
    if python is None:
        raise BuildError(MISSING)
    CACHE.mkdir(exist_ok=True)
    target.mkdir(parents=True, exist_ok=True)
    path = target / f"iron-guide-lambda-{architecture}.zip"
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "package"
        stage_package(python, architecture, folder)
        write_zip(folder, path)
    size = path.stat().st_size / 1e6
    if size > LIMIT_MB:
        message = f"{path.name} has {size:.1f} MB; a function's zip may have {LIMIT_MB}"
        raise BuildError(message)
    print(f"{path.name}: {size:.1f} MB", flush=True)
    return path


if __name__ == "__main__":
    try:
        for name in sys.argv[1:] or TARGETS:
            build(name, ROOT / "dist")
    except BuildError as error:
        sys.exit(str(error))
