"""What the runs of forecasts are called, and the parameters that they log."""

from typing import Any

from rnnops.core.sections import Parameters
from rnnops.tracking.run_names import code_of
from rnnops.tracking.run_parameters import UNUSED, flatten

SECTIONS = ("data", "baseline", "train", "evaluate")


def network_params(params: Parameters) -> dict[str, Any]:
    """The parameters of the network's run, by dotted key."""
    sections = params.dump()
    return flatten({name: sections[name] for name in SECTIONS}) | {"model": "SimpleRNN"}


def method_params(params: Parameters, method: str) -> dict[str, Any]:
    """The parameters of a statistical method's run, under the network's keys."""
    logged = network_params(params)
    return {
        name: UNUSED if name.startswith("train.") else value for name, value in logged.items()
    } | {"model": method}


def network_name(params: dict[str, Any]) -> str:
    """Such as `SimpleRNN forecasts, seeds 0 1 2 (3f2a)`.

    Args:
        params: from `network_params`.
    """
    rest = dict(params)
    seeds = " ".join(map(str, rest.pop("train.seeds")))
    return f"SimpleRNN forecasts, seeds {seeds} ({code_of(rest)})"


def method_name(params: dict[str, Any]) -> str:
    """Such as `auto ets (8c1e)`.

    Args:
        params: from `method_params`.
    """
    rest = dict(params)
    return f"{rest.pop('model').replace('_', ' ')} ({code_of(rest)})"
