"""Where runs and models are kept, and how to reach it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import mlflow
from filelock import FileLock

from rnnops.checkout import main_checkout

SECONDS_TO_WAIT_FOR_A_WRITER = 120


def local_store() -> Path:
    """The folder of the project's own store: `mlruns/` of the main checkout.

    `dvc exp run --queue` and `--temp` run in a copy of it and log to the same store.
    """
    return main_checkout() / "mlruns"


def tracking_uri() -> str:
    """`MLFLOW_TRACKING_URI` if set, else the project's own SQLite store."""
    own = f"sqlite:///{local_store() / 'mlflow.db'}?timeout={SECONDS_TO_WAIT_FOR_A_WRITER}"
    return os.environ.get("MLFLOW_TRACKING_URI") or own


@contextmanager
def exclusive() -> Iterator[None]:
    """Hold the store alone among the processes of this checkout."""
    local_store().mkdir(exist_ok=True)
    with FileLock(local_store() / ".lock"):
        yield


def connect() -> mlflow.MlflowClient:
    """A client of the store, which is created by the first process to come."""
    mlflow.set_tracking_uri(tracking_uri())
    mlflow.set_registry_uri(tracking_uri())
    with exclusive():
        client = mlflow.MlflowClient()
        client.search_experiments(max_results=1)
    return client


def experiment_id(client: mlflow.MlflowClient, name: str) -> str:
    """The id of the experiment `name`, created if it is new."""
    with exclusive():
        experiment = client.get_experiment_by_name(name)
        if experiment:
            return experiment.experiment_id
        own = tracking_uri().startswith("sqlite:")
        artifacts = (local_store() / "artifacts" / name).as_uri() if own else None
        return client.create_experiment(name, artifact_location=artifacts)
