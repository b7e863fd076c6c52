"""One model's probabilities on one split, and the decisions they lead to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from rnnops.metrics.decision import decide, probability_column


@dataclass(frozen=True, eq=False)
class Scores:
    """A model's probabilities of n messages, and their labels.

    One of two labels may be `positive`: a message is called so when its probability of it is
    *greater* than `threshold`. Else both are None, the most probable label is taken, and every
    label counts the same.

    `labels`: names, sorted. `actual`: shape (n,), indices into `labels`.
    `probabilities`: shape (n, labels), float64.
    """

    labels: tuple[str, ...]
    actual: np.ndarray
    probabilities: np.ndarray
    positive: str | None = None
    threshold: float | None = None

    def __post_init__(self) -> None:
        if self.probabilities.shape != (len(self.actual), len(self.labels)):
            raise ValueError(f"{self.probabilities.shape} probabilities, {len(self.actual)} rows")
        if np.any(self.actual < 0):
            raise ValueError(f"a label is none of {', '.join(self.labels)}")
        if (self.positive is None) != (self.threshold is None):
            raise ValueError("a positive label and its threshold go together")
        if self.positive is not None and (
            len(self.labels) != 2 or self.positive not in self.labels
        ):
            raise ValueError(f"{self.positive} is not one of two labels")

    @classmethod
    def from_frame(
        cls,
        predictions: pd.DataFrame,
        labels: Sequence[str],
        positive: str | None = None,
        threshold: float | None = None,
        prefix: str = "",
    ) -> Self:
        """Read the columns `label` and `<prefix>p_<label>`."""
        return cls(
            tuple(labels),
            pd.Index(labels).get_indexer(pd.Index(predictions["label"])),
            predictions[[probability_column(label, prefix) for label in labels]].to_numpy(float),
            positive,
            threshold,
        )

    @property
    def decided(self) -> np.ndarray:
        """Shape (n,), indices into `labels`."""
        return decide(self.probabilities, self.labels, self.positive, self.threshold)

    @property
    def ranked(self) -> tuple[int, ...]:
        """The labels whose ranking is measured: the positive one, else each of them."""
        if self.positive is None:
            return tuple(range(len(self.labels)))
        return (self.labels.index(self.positive),)

    def names(self, indices: np.ndarray) -> np.ndarray:
        """Names of the labels at `indices`, shape (n,)."""
        return np.array(self.labels, dtype=object)[indices]

    def probability_of(self, indices: np.ndarray) -> np.ndarray:
        """Each message's probability of its label in `indices`, shape (n,)."""
        return self.probabilities[np.arange(len(indices)), indices]

    @property
    def shown_probability(self) -> np.ndarray:
        """Of the positive label, without one of the decided label, shape (n,)."""
        if self.positive is None:
            return self.probability_of(self.decided)
        return self.probabilities[:, self.labels.index(self.positive)]

    def rows(self, selected: np.ndarray) -> Self:
        """The same for the messages that a mask of shape (n,) selects."""
        return type(self)(
            self.labels,
            self.actual[selected],
            self.probabilities[selected],
            self.positive,
            self.threshold,
        )
