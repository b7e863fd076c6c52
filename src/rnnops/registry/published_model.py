"""A published model's files: registered, fetched, read, and scored by the code among them."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.models import Model

import rnnops
from rnnops.core import files, layout
from rnnops.core.errors import InputError
from rnnops.registry import score_published_model
from rnnops.registry.ledger import open_ledger
from rnnops.registry.publication import CLASSIFIER, TRAINED_ON, Publication, artifact_paths
from rnnops.registry.versions import skip_to_number
from rnnops.runtime import description
from rnnops.tracking.tags import IDENTITY_TAG

# What the published model imports when it scores.
REQUIREMENTS = (
    "filelock", "mlflow", "numpy", "pandas", "pyarrow", "pydantic", "ruamel.yaml", "scipy",
)  # fmt: skip


class UntriedModel:
    """How `mlflow.pyfunc` saves a model, without MLflow's trial of the input example.

    The trial loads the network, by this process' code instead of the published one; it took most of
    the time that `register` needs.
    """

    @staticmethod
    def save_model(*, validate_serving_input: bool, **arguments: Any) -> None:  # noqa: ARG004
        """As `mlflow.pyfunc.save_model`; `Model.log` passes its own argument on."""
        mlflow.pyfunc.save_model(**arguments)


def publish(
    client: mlflow.MlflowClient,
    run_id: str,
    name: str,
    publication: Publication,
    identity: str,
    code: Path = Path(rnnops.__file__).parent,
    number: int | None = None,
    requirements: Sequence[str] | None = None,
) -> str:
    """Log the model to the run and register it; the version's number.

    Args:
        identity: of the trained model.
        code: the package that the model runs.
        number: of the version, if it is free; by default the next one.
        requirements: what pip has to install for the code; by default what this one runs with.
    """
    with mlflow.start_run(run_id=run_id):
        logged = Model.log(
            None,
            UntriedModel,
            name=publication.kind,
            flavor_name="pyfunc.ModelFromCode",
            validate_serving_input=False,
            python_model=publication.code,
            artifacts={key: str(path) for key, path in publication.artifacts.items()},
            code_paths=[str(code)],
            signature=publication.signature,
            input_example=publication.example,
            metadata={"identity": identity},
            pip_requirements=list(requirements or _installed_requirements()),
        )
    open_ledger(client, name)
    if number:
        skip_to_number(client, name, number)
    registered = client.create_model_version(
        name, logged.model_uri, run_id, {IDENTITY_TAG: identity}, model_id=logged.model_id
    )
    return str(registered.version)


def _installed_requirements() -> list[str]:
    return [f"{package}=={version(package)}" for package in REQUIREMENTS]


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


def read_identity(folder: Path) -> str | None:
    """The identity the model was published under, None when it has none."""
    return (Model.load(folder).metadata or {}).get("identity")


def read_training_ids(folder: Path) -> pd.DataFrame:
    """Columns `id` and `cluster` of the messages that weights, epochs or thresholds came from.

    Raises:
        InputError: when the model does not list them.
    """
    paths = artifact_paths(folder)
    if TRAINED_ON not in paths:
        raise InputError(
            f"the champion in {folder} does not list the messages it was trained on, so it cannot "
            "be compared without a leak: train it again"
        )
    return files.read_parquet(paths[TRAINED_ON])


def read_decision_rule(folder: Path) -> dict[str, Any]:
    """The model's `labels`, its `positive` one and `threshold`, None if none is positive."""
    paths = artifact_paths(folder)
    if CLASSIFIER in paths:
        return description.read_decision_rule(paths[CLASSIFIER])
    # before format 1: what featurize and train wrote, and a file with the decision
    rule = files.read_json(paths["decision"])
    featurizer = files.read_json(paths["featurizer"] / Path(layout.FEATURIZER_DESCRIPTION).name)
    return {"labels": featurizer["labels"], **{key: rule[key] for key in ("positive", "threshold")}}


def score(folder: Path, texts: Sequence[str]) -> pd.DataFrame:
    """The model's prediction for each text, by its own code: columns label, probability, p_<label>.

    Raises:
        InputError: as `predict` does.
    """
    return predict(folder, pd.DataFrame({"text": list(texts)}))


def predict(folder: Path, rows: pd.DataFrame) -> pd.DataFrame:
    """What the model predicts from the rows, by its own code.

    Raises:
        InputError: when that code fails on this machine.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with tempfile.TemporaryDirectory() as exchange:
        inputs, scores = Path(exchange) / "rows.parquet", Path(exchange) / "scores.parquet"
        files.write_parquet(rows, inputs)
        program = [sys.executable, "-P", score_published_model.__file__]
        command = [*program, str(folder), str(inputs), str(scores)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise InputError(f"the champion in {folder} cannot score here: {last}")
        return files.read_parquet(scores)
