"""How good forecasts are, by series and step ahead.

sMAPE and its mean over series are those of the M3 competition (Makridakis and Hibon 2000), MASE is
Hyndman and Koehler's (2006), the CRPS that of Gneiting and Raftery (2007) from quantiles.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from rnnops.forecasting.forecasts import INTERVALS, LEVELS, Forecasts
from rnnops.forecasting.series import Series

# The share of (0, 1) that each level stands for: up to half way to its neighbours.
SHARES = np.diff(np.concatenate([[0], (LEVELS[1:] + LEVELS[:-1]) / 2, [1]]))


class Errors(NamedTuple):
    """Each of shape (S, H), NaN after a series' horizon.

    Attributes:
        smape: 200·|y − f| / (|y| + |f|), percent; 0 where both are 0.
        mase: |y − f| over the series' scale; NaN for series without one.
        crps: twice the pinball loss, averaged over the levels, over the series' scale; so too.
        coverage_80, coverage_95: 1 where the interval holds the value, else 0.
    """

    smape: np.ndarray
    mase: np.ndarray
    crps: np.ndarray
    coverage_80: np.ndarray
    coverage_95: np.ndarray

    def by_series(self) -> "Errors":
        """The mean over each series' steps, shape (S,); NaN where a series has no scale."""
        return Errors(*(_mean(each, axis=1) for each in self))

    def by_step(self) -> "Errors":
        """The mean over series at each step, shape (H,)."""
        return Errors(*(_mean(each, axis=0) for each in self))

    def overall(self) -> "Errors":
        """The mean over series of each series' mean, scalars."""
        return Errors(*(_mean(each, axis=0) for each in self.by_series()))


class Estimate(NamedTuple):
    """A mean over series and its 95% bootstrap interval."""

    mean: float
    low: float
    high: float


def scales(series: Sequence[Series]) -> np.ndarray:
    """MASE's denominators: the mean |y_t − y_{t−season}| of what is given, shape (S,).

    Give the training parts. NaN for a series that only repeats itself, such as a constant one: it
    has no MASE and no CRPS, and is left out of their means.
    """
    found = np.array(
        [np.abs(each.values[each.season :] - each.values[: -each.season]).mean() for each in series]
    )
    return np.where(found > 0, found, np.nan)


def errors(actual: np.ndarray, forecasts: Forecasts, scale: np.ndarray) -> Errors:
    """The errors of `forecasts`.

    Args:
        actual: shape (S, H), NaN after a series' horizon.
        scale: from `scales`, shape (S,).
    """
    missed = np.abs(actual - forecasts.points)
    size = np.abs(actual) + np.abs(forecasts.points)
    smape = np.where(missed == 0, 0, 200 * missed / np.where(size == 0, 1, size))
    below = actual[..., None] - forecasts.quantiles
    pinball = np.maximum(LEVELS * below, (LEVELS - 1) * below)
    covered = []
    for low, high in INTERVALS.values():
        inside = (forecasts.quantiles[..., low] <= actual) & (
            actual <= forecasts.quantiles[..., high]
        )
        covered.append(np.where(np.isnan(actual), np.nan, inside))
    return Errors(smape, missed / scale[:, None], 2 * pinball @ SHARES / scale[:, None], *covered)


def estimate(values: np.ndarray, resamples: int, seed: int) -> Estimate:
    """The mean of `values`, shape (S,), and its interval over series; NaN are left out.

    For a paired difference give the differences of two methods' errors by series.
    """
    values = values[~np.isnan(values)]
    if not len(values):
        return Estimate(np.nan, np.nan, np.nan)
    random = np.random.default_rng(seed)
    means = [
        values[random.integers(len(values), size=len(values))].mean() for _ in range(resamples)
    ]
    low, high = np.quantile(means, [0.025, 0.975])
    return Estimate(float(values.mean()), float(low), float(high))


def _mean(values: np.ndarray, axis: int) -> np.ndarray:
    """`np.nanmean` that gives NaN for what is NaN throughout, without a warning."""
    is_number = ~np.isnan(values)
    total = np.where(is_number, values, 0).sum(axis=axis)
    number = is_number.sum(axis=axis)
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)
