"""How good the network's forecasts are from each origin of the validation part."""

from collections.abc import Mapping, Sequence
from typing import Any

from rnnops.forecasting.forecaster import Forecaster
from rnnops.forecasting.metrics import errors, scales
from rnnops.forecasting.rolling import rolling_forecasts
from rnnops.forecasting.series import Series, by_frequency
from rnnops.metrics.measured import null_if_nan


def roll(
    validators: Mapping[str, Forecaster], series: Sequence[Series]
) -> dict[str, list[dict[str, Any]]]:
    """By frequency and origin, the number of steps after it and the mean metrics of them.

    Args:
        validators: by frequency, not trained on the last horizon of `series`.
    """
    found = {}
    for frequency, group in by_frequency(series).items():
        scale = scales([each.training for each in group])
        found[frequency] = [
            {"steps": group[0].horizon - place}
            | {
                name: null_if_nan(value)
                for name, value in errors(actual, forecasts, scale).overall()._asdict().items()
            }
            for place, (actual, forecasts) in enumerate(
                rolling_forecasts(validators[frequency], group)
            )
        ]
    return found
