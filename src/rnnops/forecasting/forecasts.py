"""Forecasts of several series: a point and quantiles for each step ahead."""

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np

# The 95% and 80% intervals and what lies between: all that metrics and combinations need.
LEVELS = np.array([0.025, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.975])
MEDIAN = 5
INTERVALS = {0.8: (1, 9), 0.95: (0, 10)}  # the quantiles that bound each


class Forecasts(NamedTuple):
    """Of S series up to H steps ahead, in units of the series; NaN after a series' own horizon.

    `points`: shape (S, H). `quantiles`: shape (S, H, levels), at `LEVELS`, rising.
    """

    points: np.ndarray
    quantiles: np.ndarray

    def rows(self, selected: np.ndarray) -> Self:
        """The forecasts of the series that a mask or positions select."""
        return self._replace(points=self.points[selected], quantiles=self.quantiles[selected])


def empty_forecasts(horizons: Sequence[int]) -> Forecasts:
    """Forecasts that are NaN throughout, to be filled."""
    shape = len(horizons), max(horizons)
    return Forecasts(np.full(shape, np.nan), np.full((*shape, len(LEVELS)), np.nan))
