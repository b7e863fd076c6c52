"""What a text classifier answers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Self

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

    @classmethod
    def from_frame(cls, frame: "pd.DataFrame") -> Self:
        """From what `to_frame` gives."""
        prefix = probability_column("")
        labels = [name.removeprefix(prefix) for name in map(str, frame) if name.startswith(prefix)]
        decided = np.array([labels.index(label) for label in frame["label"]], int)
        return cls(labels, decided, frame[list(map(probability_column, labels))].to_numpy(float))

    def label(self, message: int) -> str:
        """The name of a message's label."""
        return self.labels[self.decided[message]]

    def of_label(self) -> np.ndarray:
        """The probability of each message's label, shape (n,)."""
        return self.probabilities[np.arange(len(self.decided)), self.decided]

    def row(self, message: int) -> dict[str, str | float]:
        """A message's answer: label, probability and p_<label> for each label."""
        of_each = zip(self.labels, self.probabilities[message].tolist(), strict=True)
        return {
            "label": self.label(message),
            "probability": float(self.probabilities[message, self.decided[message]]),
            **{probability_column(label): probability for label, probability in of_each},
        }

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
