"""Registered model versions."""

from importlib.metadata import version
from pathlib import Path

import mlflow
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, Schema

import rnnops
from rnnops.core.errors import InputError
from rnnops.registry import pyfunc_model
from rnnops.registry.decisions import open_ledger
from rnnops.tracking.runs import IDENTITY_TAG

CHALLENGER = "challenger"
CHAMPION = "champion"

# What the published model imports when it scores.
REQUIREMENTS = (
    "keras", "mlflow", "numpy", "pandas", "pyarrow", "pydantic", "rich", "ruamel.yaml",
    "scikit-learn", "scipy", "tensorflow",
)  # fmt: skip


def model_name(dataset: str) -> str:
    """The registered name of a dataset's classifier."""
    return f"{dataset}-classifier"


def find_version(client: mlflow.MlflowClient, name: str, identity: str) -> str | None:
    """The version of `name` that carries `identity`, if there is one."""
    found = client.search_model_versions(
        f"name = '{name}' AND tags.`{IDENTITY_TAG}` = '{identity}'"
    )
    newest = max((int(version.version) for version in found), default=None)
    return None if newest is None else str(newest)


def number_here(client: mlflow.MlflowClient, name: str, number: str, identity: str) -> str:
    """The version `number` of history in words, with its number in this registry if it differs."""
    here = find_version(client, name, identity)
    if here and here != number:
        return f"{number} (version {here} here)"
    if here is None and any(str(found.version) == number for found in versions(client, name)):
        return f"{number} (not the version {number} here)"
    return number


def publish(
    client: mlflow.MlflowClient,
    run_id: str,
    name: str,
    labels: list[str],
    artifacts: dict[str, str],
    tags: dict[str, str],
    code: Path = Path(rnnops.__file__).parent,
    number: int | None = None,
) -> str:
    """Log the text model to the run and register it; the version.

    Args:
        labels: the names of the labels.
        artifacts: paths of `featurizer`, `network` and `decision`, see `TextClassifier.load`, and
            of `trained_on`, see `published_model.trained_on`.
        tags: of the version.
        code: the package that the model runs.
        number: of the version, if it is free; by default the next one.
    """
    outputs = [
        ColSpec("string", "label"),
        ColSpec("double", "probability"),
        *(ColSpec("double", f"p_{label}") for label in labels),
    ]
    with mlflow.start_run(run_id=run_id):
        logged = mlflow.pyfunc.log_model(
            name="text-classifier",
            python_model=pyfunc_model.__file__,
            artifacts=artifacts,
            code_paths=[str(code)],
            signature=ModelSignature(Schema([ColSpec("string")]), Schema(outputs)),
            input_example=["Meeting moved to 3 pm, see you there."],
            metadata={"identity": tags[IDENTITY_TAG]},
            pip_requirements=[f"{package}=={version(package)}" for package in REQUIREMENTS],
        )
    open_ledger(client, name)
    if number:
        skip_to(client, name, number)
    registered = client.create_model_version(
        name, logged.model_uri, run_id, tags, model_id=logged.model_id
    )
    return str(registered.version)


def skip_to(client: mlflow.MlflowClient, name: str, number: int) -> None:
    """Make `number` the next version of `name`, unless the registry is past it.

    MLflow numbers versions itself and never reuses a number: versions that stand for the numbers
    between are made and deleted.
    """
    run = client.get_run(open_ledger(client, name))
    newest = max((int(found.version) for found in versions(client, name)), default=0)
    while newest < number - 1:
        made = client.create_model_version(name, run.info.artifact_uri, run.info.run_id)
        client.delete_model_version(name, made.version)
        newest = int(made.version)


def versions(client: mlflow.MlflowClient, name: str) -> list[ModelVersion]:
    """The versions of `name`, newest first."""
    found = client.search_model_versions(f"name = '{name}'")
    return sorted(found, key=lambda version: int(version.version), reverse=True)


def version_of(
    client: mlflow.MlflowClient, name: str, version: str | None, alias: str | None = None
) -> ModelVersion:
    """The version of `name` with that number, or with `alias` where the number is None.

    Raises:
        InputError: when there is none.
    """
    if version is None and (version := alias_of(client, name, alias)) is None:
        raise InputError(f"no version of {name} carries the alias {alias}: `make ui` shows them")
    by_number = {str(found.version): found for found in versions(client, name)}
    if version not in by_number:
        known = ", ".join(sorted(by_number, key=int)) or "none"
        raise InputError(f"{name} has no version {version}; it has: {known}")
    return by_number[version]


def alias_of(client: mlflow.MlflowClient, name: str, alias: str) -> str | None:
    """The version of `name` that carries `alias`, if one does."""
    try:
        return str(client.get_model_version_by_alias(name, alias).version)
    except MlflowException as error:
        if error.error_code not in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
            raise
        return None


def set_alias(client: mlflow.MlflowClient, name: str, alias: str, version: str) -> None:
    """Give `version` of `name` the alias, unless it has it."""
    if alias_of(client, name, alias) != version:
        client.set_registered_model_alias(name, alias, version)
