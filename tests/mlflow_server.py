"""A real MLflow tracking server that a test can stop and start again."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

import psutil

SECONDS_TO_START = 120


class MlflowServer:
    """`mlflow server` on the SQLite store in `folder`, at one free port of this machine.

    In a `with` block it runs from the start of the block on.
    """

    credentials: ClassVar[dict[str, str]] = {}  # what a client's environment needs

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.uri = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen | None = None

    def __enter__(self) -> "MlflowServer":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it, unless it runs, and wait until it is healthy."""
        if self._process:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        command, options = self.command()
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, start_new_session=True, **options
            )
        deadline = time.monotonic() + SECONDS_TO_START
        while not self._is_healthy():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise AssertionError((self.folder / "server.log").read_text())
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(0.1)

    def command(self) -> tuple[list[str], dict[str, Any]]:
        """The command that serves, and what else `Popen` is given."""
        command = [sys.executable, "-m", "mlflow", "server", "--port", str(self.port)]
        command += ["--backend-store-uri", f"sqlite:///{self.folder / 'mlflow.db'}"]
        command += ["--artifacts-destination", str(self.folder / "artifacts"), "--workers", "1"]
        return command, {"env": {**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}}

    def processes(self) -> list[psutil.Process]:
        """The server's own and all that it started."""
        assert self._process
        server = psutil.Process(self._process.pid)
        return [server, *server.children(recursive=True)]

    def stop(self) -> None:
        """Kill it, its workers too, unless that is done."""
        if self._process:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _is_healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.uri}/health", timeout=5) as answer:  # noqa: S310
                return answer.status == 200
        except OSError:
            return False
