"""Where runs and models are kept, and how to reach it."""

import os
import re
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import mlflow
import requests
from filelock import FileLock
from mlflow.exceptions import MlflowException
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from rnnops.core import layout
from rnnops.core.checkout import main_checkout
from rnnops.core.errors import InputError
from rnnops.tracking.relocation import relocate

SECONDS_TO_WAIT_FOR_A_WRITER = 120
# What is behind MLflow's error when its server refuses, breaks off, is silent, or answers 5xx.
AWAY = (
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ConnectionError,
    requests.exceptions.RetryError,
    requests.exceptions.Timeout,
)
NO_ACCESS = ("UNAUTHENTICATED", "PERMISSION_DENIED")
USABLE = (
    "write http://HOST:PORT for a server or sqlite:////FOLDER/mlflow.db for a database, or unset "
    "it to use the project's own store"
)


class UnreachableError(InputError):
    """The tracking server is away."""


def local_store() -> Path:
    """The folder of the project's own store: `mlruns/` of the main checkout.

    `dvc exp run --queue` and `--temp` run in a copy of it and log to the same store.
    """
    return main_checkout() / layout.MLRUNS


def tracking_uri() -> str:
    """`MLFLOW_TRACKING_URI` if set, else the project's own SQLite store.

    Raises:
        InputError: when the checkout's path cannot be written as the address of a SQLite file.
    """
    if uri := os.environ.get("MLFLOW_TRACKING_URI"):
        return uri
    if "?" in str(local_store()):
        raise InputError(
            f"{local_store().parent}: the address of a SQLite file cannot hold a question mark: "
            "rename the folder, or let MLFLOW_TRACKING_URI name a store"
        )
    return f"sqlite:///{_own_database()}?timeout={SECONDS_TO_WAIT_FOR_A_WRITER}"


def _own_database() -> Path:
    return local_store() / layout.DATABASE


def _folder() -> Path:
    """Where the store's lock and artifacts are: beside its database, if that is a file."""
    database = _database()
    return database.parent if database else local_store()


def _database() -> Path | None:
    """The file of the store, if it is one."""
    uri = tracking_uri()
    if not uri.startswith("sqlite:///"):
        return None
    return Path(make_url(uri).database or "").resolve()


def is_server() -> bool:
    """Whether the store is an MLflow server, not a database."""
    return tracking_uri().startswith(("http://", "https://"))


def shown_uri() -> str:
    """The tracking URI as people and files may see it: without user, password and query."""
    uri = tracking_uri()
    if uri.startswith("sqlite:"):
        return uri.partition("?")[0]
    return re.sub("//[^/]*@", "//", re.split("[?#]", uri)[0])


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
    """Hold the store alone among the processes that use its file or, of a server, this checkout.

    May be nested.

    Raises:
        InputError: when the folder of the store cannot be written to.
    """
    folder = _folder()
    lock = FileLock(folder / ".lock", is_singleton=True)
    try:
        folder.mkdir(exist_ok=True)
        lock.acquire()
    except OSError as error:
        kept = "the lock of this checkout is" if is_server() else "MLflow's runs and models are"
        raise InputError(f"cannot write to {folder}: {error.strerror}; {kept} kept there") from None
    try:
        yield
    finally:
        lock.release()


@reaching_the_server()
def connect() -> mlflow.MlflowClient:
    """A client of the store; one that is a file is created by the first process to come.

    Raises:
        UnreachableError: if its server is away.
        InputError: if MLFLOW_TRACKING_URI names nothing that MLflow can use, if the store's file is
            damaged or cannot be written to, or if this is no checkout that could have one.
    """
    if not _database():
        return _open()
    if _is_own() and not Path(layout.PARAMS).exists():
        raise InputError(
            f"{layout.PARAMS} does not exist: run from the folder that holds it, or let "
            "MLFLOW_TRACKING_URI name a store"
        )
    with exclusive():
        if _is_own():
            relocate(_own_database(), local_store(), SECONDS_TO_WAIT_FOR_A_WRITER)
        return _open()


def _is_own() -> bool:
    return _database() == _own_database()


def _open() -> mlflow.MlflowClient:
    uri = tracking_uri()
    try:
        mlflow.set_tracking_uri(uri)
        mlflow.set_registry_uri(uri)
        client = mlflow.MlflowClient()
        client.search_experiments(max_results=1)
    except (MlflowException, SQLAlchemyError, ModuleNotFoundError, ValueError) as error:
        if isinstance(error.__context__, AWAY):
            raise
        raise InputError(_unusable(error)) from None
    return client


def _unusable(error: Exception) -> str:
    """Why MLflow could not open the store, and what to do."""
    uri = shown_uri()
    reason = textwrap.shorten(str(error), 120, placeholder=" …")
    if is_server() and getattr(error, "error_code", None) in NO_ACCESS:
        return (
            f"MLflow at {uri} refuses access: check MLFLOW_TRACKING_USERNAME and "
            "MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN"
        )
    if is_server():
        return f"MLFLOW_TRACKING_URI={uri} does not answer as an MLflow server does: {reason}"
    if _is_own():
        return f"MLflow cannot open {_own_database()}: {reason}"
    return f"MLflow cannot use MLFLOW_TRACKING_URI={uri} ({reason}): {USABLE}"


@reaching_the_server()
def experiment_id(client: mlflow.MlflowClient, name: str) -> str:
    """The id of the experiment `name`, created if it is new."""
    if known := client.get_experiment_by_name(name):
        return known.experiment_id
    with exclusive():
        if known := client.get_experiment_by_name(name):
            return known.experiment_id
        artifacts = (_folder() / "artifacts" / name).as_uri() if _database() else None
        return client.create_experiment(name, artifact_location=artifacts)
