"""TEMPORARY until the runtime's own lands."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import mlflow

from rnnops.catalog.params import Data
from rnnops.core.params import load_params
from rnnops.gate.params import Gate
from rnnops.registry import model_loading, published_model, versions
from rnnops.tracking import store


@dataclass(frozen=True)
class ServedModel:
    """Which model."""

    name: str
    version: str | None
    verdict: str | None
    folder: Path


@store.reaching_the_server()
def choose_served_model(uri: str | None) -> ServedModel:
    """The model at `uri`."""
    if uri is None:
        params = load_params()
        name = versions.model_name(params[Data].dataset)
        version, verdict = model_loading._choose(store.connect(), name, params[Gate])
        return ServedModel(name, version, verdict, _fetch(f"models:/{name}/{version}"))
    if uri.startswith(model_loading.IN_THE_STORE):
        client = store.connect()
        if found := model_loading._version_at(client, uri):
            verdict = model_loading._verdict(client, found)
            return ServedModel(found.name, str(found.version), verdict, _fetch(uri))
    return ServedModel(uri, None, None, Path(uri))


@cache
def _fetch(uri: str) -> Path:
    folder = Path(mlflow.artifacts.download_artifacts(uri))
    return published_model.artifact_paths(folder)["classifier"]
