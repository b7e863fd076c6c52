"""The trained network as it is used: its recurrent half and, where it is hybrid, its linear one."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import numpy as np

from rnnops.core import files
from rnnops.features.featurizer import FeaturizedTexts, Featurizer
from rnnops.linear.classifier import LinearClassifier
from rnnops.recurrent.inference import RecurrentNetwork
from rnnops.recurrent.stacking import combine, fit_exponents


@dataclass(frozen=True)
class SequenceClassifier:
    """The two halves, and `exponents` of the recurrent and the linear one: 1 until fitted.

    `linear` is None unless the features are hybrid.
    """

    network: RecurrentNetwork
    linear: LinearClassifier | None = None
    exponents: np.ndarray = field(default_factory=lambda: np.ones(2))

    def probabilities(self, featurizer: Featurizer, features: FeaturizedTexts) -> np.ndarray:
        """Shape (n, labels), float64, rows sum to 1."""
        return self.combine(self.halves(featurizer, features))

    def halves(self, featurizer: Featurizer, features: FeaturizedTexts) -> list[np.ndarray]:
        """Probabilities of the recurrent half alone and, if hybrid, of the linear half alone.

        Each has the shape (n, labels) and is float64.
        """
        recurrent = self.network.probabilities(features.sequences, features.weights)
        if self.linear is None:
            return [recurrent]
        vectors = featurizer.represent(features, self.linear.representation)
        return [recurrent, self.linear.probabilities(vectors)]

    def combine(self, halves: list[np.ndarray]) -> np.ndarray:
        """The network's probabilities from those of its `halves`."""
        return halves[0] if self.linear is None else combine(halves, self.exponents)

    def fit_exponents(
        self, featurizer: Featurizer, features: FeaturizedTexts, labels: np.ndarray
    ) -> Self:
        """The same with the exponents that suit these messages, which it was not trained on.

        Args:
            labels: indices, shape (n,).
        """
        if self.linear is None:
            return self
        halves = self.halves(featurizer, features)
        return replace(self, exponents=fit_exponents(halves, labels))

    def save(self, folder: str | Path) -> None:
        """Write the classifier as JSON and NumPy files; replaces `folder`."""
        with files.atomic_folder(folder) as new:
            self.network.save(new / "recurrent")
            if self.linear is not None:
                self.linear.save(new / "linear")
                files.write_array(self.exponents, new / "exponents.npy")

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """The classifier that `save` wrote to `folder`."""
        folder = Path(folder)
        network = RecurrentNetwork.load(folder / "recurrent")
        if not (folder / "linear").exists():
            return cls(network)
        linear = LinearClassifier.load(folder / "linear")
        return cls(network, linear, files.read_array(folder / "exponents.npy"))
