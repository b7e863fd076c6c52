"""Exponential smoothing with a damped trend, of many windows at once: the network's other start.

Gardner and McKenzie, "Forecasting trends in time series" (1985), as errors e_t one step ahead:

    e_t = y_t − (ℓ_{t-1} + φ·b_{t-1})       ŷ_{t+h} = ℓ_t + (φ + φ² + … + φ^h)·b_t
    ℓ_t = ℓ_{t-1} + φ·b_{t-1} + α·e_t
    b_t = φ·b_{t-1} + α·β·e_t

The level begins with the first value, the trend with the mean of the first steps. α, β and φ are
those of a small grid with the least squared error.
"""

import numpy as np

ALPHAS = (0.1, 0.3, 0.5, 0.7, 0.9, 0.99)
BETAS = (0.02, 0.1, 0.25, 0.5)
DAMPINGS = (0.8, 0.9, 0.98)
FIRST_STEPS = 4  # whose mean the trend begins with
STEPS_NOT_JUDGED = 3


def fit_damped_trend(windows: np.ndarray, horizon: int) -> np.ndarray:
    """Forecasts of each window, shape (windows, horizon); windows are right-aligned after NaN."""
    alpha, beta, phi = (grid.ravel() for grid in np.meshgrid(ALPHAS, BETAS, DAMPINGS))
    rows = np.arange(len(windows))
    started = ~np.isnan(windows)
    first = started.argmax(axis=1)
    begin = _first_trend(windows, first)
    level = np.zeros((len(windows), len(alpha)))
    trend, squares = np.zeros_like(level), np.zeros_like(level)
    for column in range(windows.shape[1]):
        now = started[:, column]
        is_first = (first == column)[:, None]
        damped = phi * trend[now]
        value = windows[now, column][:, None]
        missed = value - level[now] - damped
        is_judged = (column - first[now] >= STEPS_NOT_JUDGED)[:, None]
        squares[now] += np.where(is_judged, missed, 0) ** 2
        level[now] = np.where(is_first[now], value, level[now] + damped + alpha * missed)
        trend[now] = np.where(is_first[now], begin[now], damped + alpha * beta * missed)
    best = squares.argmin(axis=1)
    ahead = np.cumsum(phi[best][:, None] ** np.arange(1, horizon + 1), axis=1)
    return level[rows, best][:, None] + ahead * trend[rows, best][:, None]


def _first_trend(windows: np.ndarray, first: np.ndarray) -> np.ndarray:
    """The mean of the first steps, shape (windows, 1); 0 for a single value."""
    last = np.minimum(first + FIRST_STEPS, windows.shape[1] - 1)
    rows = np.arange(len(windows))
    change = windows[rows, last] - windows[rows, first]
    return (change / np.maximum(last - first, 1))[:, None]
