"""The dynamic theta model of many windows at once: what the network's forecasts start from.

Fiorucci, Pellegrini, Louzada, Petropoulos and Koehler, "Models for optimising the theta method and
their relationship to state space models" (2016), with A_t and B_t the line through the values up to
t, ℓ_t the level and ȳ_t the mean:

    μ_t = ℓ_{t-1} + (1 − 1/θ)·((1−α)^{t-1}·A_{t-1} + (1 − (1−α)^t)/α·B_{t-1})
    ℓ_t = α·y_t + (1−α)·ℓ_{t-1},   ℓ_0 = y_1/θ
    ȳ_t = ((t−1)·ȳ_{t-1} + y_t)/t
    B_t = ((t−2)·B_{t-1} + 6·(y_t − ȳ_{t-1})/t)/(t+1)
    A_t = ȳ_t − B_t·(t+1)/2

α and θ are those of a small grid with the least squared error one step ahead: windows of one length
of time cost one pass over it, and no optimiser can stop at another place on another machine.
"""

from typing import NamedTuple

import numpy as np

ALPHAS = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99])
THETAS = np.array([1.0, 1.5, 2.0, 3.0, 5.0])  # 1 is exponential smoothing without a trend
STEPS_NOT_JUDGED = 3  # the line and the level begin with the first values


class Theta(NamedTuple):
    """Of W windows: forecasts (W, horizon), α, θ and the root mean squared error, each (W,)."""

    forecasts: np.ndarray
    alpha: np.ndarray
    theta: np.ndarray
    error: np.ndarray


def fit_theta(windows: np.ndarray, horizon: int) -> Theta:
    """The model of each window, shape (windows, length), right-aligned after NaN."""
    alpha, theta = (grid.ravel() for grid in np.meshgrid(ALPHAS, THETAS))
    started = ~np.isnan(windows)
    rows = len(windows)
    level = np.zeros((rows, len(alpha)))
    squares = np.zeros_like(level)
    mean, slope, count = np.zeros(rows), np.zeros(rows), np.zeros(rows)
    for column in range(windows.shape[1]):
        now = np.flatnonzero(started[:, column])
        value, t = windows[now, column], count[now] + 1
        expected = _expected(level[now], mean[now], slope[now], t, alpha, theta)
        missed = np.where(t[:, None] > STEPS_NOT_JUDGED, value[:, None] - expected, 0)
        squares[now] += missed**2
        before = np.where(t[:, None] == 1, value[:, None] / theta, level[now])
        level[now] = alpha * value[:, None] + (1 - alpha) * before
        slope[now] = np.where(
            t == 1, 0, ((t - 2) * slope[now] + 6 * (value - mean[now]) / t) / (t + 1)
        )
        mean[now] = ((t - 1) * mean[now] + value) / t
        count[now] = t
    best = squares.argmin(axis=1)
    alpha, theta = alpha[best], theta[best]
    level = level[np.arange(rows), best]
    forecasts = np.empty((rows, horizon))
    for step in range(horizon):
        t = count + 1
        value = _expected(level[:, None], mean, slope, t, alpha[:, None], theta[:, None])[:, 0]
        forecasts[:, step] = value
        level = alpha * value + (1 - alpha) * level
        slope = ((t - 2) * slope + 6 * (value - mean) / t) / (t + 1)
        mean = ((t - 1) * mean + value) / t
        count = t
    judged = np.maximum(np.count_nonzero(started, axis=1) - STEPS_NOT_JUDGED, 1)
    error = np.sqrt(squares[np.arange(rows), best] / judged)
    return Theta(forecasts, alpha, theta, error)


def _expected(
    level: np.ndarray,
    mean: np.ndarray,
    slope: np.ndarray,
    t: np.ndarray,
    alpha: np.ndarray,
    theta: np.ndarray,
) -> np.ndarray:
    """μ_t, shape (W, grid).

    Args:
        level: ℓ_{t-1}, shape (W, grid).
        mean, slope: ȳ_{t-1} and B_{t-1}, shape (W,).
        t: the number of the value that is expected, counted from 1, shape (W,).
        alpha, theta: shape (grid,) or (W, 1).
    """
    intercept = (mean - slope * t / 2)[:, None]
    forgotten = (1 - alpha) ** (t - 1)[:, None]
    line = forgotten * intercept + (1 - forgotten * (1 - alpha)) / alpha * slope[:, None]
    return level + (1 - 1 / theta) * line
