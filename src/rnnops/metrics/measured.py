"""A number with its interval, and how both are written for people."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from rnnops.core.numbers import DECIMALS, format_number
from rnnops.metrics.intervals import Interval, beta_interval, difference_interval

CONFIDENCE = 0.95


@dataclass(frozen=True, eq=False)
class Measured:
    """A number measured on some messages and on each bootstrap resample of them.

    NaN where it is undefined. Two numbers measured on the same resamples are paired: their
    difference has an interval of its own.

    `resamples`: shape (resamples,). `bounds`: between which the number lies. `effective`: number of
    clusters, see `effective_number`. `cluster_variance`: the variance that an average cluster adds
    when it is wrong as a whole. `counts_decisions`: whether the number is made of right and wrong
    decisions alone.
    """

    point: float
    resamples: np.ndarray
    bounds: Interval
    effective: float
    cluster_variance: float
    counts_decisions: bool
    is_difference: bool = False

    def __sub__(self, other: Self) -> Self:
        (low, high), (others_low, others_high) = self.bounds, other.bounds
        show_nothing = not (self._variance or other._variance)
        return type(self)(
            self.point - other.point,
            self.resamples - other.resamples,
            (low - others_high, high - others_low),
            min(self.effective, other.effective),
            max(self.cluster_variance, other.cluster_variance),
            self.counts_decisions or show_nothing,
            is_difference=True,
        )

    @classmethod
    def mean(cls, measured: Sequence[Self]) -> Self:
        """The mean of numbers of one metric, or of differences, measured on the same resamples."""
        return replace(
            measured[0],
            point=float(np.mean([each.point for each in measured])),
            resamples=np.mean([each.resamples for each in measured], axis=0),
            effective=min(each.effective for each in measured),
            cluster_variance=max(each.cluster_variance for each in measured),
            counts_decisions=any(each.counts_decisions for each in measured),
        )

    @property
    def _variance(self) -> float:
        """Of the resamples in which the number is defined; what rounding leaves of 0 is 0."""
        low, high = self.bounds
        defined = self.resamples[~np.isnan(self.resamples)]
        deviation = float(defined.std()) if len(defined) else 0.0
        return deviation**2 if deviation > 1e-12 * (high - low) else 0.0

    def interval(self, confidence: float = CONFIDENCE) -> tuple[float, float] | tuple[None, None]:
        """The two-sided interval, see `beta_interval` and `difference_interval`.

        Its ends are None if the number is undefined in all resamples or on the messages themselves.
        """
        if np.isnan(self.point) or np.isnan(self.resamples).all():
            return None, None
        found = self.point, self._variance, self.bounds, self.effective, confidence
        if not self.is_difference:
            return beta_interval(*found, is_count=self.counts_decisions)
        added = self.cluster_variance if self.counts_decisions else 0.0
        return difference_interval(*found, cluster_variance=added)

    def to_json(self) -> dict[str, Any]:
        """`{"value", "low", "high"}` with the 95% interval, None for what is undefined.

        Resamples that leave the number undefined are counted in `undefined_resamples`, a key that
        is there only when there is an interval and some of them.
        """
        low, high = self.interval()
        content = {"value": null_if_nan(self.point), "low": low, "high": high}
        undefined = int(np.isnan(self.resamples).sum())
        has_gaps = undefined > 0 and low is not None
        return content | ({"undefined_resamples": undefined} if has_gaps else {})


def null_if_nan(value: float | np.floating) -> float | None:
    """`value` for JSON, which has no NaN: None in its place."""
    return None if np.isnan(value) else float(value)


def format_measured(measured: dict[str, Any], sign: str = "", decimals: int = DECIMALS) -> str:
    """Such as `0.9852 [0.9763, 0.9928]`, for what `Measured.to_json` gives."""
    value = format_number(measured["value"], sign, decimals)
    if measured["low"] is None:
        return value
    low, high = (format_number(measured[end], sign, decimals) for end in ("low", "high"))
    return f"{value} [{low}, {high}]"
