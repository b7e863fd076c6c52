"""Registered model versions: finding them, their numbers and their aliases."""

import mlflow
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from rnnops.catalog.params import Data
from rnnops.core.errors import InputError
from rnnops.core.sections import Parameters
from rnnops.core.tasks import CLASSIFICATION, FORECAST, NEXT_WORD, SEQUENCES
from rnnops.registry.ledger import open_ledger
from rnnops.tracking.tags import IDENTITY_TAG

CHALLENGER = "challenger"
CHAMPION = "champion"
KINDS = {
    CLASSIFICATION: "classifier",
    NEXT_WORD: "language-model",
    FORECAST: "forecaster",
    SEQUENCES: "sequence-classifier",
}


def model_name(dataset: str, task: str = CLASSIFICATION) -> str:
    """The registered name of a dataset's model for the task."""
    return f"{dataset}-{KINDS[task]}"


def model_of(params: Parameters) -> str:
    """The registered name of the model that the pipeline of these parameters makes."""
    return model_name(params[Data].dataset, params.task)


def list_versions(client: mlflow.MlflowClient, name: str) -> list[ModelVersion]:
    """The versions of `name`, newest first."""
    found = client.search_model_versions(f"name = '{name}'")
    return sorted(found, key=lambda version: int(version.version), reverse=True)


def find_version(client: mlflow.MlflowClient, name: str, identity: str) -> str | None:
    """The version of `name` that carries `identity`, if there is one."""
    found = client.search_model_versions(
        f"name = '{name}' AND tags.`{IDENTITY_TAG}` = '{identity}'"
    )
    newest = max((int(version.version) for version in found), default=None)
    return None if newest is None else str(newest)


def get_version(
    client: mlflow.MlflowClient, name: str, version: str | None, alias: str | None = None
) -> ModelVersion:
    """The version of `name` with that number, or with `alias` where the number is None.

    Raises:
        InputError: when there is none.
    """
    if version is None and (version := find_alias(client, name, alias or "")) is None:
        raise InputError(f"no version of {name} has the alias {alias}: `make ui` shows them")
    by_number = {str(found.version): found for found in list_versions(client, name)}
    if version not in by_number:
        known = ", ".join(sorted(by_number, key=int)) or "none"
        raise InputError(f"{name} has no version {version}; it has: {known}")
    return by_number[version]


def describe_number(client: mlflow.MlflowClient, name: str, number: str, identity: str) -> str:
    """The version `number` of the decisions in words, with its number here if it differs."""
    here = find_version(client, name, identity)
    if here and here != number:
        return f"{number} (version {here} here)"
    if here is None and any(str(found.version) == number for found in list_versions(client, name)):
        return f"{number} (not the version {number} here)"
    return number


def skip_to_number(client: mlflow.MlflowClient, name: str, number: int) -> None:
    """Make `number` the next version of `name`, unless the registry is past it.

    MLflow numbers versions itself and never reuses a number: placeholders for the numbers between
    are created and deleted.
    """
    run = client.get_run(open_ledger(client, name))
    newest = max((int(found.version) for found in list_versions(client, name)), default=0)
    while newest < number - 1:
        made = client.create_model_version(name, run.info.artifact_uri, run.info.run_id)
        client.delete_model_version(name, made.version)
        newest = int(made.version)


def run_of(found: ModelVersion) -> str:
    """The id of the run that the version was registered from.

    Raises:
        InputError: when MLflow names none.
    """
    if found.run_id is None:
        raise InputError(
            f"{found.name} version {found.version} has no run: it was not registered by "
            "`make repro`; delete it in `make ui`"
        )
    return found.run_id


def find_alias(client: mlflow.MlflowClient, name: str, alias: str) -> str | None:
    """The version of `name` that has the alias, if one does."""
    try:
        return str(client.get_model_version_by_alias(name, alias).version)
    except MlflowException as error:
        if error.error_code not in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
            raise
        return None


def set_alias(client: mlflow.MlflowClient, name: str, alias: str, version: str) -> None:
    """Give `version` of `name` the alias, unless it has it."""
    if find_alias(client, name, alias) != version:
        client.set_registered_model_alias(name, alias, version)
