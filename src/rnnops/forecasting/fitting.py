"""Fit a forecaster: train on all but the validation part, calibrate on it, train again on all.

What is given is all that may be seen: keep the test's values away with `Series.training`. The
validation part is the last `horizon` values of what is given.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from rnnops.forecasting.calibration import Calibration
from rnnops.forecasting.forecaster import Forecaster, answer
from rnnops.forecasting.forecasts import Forecasts
from rnnops.forecasting.inference import QuantileNetwork
from rnnops.forecasting.params import ForecastNetwork
from rnnops.forecasting.series import Series, stack_tests
from rnnops.forecasting.training import make_examples, train_network
from rnnops.forecasting.windows import WindowShape, read_windows


class Fitted(NamedTuple):
    """A forecaster, and the `validator`, which has not been trained on the validation part.

    Both have the calibration that fits the validator there.
    """

    forecaster: Forecaster
    validator: Forecaster


def fit_forecaster(
    series: Sequence[Series], params: ForecastNetwork, seeds: Sequence[int]
) -> Fitted:
    """Fit the forecaster of `series`, which have one season and one horizon.

    Raises:
        ValueError: if they have several.
    """
    kinds = {(each.season, each.horizon) for each in series}
    if len(kinds) != 1:
        raise ValueError("the series of a forecaster have one season and one horizon")
    ((season, horizon),) = kinds
    shape = WindowShape(season, horizon, params.steps, params.base)
    earlier = [each.training for each in series]
    windows = read_windows([each.values for each in earlier], shape)
    networks = _train(earlier, shape, params, seeds)
    targets = windows.scaled(stack_tests(series))
    calibration = Calibration.fit(answer(networks, windows, shape), targets, windows.scale)
    return Fitted(
        Forecaster(shape, _train(series, shape, params, seeds), calibration),
        Forecaster(shape, networks, calibration),
    )


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


def _train(
    series: Sequence[Series], shape: WindowShape, params: ForecastNetwork, seeds: Sequence[int]
) -> list[QuantileNetwork]:
    examples = make_examples(series, shape, params)
    return [train_network(examples, shape, params, seed) for seed in seeds]
