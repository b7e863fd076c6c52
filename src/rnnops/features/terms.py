"""The terms of a message, for what does not read in order: n-grams of its words and their letters.

Word n-grams join neighbouring tokens by a blank. Character n-grams are pieces of one token, with a
blank at each end of it; a tab before them tells them from words.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer

from rnnops import files
from rnnops.config import TermParams

SHORTEST_CHARACTER_NGRAM = 2
PIECE = "\t"


@dataclass(frozen=True)
class Terms:
    """The terms that have a column, word n-grams first.

    `idf`: ln((1 + n) / (1 + df)) + 1 for each, shape (terms,), float32: the smoothed form of Spärck
    Jones (1972), as in scikit-learn, as if one more document held every term once.
    """

    names: list[str]
    idf: np.ndarray
    word_ngrams: int
    character_ngrams: int

    @classmethod
    def fit(cls, documents: Sequence[Sequence[str]], params: TermParams) -> Self:
        """The terms that at least `min_documents` of the documents hold.

        Of word and of character n-grams the `size` most frequent, each in alphabetical order.
        """
        names, held_by = [], []
        for count, longest in _kinds(params.word_ngrams, params.character_ngrams):
            counts, found = count(documents, longest)
            documents_with = np.bincount(counts.indices, minlength=counts.shape[1])
            frequency = counts.sum(axis=0)
            by_frequency = np.argsort(-frequency, kind="stable")
            common = by_frequency[documents_with[by_frequency] >= params.min_documents]
            kept = np.sort(common[: params.size])
            names += found[kept].tolist()
            held_by.append(documents_with[kept])
        idf = np.log((1 + len(documents)) / (1 + np.concatenate(held_by))) + 1
        return cls(names, idf.astype(np.float32), params.word_ngrams, params.character_ngrams)

    def __len__(self) -> int:
        return len(self.names)

    @property
    def words(self) -> int:
        """How many of the terms are word n-grams: the first ones."""
        return sum(not name.startswith(PIECE) for name in self.names)

    def count(self, documents: Sequence[Sequence[str]]) -> sparse.csr_array:
        """How often each document holds each term, shape (documents, terms), float32."""
        known = [self.names[: self.words], self.names[self.words :]]
        kinds = _kinds(self.word_ngrams, self.character_ngrams)
        parts = [
            count(documents, longest, names)[0]
            for (count, longest), names in zip(kinds, known, strict=False)
        ]
        return sparse.csr_array(sparse.hstack(parts, format="csr"))

    def save(self, folder: Path) -> None:
        """Write `terms.json` and `term_idf.npy` into `folder`."""
        sizes = {"word_ngrams": self.word_ngrams, "character_ngrams": self.character_ngrams}
        files.write_json({**sizes, "names": self.names}, folder / "terms.json")
        files.write_array(self.idf, folder / "term_idf.npy")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The terms that `save` wrote into `folder`."""
        described = files.read_json(folder / "terms.json")
        return cls(**described, idf=files.read_array(folder / "term_idf.npy"))


def _kinds(word_ngrams: int, character_ngrams: int) -> list[tuple[Callable, int]]:
    words, pieces = (_count_words, word_ngrams), (_count_pieces, character_ngrams)
    return [words, pieces] if character_ngrams else [words]


def _vectorizer(known: list[str] | None, **options: object) -> CountVectorizer:
    return CountVectorizer(lowercase=False, vocabulary=known, dtype=np.float32, **options)


def _count_words(
    documents: Sequence[Sequence[str]], longest: int, known: list[str] | None = None
) -> tuple[sparse.csr_array, np.ndarray]:
    """Word n-grams: counts, shape (documents, n-grams), and the n-grams by column."""
    vectorizer = _vectorizer(
        known, analyzer="word", tokenizer=list, token_pattern=None, ngram_range=(1, longest)
    )
    counts = sparse.csr_array(vectorizer.fit_transform(documents))
    return counts, vectorizer.get_feature_names_out()


def _count_pieces(
    documents: Sequence[Sequence[str]], longest: int, known: list[str] | None = None
) -> tuple[sparse.csr_array, np.ndarray]:
    """Character n-grams likewise: counts of words times the pieces of each word."""
    words, names = _count_words(documents, 1)
    bare = None if known is None else [name.removeprefix(PIECE) for name in known]
    vectorizer = _vectorizer(
        bare, analyzer="char_wb", ngram_range=(SHORTEST_CHARACTER_NGRAM, longest)
    )
    pieces = sparse.csr_array(vectorizer.fit_transform(names))
    counts = words @ pieces
    counts.sort_indices()
    return counts, np.array([PIECE + piece for piece in vectorizer.get_feature_names_out()])
