"""What runs are called: what is varied most often, told at a glance."""

from typing import Any

from rnnops.config import Baseline


def network_name(params: dict[str, Any]) -> str:
    """Such as `hybrid SimpleRNN 100 units, dropout 0.1, rate 0.002, seed 0`.

    Args:
        params: flat.
    """
    layers, units = params["train.layers"], params["train.units"]
    size = f"{units} units" if layers == 1 else f"{layers} × {units} units"
    return (
        f"{params['features.method']} SimpleRNN {size}, dropout {params['train.dropout']:g}, "
        f"rate {params['train.learning_rate']:g}, seed {params['train.seed']}"
    )


def baseline_name(classifier: str, params: Baseline) -> str:
    """Such as `linear svm, C 1`."""
    if classifier.endswith("naive_bayes"):
        setting = f"smoothing {params.smoothing:g}"
    elif classifier.endswith("svm"):
        setting = f"C {params.svm_regularization:g}"
    else:
        setting = f"C {params.regularization:g}"
    return f"{classifier.replace('_', ' ')}, {setting}"
