"""A trained network with its featurizer and threshold: raw text in, label and probabilities out."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd

from rnnops.core import files
from rnnops.features.featurizer import Featurizer
from rnnops.metrics.decision import decide, probability_column
from rnnops.recurrent.sequence_classifier import SequenceClassifier


@dataclass(frozen=True)
class TextClassifier:
    """Without a `positive` label and its `threshold` the most probable label is taken."""

    featurizer: Featurizer
    network: SequenceClassifier
    positive: str | None
    threshold: float | None

    @classmethod
    def load(cls, featurizer: str | Path, network: str | Path, decision: str | Path) -> Self:
        """Put together what featurize, train and evaluate wrote.

        Args:
            featurizer, network: folders.
            decision: a JSON file with the keys `positive` and `threshold`.
        """
        decided = files.read_json(decision)
        return cls(
            Featurizer.load(featurizer),
            SequenceClassifier.load(network),
            decided["positive"],
            decided["threshold"],
        )

    def predict(self, texts: Iterable[str]) -> pd.DataFrame:
        """Columns `label`, `probability` (of that label) and `p_<label>` for each label."""
        features = self.featurizer.transform(texts)
        probabilities = self.network.probabilities(self.featurizer, features)
        labels = self.featurizer.labels
        decided = decide(probabilities, labels, self.positive, self.threshold)
        return pd.DataFrame(
            {
                "label": pd.array([labels[label] for label in decided], dtype="str"),
                "probability": probabilities[np.arange(len(decided)), decided],
                **{
                    probability_column(label): probabilities[:, index]
                    for index, label in enumerate(labels)
                },
            }
        )
