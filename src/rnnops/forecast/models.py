"""The forecasts of every model, of the validation part and of the test part."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from rnnops.core import layout
from rnnops.forecast.combining import Choice, choose_methods
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
    """By part, the forecasts and their evaluation; by combination, its methods."""

    forecasts: dict[str, dict[str, Forecasts]]
    evaluations: dict[str, Evaluation]
    choices: dict[str, Choice]


def read_methods() -> list[str]:
    """The statistical methods whose forecasts there are."""
    return sorted(path.name for path in Path(layout.BASELINE).iterdir() if path.is_dir())


def measure(
    networks: SavedForecasters,
    methods: list[str],
    whole: Mapping[str, list[Series]],
    params: EvaluateForecasts,
) -> Measured:
    """Choose the combinations on the validation part; then measure all models on both parts.

    Args:
        whole: by part, the series up to its end.
    """
    forecasts, evaluations, choices = {}, {}, {}
    for part, used in zip(PARTS, (networks.validators, networks.forecasters), strict=True):
        before = [each.training for each in whole[part]]
        actual, scale = stack_tests(whole[part]), scales(before)
        starts = {name: without_network(network) for name, network in used.items()}
        found = {
            NETWORK: forecast_all(used, before),
            START: forecast_all(starts, before),
            **{name: load_forecasts(part, Path(layout.BASELINE) / name) for name in methods},
        }
        if part == layout.VALIDATION:
            choices = _choose(found, methods, actual, scale, params)
        found[STATISTICAL] = combine([found[name] for name in choices[STATISTICAL].members])
        found[COMBINATION] = combine(
            [found[name] for name in (NETWORK, *choices[COMBINATION].members)]
        )
        forecasts[part] = found
        evaluations[part] = Evaluation(
            {model: errors(actual, each, scale) for model, each in found.items()},
            params.bootstrap_resamples,
            params.seed,
        )
    return Measured(forecasts, evaluations, choices)


def _choose(
    found: Mapping[str, Forecasts],
    methods: list[str],
    actual: np.ndarray,
    scale: np.ndarray,
    params: EvaluateForecasts,
) -> dict[str, Choice]:
    candidates = [name for name in params.combined if name in methods]
    given = candidates, found, actual, scale
    return {
        STATISTICAL: choose_methods(*given, least=2),
        COMBINATION: choose_methods(*given, beside=[NETWORK]),
    }


def best_method(evaluation: Evaluation, methods: list[str]) -> str:
    """The statistical method with the lowest MASE on the validation part."""
    return min(methods, key=lambda name: float(evaluation.errors[name].overall().mase))
