"""What is measured of each message to tell whether messages have changed."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Self

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer

READ_CHARACTERS = 2000  # of a message, for its script and language
NOT_LETTERS = "no letters"


@dataclass(frozen=True)
class Traits:
    """The traits of n messages.

    Attributes:
        clusters: names, shape (n,); messages of one are near-duplicates.
        vocabulary: words, ascending, shape (words,).
        words: which message has which word, shape (n, words), float32.
        numbers: by trait a frame of n rows; NaN where a message lacks the trait. The columns that
            two samples do not share count as 0 in the one that lacks them.
    """

    clusters: np.ndarray
    vocabulary: np.ndarray
    words: sparse.csr_array
    numbers: dict[str, pd.DataFrame]

    def __len__(self) -> int:
        return len(self.clusters)

    def only(self, trait: str) -> Self:
        """The same with their words and this trait alone."""
        return replace(self, numbers={trait: self.numbers[trait]})

    def rows(self, selected: np.ndarray) -> Self:
        """The same for the messages at these positions, shape (k,), int."""
        return replace(
            self,
            clusters=self.clusters[selected],
            words=self.words[selected],
            numbers={name: frame.iloc[selected] for name, frame in self.numbers.items()},
        )


def describe_texts(
    texts: Sequence[str],
    tokens: Sequence[Sequence[str]],
    clusters: np.ndarray,
    further: dict[str, pd.DataFrame],
) -> Traits:
    """The traits of `texts`: words, length, script and language, and those in `further`.

    Args:
        tokens: of each text, as `tokenize` gives them.
        clusters: names, shape (n,).
        further: by trait a frame with a row a text.
    """
    counter = CountVectorizer(analyzer=_unchanged, binary=True, dtype=np.float32)
    words = sparse.csr_array(counter.fit_transform(tokens))
    numbers = {
        "length": pd.DataFrame({"tokens": np.log1p([len(each) for each in tokens])}),
        "script": _shares_of_scripts(texts),
        "language": _languages(texts),
    }
    vocabulary = counter.get_feature_names_out()
    return Traits(np.asarray(clusters, str), vocabulary, words, numbers | further)


def average_clusters(traits: Traits) -> Traits:
    """One row a cluster, the mean of its messages; a word is in it if one of them has it."""
    names, cluster_of_row = np.unique(traits.clusters, return_inverse=True)
    ones = np.ones(len(traits), np.float32)
    belongs = sparse.csr_array((ones, (cluster_of_row, np.arange(len(traits)))))
    numbers = {
        name: frame.groupby(cluster_of_row).mean().reset_index(drop=True)
        for name, frame in traits.numbers.items()
    }
    return replace(
        traits,
        clusters=names,
        words=sparse.csr_array((belongs @ traits.words).sign()),
        numbers=numbers,
    )


def join_words(one: Traits, other: Traits, least: int) -> tuple[sparse.csr_array, list[str]]:
    """The words of both, rows of `one` first, and the vocabulary: words that `least` rows have."""
    known, others = (pd.Index(each.vocabulary, dtype=object) for each in (one, other))
    vocabulary = known.union(others)
    parts = []
    for each, own in ((one, known), (other, others)):
        columns = vocabulary.get_indexer(own)
        found = each.words.tocoo()
        placed = (found.data, (found.row, columns[found.col]))
        parts.append(sparse.csr_array(placed, (len(each), len(vocabulary))))
    both = sparse.vstack(parts).tocsr()
    frequent = np.flatnonzero(np.bincount(both.indices, minlength=len(vocabulary)) >= least)
    return sparse.csr_array(both[:, frequent]), vocabulary[frequent].tolist()


def _unchanged(tokens: Sequence[str]) -> Sequence[str]:
    return tokens


def _shares_of_scripts(texts: Iterable[str]) -> pd.DataFrame:
    rows = []
    for text in texts:
        counts = Counter(map(_script, text[:READ_CHARACTERS]))
        del counts[""]
        total = counts.total()
        rows.append({name: count / total for name, count in counts.items()} or {NOT_LETTERS: 1.0})
    return pd.DataFrame(rows).fillna(0.0)


@cache
def _script(character: str) -> str:
    """The script of a letter, the first word of its name in Unicode; empty for other characters."""
    if not character.isalpha():
        return ""
    script, _, rest = unicodedata.name(character, "").partition(" ")
    is_letter = script == "CJK" or "LETTER" in rest or "SYLLABLE" in rest
    return script.capitalize() if is_letter else "Other"


def _languages(texts: Iterable[str]) -> pd.DataFrame:
    """The language that each text is most like, of those that py3langid knows: a column of 1."""
    from py3langid import classify

    found = [classify(text[:READ_CHARACTERS])[0] for text in texts]
    return pd.get_dummies(pd.Series(found, dtype=object), dtype=float)
