"""What a retraining costs when nothing has changed. Writes results/no_change.json.

`make retrain` runs the commands of CI's retraining on an empty machine, which has to fetch
everything, and `make repro` where everything is there, in turn. It works in clones of HEAD, of
which dvc.lock is up to date, with a DVC remote on this disk.
"""

import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from choices import ROOT, copy_of_head, dvc

from rnnops.core import files

RESULTS = Path(__file__).parent / "results" / "no_change.json"
REPRO = ("make", "repro")
STEPS = (("rnnops", "fetch"), ("rnnops", "drift", "--added"), REPRO, ("rnnops", "propose"))
RUNS = 3


def main() -> None:
    found = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        found["without a server"] = measure(folder / "without", None)
        with mlflow_server(folder) as uri:
            found["with a server"] = measure(folder / "with", uri)
    files.write_json(found, RESULTS)
    print(found)


def measure(folder: Path, server: str | None) -> dict[str, Any]:
    """Medians of seconds in place, of each step on an empty machine, and of their sum."""
    laptop = copy_of_head(folder / "laptop")
    dvc(laptop, "remote", "add", "--local", "--default", "team", folder / "remote")
    dvc(laptop, "checkout", "--quiet")
    dvc(laptop, "push", "--quiet")
    install(laptop)
    seconds_of(REPRO, laptop, server)  # the first one registers the model
    rows = []
    for number in range(RUNS):
        row = {"local": seconds_of(REPRO, laptop, server)}
        machine = folder / f"machine{number}"
        subprocess.run(["git", "clone", "--quiet", ROOT, machine], check=True)
        dvc(machine, "remote", "add", "--local", "--default", "team", folder / "remote")
        subprocess.run(["git", "remote", "remove", "origin"], cwd=machine, check=True)  # no push
        install(machine)
        row |= {" ".join(step): seconds_of(step, machine, server) for step in STEPS}
        rows.append(row)
    medians = {name: round(statistics.median(row[name] for row in rows), 1) for name in rows[0]}
    local = medians.pop("local")
    total = round(statistics.median(sum(row.values()) - row["local"] for row in rows), 1)
    return {"local": local, "steps": medians, "total": total, "ratio": round(total / local, 2)}


@contextmanager
def mlflow_server(folder: Path) -> Iterator[str]:
    """The address of a server with a store of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    options = ["--port", port, "--workers", "1"]
    options += ["--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}"]
    options += ["--artifacts-destination", str(folder / "artifacts")]
    command = [sys.executable, "-m", "mlflow", "server", *options]
    log = subprocess.DEVNULL
    server = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    uri = f"http://127.0.0.1:{port}"
    try:
        while server.poll() is None and not answers(uri):
            time.sleep(0.5)
        yield uri
    finally:
        os.killpg(server.pid, signal.SIGKILL)


def answers(uri: str) -> bool:
    """Whether the server is there."""
    try:
        return requests.get(f"{uri}/health", timeout=5).ok
    except requests.ConnectionError:
        return False


def install(clone: Path) -> None:
    """Let `make` find this environment in the clone, and find it up to date."""
    (clone / ".venv").symlink_to(sys.prefix)
    for name in ("requirements.lock", "pyproject.toml"):
        os.utime(clone / name, (0, 0))


def seconds_of(command: tuple[str, ...], folder: Path, server: str | None) -> float:
    """How long the command takes in `folder`."""
    environment = os.environ | ({"MLFLOW_TRACKING_URI": server} if server else {})
    started = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
