"""Models that stand in for ours behind the same server: an echo, and scikit-learn's."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd

from rnnops.runtime.predictions import Predictions

COMMON = {"min_df": 2, "sublinear_tf": True, "max_features": 300_000}
PARTS = {
    "words": {"ngram_range": (1, 2), **COMMON},
    "letters": {"analyzer": "char_wb", "ngram_range": (2, 5), **COMMON},
}


class Echo:
    """Answers without looking: what is left is the server's own time."""

    labels, positive, threshold = ["ham", "spam"], "spam", 0.5

    @classmethod
    def load(cls, folder: Path) -> Self:  # noqa: ARG003
        return cls()

    def score(self, texts: Sequence[str]) -> Predictions:
        probabilities = np.full((len(texts), 2), 0.5)
        return Predictions(self.labels, np.zeros(len(texts), int), probabilities)


class TfidfSVM:
    """TF-IDF of words, word pairs and letters, as ours counts them, and a linear SVM."""

    labels, positive, threshold = ["ham", "spam"], "spam", 0.5

    def __init__(self, vectorizers: list, weights: np.ndarray, bias: float) -> None:
        self.vectorizers, self.weights, self.bias = vectorizers, weights, bias

    @classmethod
    def fit(cls, train: pd.DataFrame) -> Self:
        """From columns text and label."""
        from scipy import sparse
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.svm import LinearSVC

        vectorizers = [TfidfVectorizer(**options) for options in PARTS.values()]
        vectors = sparse.hstack([each.fit_transform(train["text"]) for each in vectorizers])
        machine = LinearSVC().fit(sparse.csr_array(vectors), train["label"] == "spam")
        return cls(vectorizers, machine.coef_[0], float(machine.intercept_[0]))

    def save(self, folder: Path) -> None:
        """Vocabularies as JSON, numbers as NumPy's files."""
        folder.mkdir()
        for name, vectorizer in zip(PARTS, self.vectorizers, strict=True):
            columns = {term: int(column) for term, column in vectorizer.vocabulary_.items()}
            (folder / f"{name}.json").write_text(json.dumps(columns))
            np.save(folder / f"{name}.npy", vectorizer.idf_)
        np.save(folder / "weights.npy", self.weights)
        np.save(folder / "bias.npy", self.bias)

    @classmethod
    def load(cls, folder: Path) -> Self:
        from sklearn.feature_extraction.text import TfidfVectorizer

        vectorizers = []
        for name, options in PARTS.items():
            vocabulary = json.loads((folder / f"{name}.json").read_text())
            vectorizers.append(TfidfVectorizer(vocabulary=vocabulary, **options))
            vectorizers[-1].idf_ = np.load(folder / f"{name}.npy")
        return cls(
            vectorizers, np.load(folder / "weights.npy"), float(np.load(folder / "bias.npy"))
        )

    def score(self, texts: Sequence[str]) -> Predictions:
        from scipy import sparse

        vectors = sparse.hstack([each.transform(texts) for each in self.vectorizers])
        spam = 1 / (1 + np.exp(-(vectors @ self.weights + self.bias)))
        decided = (spam > self.threshold).astype(int)
        return Predictions(self.labels, decided, np.stack([1 - spam, spam], axis=1))
