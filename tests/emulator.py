"""A function's package under the real Lambda runtime interface emulator and client."""

from __future__ import annotations

import json
import os
import platform
import signal
import socket
import subprocess
import sys
import time
import zipfile
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parent.parent
sys.path += [str(ROOT / "lambda"), str(ROOT / "requirements")]

import build  # noqa: E402  (the folder is no package)
from python312 import MISSING, find_python312  # noqa: E402

FOLDER = ROOT / ".cache" / "emulator"
INVOCATIONS = "/2015-03-31/functions/function/invocations"
SECONDS_TO_START = 10
SECONDS_TO_ANSWER = 15


class FunctionError(Exception):
    """The function answered with an error, or not in time; Alexa would hear nothing."""


def missing() -> str | None:
    """Say in one sentence what this machine lacks to run the emulator; None if nothing."""
    if find_python312() is None:
        return MISSING
    if not (FOLDER / "aws-lambda-rie").exists():
        return "The Lambda emulator is missing: 'make test' fetches it."
    return None


def unzipped_package(folder: Path) -> Path:
    """
    Build the function's package for this machine's processor, as `make package` does.

    Args:
        folder: An empty folder for the zip and what comes out of it.

    Returns:
        The folder that the zip was unpacked to.
    """
    architecture = {"x86_64": "x86_64", "aarch64": "arm64"}[platform.machine()]
    package = folder / "package"
    with zipfile.ZipFile(build.build(architecture, folder)) as archive:
        archive.extractall(package)
    return package


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Emulator:
    """
    One cloud function, unzipped in a folder, in a process that sees nothing else of this machine.

    The function starts at the first call, as in the cloud.

        with Emulator(package) as function:
            response = function.invoke(envelope)

    Args:
        package: The folder with `lambda_function.py`.
        environment: Environment variables of the function.
        timeout_s: After how many seconds the runtime stops an invocation.
        memory_mb: What the function is told that it has.
    """

    def __init__(
        self,
        package: Path,
        environment: Mapping[str, str] | None = None,
        *,
        timeout_s: int = 7,
        memory_mb: int = 512,
    ) -> None:
        python = find_python312()
        if python is None:
            raise FunctionError(MISSING)
        self.package = package
        self.port = free_port()
        self.environment = {
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory_mb),
            "AWS_LAMBDA_FUNCTION_TIMEOUT": str(timeout_s),
            "LAMBDA_TASK_ROOT": str(package),
            "PATH": os.defpath,
            "PYTHONDONTWRITEBYTECODE": "1",  # /var/task cannot be written to
            "PYTHONPATH": f"{package}{os.pathsep}{FOLDER / 'client'}",
            **(environment or {}),
        }
        # -S hides what is installed for this Python: the package must bring all it needs.
        self.command = [
            str(FOLDER / "aws-lambda-rie"),
            *("--runtime-interface-emulator-address", f"127.0.0.1:{self.port}"),
            *("--runtime-api-address", f"127.0.0.1:{free_port()}"),
            *("--log-level", "error"),
            *(python, "-S", "-m", "awslambdaric", "lambda_function.handler"),
        ]
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start the emulator and wait until it listens; the function itself is not started yet."""
        self.process = subprocess.Popen(
            self.command,
            # As in the cloud; "python -m" looks for modules in this folder first.
            cwd=self.package,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.01)
        self.__exit__()
        message = f"the emulator did not listen within {SECONDS_TO_START} s"
        raise FunctionError(message)

    def __exit__(self, *_: object) -> None:
        """End the emulator and the function it started."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def invoke(self, envelope: Mapping[str, Any]) -> dict[str, Any]:
        """
        Send one request envelope.

        Returns:
            The response envelope.

        Raises:
            FunctionError: with what the runtime said, if the function failed or took too long.
        """
        connection = HTTPConnection("127.0.0.1", self.port, timeout=SECONDS_TO_ANSWER)
        try:
            connection.request("POST", INVOCATIONS, json.dumps(envelope))
            text = connection.getresponse().read().decode()
        finally:
            connection.close()
        # The emulator answers with status 200 whatever happened.
        try:
            answer = json.loads(text)
        except json.JSONDecodeError as error:
            raise FunctionError(text) from error
        if not isinstance(answer, dict) or "errorMessage" in answer:
            raise FunctionError(text)
        return answer
