"""A server in a thread: real HTTP and real processes that score, with the model of tiny_scorer."""

import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import requests
from tiny_scorer import write_model

from rnnops.core.errors import InputError
from rnnops.serving.server import serve
from rnnops.serving.settings import Settings

TESTS = str(Path(__file__).parent)
SECONDS_TO_START = 60


def choose_folder(uri: str | None) -> SimpleNamespace:
    """What is served: the file at `uri` holds a version and the folder of its model."""
    version, _, folder = Path(str(uri)).read_text().partition(" ")
    if not folder:
        raise InputError("no version is champion: promote one")
    return SimpleNamespace(name="tiny", version=version, verdict="champion", folder=Path(folder))


class TinyServer:
    """The address of a running server, and what a test asks of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = ""
        self.session = requests.Session()

    def promote(self, version: str, **model: float) -> None:
        """Name another version as the one to serve; its model is written if it is given."""
        folder = self.folder / f"version{version}"
        if model:
            write_model(folder, **model)
        temporary = self.folder / "champion.new"
        temporary.write_text(f"{version} {folder}")
        temporary.replace(self.folder / "champion")

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.session.get(self.address + path, timeout=60, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        return self.session.post(self.address + path, timeout=60, **options)

    def labels(self, *texts: str) -> list[str]:
        """What the server calls the texts."""
        answer = self.post("/predict", json={"texts": list(texts)})
        assert answer.status_code == 200, answer.text
        return [prediction["label"] for prediction in answer.json()["predictions"]]

    def metric(self, name: str) -> float:
        """The value of a line of /metrics."""
        lines = self.get("/metrics").text.splitlines()
        return next((float(line.split()[-1]) for line in lines if line.startswith(f"{name} ")), 0)

    def connect(self) -> socket.socket:
        """A bare connection."""
        return socket.create_connection(("127.0.0.1", int(self.address.rpartition(":")[2])), 60)

    def ask(self, request: bytes) -> bytes:
        """The answers to the bytes of requests, as far as they come; the last has its header."""
        answer = b""
        with self.connect() as connection:
            with suppress(ConnectionError):  # it may answer before it has read all
                connection.sendall(request)
            while b"\r\n\r\n" not in answer or b"Connection: close" in request:
                with suppress(ConnectionError):
                    if received := connection.recv(65536):
                        answer += received
                        continue
                break
        return answer


@contextmanager
def running(folder: Path, **settings: Any) -> Iterator[TinyServer]:
    """A server of the version 1 in `folder`, with these settings; stopped at the end."""
    server = TinyServer(folder)
    server.promote("1", spam=0.9)
    chosen = {"processes": 1, "access_log": False, "check_every": 0.1, **settings}
    chosen |= {"loader": "tiny_scorer:TinyScorer.load", "chooser": "tiny_server:choose_champion"}
    started = threading.Event()
    found: dict[str, Any] = {}

    def on_start(address: str, uvicorn: Any) -> None:
        server.address, found["uvicorn"] = address, uvicorn
        started.set()

    def run() -> None:
        try:
            serve(Settings(port=0, **chosen), on_start)
        finally:
            started.set()

    environment = {"PYTHONPATH": TESTS, CHAMPION: str(folder / "champion")}
    with patch.dict(os.environ, environment):
        thread = threading.Thread(target=run)
        thread.start()
        assert started.wait(SECONDS_TO_START)
        assert server.address, "the server has not started"
        try:
            yield server
        finally:
            found["uvicorn"].should_exit = True
            thread.join(SECONDS_TO_START)
            assert not thread.is_alive()


CHAMPION = "TINY_CHAMPION"


def choose_champion(uri: str | None) -> SimpleNamespace:
    """As `choose_folder`; the environment names the file."""
    return choose_folder(uri or os.environ[CHAMPION])


def wait_for_address(process: subprocess.Popen, log: Path) -> str:
    """The address that a server says in its log once it answers.

    Between looks it waits for the process: the start takes seconds and needs the core itself.
    """
    deadline = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and "answers at" not in log.read_text():
        assert time.monotonic() < deadline, log.read_text()
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
    return next(line for line in log.read_text().splitlines() if "answers at" in line).split()[-1]


def wait_until(condition: Any, seconds: float = 60) -> None:
    """Ask again and again until `condition()` holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it has not come true"
