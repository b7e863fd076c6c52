"""What runs are called: what is varied most often, and a code that stands for all the rest."""

import hashlib
import json
from typing import Any

from rnnops.catalog.params import Data
from rnnops.core.sections import Parameters
from rnnops.core.tasks import CLASSIFICATION

CODE_CHARACTERS = 4


def experiment_of(params: Parameters) -> str:
    """MLflow's experiment that holds the runs on these parameters' dataset, for their task."""
    dataset, task = params[Data].dataset, params.task.replace("_", "-")
    return dataset if params.task == CLASSIFICATION else f"{dataset}-{task}"


def network_name(params: dict[str, Any]) -> str:
    """Such as `hybrid SimpleRNN 100 units, dropout 0.1, rate 0.002, 8 epochs, seed 0 (3f2a)`.

    Without a `features.method`, it begins with SimpleRNN.

    Args:
        params: from `network_params`.
    """
    rest = dict(params)
    layers, units = rest.pop("train.layers"), rest.pop("train.units")
    size = f"{units} units" if layers == 1 else f"{layers} × {units} units"
    features = f"{rest.pop('features.method')} " if "features.method" in rest else ""
    return (
        f"{features}SimpleRNN {size}, dropout {rest.pop('train.dropout'):g}, "
        f"rate {rest.pop('train.learning_rate'):g}, {rest.pop('train.epochs')} epochs, "
        f"seed {rest.pop('train.seed')} ({code_of(rest)})"
    )


def baseline_name(params: dict[str, Any]) -> str:
    """What the run of a linear classifier is called, such as `linear svm, C 1 (8c1e)`.

    Args:
        params: from `baseline_params`.
    """
    rest = dict(params)
    classifier = rest.pop("classifier")
    if classifier.endswith("naive_bayes"):
        setting = f"smoothing {rest.pop('baseline.smoothing'):g}"
    elif classifier.endswith("svm"):
        setting = f"C {rest.pop('baseline.svm_regularization'):g}"
    else:
        setting = f"C {rest.pop('baseline.regularization'):g}"
    return f"{classifier.replace('_', ' ')}, {setting} ({code_of(rest)})"


def model_name(params: dict[str, Any]) -> str:
    """What the run of a baseline of another task is called, such as `auto ets (8c1e)`.

    Args:
        params: from `baseline_params`.
    """
    rest = dict(params)
    return f"{rest.pop('model').replace('_', ' ')} ({code_of(rest)})"


def code_of(params: dict[str, Any]) -> str:
    """The same for the same parameters, and hardly ever for others."""
    written = json.dumps(params, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:CODE_CHARACTERS]
