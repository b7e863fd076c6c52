"""Seasonal patterns of many windows at once: whether there is one, and what it adds.

A window is a row of past values, right-aligned: its last column is the last value before the
forecast, and NaN stands before its first. A phase counts periods back from the last value, so that
the step h ahead, from 1, has the phase −h mod season.
"""

import numpy as np

LEAST_SEASONS = 3  # less shows each phase but once or twice
SHRINKAGE = 2.0  # chosen on the validation part of M3 from 1, 1.5, 2 and 3


def seasonal_pattern(windows: np.ndarray, season: int) -> np.ndarray:
    """What each phase adds, shape (windows, season), summing to 0; 0 throughout where none shows.

    Classical additive decomposition; of logarithms, the multiplicative one with geometric means.
    The pattern is shrunk towards none, by 1 − SHRINKAGE·(variance of the phases' means by chance) /
    (variance of the phases' means), at least 0 (James and Stein 1961; Miller and Williams,
    "Shrinkage estimators of time series seasonal factors", 2003). A test of autocorrelation, as the
    theta method has it, keeps or drops the whole pattern: it was worse in quarterly and in monthly
    series.

    Args:
        windows: shape (windows, length).
    """
    pattern = np.zeros((len(windows), season))
    long_enough = np.count_nonzero(~np.isnan(windows), axis=1) >= LEAST_SEASONS * season
    if season == 1 or not long_enough.any():
        return pattern
    detrended = windows[long_enough] - _moving_average(windows[long_enough], season)
    latest_first = detrended[:, ::-1]
    means, squares, number = [], [], []
    for phase in range(season):
        seen = latest_first[:, phase::season]
        is_there = ~np.isnan(seen)
        number.append(is_there.sum(axis=1))
        means.append(np.where(is_there, seen, 0).sum(axis=1) / number[-1])
        squares.append(np.where(is_there, seen - means[-1][:, None], 0) ** 2)
    counts = np.stack(number, axis=1)
    found = np.stack(means, axis=1)
    found -= found.mean(axis=1, keepdims=True)
    total = sum(each.sum(axis=1) for each in squares)
    chance = total / np.maximum(counts.sum(axis=1) - season, 1) / counts.mean(axis=1)
    variance = (found**2).sum(axis=1) / (season - 1)
    kept = 1 - SHRINKAGE * chance / np.where(variance > 0, variance, np.inf)
    pattern[long_enough] = found * np.clip(np.where(variance > 0, kept, 0), 0, 1)[:, None]
    return pattern


def at_phases(pattern: np.ndarray, length: int) -> np.ndarray:
    """The pattern over windows of that length, shape (windows, length)."""
    return pattern[:, np.arange(length - 1, -1, -1) % pattern.shape[1]]


def at_steps(pattern: np.ndarray, horizon: int) -> np.ndarray:
    """The pattern over the steps ahead, shape (windows, horizon)."""
    return pattern[:, -np.arange(1, horizon + 1) % pattern.shape[1]]


def _moving_average(windows: np.ndarray, season: int) -> np.ndarray:
    """Over one season, centred; NaN where it would go beyond a window."""
    weights = np.ones(season)
    if season % 2 == 0:
        weights = np.concatenate([[0.5], np.ones(season - 1), [0.5]])
    weights /= season
    half = len(weights) // 2
    average = np.full_like(windows, np.nan)
    if windows.shape[1] >= len(weights):
        spans = np.lib.stride_tricks.sliding_window_view(windows, len(weights), axis=1)
        average[:, half : windows.shape[1] - half] = spans @ weights
    return average
