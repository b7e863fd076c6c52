"""Forecasts of the same series by several models: metrics with intervals, and what one gains.

Intervals are over series: a metric is the mean over series of each one's mean over its steps.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from rnnops.forecasting.metrics import Errors
from rnnops.losses.sums import Sums, measure_mean, measure_share
from rnnops.metrics.bootstrap import cluster_weights
from rnnops.metrics.measured import Measured, null_if_nan

NETWORK, START = "network", "start"
COMBINATION, STATISTICAL = "combination", "statistical_combination"
SMAPE, MASE, CRPS = "smape", "mase", "crps"
COVERAGES = {"coverage_80": 0.8, "coverage_95": 0.95}
METRICS = (SMAPE, MASE, CRPS, *COVERAGES)

Metrics = dict[str, dict[str, Any]]  # by name, `value`, `low` and `high`
UNKNOWN = {"value": None, "low": None, "high": None}


class Evaluation:
    """The errors of models on the same n series.

    Args:
        errors: by model.
    """

    def __init__(self, errors: Mapping[str, Errors], resamples: int, seed: int) -> None:
        self.errors = errors
        self.by_series = {model: each.by_series() for model, each in errors.items()}
        number = len(next(iter(self.by_series.values())).smape)
        self._weights = cluster_weights(np.arange(number), resamples, seed)

    def metrics(self, model: str, rows: np.ndarray | None = None) -> Metrics:
        """The model's metrics; what no series has is None.

        Args:
            rows: a mask of series, by default all.
        """
        found = {}
        for name, values in self.by_series[model]._asdict().items():
            measured = self._mean(values, rows, is_share=name in COVERAGES)
            found[name] = measured.to_json() if measured else UNKNOWN
        return found

    def gain(self, model: str, other: str, rows: np.ndarray | None = None) -> Metrics:
        """The model's metrics less those of `other`, paired over series."""
        found = {}
        for name in (SMAPE, MASE, CRPS):
            ours, theirs = (
                self._mean(getattr(self.by_series[each], name), rows, is_share=False)
                for each in (model, other)
            )
            found[name] = (ours - theirs).to_json() if ours and theirs else UNKNOWN
        return found

    def by_step(self, model: str, rows: np.ndarray) -> dict[str, list[float | None]]:
        """The mean over series at each step that one of them has, by metric."""
        chosen = Errors(*(each[rows] for each in self.errors[model]))
        steps = int((~np.isnan(chosen.smape)).any(axis=0).sum())
        return {
            name: [null_if_nan(value) for value in values[:steps]]
            for name, values in chosen.by_step()._asdict().items()
        }

    def _mean(
        self, values: np.ndarray, rows: np.ndarray | None, *, is_share: bool
    ) -> Measured | None:
        known = ~np.isnan(values)
        if rows is not None:
            known &= rows
        if not known.any():
            return None
        sums = Sums(values[known], np.ones(int(known.sum())))
        return (measure_share if is_share else measure_mean)(sums, self._weights.rows(known))
