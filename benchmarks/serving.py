"""The server under load, beside others, in one run. Writes results/serving.json.

`make serving` runs it; it needs wrk, a client in C that leaves the cores to the servers. Every
contender answers the same texts, the test split of the default e-mails, as JSON, on loopback. The
parts, by name: `contenders`, `overload`, `promotions` and `soak`; all of them take 40 minutes.
"""

import argparse
import contextlib
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlflow
import psutil
import requests
from choices import copy_of_head, dvc
from machine import describe_machine
from report import RESULTS, read_json, write_json
from runtime import memory_of
from serving_models import TfidfSVM

from rnnops.core import files, layout
from rnnops.core.params import load_params
from rnnops.gate.params import Gate
from rnnops.registry import promotion, published_model, versions
from rnnops.registry.publication import republish
from rnnops.tracking import store

HERE = Path(__file__).parent
RESULT = RESULTS / "serving.json"
SECONDS, WARM_UP = 15, 6
CLIENTS = (1, 8, 64)
CLIENTS_TOO_MANY = 256
ROUNDS = 15
PROMOTIONS = 100
MINUTES_OF_SOAK = 20


@dataclass(frozen=True)
class Contender:
    """A server: its command, with {port}, and how it is asked."""

    name: str
    command: list[str]
    path: str = "/predict"
    ready: str = "/ping"
    body: str = "text"  # the key of the text, or MLflow's form


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=list(PARTS), help=", ".join(PARTS))
    if shutil.which("wrk") is None:
        parser.error("wrk is not on the PATH: install it (apt install wrk)")
    found = read_json(RESULT) if RESULT.exists() else {"machines": {}}
    for part in parser.parse_args().parts:
        found[part] = PARTS[part]()
        found["machines"][part] = describe_machine()
        write_json(found, RESULT)
        print(part, json.dumps(found[part], indent=1), flush=True)


def measure_contenders() -> list[dict[str, Any]]:
    """By contender and number of clients: requests a second, times, and the largest memory."""
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        for contender in list_contenders(Path(scratch)):
            bodies = write_bodies(Path(scratch) / f"{contender.body}.jsonl", contender.body)
            for clients in CLIENTS:
                with running(contender) as (port, process):
                    load(port, contender.path, bodies, clients, WARM_UP)
                    before = cpu_seconds(process)
                    measured = load(port, contender.path, bodies, clients, SECONDS)
                    used = {part: now - before[part] for part, now in cpu_seconds(process).items()}
                    a_request = 1e3 / max(1, measured["answered"])
                    rows.append(
                        {
                            "name": contender.name,
                            "clients": clients,
                            "a_second": measured["answered"] / measured["seconds"],
                            "cpu_ms": sum(used.values()) * a_request,
                            "cpu_ms_parts": {part: each * a_request for part, each in used.items()},
                            "memory_mb": memory_of(process),
                            **measured,
                        }
                    )
                    print(rows[-1], flush=True)
    return rows


def list_contenders(scratch: Path) -> list[Contender]:
    """Ours first."""
    train = files.read_parquet(layout.split_file(layout.TRAIN), ["text", "label"])
    TfidfSVM.fit(train).save(scratch / "svm")
    model = layout.CLASSIFIER
    serve = [sys.executable, str(HERE / "serve_model.py"), "{port}"]
    name, version = versions.model_name("spam-email"), "1"
    store.connect()
    folder = mlflow.artifacts.download_artifacts(f"models:/{name}/{version}")
    mlflow_serve = [
        sys.executable, "-m", "mlflow", "models", "serve", "--env-manager", "local",
        "--model-uri", folder, "--port", "{port}",
    ]  # fmt: skip
    contenders = [
        Contender("rnnops serve", ["rnnops", "serve", "--model", model, "--port", "{port}"]),
        Contender("the same server, an echo for a model", [*serve, "Echo", model]),
        Contender(
            "the same server, TF-IDF and linear SVM", [*serve, "TfidfSVM", str(scratch / "svm")]
        ),
        Contender("mlflow models serve", mlflow_serve, "/invocations", body="inputs"),
        Contender(
            "mlflow models serve, 2 workers", [*mlflow_serve, "--workers", "2"], "/invocations",
            body="inputs",
        ),
    ]  # fmt: skip
    if importable("litserve"):
        lit = [sys.executable, str(HERE / "serve_lit.py"), "{port}", model]
        contenders.append(Contender("LitServe with our model", lit, ready="/health"))
    return contenders


def importable(module: str) -> bool:
    """Whether Python finds it."""
    from importlib.util import find_spec

    return find_spec(module) is not None


def write_bodies(path: Path, form: str) -> Path:
    """A body a line for each text of the test split."""
    texts = files.read_parquet(layout.split_file(layout.TEST), ["text"])["text"].tolist()
    values = [{"inputs": [text]} if form == "inputs" else {form: text} for text in texts]
    path.write_text("".join(json.dumps(each) + "\n" for each in values))
    return path


@contextlib.contextmanager
def running(contender: Contender) -> Iterator[tuple[int, psutil.Process]]:
    """A started contender that answers: its port and process; it is ended afterwards."""
    port = free_port()
    command = [part.replace("{port}", str(port)) for part in contender.command]
    with tempfile.TemporaryFile() as said:
        process = psutil.Popen(command, stdout=said, stderr=said, start_new_session=True)
        try:
            wait_for(f"http://127.0.0.1:{port}{contender.ready}", process)
            yield port, process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            with contextlib.suppress(psutil.TimeoutExpired):
                process.wait(20)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def free_port() -> int:
    """A port that nobody uses now."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(url: str, process: psutil.Process, seconds: float = 120) -> None:
    """Wait until a server answers."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(requests.RequestException):
            if requests.get(url, timeout=5).ok:
                return
        time.sleep(0.2)
    raise SystemExit(f"{url} did not answer")


def load(
    port: int, path: str, bodies: Path, clients: int, seconds: float, pause: float | None = None
) -> dict[str, float]:
    """What wrk measures: `answered` requests, `refused` ones (503; `unclear` without Retry-After),
    `other` answers and `broken` connections, in how many `seconds`; and times of the answers.

    Args:
        pause: mean milliseconds between an answer and the next request of a client.
    """
    command = [
        "wrk", "--threads", "1", "--connections", str(clients), "--duration", f"{seconds:g}s",
        "--timeout", "30s", "--script", str(HERE / "wrk.lua"), f"http://127.0.0.1:{port}", "--",
        str(bodies), path, "application/json", *([f"{pause:g}"] if pause else []),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.partition("RESULT ")[2])


def cpu_seconds(process: psutil.Process) -> dict[str, float]:
    """User and system: of the first thread of a process, of its others, of all it has started."""
    first = next(sum(each[1:]) for each in process.threads() if each.id == process.pid)
    children = process.children(recursive=True)
    return {
        "first_thread": first,
        "other_threads": sum(process.cpu_times()[:2]) - first,
        "processes": sum(sum(each.cpu_times()[:2]) for each in children),
    }


def measure_overload() -> dict[str, Any]:
    """Twice the requests that the server answers at 64 clients: how many of them it answers.

    Both loads in turn, for the machine's speed changes. The pause of a client before its next
    request follows from what it waited for the answers of the rounds before.
    """
    ours = ["rnnops", "serve", "--model", layout.CLASSIFIER, "--port", "{port}"]
    contender = Contender("rnnops serve", [*ours, "--max-waiting", "64"])
    rounds = []
    with tempfile.TemporaryDirectory() as scratch, running(contender) as (port, _):
        bodies = write_bodies(Path(scratch) / "bodies.jsonl", "text")
        load(port, "/predict", bodies, 64, WARM_UP)
        waited: list[float] = []  # mean milliseconds from a request to its answer
        for number in range(ROUNDS + 2):
            peak = load(port, "/predict", bodies, 64, WARM_UP)
            capacity = peak["answered"] / peak["seconds"]
            cycle = 1e3 * CLIENTS_TOO_MANY / (2 * capacity)
            pause = max(1.0, cycle - statistics.median(waited or [cycle / 2]))
            found = load(port, "/predict", bodies, CLIENTS_TOO_MANY, WARM_UP, pause)
            goodput, refused = (found[key] / found["seconds"] for key in ("answered", "refused"))
            waited.append(1e3 * CLIENTS_TOO_MANY / (goodput + refused) - pause)
            share, offered = goodput / capacity, (goodput + refused) / capacity
            if number >= 2:  # the first two found the pause
                rounds.append({"capacity": capacity, "offered": offered, "goodput": share, **found})
                print(rounds[-1], flush=True)
    medians = ("capacity", "offered", "goodput", "median_ms", "p99_ms")
    totals = ("answered", "refused", "unclear", "other", "broken")
    return {
        **{key: statistics.median(each[key] for each in rounds) for key in medians},
        **{key: sum(each[key] for each in rounds) for key in totals},
        "goodputs": [each["goodput"] for each in rounds],
    }


@contextlib.contextmanager
def champions() -> Iterator[Path]:
    """A clone with two versions of the model in its own store; the working directory meanwhile."""
    here = Path.cwd()
    os.environ.pop("MLFLOW_TRACKING_URI", None)  # MLflow has set it to the store in use before
    with tempfile.TemporaryDirectory() as scratch:
        clone = copy_of_head(Path(scratch) / "clone")
        dvc(clone, "checkout", "--quiet")
        dvc(clone, "repro", "--quiet")
        os.chdir(clone)
        try:
            client = store.connect()
            name = versions.model_name("spam-email")
            found = versions.get_version(client, name, "1")
            folder = Path(mlflow.artifacts.download_artifacts(f"models:/{name}/1"))
            published_model.publish(
                client, versions.run_of(found), name, republish(folder), "another"
            )
            for version in ("1", "2"):
                promote(version)
            yield clone
        finally:
            os.chdir(here)


def promote(version: str) -> None:
    """As `rnnops promote VERSION --force` does."""
    client, gate = store.connect(), load_params()[Gate]
    name = versions.model_name("spam-email")
    promotion.promote(client, name, version, gate, force=True, reason="a benchmark")


def measure_promotions() -> dict[str, Any]:
    """Requests while the champion changes again and again: how many fail, and what answers."""
    command = ["rnnops", "serve", "--port", "{port}", "--check-every", "0.5"]
    with champions() as clone, running(Contender("rnnops serve", command)) as (port, process):
        bodies = write_bodies(clone / "bodies.jsonl", "text")
        client = subprocess.Popen(
            [sys.executable, str(HERE / "serving_client.py"), str(port), str(bodies)],
            stdout=subprocess.PIPE,
            stdin=subprocess.PIPE,
            text=True,
        )
        started = time.perf_counter()
        for number in range(PROMOTIONS):
            version = "1" if number % 2 == 0 else "2"
            promote(version)
            wait_for_version(port, version)
        seconds = time.perf_counter() - started
        said, _ = client.communicate("stop\n")
        memory = memory_of(process)
    return {"promotions": PROMOTIONS, "seconds": seconds, "memory_mb": memory, **json.loads(said)}


def wait_for_version(port: int, version: str, seconds: float = 60) -> None:
    """Wait until the server answers with a version."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = requests.get(f"http://127.0.0.1:{port}/version", timeout=10).json()
        if found["version"] == version:
            return
        time.sleep(0.1)
    raise SystemExit(f"version {version} was not served within {seconds:g} seconds")


def measure_soak() -> dict[str, Any]:
    """Twenty minutes of requests, promotions, disconnects, slow and malformed clients."""
    command = ["rnnops", "serve", "--port", "{port}", "--check-every", "1", "--timeout", "5"]
    with champions() as clone, running(Contender("rnnops serve", command)) as (port, process):
        bodies = write_bodies(clone / "bodies.jsonl", "text")
        client = subprocess.Popen(
            [sys.executable, str(HERE / "serving_client.py"), str(port), str(bodies), "rude"],
            stdout=subprocess.PIPE,
            stdin=subprocess.PIPE,
            text=True,
        )
        memory, number = [], 0
        end = time.monotonic() + 60 * MINUTES_OF_SOAK
        while time.monotonic() < end:
            promote("1" if number % 2 == 0 else "2")
            number += 1
            for _ in range(6):
                time.sleep(5)
                memory.append(memory_of(process))
        said, _ = client.communicate("stop\n")
        server_errors = count_server_errors(port)
    quarter = len(memory) // 4
    return {
        "minutes": MINUTES_OF_SOAK,
        "promotions": number,
        "memory_mb_second_quarter": statistics.median(memory[quarter : 2 * quarter]),
        "memory_mb_last_quarter": statistics.median(memory[-quarter:]),
        "memory_mb_largest": max(memory),
        "server_errors": server_errors,
        **json.loads(said),
    }


def count_server_errors(port: int) -> int:
    """How many requests a server of ours has answered with a status of 500 or more."""
    page = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=10).text
    found = re.findall(r'^rnnops_requests_total\{.*status="5\d\d"\} (\S+)', page, re.MULTILINE)
    return int(sum(map(float, found)))


PARTS = {
    "contenders": measure_contenders,
    "overload": measure_overload,
    "promotions": measure_promotions,
    "soak": measure_soak,
}

if __name__ == "__main__":
    main()
