"""What a training logs to its run: sent at once, and kept in a file until the run has all of it.

The file holds the whole training, one message a line: what the run is, then metrics and tags, last
how the training ended. A training that ends while the server is away, or that is killed, leaves it.
Delivering it twice adds nothing: its run is found by the training's id, and MLflow keeps a metric's
point of the same step, time and value once.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import mlflow
from filelock import FileLock, Timeout
from mlflow.entities import Metric, RunTag

from rnnops.tracking import store

TRAINING_TAG = "rnnops.training"


class TrainingRun:
    """The run of a training, which goes on when the tracking server does not."""

    def __init__(self, experiment: str, name: str, tags: dict[str, str]) -> None:
        """Begin the run `name` in the experiment, which is made if it is new."""
        training = uuid4().hex
        self._path = _undelivered() / f"{training}.jsonl"
        self._is_reachable = True
        begin = {
            "server": store.shown_uri(),
            "experiment": experiment,
            "name": name,
            "tags": {**tags, TRAINING_TAG: training},
            "start_time": _now(),
        }

        def create() -> None:
            self._client = store.connect()
            self._run_id = _create_run(self._client, begin)

        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(self._path)
        self._lock.acquire()
        self._file = self._path.open("w", encoding="utf-8")
        try:
            self._say(begin, create)
        except BaseException:
            self._close(keep=False)
            raise

    def log(self, metrics: list[Metric]) -> None:
        """Log the metrics."""
        points = [
            {
                "key": metric.key,
                "value": float(metric.value),
                "timestamp": metric.timestamp,
                "step": metric.step,
            }
            for metric in metrics
        ]
        self._say({"metrics": points}, lambda: self._client.log_batch(self._run_id, metrics))

    def set_tags(self, tags: dict[str, str]) -> None:
        """Set the tags."""
        self._say(
            {"tags": tags}, lambda: self._client.log_batch(self._run_id, tags=_run_tags(tags))
        )

    def end(self, status: str) -> None:
        """End the run as FINISHED or FAILED."""
        end = {"status": status, "end_time": _now()}
        self._say(end, lambda: self._client.set_terminated(self._run_id, **end))
        self._close(keep=not self._is_reachable)

    def _say(self, message: dict[str, Any], send: Callable[[], None]) -> None:
        self._file.write(json.dumps(message) + "\n")
        self._file.flush()
        if not self._is_reachable:
            return
        try:
            with store.reaching_the_server():
                send()
        except store.UnreachableError:
            print(
                f"MLflow at {store.shown_uri()} cannot be reached: training goes on, `dvc repro` "
                "delivers what it missed when the server is back",
                file=sys.stderr,
                flush=True,
            )
            self._is_reachable = False

    def _close(self, keep: bool) -> None:
        self._file.close()
        if not keep:
            self._path.unlink()
            Path(self._lock.lock_file).unlink()
        self._lock.release()


def deliver(client: mlflow.MlflowClient) -> None:
    """Send what trainings kept into their runs, which then end as the trainings did.

    For one process at a time. A file goes when the server has all of it; it stays while its
    training goes on, and when it was meant for another server. A training that does not go on and
    has not ended was KILLED.

    Raises:
        UnreachableError: if the server is away; nothing is lost.
    """
    for path in sorted(_undelivered().glob("*.jsonl")):
        lock = _lock(path)
        try:
            with lock.acquire(timeout=0), store.reaching_the_server():
                messages = _read(path)
                if not messages or _deliver(client, messages):
                    path.unlink()
                    Path(lock.lock_file).unlink()
        except Timeout:
            continue  # its training goes on


def _deliver(client: mlflow.MlflowClient, messages: list[dict[str, Any]]) -> bool:
    begin, end = messages[0], messages[-1]
    run_id = _find_run(client, begin)
    if run_id is None and begin["server"] != store.shown_uri():
        return False
    run_id = run_id or _create_run(client, begin)
    points = [Metric(**point) for message in messages for point in message.get("metrics", [])]
    client.log_batch(
        run_id,
        points,
        tags=[tag for message in messages for tag in _run_tags(message.get("tags", {}))],
    )
    client.set_terminated(run_id, end.get("status", "KILLED"), end.get("end_time"))
    return True


def _read(path: Path) -> list[dict[str, Any]]:
    *lines, _cut_off = path.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines]


def _find_run(client: mlflow.MlflowClient, begin: dict[str, Any]) -> str | None:
    experiment = client.get_experiment_by_name(begin["experiment"])
    if experiment is None:
        return None
    training = begin["tags"][TRAINING_TAG]
    found = client.search_runs([experiment.experiment_id], f"tags.`{TRAINING_TAG}` = '{training}'")
    return found[0].info.run_id if found else None


def _create_run(client: mlflow.MlflowClient, begin: dict[str, Any]) -> str:
    experiment = store.experiment_id(client, begin["experiment"])
    run = client.create_run(experiment, begin["start_time"], begin["tags"], begin["name"])
    return run.info.run_id


def _run_tags(tags: dict[str, str]) -> list[RunTag]:
    return [RunTag(name, value) for name, value in tags.items()]


def _undelivered() -> Path:
    return store.local_store() / "undelivered"


def _lock(path: Path) -> FileLock:
    return FileLock(path.with_suffix(".lock"))


def _now() -> int:
    return int(time.time() * 1000)
