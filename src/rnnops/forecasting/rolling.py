"""Forecasts from each origin of the last horizon, as they would have been made at the time."""

from collections.abc import Sequence

import numpy as np

from rnnops.forecasting.forecaster import Forecaster
from rnnops.forecasting.forecasts import Forecasts
from rnnops.forecasting.series import Series


def rolling_forecasts(
    forecaster: Forecaster, series: Sequence[Series]
) -> list[tuple[np.ndarray, Forecasts]]:
    """Of each origin in the last `horizon` values, the actual values and the forecasts.

    Actual values have shape (series, H), NaN after a series' end. The forecaster should not have
    been trained on those values.
    """
    found = []
    for left in range(forecaster.shape.horizon, 0, -1):
        actual = np.full((len(series), forecaster.shape.horizon), np.nan)
        for row, each in zip(actual, series, strict=True):
            row[:left] = each.values[len(each) - left :]
        found.append((actual, forecaster.forecast([each.without_last(left) for each in series])))
    return found
