"""The parameters that runs log: every run of a dataset has the same keys, so that they compare."""

from typing import Any

from rnnops.core.sections import Parameters
from rnnops.core.tasks import CLASSIFICATION

SECTIONS = ("data", "split", "features", "baseline", "train", "evaluate")  # as far as a task has it
UNUSED = "unused"


def network_params(params: Parameters) -> dict[str, Any]:
    """The parameters of the network's run, by dotted key."""
    return _flat_params(params) | {_model_key(params): "SimpleRNN"}


def baseline_params(params: Parameters, model: str) -> dict[str, Any]:
    """The parameters of a baseline's run, under the network's keys."""
    logged = {
        name: UNUSED if name.startswith("train.") else value
        for name, value in _flat_params(params).items()
    }
    return logged | {_model_key(params): model}


def _model_key(params: Parameters) -> str:
    return "classifier" if params.task == CLASSIFICATION else "model"


def _flat_params(params: Parameters) -> dict[str, Any]:
    sections = params.dump()
    values = flatten({name: sections[name] for name in SECTIONS if name in sections})
    learns_vectors = values.get("features.method") in ("word2vec", "hybrid")
    return {
        name: UNUSED if name.startswith("features.word2vec.") and not learns_vectors else value
        for name, value in values.items()
    }


def flatten(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested parameters as one level of dotted keys."""
    result: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, dict):
            result |= flatten(value, f"{prefix}{key}.")
        else:
            result[f"{prefix}{key}"] = value
    return result
