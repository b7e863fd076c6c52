"""The forecasters of several frequencies together."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from rnnops.core.errors import InputError
from rnnops.forecasting.forecaster import Forecaster
from rnnops.forecasting.forecasts import Forecasts, empty_forecasts
from rnnops.forecasting.series import Series, by_frequency


def forecast_all(forecasters: Mapping[str, Forecaster], series: Sequence[Series]) -> Forecasts:
    """Forecasts for the periods after each series' end, by the forecaster of its frequency.

    Raises:
        InputError: for a frequency without one.
    """
    forecasts = empty_forecasts([each.horizon for each in series])
    frequencies = np.array([each.frequency for each in series])
    for name, group in by_frequency(series).items():
        if name not in forecasters:
            known = ", ".join(forecasters)
            raise InputError(f"{group[0].name} is {name}, but the model forecasts series: {known}")
        rows, found = np.flatnonzero(frequencies == name), forecasters[name].forecast(group)
        steps = found.points.shape[1]
        forecasts.points[rows, :steps] = found.points
        forecasts.quantiles[rows, :steps] = found.quantiles
    return forecasts


def without_network(forecaster: Forecaster) -> Forecaster:
    """The same without the network's correction: its points are what the network starts from."""
    return replace(forecaster, calibration=forecaster.calibration._replace(trust=0.0))
