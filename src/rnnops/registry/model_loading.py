"""Choosing and loading a published model to classify with."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import mlflow
import pandas as pd
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from rnnops.catalog.params import Data
from rnnops.core.console import note
from rnnops.core.errors import InputError
from rnnops.core.params import load_params
from rnnops.gate.params import Gate
from rnnops.registry import published_model, versions
from rnnops.registry.promotion import describe_verdicts, list_verdicts
from rnnops.registry.reconciliation import reconcile
from rnnops.registry.verdicts import NOT_JUDGED, PASSED, VERDICT_TAG
from rnnops.tracking import store

IN_THE_STORE = ("models:", "runs:")  # URIs of what MLflow's store keeps; others are places


class Classifier(Protocol):
    """What classifies texts."""

    def predict(self, texts: Sequence[str]) -> pd.DataFrame:
        """One row a text, in order: columns label, probability and p_<label>."""


@dataclass(frozen=True)
class PublishedCode:
    """The published model in `folder`, run by the code in it, in a process of its own."""

    folder: Path

    def predict(self, texts: Sequence[str]) -> pd.DataFrame:
        """As `Classifier`."""
        return published_model.score(self.folder, texts)


@dataclass(frozen=True)
class LoadedModel:
    """A loaded model; `name` is its URI, and the other two None, where it is no model's version.

    `verdict` is the gate's in a word, or champion.
    """

    model: Classifier
    name: str
    version: str | None
    verdict: str | None

    def __str__(self) -> str:
        return f"{self.name} version {self.version} ({self.verdict})" if self.version else self.name


@store.reaching_the_server()
def load_model(uri: str | None) -> LoadedModel:
    """The model at `uri`, a folder or MLflow URI; by default the best registered one.

    That is the champion of data.dataset, else the newest version that passed the gate.

    Raises:
        InputError: when there is none, or it cannot be loaded.
    """
    if uri is None:
        params = load_params()
        name = versions.model_name(params[Data].dataset)
        version, verdict = _choose(store.connect(), name, params[Gate])
        return LoadedModel(_load(f"models:/{name}/{version}"), name, version, verdict)
    if uri.startswith(IN_THE_STORE):
        client = store.connect()
        if found := _version_at(client, uri):
            verdict = _verdict(client, found)
            return LoadedModel(_load(uri), found.name, str(found.version), verdict)
    return LoadedModel(_load(uri), uri, None, None)


def _choose(client: mlflow.MlflowClient, name: str, params: Gate) -> tuple[str, str]:
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


def _load(uri: str) -> Classifier:
    try:
        return mlflow.pyfunc.load_model(uri)
    except ModuleNotFoundError as missing:
        if not (missing.name or "").startswith("rnnops."):
            raise
        note(f"{uri} was published by another version of rnnops: its own code classifies, slower")
        return PublishedCode(Path(mlflow.artifacts.download_artifacts(uri)))
    except (MlflowException, OSError) as error:
        if isinstance(error.__context__, store.AWAY):
            raise
        raise InputError(f"cannot load the model {uri}: {error}") from None
