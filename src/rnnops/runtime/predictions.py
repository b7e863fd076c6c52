"""What a text classifier answers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rnnops.metrics.decision import probability_column

if TYPE_CHECKING:
    import pandas as pd


class Predictions(NamedTuple):
    """The answers for n messages.

    `labels`: the names of all labels, sorted. `decided`: the index of each message's label, shape
    (n,). `probabilities`: shape (n, labels), float64, rows sum to 1.
    """

    labels: Sequence[str]
    decided: np.ndarray
    probabilities: np.ndarray

    def label(self, message: int) -> str:
        """The name of a message's label."""
        return self.labels[self.decided[message]]

    def of_label(self) -> np.ndarray:
        """The probability of each message's label, shape (n,)."""
        return self.probabilities[np.arange(len(self.decided)), self.decided]

    def to_frame(self) -> "pd.DataFrame":
        """Columns `label`, `probability` (of that label) and `p_<label>` for each label."""
        import pandas as pd  # half a second: only for whoever wants a frame

        return pd.DataFrame(
            {
                "label": pd.array([self.labels[label] for label in self.decided], dtype="str"),
                "probability": self.of_label(),
                **{
                    probability_column(label): self.probabilities[:, index]
                    for index, label in enumerate(self.labels)
                },
            }
        )
