"""What trainings log, kept in files until the tracking server has all of it.

A file holds the whole training, one event a line: what the run is, then metrics and tags, last
how the training ended. A training that ends while the server is away, or that is killed, leaves its
file. Delivering it twice adds nothing: its run is found by the training's id, and MLflow keeps a
metric's point of the same step, time and value once.
"""

import json
from pathlib import Path
from typing import Any

import mlflow
from filelock import FileLock, Timeout
from mlflow.entities import Metric, RunTag

from rnnops.tracking import store
from rnnops.tracking.tags import TRAINING_TAG

Event = dict[str, Any]


class Outbox:
    """The file of one training, which holds a lock on it while it goes on."""

    def __init__(self, training: str) -> None:
        self._path = _folder() / f"{training}.jsonl"
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(self._path)
        self._lock.acquire()
        self._file = self._path.open("w", encoding="utf-8")

    def append(self, event: Event) -> None:
        """Write the event to the file."""
        self._file.write(json.dumps(event) + "\n")
        self._file.flush()

    def close(self, keep: bool) -> None:
        """Release the file; unless it is to be kept for `deliver`, delete it."""
        self._file.close()
        if not keep:
            _delete(self._path, self._lock)
        self._lock.release()


def deliver(client: mlflow.MlflowClient) -> None:
    """Send what trainings left into their runs, which then end as the trainings did.

    For one process at a time. A file is deleted when the server has all of it; it stays while its
    training goes on, and when it was meant for another server. The run of a training that neither
    goes on nor has ended ends as KILLED.

    Raises:
        UnreachableError: if the server is away; the files stay.
    """
    for path in sorted(_folder().glob("*.jsonl")):
        lock = _lock(path)
        try:
            with lock.acquire(timeout=0), store.reaching_the_server():
                events = _read(path)
                if not events or _deliver(client, events):
                    _delete(path, lock)
        except Timeout:
            continue  # its training goes on


def create_run(client: mlflow.MlflowClient, begin: Event) -> str:
    """The id of a new run, made from the event that a training begins with."""
    experiment = store.experiment_id(client, begin["experiment"])
    run = client.create_run(experiment, begin["start_time"], begin["tags"], begin["name"])
    return run.info.run_id


def run_tags(tags: dict[str, str]) -> list[RunTag]:
    """The tags as MLflow's batches take them."""
    return [RunTag(name, value) for name, value in tags.items()]


def _deliver(client: mlflow.MlflowClient, events: list[Event]) -> bool:
    """Whether the events were meant for this server, which then has them."""
    begin, end = events[0], events[-1]
    run_id = _find_run(client, begin)
    if run_id is None and begin["server"] != store.shown_uri():
        return False
    run_id = run_id or create_run(client, begin)
    points = [Metric(**point) for event in events for point in event.get("metrics", [])]
    tags = [tag for event in events for tag in run_tags(event.get("tags", {}))]
    client.log_batch(run_id, points, tags=tags)
    client.set_terminated(run_id, end.get("status", "KILLED"), end.get("end_time"))
    return True


def _read(path: Path) -> list[Event]:
    *lines, _cut_off = path.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines]


def _find_run(client: mlflow.MlflowClient, begin: Event) -> str | None:
    experiment = client.get_experiment_by_name(begin["experiment"])
    if experiment is None:
        return None
    training = begin["tags"][TRAINING_TAG]
    found = client.search_runs([experiment.experiment_id], f"tags.`{TRAINING_TAG}` = '{training}'")
    return found[0].info.run_id if found else None


def _delete(path: Path, lock: FileLock) -> None:
    path.unlink()
    Path(lock.lock_file).unlink()


def _folder() -> Path:
    return store.local_store() / "undelivered"


def _lock(path: Path) -> FileLock:
    return FileLock(path.with_suffix(".lock"))
