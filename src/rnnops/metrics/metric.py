"""The record of a metric: its names, how it is computed and what its interval is made from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rnnops.metrics.counts import LabelAgainstRest, WeightedScores

MEAN_OVER_LABELS = "macro_"

Among = Literal["messages", "label", "rest", "decided", "pairs"]


@dataclass(frozen=True)
class Metric:
    """A record; exactly one of `of_messages` and `of_label` computes the metric.

    `title` and `meaning` are for people; {positive} and {rest} in the meaning stand for labels.
    Settings are chosen by the headlines. `decides`: whether the gate can judge by it alone.

    What its interval is made from: `bounds`, between which it lies; `among`, the messages it is a
    share or mean of (pairs: of the label and of the rest); `counts_decisions`, whether it is made
    of right and wrong decisions alone, not of probabilities.
    """

    name: str
    title: str
    meaning: str
    of_messages: Callable[[WeightedScores], np.ndarray] | None = None
    of_label: Callable[[LabelAgainstRest], np.ndarray] | None = None
    lower_is_better: bool = False
    is_headline: bool = False
    decides: bool = False
    decimals: int = 4
    bounds: tuple[float, float] = (0.0, 1.0)
    among: Among = "messages"
    counts_decisions: bool = False

    def key(self, positive: str | None) -> str:
        """Its name in results where `positive` is the positive label."""
        return self.keys[-1 if positive is None else 0]

    @property
    def keys(self) -> tuple[str, ...]:
        """Its names in results, with a positive label and, if it differs, without one."""
        mean = f"{MEAN_OVER_LABELS}{self.name}"
        return (self.name,) if self.of_label is None else (self.name, mean)
