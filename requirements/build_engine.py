"""
Build durable-rules' extension module from its source release.

The release is source only, its `setup.py` needs Python's development files and stops on newer
compilers (it calls a function that Python 3.13 dropped). Here one compiler command does it
instead, against the small stable-ABI header beside this file: with the system's C compiler where
there is one, else with the compiler of the `ziglang` wheel, which also compiles for other
processors. What comes out loads in every CPython from 3.11 on.
"""

from __future__ import annotations

import base64
import hashlib
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = HERE.parent / ".cache"
MODULE = "durable_rules_engine.abi3.so"
# Python's own flags for extensions (-fwrapv, -O3) and those of the release's setup.py.
FLAGS = ["-O3", "-DNDEBUG", "-fwrapv", "-fPIC", "-shared", "-s", "-w", "-std=c99", "-D_GNU_SOURCE"]


class BuildError(Exception):
    """A sentence that says what could not be built, and why."""


def run(command: list[str], purpose: str) -> None:
    """
    Run a command silently.

    Raises:
        BuildError: if it fails; the message ends with the last lines the command wrote.
    """
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        message = f"Could not {purpose}: {error}"
        raise BuildError(message) from error
    if done.returncode:
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        errors = [line for line in lines if re.search(r"(^|\W)error: ", line, re.IGNORECASE)]
        message = f"Could not {purpose}: " + " | ".join((errors or lines)[:3])
        raise BuildError(message)


def pip(arguments: list[str], purpose: str) -> None:
    """Run this interpreter's pip."""
    quiet = ["-q", "--disable-pip-version-check", "--no-input"]
    run([sys.executable, "-m", "pip", arguments[0], *quiet, *arguments[1:]], purpose)


def locked(name: str, lock: Path) -> tuple[str, str]:
    """
    Find one package in a lock file.

    Returns:
        Its version, and its whole entry with the hashes.
    """
    entry = re.search(
        rf"^{re.escape(name)}==(\S+)(?:.*\\\n)(?:    --hash.*\n)+", lock.read_text(), re.MULTILINE
    )
    if entry is None:
        message = f"{lock.name}: no entry for {name}; 'make lock' writes one"
        raise BuildError(message)
    return entry.group(1), entry.group(0)


def fetch_source(lock: Path = HERE / "run.txt") -> Path:
    """Download durable-rules' source release, checked against the lock, and unpack it once."""
    version, entry = locked("durable-rules", lock)
    source = CACHE / f"durable_rules-{version}"
    if source.is_dir():
        return source
    CACHE.mkdir(exist_ok=True)
    wanted = CACHE / "durable-rules.txt"
    wanted.write_text(entry)
    options = ["--no-deps", "--no-binary", ":all:", "--no-build-isolation", "--require-hashes"]
    pip(
        ["download", *options, "-d", str(CACHE), "-r", str(wanted)],
        "download the source of durable-rules",
    )
    with tarfile.open(CACHE / f"durable_rules-{version}.tar.gz") as release:
        if hasattr(tarfile, "data_filter"):  # not in Debian 12's Python 3.11.2
            release.extraction_filter = staticmethod(tarfile.data_filter)
        release.extractall(CACHE)  # noqa: S202 - pip has checked its hash
    return source


def zig() -> list[str]:
    """Return the command of the `ziglang` wheel's C compiler, installing it at the first use."""
    folder = CACHE / "zig"
    if not (folder / "ziglang").is_dir():
        options = ["--no-deps", "--require-hashes", "--target", str(folder)]
        lock = HERE / "zig.txt"
        pip(["install", *options, "-r", str(lock)], "install the compiler of the ziglang package")
    return [str(folder / "ziglang" / "zig"), "cc"]


def compile_module(source: Path, module: Path, compiler: list[str]) -> None:
    """
    Compile and link the extension.

    Args:
        source: The unpacked source release.
        module: The shared object to write.
        compiler: A command that understands gcc's options, with its target where it crosses.
    """
    parts = [
        *sorted((source / "src" / "rules").glob("*.c")),
        source / "src" / "rulespy" / "rules.c",
    ]
    includes = [f"-I{HERE / 'headers'}", f"-I{source / 'src' / 'rules'}"]
    run(
        [*compiler, *FLAGS, *includes, *map(str, parts), "-o", str(module)],
        f"compile durable-rules with {compiler[0]}",
    )


def compile_here(source: Path, module: Path) -> str:
    """
    Compile for this machine, with the first compiler that can.

    Returns:
        The compiler's name.
    """
    system = shlex.split(os.environ.get("CC", "cc"))
    if shutil.which(system[0]):
        try:
            compile_module(source, module, system)
        except BuildError:
            pass  # a compiler without the C library's headers; the other one brings its own
        else:
            return system[0]
    compile_module(source, module, zig())
    return "zig"


def write_wheel(source: Path, module: Path, folder: Path) -> Path:
    """
    Pack the module and the release's Python files as a wheel for this machine.

    Returns:
        The wheel's path.
    """
    version = source.name.partition("-")[2]
    name = f"durable_rules-{version}"
    tag = f"cp311-abi3-linux_{platform.machine()}"
    info = f"{name}.dist-info"
    wheel = f"Wheel-Version: 1.0\nGenerator: iron-guide\nRoot-Is-Purelib: false\nTag: {tag}\n"
    members = {
        MODULE: module.read_bytes(),
        f"{info}/METADATA": (source / "PKG-INFO").read_bytes(),
        f"{info}/WHEEL": wheel.encode(),
    }
    for path in sorted((source / "libpy" / "durable").glob("*.py")):
        members[f"durable/{path.name}"] = path.read_bytes()
    record = [f"{info}/RECORD,,"]
    for member, content in members.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        record.append(f"{member},sha256={digest},{len(content)}")
    members[f"{info}/RECORD"] = ("\n".join(record) + "\n").encode()
    path = folder / f"{name}-{tag}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return path


def build_wheel() -> Path:
    """Build the wheel for this machine; a second call finds it made."""
    source = fetch_source()
    name = f"{source.name}-cp311-abi3-linux_{platform.machine()}.whl"
    if (CACHE / name).exists():
        return CACHE / name
    module = CACHE / MODULE
    compiler = compile_here(source, module)
    print(f"durable-rules: compiled with {compiler}", flush=True)
    return write_wheel(source, module, CACHE)
