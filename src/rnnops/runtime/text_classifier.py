"""The published model: raw text in, label and probabilities out.

It needs NumPy and SciPy's sparse matrices; neither Keras, nor TensorFlow, scikit-learn or MLflow.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from rnnops.core import files
from rnnops.core.errors import InputError
from rnnops.features.featurizer import FeaturizedTexts, Featurizer
from rnnops.metrics.decision import decide
from rnnops.recurrent.sequence_classifier import SequenceClassifier
from rnnops.runtime.description import (
    FEATURIZER,
    read_decision_rule,
    require_readable,
    write_description,
)
from rnnops.runtime.predictions import Predictions

if TYPE_CHECKING:
    import pandas as pd

NETWORK = "network"


@dataclass(frozen=True)
class TextClassifier:
    """Without a `positive` label and its `threshold` the most probable label is taken."""

    featurizer: Featurizer
    network: SequenceClassifier
    positive: str | None
    threshold: float | None

    @property
    def labels(self) -> list[str]:
        """The names of the labels, sorted."""
        return self.featurizer.labels

    def predict(self, texts: Iterable[str]) -> "pd.DataFrame":
        """Columns `label`, `probability` (of that label) and `p_<label>` for each label."""
        return self.score(texts).to_frame()

    def score(self, texts: Iterable[str]) -> Predictions:
        """The same without pandas."""
        return self.score_features(self.featurizer.transform(texts))

    def score_features(self, features: FeaturizedTexts) -> Predictions:
        """The same of texts whose features, by this `featurizer`, are known already."""
        probabilities = self.network.probabilities(self.featurizer, features)
        decided = decide(probabilities, self.labels, self.positive, self.threshold)
        return Predictions(self.labels, decided, probabilities)

    def save(self, folder: str | Path) -> None:
        """Write the classifier as JSON and NumPy files; replaces `folder`."""
        linear = self.network.linear
        reads_vectors = linear is not None and linear.representation == "mean_vectors"
        featurizer = self.featurizer
        if not reads_vectors:  # the network has its own, trained further
            featurizer = replace(featurizer, word_vectors=None)
        with files.atomic_folder(folder) as new:
            write_description(self.positive, self.threshold, new)
            featurizer.save(new / FEATURIZER)
            self.network.save(new / NETWORK)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """The classifier that `save` wrote to `folder`.

        Raises:
            InputError: when there is none, or one that is damaged or of another format.
        """
        folder = Path(folder)
        require_readable(folder)
        try:
            rule = read_decision_rule(folder)
            return cls(
                Featurizer.load(folder / FEATURIZER),
                SequenceClassifier.load(folder / NETWORK),
                rule["positive"],
                rule["threshold"],
            )
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"the classifier in {folder} is damaged: {error}") from None
