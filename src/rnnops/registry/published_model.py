"""A published model's files: fetched, read, and scored by the code they were published with."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.models import Model

from rnnops.core import files, layout
from rnnops.core.errors import InputError
from rnnops.registry import score_published_model

KEPT = Path(layout.CHAMPIONS)  # DVC keeps the champions' files, for where no registry lasts


def trained_on() -> pd.DataFrame:
    """Columns `id` and `cluster` of the messages that weights, epochs or thresholds came from."""
    splits = [
        files.read_parquet(layout.split_file(name), columns=["id", "cluster"])
        for name in (layout.TRAIN, layout.VALIDATION)
    ]
    return pd.concat(splits, ignore_index=True)


def fetch(name: str, version: str, folder: Path) -> None:
    """Copy the files of a model version into `folder`, which is replaced.

    Raises:
        InputError: when the registry does not have them.
    """
    try:
        with files.atomic_folder(folder) as temporary:
            mlflow.artifacts.download_artifacts(
                artifact_uri=f"models:/{name}/{version}", dst_path=str(temporary)
            )
    except (MlflowException, OSError) as error:
        raise InputError(f"version {version} of {name} cannot be fetched: {error}") from None


def artifacts(folder: Path) -> dict[str, Path]:
    """Paths of what a published model holds, by the names that `registry.publish` takes."""
    python = Model.load(folder).flavors["python_function"]
    return {name: folder / held["path"] for name, held in python["artifacts"].items()}


def identity(folder: Path) -> str | None:
    """The identity the model was published under, None when it does not say."""
    return (Model.load(folder).metadata or {}).get("identity")


def seen(folder: Path) -> pd.DataFrame:
    """What the model was `trained_on`; raises `InputError` when it does not say."""
    held = artifacts(folder)
    if "trained_on" not in held:
        raise InputError(
            f"the champion in {folder} does not say which messages it was trained on, so it cannot "
            "be compared without a leak: train it anew"
        )
    return files.read_parquet(held["trained_on"])


def decision(folder: Path) -> dict[str, Any]:
    """The model's labels, its `positive` one and `threshold`, None if none is positive."""
    held = artifacts(folder)
    decided = files.read_json(held["decision"])
    return {
        "labels": files.read_json(held["featurizer"] / "featurizer.json")["labels"],
        "positive": decided["positive"],
        "threshold": decided["threshold"],
    }


def score(folder: Path, texts: Sequence[str]) -> pd.DataFrame:
    """The model's verdict on each text, by its own code: columns label, probability, p_<label>.

    Raises:
        InputError: when that code fails on this machine.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with tempfile.TemporaryDirectory() as exchange:
        given, scored = Path(exchange) / "texts.parquet", Path(exchange) / "scores.parquet"
        files.write_parquet(pd.DataFrame({"text": list(texts)}), given)
        program = [sys.executable, "-P", score_published_model.__file__]
        command = [*program, str(folder), str(given), str(scored)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise InputError(f"the champion in {folder} cannot score here: {last}")
        return files.read_parquet(scored)
