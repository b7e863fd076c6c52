"""Text to what the classifiers read, learnt from the training split and kept with the model.

| method   | sequence for the network            | vector for the order-blind baseline |
|----------|-------------------------------------|-------------------------------------|
| bow      | word ids                            | counts                              |
| tfidf    | word ids, each with a TF-IDF weight | TF-IDF                              |
| word2vec | word ids, vectors learnt beforehand | mean word vector                    |
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
from scipy import sparse

from rnnops import files
from rnnops.config import Features
from rnnops.features import vectors
from rnnops.features.tokens import tokenize
from rnnops.features.vocabulary import Vocabulary


@dataclass(frozen=True)
class FeaturizedTexts:
    """The features of n texts.

    `sequences`: n arrays of word ids, int32. `weights`: n arrays of the same lengths, float32, or
    None where every token weighs 1. `vectors`: shape (n, features), float32.
    """

    sequences: list[np.ndarray]
    weights: list[np.ndarray] | None
    vectors: sparse.csr_array

    def to_frame(self) -> pd.DataFrame:
        """One row a text; the sparse vectors as columns of indices and values."""
        held = [
            slice(start, end)
            for start, end in zip(self.vectors.indptr, self.vectors.indptr[1:], strict=False)
        ]
        columns = {
            "sequence": self.sequences,
            "vector_indices": [self.vectors.indices[part] for part in held],
            "vector_values": [self.vectors.data[part] for part in held],
        }
        if self.weights is not None:
            columns["weights"] = self.weights
        return pd.DataFrame({name: pd.Series(rows) for name, rows in columns.items()})

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, vector_size: int) -> Self:
        """The features that `to_frame` wrote, with vectors of `vector_size` entries."""
        offsets = np.cumsum([0, *frame["vector_indices"].map(len)])
        return cls(
            frame["sequence"].tolist(),
            frame["weights"].tolist() if "weights" in frame else None,
            sparse.csr_array(
                (
                    np.concatenate(frame["vector_values"].tolist()),
                    np.concatenate(frame["vector_indices"].tolist()),
                    offsets,
                ),
                shape=(len(frame), vector_size),
            ),
        )


@dataclass(frozen=True)
class Featurizer:
    """A fitted featurizer; `idf` belongs to tfidf, `word_vectors` to word2vec."""

    method: str
    labels: list[str]
    vocabulary: Vocabulary
    idf: np.ndarray | None = None
    word_vectors: np.ndarray | None = None

    @classmethod
    def fit(cls, texts: Iterable[str], labels: Iterable[str], params: Features) -> Self:
        """Learn vocabulary, IDF or word vectors from the training split's texts."""
        documents = [tokenize(text) for text in texts]
        vocabulary = Vocabulary.build(documents, params.vocabulary_size, params.min_count)
        sequences = [vocabulary.encode(tokens) for tokens in documents]
        fitted = {}
        if params.method == "tfidf":
            counts = vectors.count_vectors(sequences, len(vocabulary))
            fitted["idf"] = vectors.inverse_document_frequency(counts)
        if params.method == "word2vec":
            from rnnops.features.word2vec import train_word_vectors

            fitted["word_vectors"] = train_word_vectors(sequences, vocabulary, params.word2vec)
        return cls(params.method, sorted(set(labels)), vocabulary, **fitted)

    @property
    def vector_size(self) -> int:
        """Length of the baseline's vectors."""
        if self.word_vectors is not None:
            return self.word_vectors.shape[1]
        return len(self.vocabulary)

    def transform(self, texts: Iterable[str]) -> FeaturizedTexts:
        """The features of `texts`, each text's its own: no text changes another's."""
        sequences = [self.vocabulary.encode(tokenize(text)) for text in texts]
        counts = vectors.count_vectors(sequences, len(self.vocabulary))
        if self.idf is not None:
            tfidf = vectors.tfidf_vectors(counts, self.idf)
            return FeaturizedTexts(sequences, vectors.tfidf_weights(sequences, tfidf), tfidf)
        if self.word_vectors is not None:
            return FeaturizedTexts(sequences, None, vectors.mean_vectors(counts, self.word_vectors))
        return FeaturizedTexts(sequences, None, counts)

    def save(self, folder: str | Path) -> None:
        """Write the featurizer as JSON and NumPy files; replaces `folder`."""
        with files.atomic_folder(folder) as temporary:
            files.write_json(
                {"method": self.method, "labels": self.labels}, temporary / "featurizer.json"
            )
            self.vocabulary.save(temporary / "vocabulary.json")
            if self.idf is not None:
                files.write_array(self.idf, temporary / "idf.npy")
            if self.word_vectors is not None:
                files.write_array(self.word_vectors, temporary / "word_vectors.npy")

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """The featurizer that `save` wrote to `folder`."""
        folder = Path(folder)
        arrays = {
            name: files.read_array(folder / f"{name}.npy")
            for name in ("idf", "word_vectors")
            if (folder / f"{name}.npy").exists()
        }
        described = files.read_json(folder / "featurizer.json")
        return cls(**described, vocabulary=Vocabulary.load(folder / "vocabulary.json"), **arrays)
