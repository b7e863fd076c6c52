"""Finding a published model to classify with in MLflow's store, and bringing it here."""

import re
from pathlib import Path

import mlflow
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from rnnops.core import layout
from rnnops.core.checkout import main_checkout
from rnnops.core.errors import InputError
from rnnops.core.params import load_params
from rnnops.gate.params import AnyGate, gate_of
from rnnops.registry import published_model, versions
from rnnops.registry.promotion import describe_verdicts, list_verdicts
from rnnops.registry.publication import MODELS, artifact_paths
from rnnops.registry.reconciliation import reconcile
from rnnops.registry.served_model import ServedModel
from rnnops.registry.verdicts import NOT_JUDGED, PASSED, VERDICT_TAG
from rnnops.tracking import store
from rnnops.tracking.tags import IDENTITY_TAG

IN_THE_STORE = ("models:", "runs:")  # URIs of what MLflow's store keeps; others are places


@store.reaching_the_server()
def find_model(uri: str | None, params_file: str | Path = layout.PARAMS) -> ServedModel:
    """The model at `uri`, by default the best registered one, as `choose_served_model` says.

    Raises:
        InputError: when there is none, or it cannot be fetched.
    """
    if uri is None:
        params = load_params(params_file)
        name, client = versions.model_of(params), store.connect()
        version, verdict = _choose(client, name, gate_of(params))
        return _version(versions.get_version(client, name, version), verdict)
    if uri.startswith(IN_THE_STORE):
        client = store.connect()
        if found := _version_at(client, uri):
            return _version(found, _verdict(client, found))
    return _describe(uri, None, None, _download(uri))


def _version(found: ModelVersion, verdict: str) -> ServedModel:
    uri = f"models:/{found.name}/{found.version}"
    if not store.is_server():
        return _describe(found.name, str(found.version), verdict, _download(uri))
    folder = main_checkout() / layout.FETCHED_MODELS / found.name / str(found.version)
    identity = found.tags.get(IDENTITY_TAG)
    if not folder.exists() or published_model.read_identity(folder) != identity:
        published_model.fetch(found.name, str(found.version), folder)
    return _describe(found.name, str(found.version), verdict, folder)


def _describe(name: str, version: str | None, verdict: str | None, folder: Path) -> ServedModel:
    try:
        artifacts = artifact_paths(folder)
    except (MlflowException, OSError) as error:
        raise InputError(f"cannot load the model {name}: {error}") from None
    model = next((artifacts[kind] for kind in MODELS if kind in artifacts), folder)
    return ServedModel(name, version, verdict, model.resolve(), folder.resolve())


def _choose(client: mlflow.MlflowClient, name: str, params: AnyGate) -> tuple[str, str]:
    """The version to classify with and its verdict."""
    verdicts = list_verdicts(client, name, reconcile(client, name), params)
    for wanted in (versions.CHAMPION, PASSED):
        for version, verdict in verdicts.items():
            if verdict == wanted:
                return version, verdict
    if not verdicts:
        raise InputError(f"no version of {name} is registered: run `dvc repro` to make one")
    newest = next(iter(verdicts))
    raise InputError(
        f"no version of {name} is champion or has passed the gate: {describe_verdicts(verdicts)}; "
        f"`--model models:/{name}/{newest}` uses one anyway, "
        f'`rnnops promote {newest} --force --reason "…"` makes it the champion'
    )


def _version_at(client: mlflow.MlflowClient, uri: str) -> ModelVersion | None:
    """The version that `uri` names by its number or an alias, None if it names another thing."""
    named = re.fullmatch(r"models:/(?P<name>[^/@]+)(/(?P<version>\d+)|@(?P<alias>.+))", uri)
    if named is None:
        return None
    return versions.get_version(client, *named.group("name", "version", "alias"))


def _verdict(client: mlflow.MlflowClient, found: ModelVersion) -> str:
    champion = versions.find_alias(client, found.name, versions.CHAMPION)
    if champion == str(found.version):
        return versions.CHAMPION
    return found.tags.get(VERDICT_TAG, NOT_JUDGED)


def _download(uri: str) -> Path:
    try:
        return Path(mlflow.artifacts.download_artifacts(uri))
    except (MlflowException, OSError) as error:
        if isinstance(error.__context__, store.AWAY):
            raise
        raise InputError(f"cannot load the model {uri}: {error}") from None
