"""Where runs and models are kept, and how to reach it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import mlflow
import requests
from filelock import FileLock
from mlflow.exceptions import MlflowException

from rnnops.checkout import main_checkout
from rnnops.errors import InputError

SECONDS_TO_WAIT_FOR_A_WRITER = 120
# What is behind MLflow's error when its server refuses, breaks off, is silent, or answers 5xx.
AWAY = (
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ConnectionError,
    requests.exceptions.RetryError,
    requests.exceptions.Timeout,
)


class UnreachableError(InputError):
    """The tracking server is away."""


def local_store() -> Path:
    """The folder of the project's own store: `mlruns/` of the main checkout.

    `dvc exp run --queue` and `--temp` run in a copy of it and log to the same store.
    """
    return main_checkout() / "mlruns"


def tracking_uri() -> str:
    """`MLFLOW_TRACKING_URI` if set, else the project's own SQLite store."""
    own = f"sqlite:///{local_store() / 'mlflow.db'}?timeout={SECONDS_TO_WAIT_FOR_A_WRITER}"
    return os.environ.get("MLFLOW_TRACKING_URI") or own


def shown_uri() -> str:
    """The tracking URI as people and files may see it: without user, password and query."""
    parts = urlsplit(tracking_uri())
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host, query="", fragment="").geturl()


@contextmanager
def reaching_the_server() -> Iterator[None]:
    """Raise `UnreachableError` in place of MLflow's error when its server is away."""
    try:
        yield
    except MlflowException as error:
        if not isinstance(error.__context__, AWAY):
            raise
        raise UnreachableError(
            f"MLflow at {shown_uri()} cannot be reached: nothing is lost, run this again when the "
            "server is back"
        ) from None


@contextmanager
def exclusive() -> Iterator[None]:
    """Hold the store alone among the processes of this checkout; may be nested."""
    local_store().mkdir(exist_ok=True)
    with FileLock(local_store() / ".lock", is_singleton=True):
        yield


@reaching_the_server()
def connect() -> mlflow.MlflowClient:
    """A client of the store, which is created by the first process to come.

    Raises:
        UnreachableError: if its server is away.
    """
    mlflow.set_tracking_uri(tracking_uri())
    mlflow.set_registry_uri(tracking_uri())
    with exclusive():
        client = mlflow.MlflowClient()
        client.search_experiments(max_results=1)
    return client


@reaching_the_server()
def experiment_id(client: mlflow.MlflowClient, name: str) -> str:
    """The id of the experiment `name`, created if it is new."""
    with exclusive():
        experiment = client.get_experiment_by_name(name)
        if experiment:
            return experiment.experiment_id
        own = tracking_uri().startswith("sqlite:")
        artifacts = (local_store() / "artifacts" / name).as_uri() if own else None
        return client.create_experiment(name, artifact_location=artifacts)
