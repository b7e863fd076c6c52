"""A trained linear classifier, of whichever kind: softmax of a linear function of a vector."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from scipy import sparse

from rnnops.core import files
from rnnops.features.featurizer import Representation
from rnnops.linear.softmax import softmax


@dataclass(frozen=True)
class LinearClassifier:
    """p(label | x) = softmax(x·weights + bias).

    `representation` says which vector x is. `weights`: shape (features, labels), float64. `bias`:
    shape (labels,), float64.
    """

    name: str
    representation: Representation
    weights: np.ndarray
    bias: np.ndarray

    def probabilities(self, vectors: sparse.csr_array) -> np.ndarray:
        """Shape (n, labels), float64, rows sum to 1."""
        return softmax(vectors @ self.weights + self.bias)

    def save(self, folder: str | Path) -> None:
        """Write the classifier as JSON and NumPy files; replaces `folder`."""
        with files.atomic_folder(folder) as temporary:
            described = {"name": self.name, "representation": self.representation}
            files.write_json(described, temporary / "classifier.json")
            files.write_array(self.weights, temporary / "weights.npy")
            files.write_array(self.bias, temporary / "bias.npy")

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """The classifier that `save` wrote to `folder`."""
        folder = Path(folder)
        return cls(
            **files.read_json(folder / "classifier.json"),
            weights=files.read_array(folder / "weights.npy"),
            bias=files.read_array(folder / "bias.npy"),
        )


def save_all(classifiers: list[LinearClassifier], best: str, folder: str | Path) -> None:
    """Write each classifier into a folder of its name, and which is the best; replaces `folder`."""
    with files.atomic_folder(folder) as temporary:
        for classifier in classifiers:
            classifier.save(temporary / classifier.name)
        files.write_json({"best": best}, temporary / "best.json")


def load_all(folder: str | Path) -> dict[str, LinearClassifier]:
    """The classifiers that `save_all` wrote to `folder`, by name, the best first."""
    best = files.read_json(Path(folder) / "best.json")["best"]
    names = sorted(path.parent.name for path in Path(folder).glob("*/classifier.json"))
    names.sort(key=lambda name: name != best)
    return {name: LinearClassifier.load(Path(folder) / name) for name in names}


def load_best(folder: str | Path) -> LinearClassifier:
    """The best of the classifiers that `save_all` wrote to `folder`."""
    return next(iter(load_all(folder).values()))
