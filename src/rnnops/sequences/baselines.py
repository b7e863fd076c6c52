"""What stands beside the network: classifiers of vectors, which read no sequence step by step."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

import numpy as np

from rnnops.core import files, layout
from rnnops.linear.softmax import softmax
from rnnops.sequences.params import SequenceBaselines
from rnnops.sequences.scaling import Scaling
from rnnops.sequences.vectors import REPRESENTATIONS

NEAREST = "nearest_neighbour"
DESCRIPTION = "baselines.json"
DISTANCES_AT_ONCE = 10_000_000


class VectorClassifier(Protocol):
    """Vectors of shape (n, features) to probabilities."""

    def probabilities(self, vectors: np.ndarray) -> np.ndarray:
        """Shape (n, labels), float64, rows sum to 1."""


@dataclass(frozen=True, eq=False)
class NearestNeighbour:
    """The label of the nearest training vector, by Euclid's distance.

    It gets the probability `trust`, the others share the rest: how often the nearest neighbour of a
    training vector has its label, by the rule of succession (Laplace 1814).

    Attributes:
        vectors: of the training sequences, shape (m, features).
        labels: indices, shape (m,).
    """

    vectors: np.ndarray
    labels: np.ndarray
    number: int
    trust: float

    @classmethod
    def fit(cls, vectors: np.ndarray, labels: np.ndarray, number: int) -> Self:
        """Remember these vectors; `number` is that of the labels."""
        nearest = _nearest(vectors, vectors, is_itself=True)
        hits = int((labels[nearest] == labels).sum())
        return cls(vectors, labels, number, (hits + 1) / (len(labels) + 2))

    def probabilities(self, vectors: np.ndarray) -> np.ndarray:
        """As `VectorClassifier` says."""
        rest = (1 - self.trust) / max(1, self.number - 1)
        found = np.full((len(vectors), self.number), rest)
        nearest = _nearest(vectors, self.vectors)
        found[np.arange(len(vectors)), self.labels[nearest]] = self.trust
        return found / found.sum(axis=1, keepdims=True)


@dataclass(frozen=True, eq=False)
class LogisticRegression:
    """Softmax of a linear function of the vectors, each feature on one scale.

    Attributes:
        scaling: of the features.
        weights: shape (features, labels).
        bias: shape (labels,).
    """

    scaling: Scaling
    weights: np.ndarray
    bias: np.ndarray

    @classmethod
    def fit(cls, vectors: np.ndarray, labels: np.ndarray, regularization: float) -> Self:
        """Train it on vectors with indices of labels; `regularization` is scikit-learn's C."""
        from sklearn import linear_model

        scaling = Scaling.fit([vectors])
        machine = linear_model.LogisticRegression(C=regularization, max_iter=5000)
        machine.fit((vectors - scaling.mean) / scaling.deviation, labels)
        weights, bias = machine.coef_.T, machine.intercept_
        if weights.shape[1] == 1:  # of two labels there is one
            weights, bias = np.hstack([0 * weights, weights]), np.array([0, *bias])
        return cls(scaling, weights, bias)

    def probabilities(self, vectors: np.ndarray) -> np.ndarray:
        """As `VectorClassifier` says."""
        scaled = (vectors - self.scaling.mean) / self.scaling.deviation
        return softmax(scaled @ self.weights + self.bias)


@dataclass(frozen=True)
class Baselines:
    """Classifiers by name, `best` the one of the lowest log loss on the validation split.

    `steps`: of flattened sequences.
    """

    classifiers: dict[str, VectorClassifier]
    steps: int
    best: str = ""

    @classmethod
    def fit(
        cls,
        values: Sequence[np.ndarray],
        labels: np.ndarray,
        number: int,
        params: SequenceBaselines,
    ) -> Self:
        """Train those that the parameters name.

        Args:
            values: n arrays of shape (steps, channels), on one scale.
            labels: indices, shape (n,).
            number: of the labels.
        """
        classifiers: dict[str, VectorClassifier] = {}
        for name in params.models:
            vectors = REPRESENTATIONS[name](values, params.steps)
            classifiers[name] = (
                NearestNeighbour.fit(vectors, labels, number)
                if name == NEAREST
                else LogisticRegression.fit(vectors, labels, params.regularization)
            )
        return cls(classifiers, params.steps)

    def probabilities(self, values: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
        """Of each classifier, shape (n, labels)."""
        return {
            name: classifier.probabilities(REPRESENTATIONS[name](values, self.steps))
            for name, classifier in self.classifiers.items()
        }

    def save(self, folder: str | Path) -> None:
        """Write them as JSON and NumPy files; replaces `folder`."""
        with files.atomic_folder(folder) as new:
            described = {"best": self.best, "steps": self.steps, "models": [*self.classifiers]}
            files.write_json(described, new / DESCRIPTION)
            for name, classifier in self.classifiers.items():
                (new / name).mkdir()
                for key, array in _arrays(classifier).items():
                    files.write_array(array, new / name / f"{key}.npy")

    @classmethod
    def load(cls, folder: str | Path = layout.BASELINE) -> Self:
        """Those that `save` wrote to `folder`."""
        folder = Path(folder)
        described = files.read_json(folder / DESCRIPTION)
        classifiers = {name: _restore(name, folder / name) for name in described["models"]}
        return cls(classifiers, described["steps"], described["best"])


def _arrays(classifier: VectorClassifier) -> dict[str, np.ndarray]:
    if isinstance(classifier, NearestNeighbour):
        rule = np.array([classifier.number, classifier.trust])
        return {"vectors": classifier.vectors, "labels": classifier.labels, "rule": rule}
    if isinstance(classifier, LogisticRegression):
        scaling = np.stack([classifier.scaling.mean, classifier.scaling.deviation])
        return {"scaling": scaling, "weights": classifier.weights, "bias": classifier.bias}
    raise TypeError(f"{type(classifier).__name__} is no classifier of this module")


def _restore(name: str, folder: Path) -> VectorClassifier:
    def read(key: str) -> np.ndarray:
        return files.read_array(folder / f"{key}.npy")

    if name == NEAREST:
        number, trust = read("rule")
        return NearestNeighbour(read("vectors"), read("labels"), int(number), float(trust))
    return LogisticRegression(Scaling(*read("scaling")), read("weights"), read("bias"))


def _nearest(vectors: np.ndarray, known: np.ndarray, *, is_itself: bool = False) -> np.ndarray:
    """For each vector the position of the nearest of `known`, the first where several are.

    Args:
        is_itself: `vectors` are `known`, and none counts as its own neighbour.
    """
    found = np.empty(len(vectors), int)
    squares = (known**2).sum(axis=1)
    step = max(1, DISTANCES_AT_ONCE // len(known))
    for start in range(0, len(vectors), step):
        rows = np.arange(start, min(start + step, len(vectors)))
        distances = squares - 2 * vectors[rows] @ known.T
        if is_itself:
            distances[np.arange(len(rows)), rows] = np.inf
        found[rows] = distances.argmin(axis=1)
    return found
