"""The terms of a message, which the linear classifiers count: n-grams of its words and letters.

Word n-grams join neighbouring tokens by a blank. Character n-grams are pieces of one token, with a
blank at each end of it; a tab before them tells them from words. Where no blanks part the words,
they are pieces of a whole run of segments (`data.segmentation`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Self

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer

from rnnops.catalog.dataset import TermParams
from rnnops.core import files
from rnnops.features.vectors import document_frequency, inverse_document_frequency
from rnnops.text import segmentation

SHORTEST_CHARACTER_NGRAM = 2
PIECE = "\t"


@dataclass(frozen=True)
class Terms:
    """The terms that have a column, word n-grams first.

    `idf`: of each, shape (terms,), float32, see `vectors.inverse_document_frequency`.
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
        words = _word_vectorizer(params.word_ngrams)
        kinds = [(words.fit_transform(documents), words.get_feature_names_out())]
        if params.character_ngrams:
            pieces = _piece_vectorizer(params.character_ngrams)
            counts = _count_pieces(documents, pieces.fit_transform)
            kinds.append((counts, PIECE + pieces.get_feature_names_out()))
        names, held_by = [], []
        for counts, found in kinds:
            documents_with = document_frequency(counts)
            frequency = np.asarray(counts.sum(axis=0)).ravel()
            by_frequency = np.argsort(-frequency, kind="stable")
            common = by_frequency[documents_with[by_frequency] >= params.min_documents]
            kept = np.sort(common[: params.size])
            names += found[kept].tolist()
            held_by.append(documents_with[kept])
        idf = inverse_document_frequency(np.concatenate(held_by), len(documents))
        return cls(names, idf, params.word_ngrams, params.character_ngrams)

    def __len__(self) -> int:
        return len(self.names)

    @cached_property
    def words(self) -> int:
        """How many of the terms are word n-grams: the first ones."""
        return sum(not name.startswith(PIECE) for name in self.names)

    @cached_property
    def _vectorizers(self) -> list[CountVectorizer]:
        """Of words and, where there are any, of pieces, with the known terms for columns."""
        pieces = [name.removeprefix(PIECE) for name in self.names[self.words :]]
        of_words = _word_vectorizer(self.word_ngrams, self.names[: self.words])
        return [of_words, *([_piece_vectorizer(self.character_ngrams, pieces)] if pieces else [])]

    def count(self, documents: Sequence[Sequence[str]]) -> sparse.csr_array:
        """How often each document holds each term, shape (documents, terms), float32."""
        words, *pieces = self._vectorizers
        parts = [words.transform(documents)]
        parts += [_count_pieces(documents, vectorizer.transform) for vectorizer in pieces]
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


def _word_vectorizer(longest: int, known: list[str] | None = None) -> CountVectorizer:
    return _vectorizer(
        known, analyzer="word", tokenizer=list, token_pattern=None, ngram_range=(1, longest)
    )


def _piece_vectorizer(longest: int, known: list[str] | None = None) -> CountVectorizer:
    return _vectorizer(known, analyzer="char_wb", ngram_range=(SHORTEST_CHARACTER_NGRAM, longest))


def _vectorizer(known: list[str] | None, **options: object) -> CountVectorizer:
    return CountVectorizer(lowercase=False, vocabulary=known, dtype=np.float32, **options)


def _count_pieces(
    documents: Sequence[Sequence[str]], pieces_of: Callable[[list[str]], sparse.csr_matrix]
) -> sparse.csr_array:
    """Shape (documents, pieces): counts of the distinct words times the pieces of each."""
    documents = [segmentation.join_segments(tokens) for tokens in documents]
    words = ["", *sorted(set(chain.from_iterable(documents)))]  # never empty, and "" has no piece
    counts = _word_vectorizer(1, words).transform(documents)
    product = sparse.csr_array(counts @ pieces_of(words))
    product.sort_indices()
    return product
