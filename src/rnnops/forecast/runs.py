"""What the runs of networks that forecast are called."""

from typing import Any

from rnnops.tracking.run_names import code_of


def network_name(params: dict[str, Any]) -> str:
    """Such as `SimpleRNN forecasts, seeds 0 1 2 (3f2a)`.

    Args:
        params: from `network_params`.
    """
    rest = dict(params)
    seeds = " ".join(map(str, rest.pop("train.seeds")))
    return f"SimpleRNN forecasts, seeds {seeds} ({code_of(rest)})"
