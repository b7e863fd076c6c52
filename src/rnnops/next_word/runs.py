"""What the runs of language models are called, and the parameters that they log."""

from typing import Any

from rnnops.core.sections import Parameters
from rnnops.tracking.run_names import code_of
from rnnops.tracking.run_parameters import UNUSED, flatten

SECTIONS = ("data", "split", "features", "baseline", "train", "evaluate")


def network_params(params: Parameters) -> dict[str, Any]:
    """The parameters of the network's run, by dotted key."""
    sections = params.dump()
    return flatten({name: sections[name] for name in SECTIONS}) | {"model": "SimpleRNN"}


def ngram_params(params: Parameters, model: str) -> dict[str, Any]:
    """The parameters of an n-gram model's run, under the network's keys."""
    logged = network_params(params)
    return {
        name: UNUSED if name.startswith("train.") else value for name, value in logged.items()
    } | {"model": model}


def network_name(params: dict[str, Any]) -> str:
    """Such as `SimpleRNN 200 units, dropout 0.25, rate 0.003, 10 epochs, seed 0 (3f2a)`.

    Args:
        params: from `network_params`.
    """
    rest = dict(params)
    layers, units = rest.pop("train.layers"), rest.pop("train.units")
    size = f"{units} units" if layers == 1 else f"{layers} × {units} units"
    return (
        f"SimpleRNN {size}, dropout {rest.pop('train.dropout'):g}, rate "
        f"{rest.pop('train.learning_rate'):g}, {rest.pop('train.epochs')} epochs, "
        f"seed {rest.pop('train.seed')} ({code_of(rest)})"
    )


def ngram_name(params: dict[str, Any]) -> str:
    """Such as `kneser ney 5 (8c1e)`.

    Args:
        params: from `ngram_params`.
    """
    rest = dict(params)
    return f"{rest.pop('model').replace('_', ' ')} ({code_of(rest)})"
