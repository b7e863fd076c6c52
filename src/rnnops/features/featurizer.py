"""Text to what the classifiers read, learnt from the training split and kept with the model.

| method   | what the network reads of a word            | beside it, as counts     |
|----------|---------------------------------------------|--------------------------|
| bow      | its id                                      |                          |
| tfidf    | its id and its TF-IDF weight in the message |                          |
| word2vec | its id; vectors are learnt beforehand       |                          |
| hybrid   | as word2vec                                 | the message's terms      |

The baselines read the message's terms, n-grams of words, or its mean word vector.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, Self

import numpy as np
from scipy import sparse

from rnnops.core import files, layout
from rnnops.features import vectors
from rnnops.features.params import Features
from rnnops.features.terms import Terms
from rnnops.features.tokens import tokenize
from rnnops.features.vocabulary import Vocabulary

if TYPE_CHECKING:
    import pandas as pd

Representation = Literal["word_counts", "word_tfidf", "tfidf", "mean_vectors"]
DESCRIPTION = Path(layout.FEATURIZER_DESCRIPTION).name
ARRAYS = ("word_idf", "word_vectors")


@dataclass(frozen=True)
class FeaturizedTexts:
    """The features of n texts.

    `sequences`: n arrays of word ids, int32. `weights`: n arrays of the same lengths, float32, or
    None where every token weighs 1. `counts`: of the terms, shape (n, terms), float32.
    """

    sequences: list[np.ndarray]
    weights: list[np.ndarray] | None
    counts: sparse.csr_array

    def to_frame(self) -> "pd.DataFrame":
        """One row a text; the counts as columns of indices and values."""
        import pandas as pd

        held = [
            slice(start, end)
            for start, end in zip(self.counts.indptr, self.counts.indptr[1:], strict=False)
        ]
        columns = {
            "sequence": self.sequences,
            "terms": [self.counts.indices[part] for part in held],
            "term_counts": [self.counts.data[part] for part in held],
        }
        if self.weights is not None:
            columns["weights"] = self.weights
        return pd.DataFrame({name: pd.Series(rows) for name, rows in columns.items()})

    @classmethod
    def from_frame(cls, frame: "pd.DataFrame", terms: int) -> Self:
        """The features that `to_frame` wrote, of so many terms."""
        offsets = np.cumsum([0, *frame["terms"].map(len)], dtype=np.int32)
        return cls(
            frame["sequence"].tolist(),
            frame["weights"].tolist() if "weights" in frame else None,
            sparse.csr_array(
                (
                    np.concatenate(frame["term_counts"].tolist()),
                    np.concatenate(frame["terms"].tolist()),
                    offsets,
                ),
                shape=(len(frame), terms),
            ),
        )


@dataclass(frozen=True)
class Featurizer:
    """A fitted featurizer; `word_idf` where tokens are weighted, `word_vectors` where learnt."""

    method: str
    labels: list[str]
    vocabulary: Vocabulary
    terms: Terms
    word_idf: np.ndarray | None = None
    word_vectors: np.ndarray | None = None

    @classmethod
    def fit(cls, texts: Iterable[str], labels: Iterable[str], params: Features) -> Self:
        """Learn vocabulary, terms, IDF and word vectors from the training split's texts."""
        documents = [tokenize(text) for text in texts]
        vocabulary = Vocabulary.build(documents, params.vocabulary_size, params.min_count)
        terms = Terms.fit(documents, params.terms)
        sequences = [vocabulary.encode(tokens) for tokens in documents]
        fitted = {}
        if params.method == "tfidf":
            counts = vectors.count_vectors(sequences, len(vocabulary))
            held_by = vectors.document_frequency(counts)
            fitted["word_idf"] = vectors.inverse_document_frequency(held_by, len(documents))
        if params.method in ("word2vec", "hybrid"):
            from rnnops.features.word2vec import train_word_vectors

            fitted["word_vectors"] = train_word_vectors(sequences, vocabulary, params.word2vec)
        return cls(params.method, sorted(set(labels)), vocabulary, terms, **fitted)

    def transform(self, texts: Iterable[str]) -> FeaturizedTexts:
        """The features of `texts`, each text's its own: no text changes another's."""
        return self.transform_tokens([tokenize(text) for text in texts])

    def transform_tokens(self, documents: Sequence[Sequence[str]]) -> FeaturizedTexts:
        """The features of texts that are tokens already."""
        sequences = [self.vocabulary.encode(tokens) for tokens in documents]
        weights = None
        if self.word_idf is not None:
            counts = vectors.count_vectors(sequences, len(self.vocabulary))
            tfidf = vectors.tfidf_vectors(counts, self.word_idf)
            weights = vectors.tfidf_weights(sequences, tfidf)
        return FeaturizedTexts(sequences, weights, self.terms.count(documents))

    def can(self, representation: Representation) -> bool:
        """Whether `represent` can give it: mean word vectors need a method that learns some."""
        return representation != "mean_vectors" or self.word_vectors is not None

    def represent(
        self, features: FeaturizedTexts, representation: Representation
    ) -> sparse.csr_array:
        """The features as vectors of counts, shape (n, size), float32, sparse.

        `word_…` leaves the character n-grams out: Naive Bayes takes terms for independent of each
        other, which those of one word are least of all.
        """
        words = self.terms.words
        if representation == "word_counts":
            return features.counts[:, :words]
        if representation == "word_tfidf":
            return vectors.tfidf_vectors(features.counts[:, :words], self.terms.idf[:words])
        if representation == "tfidf":
            return vectors.tfidf_vectors(features.counts, self.terms.idf)
        if self.word_vectors is None:
            raise ValueError(f"{self.method} features have no word vectors")
        counts = vectors.count_vectors(features.sequences, len(self.vocabulary))
        return vectors.mean_vectors(counts, self.word_vectors)

    def save(self, folder: str | Path) -> None:
        """Write the featurizer as JSON and NumPy files; replaces `folder`."""
        with files.atomic_folder(folder) as temporary:
            files.write_json(
                {"method": self.method, "labels": self.labels}, temporary / DESCRIPTION
            )
            self.vocabulary.save(temporary / "vocabulary.json")
            self.terms.save(temporary)
            for name in ARRAYS:
                if getattr(self, name) is not None:
                    files.write_array(getattr(self, name), temporary / f"{name}.npy")

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """The featurizer that `save` wrote to `folder`."""
        folder = Path(folder)
        word_idf, word_vectors = (
            files.read_array(path) if path.exists() else None
            for path in (folder / f"{name}.npy" for name in ARRAYS)
        )
        return cls(
            **files.read_json(folder / DESCRIPTION),
            vocabulary=Vocabulary.load(folder / "vocabulary.json"),
            terms=Terms.load(folder),
            word_idf=word_idf,
            word_vectors=word_vectors,
        )


class LabelledTexts(NamedTuple):
    """The features of n texts and the indices of their labels, shape (n,)."""

    features: FeaturizedTexts
    labels: np.ndarray

    @classmethod
    def read(cls, path: str | Path, featurizer: Featurizer) -> Self:
        """The texts in a Parquet file that the stage featurize wrote."""
        frame = files.read_parquet(path)
        features = FeaturizedTexts.from_frame(frame, len(featurizer.terms))
        return cls(features, np.searchsorted(featurizer.labels, frame["label"]))
