"""Channels of one scale: each less its mean over the training steps, by its standard deviation."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np


@dataclass(frozen=True, eq=False)
class Scaling:
    """`mean` and `deviation` of each channel, shape (channels,), float64; a deviation is not 0."""

    mean: np.ndarray
    deviation: np.ndarray

    @classmethod
    def fit(cls, values: Sequence[np.ndarray]) -> Self:
        """That of the training sequences, arrays of shape (steps, channels)."""
        stacked = np.concatenate(values)
        deviation = stacked.std(axis=0)
        return cls(stacked.mean(axis=0), np.where(deviation > 0, deviation, 1.0))

    def scale(self, values: Iterable[np.ndarray]) -> list[np.ndarray]:
        """The sequences on that scale, float32."""
        return [((each - self.mean) / self.deviation).astype(np.float32) for each in values]
