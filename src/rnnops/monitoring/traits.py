"""What is measured of each message to tell whether messages have changed."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Self

import numpy as np
import pandas as pd
from scipy import sparse

READ_CHARACTERS = 2000  # of a message, for its script and language
NOT_LETTERS = "no letters"


@dataclass(frozen=True)
class Traits:
    """The traits of n messages.

    Attributes:
        clusters: names, shape (n,); messages of one are near-duplicates.
        words: the distinct tokens of each message.
        numbers: by trait a frame of n rows; NaN where a message lacks the trait. The columns that
            two samples do not share count as 0 in the one that lacks them.
    """

    clusters: np.ndarray
    words: list[frozenset[str]]
    numbers: dict[str, pd.DataFrame]

    def __len__(self) -> int:
        return len(self.clusters)

    def only(self, trait: str) -> Self:
        """The same with their words and this trait alone."""
        return type(self)(self.clusters, self.words, {trait: self.numbers[trait]})

    def rows(self, selected: np.ndarray) -> Self:
        """The same for the messages at these positions, shape (k,), int."""
        return type(self)(
            self.clusters[selected],
            [self.words[position] for position in selected],
            {name: frame.iloc[selected] for name, frame in self.numbers.items()},
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
    lengths = np.log1p([len(each) for each in tokens])
    numbers = {
        "length": pd.DataFrame({"tokens": lengths}),
        "script": _shares_of_scripts(texts),
        "language": _languages(texts),
    }
    return Traits(
        np.asarray(clusters, str), [frozenset(each) for each in tokens], numbers | further
    )


def average_clusters(traits: Traits) -> Traits:
    """One row a cluster, the mean of its messages; a word is in it if one of them has it."""
    names, cluster_of_row = np.unique(traits.clusters, return_inverse=True)
    words: list[set[str]] = [set() for _ in names]
    for cluster, found in zip(cluster_of_row, traits.words, strict=True):
        words[cluster] |= found
    return Traits(
        names,
        [frozenset(found) for found in words],
        {
            name: frame.groupby(cluster_of_row).mean().reset_index(drop=True)
            for name, frame in traits.numbers.items()
        },
    )


def word_matrix(words: Sequence[frozenset[str]], least: int) -> tuple[sparse.csr_array, list[str]]:
    """Which row has which word, shape (rows, words), float32, and the words: those of `least` rows.

    Words are in alphabetical order.
    """
    counts = Counter(word for found in words for word in found)
    vocabulary = sorted(word for word, count in counts.items() if count >= least)
    column = {word: position for position, word in enumerate(vocabulary)}
    columns = [sorted(column[word] for word in found if word in column) for found in words]
    offsets = np.cumsum([0, *map(len, columns)])
    indices = np.fromiter((each for row in columns for each in row), int, offsets[-1])
    ones = np.ones(len(indices), np.float32)
    return sparse.csr_array((ones, indices, offsets), (len(words), len(vocabulary))), vocabulary


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
