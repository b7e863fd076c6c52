"""The terms of a message, which the linear classifiers count: n-grams of its words and letters.

Word n-grams join neighbouring tokens by a blank. Character n-grams are pieces of one token, with a
blank at each end of it; a tab before them tells them from words. Where no blanks part the words,
they are pieces of a whole run of segments (`data.segmentation`).
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain, filterfalse, repeat
from pathlib import Path
from typing import Any, Self

import numpy as np
from scipy import sparse

from rnnops.catalog.dataset import TermParams
from rnnops.core import files
from rnnops.features.remembered import Remembered
from rnnops.features.vectors import document_frequency, inverse_document_frequency
from rnnops.text import segmentation

SHORTEST_CHARACTER_NGRAM = 2
PIECE = "\t"
REMEMBERED_WORDS, LONGEST_REMEMBERED = 30_000, 40  # words whose pieces are looked up once


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
        counted = [_count(documents, partial(word_ngrams, longest=params.word_ngrams))]
        if params.character_ngrams:
            counted.append(_count_pieces(documents, params.character_ngrams))
        names, held_by = [], []
        for counts, found in counted:
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

    def count(self, documents: Sequence[Sequence[str]]) -> sparse.csr_array:
        """How often each document holds each term, shape (documents, terms), float32."""
        counted = [np.unique(self._held(tokens), return_counts=True) for tokens in documents]
        offsets = np.cumsum([0, *(len(columns) for columns, _ in counted)], dtype=np.int32)
        return sparse.csr_array(
            (
                np.concatenate([np.empty(0, np.float32), *(counts for _, counts in counted)]),
                np.concatenate([np.empty(0, np.int32), *(columns for columns, _ in counted)]),
                offsets,
            ),
            shape=(len(documents), len(self)),
            dtype=np.float32,
        )

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

    @cached_property
    def _word_columns(self) -> list[dict[Any, bytes]]:
        """The column of each token, of each pair of neighbours, and so on; of pairs by tuple."""
        columns: list[dict[Any, bytes]] = [{} for _ in range(self.word_ngrams)]
        for name, column in zip(self.names[: self.words], _columns(0, self.words), strict=True):
            words = tuple(map(sys.intern, name.split(" ")))  # each word is one string in all
            columns[len(words) - 1][words if len(words) > 1 else name] = column
        return columns

    @cached_property
    def _piece_columns(self) -> dict[str, bytes]:
        """The column of each piece, under its name."""
        return dict(zip(self.names[self.words :], _columns(self.words, len(self)), strict=True))

    @cached_property
    def _token_columns(self) -> Remembered[bytes]:
        """The columns of a token and, unless it is a segment, of its pieces."""
        tokens, *_ = self._word_columns

        def look_up(token: str) -> bytes:
            column = tokens.get(token, b"")
            return column if segmentation.is_unspaced(token) else column + self._of_pieces(token)

        return Remembered(look_up, REMEMBERED_WORDS, LONGEST_REMEMBERED)

    def _of_pieces(self, word: str) -> bytes:
        names = [PIECE + piece for piece in pieces(word, self.character_ngrams)]
        return b"".join(map(self._piece_columns.get, names, repeat(b"")))

    def _held(self, tokens: Sequence[str]) -> np.ndarray:
        """The column of each term as often as the document holds it, int32."""
        found = [map(self._token_columns.__getitem__, tokens)]
        for size, columns in enumerate(self._word_columns[1:], start=2):
            neighbours = zip(*(tokens[start:] for start in range(size)), strict=False)
            found.append(map(columns.get, neighbours, repeat(b"")))
        found.append(map(self._of_pieces, segmentation.runs(tokens)))
        return np.frombuffer(b"".join(chain.from_iterable(found)), np.int32)


def _columns(start: int, end: int) -> Iterator[bytes]:
    """Each number as the bytes of an int32, which are joined sooner than numbers are."""
    number = np.dtype(np.int32)
    columns = np.arange(start, end, dtype=number).tobytes()
    places = range(0, len(columns), number.itemsize)
    return (columns[place : place + number.itemsize] for place in places)


def word_ngrams(tokens: Sequence[str], longest: int) -> Iterator[str]:
    """The tokens, then pairs of neighbours, and so on up to `longest` in a row."""
    yield from tokens
    for size in range(2, longest + 1):
        yield from map(" ".join, zip(*(tokens[start:] for start in range(size)), strict=False))


def pieces(word: str, longest: int) -> list[str]:
    """The character n-grams of a word between blanks, from two characters on up to `longest`."""
    word = f" {word} "
    return [
        word[start : start + size]
        for size in range(SHORTEST_CHARACTER_NGRAM, min(longest, len(word)) + 1)
        for start in range(len(word) - size + 1)
    ]


def _count(documents: Sequence[Any], analyze: Any) -> tuple[sparse.csr_array, np.ndarray]:
    """How often each document holds what `analyze` yields of it, and the name of each column."""
    from sklearn.feature_extraction.text import CountVectorizer  # a second: only to fit

    vectorizer = CountVectorizer(analyzer=analyze, dtype=np.float32)
    counts = vectorizer.fit_transform(documents)
    return sparse.csr_array(counts), vectorizer.get_feature_names_out()


def _count_pieces(
    documents: Sequence[Sequence[str]], longest: int
) -> tuple[sparse.csr_array, np.ndarray]:
    """As `_count`, of the pieces: counts of the distinct words times the pieces of each."""
    words_of = [
        [*filterfalse(segmentation.is_unspaced, tokens), *segmentation.runs(tokens)]
        for tokens in documents
    ]
    counts, words = _count(words_of, chain)
    of_words, names = _count(words.tolist(), partial(pieces, longest=longest))
    product = sparse.csr_array(counts @ of_words)
    product.sort_indices()
    return product, PIECE + names
