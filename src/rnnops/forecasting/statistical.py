"""Statistical forecasts by statsforecast: what networks are measured against and joined with.

The package is imported inside functions: it has a lock file of its own (requirements-forecast.in).
Each series is fitted by itself, so that one that a method cannot handle falls back alone, to the
seasonal naive forecast, with the reason.
"""

import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np

from rnnops.core.errors import InputError
from rnnops.forecasting.forecasts import LEVELS, MEDIAN, Forecasts, empty_forecasts
from rnnops.forecasting.series import Series

METHODS = {
    "naive": "Naive",
    "seasonal_naive": "SeasonalNaive",
    "drift": "RandomWalkWithDrift",
    "auto_ets": "AutoETS",
    "auto_arima": "AutoARIMA",
    "theta": "Theta",
    "dynamic_optimized_theta": "DynamicOptimizedTheta",
}
WITHOUT_SEASON = ("naive", "drift")
FALLBACK = "seasonal_naive"
SERIES_AT_ONCE = 16  # of what a process is given: series differ in cost


class Fallback(NamedTuple):
    """A series that `method` could not forecast, and why."""

    series: str
    method: str
    reason: str


def forecast_statistically(
    series: Sequence[Series], method: str, processes: int = 1
) -> tuple[Forecasts, list[Fallback]]:
    """Forecasts of one of `METHODS` for the periods after each series' end.

    Raises:
        InputError: where statsforecast is not installed.
    """
    _models()
    forecasts = empty_forecasts([each.horizon for each in series])
    fallbacks = []
    jobs = [method] * len(series)
    if processes == 1:
        found = list(map(_forecast, series, jobs))
    else:
        with ProcessPoolExecutor(processes) as pool:
            found = list(pool.map(_forecast, series, jobs, chunksize=SERIES_AT_ONCE))
    for row, (each, (points, quantiles, reason)) in enumerate(zip(series, found, strict=True)):
        forecasts.points[row, : each.horizon] = points
        forecasts.quantiles[row, : each.horizon] = quantiles
        if reason:
            fallbacks.append(Fallback(each.name, method, reason))
    return forecasts, fallbacks


def _models() -> Any:
    try:
        return import_module("statsforecast.models")
    except ModuleNotFoundError as missing:
        raise InputError(
            f"statistical forecasts need {missing.name}: `make setup` installs it"
        ) from None


def _forecast(series: Series, method: str) -> tuple[np.ndarray, np.ndarray, str | None]:
    """Points, shape (horizon,), quantiles, shape (horizon, levels), and why it fell back."""
    try:
        return *_fit(series, method), None
    except Exception as error:  # whatever the optimisers raise on series they were not made for
        reason = f"{type(error).__name__}: {' '.join(str(error).split())}"
    try:
        return *_fit(series, FALLBACK), reason
    except Exception:  # of a series shorter than two seasons
        return *_repeat_last_season(series), reason


def _fit(series: Series, method: str) -> tuple[np.ndarray, np.ndarray]:
    model: Callable[..., Any] = getattr(_models(), METHODS[method])
    arguments = {} if method in WITHOUT_SEASON else {"season_length": series.season}
    widths = [round(100 * (1 - 2 * level)) for level in LEVELS[:MEDIAN]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of optimisers about single series
        found = model(**arguments).forecast(y=series.values, h=series.horizon, level=widths)
    points = np.asarray(found["mean"], float)
    lower = [np.asarray(found[f"lo-{width}"], float) for width in widths]
    upper = [np.asarray(found[f"hi-{width}"], float) for width in reversed(widths)]
    quantiles = np.stack([*lower, points, *upper], axis=1)
    if not np.isfinite(quantiles).all():
        raise ValueError("the forecast or an interval is not a number")
    return points, np.sort(quantiles, axis=1)


def _repeat_last_season(series: Series) -> tuple[np.ndarray, np.ndarray]:
    points = np.resize(series.values[-series.season :], series.horizon)
    return points, np.repeat(points[:, None], len(LEVELS), axis=1)
