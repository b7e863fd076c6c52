"""A number with its interval, and how both are written for people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from rnnops.core.numbers import DECIMALS, format_number

CONFIDENCE = 0.95


@dataclass(frozen=True, eq=False)
class Measured:
    """A number measured on some messages and on each bootstrap resample of them.

    NaN where it is undefined. `resamples`: shape (resamples,). Two numbers measured on the same
    resamples are paired: their difference has an interval of its own.
    """

    point: float
    resamples: np.ndarray

    def __sub__(self, other: Self) -> Self:
        return type(self)(self.point - other.point, self.resamples - other.resamples)

    @classmethod
    def mean(cls, measured: Sequence[Self]) -> Self:
        """The mean of numbers measured on the same resamples."""
        return cls(
            float(np.mean([each.point for each in measured])),
            np.mean([each.resamples for each in measured], axis=0),
        )

    def interval(self, confidence: float = CONFIDENCE) -> tuple[float, float] | tuple[None, None]:
        """The two-sided percentile interval of the resamples in which the number is defined.

        Its ends are None if it is undefined in all of them or on the messages themselves.
        """
        defined = self.resamples[~np.isnan(self.resamples)]
        if np.isnan(self.point) or not len(defined):
            return None, None
        tail = (1 - confidence) / 2
        low, high = np.quantile(defined, [tail, 1 - tail]).tolist()
        return low, high

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
