"""The forecasts of every model, of the validation part and of the test part."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from rnnops.core import layout
from rnnops.forecast.evaluation import COMBINATION, NETWORK, START, STATISTICAL, Evaluation
from rnnops.forecasting.combination import combine
from rnnops.forecasting.forecasters import forecast_all, without_network
from rnnops.forecasting.forecasts import Forecasts
from rnnops.forecasting.metrics import errors, scales
from rnnops.forecasting.params import EvaluateForecasts
from rnnops.forecasting.saved_forecasters import SavedForecasters
from rnnops.forecasting.saved_forecasts import load_forecasts
from rnnops.forecasting.series import Series, stack_tests

PARTS = (layout.VALIDATION, layout.TEST)


class Measured(NamedTuple):
    """By part, the forecasts and their evaluation; and the methods that are averaged."""

    forecasts: dict[str, dict[str, Forecasts]]
    evaluations: dict[str, Evaluation]
    combined: Sequence[str]


def read_methods() -> list[str]:
    """The statistical methods whose forecasts there are."""
    return sorted(path.name for path in Path(layout.BASELINE).iterdir() if path.is_dir())


def measure(
    networks: SavedForecasters,
    methods: list[str],
    whole: Mapping[str, list[Series]],
    params: EvaluateForecasts,
) -> Measured:
    """Measure all models and two combinations on both parts.

    The statistical combination is the mean of those of `params.combined` that are fitted, the
    combination the mean of that and the network. Methods are not chosen and weights not fitted: on
    few values each that loses more than it gains (Smith and Wallis, "A simple explanation of the
    forecast combination puzzle", 2009).

    Args:
        whole: by part, the series up to its end.
    """
    combined = [name for name in params.combined if name in methods]
    forecasts, evaluations = {}, {}
    for part, used in zip(PARTS, (networks.validators, networks.forecasters), strict=True):
        before = [each.training for each in whole[part]]
        actual, scale = stack_tests(whole[part]), scales(before)
        starts = {name: without_network(network) for name, network in used.items()}
        found = {
            NETWORK: forecast_all(used, before),
            START: forecast_all(starts, before),
            **{name: load_forecasts(part, Path(layout.BASELINE) / name) for name in methods},
        }
        found[STATISTICAL] = combine([found[name] for name in combined])
        found[COMBINATION] = combine([found[NETWORK], found[STATISTICAL]])
        forecasts[part] = found
        evaluations[part] = Evaluation(
            {model: errors(actual, each, scale) for model, each in found.items()},
            params.bootstrap_resamples,
            params.seed,
        )
    return Measured(forecasts, evaluations, combined)


def best_method(evaluation: Evaluation, methods: list[str]) -> str:
    """The statistical method with the lowest MASE on the validation part."""
    return min(methods, key=lambda name: float(evaluation.errors[name].overall().mase))
