"""Fit a forecaster: train on all but the validation part, calibrate on it, train again on all.

What is given is all that may be seen: keep the test's values away with `Series.training`. The
validation part is the last `horizon` values of what is given.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from rnnops.forecasting.calibration import Calibration
from rnnops.forecasting.forecaster import Forecaster, answer
from rnnops.forecasting.inference import QuantileNetwork
from rnnops.forecasting.params import ForecastNetwork
from rnnops.forecasting.series import Series, stack_tests
from rnnops.forecasting.training import make_examples, train_network
from rnnops.forecasting.windows import WindowShape, read_windows


class Fitted(NamedTuple):
    """A forecaster, and the `validator`, which has not been trained on the validation part.

    Both have the calibration that fits the validator there. `losses`: of the forecaster's training,
    by epoch, the mean over its seeds.
    """

    forecaster: Forecaster
    validator: Forecaster
    losses: list[float]


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
    networks, _ = _train(earlier, shape, params, seeds)
    targets = windows.scaled(stack_tests(series))
    calibration = Calibration.fit(answer(networks, windows, shape), targets, windows.scale)
    final, losses = _train(series, shape, params, seeds)
    return Fitted(
        Forecaster(shape, final, calibration), Forecaster(shape, networks, calibration), losses
    )


def _train(
    series: Sequence[Series], shape: WindowShape, params: ForecastNetwork, seeds: Sequence[int]
) -> tuple[list[QuantileNetwork], list[float]]:
    examples = make_examples(series, shape, params)
    trained = [train_network(examples, shape, params, seed) for seed in seeds]
    losses = np.mean([losses for _, losses in trained], axis=0)
    return [network for network, _ in trained], losses.tolist()
