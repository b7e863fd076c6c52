"""The classifiers that an evaluation compares, and their probabilities."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd

from rnnops.features.featurizer import FeaturizedTexts, Featurizer
from rnnops.linear.classifier import LinearClassifier, load_all
from rnnops.metrics.evaluation import BASELINE, HALVES, NETWORK, predictions_frame
from rnnops.recurrent.sequence_classifier import SequenceClassifier

Probabilities = dict[str, np.ndarray]  # by model, shape (n, labels)


@dataclass(frozen=True)
class Classifiers:
    """The network and the baselines by name, the best first, all on the same features."""

    featurizer: Featurizer
    network: SequenceClassifier
    baselines: dict[str, LinearClassifier]

    @classmethod
    def load(cls, featurizer: str | Path, network: str | Path, baselines: str | Path) -> Self:
        """What the stages featurize, train and baseline wrote to these folders."""
        return cls(
            Featurizer.load(featurizer), SequenceClassifier.load(network), load_all(baselines)
        )

    @property
    def names(self) -> list[str]:
        """Of the models that `probabilities` covers."""
        halves = {} if self.network.linear is None else HALVES
        return [NETWORK, *halves, *self.baselines]

    @property
    def best_baseline(self) -> str:
        """The name of the baseline that is best on the validation split."""
        return next(iter(self.baselines))

    def probabilities(self, features: FeaturizedTexts) -> Probabilities:
        """Of the network, with hybrid features of its two halves alone, and of each baseline."""
        baselines = {name: self._of_baseline(name, features) for name in self.baselines}
        return self._of_network(features) | baselines

    def probabilities_of_texts(self, texts: Sequence[str]) -> Probabilities:
        """Of the network, with hybrid features its halves, and the best baseline as BASELINE."""
        features = self.featurizer.transform(texts)
        baseline = self._of_baseline(self.best_baseline, features)
        return self._of_network(features) | {BASELINE: baseline}

    def _of_network(self, features: FeaturizedTexts) -> Probabilities:
        halves = self.network.halves(self.featurizer, features)
        alone = dict(zip(HALVES, halves, strict=True)) if len(halves) > 1 else {}
        return {NETWORK: self.network.combine(halves), **alone}

    def _of_baseline(self, name: str, features: FeaturizedTexts) -> np.ndarray:
        classifier = self.baselines[name]
        vectors = self.featurizer.represent(features, classifier.representation)
        return classifier.probabilities(vectors)


def predict_splits(classifiers: Classifiers, rows: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Every classifier's probabilities of every message, see `predictions_frame`.

    Args:
        rows: by split, as featurize writes it to data/features.

    Returns:
        Columns id, source, cluster, label, split and <model>_p_<label>.
    """
    frames = []
    for split, frame in rows.items():
        features = FeaturizedTexts.from_frame(frame, len(classifiers.featurizer.terms))
        described = frame[["id", "source", "cluster", "label"]].assign(split=split)
        probabilities = classifiers.probabilities(features)
        frames.append(predictions_frame(described, classifiers.featurizer.labels, probabilities))
    return pd.concat(frames, ignore_index=True)
