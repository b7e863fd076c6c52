"""The documents of a split, as the numbers of their words."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from rnnops.core import files
from rnnops.language_model.vocabulary import Vocabulary

DESCRIBED = ["id", "label", "source", "cluster"]


@dataclass(frozen=True)
class Documents:
    """`rows`: columns id, label, source and cluster. `ids`: of each one's words, int32."""

    rows: pd.DataFrame
    ids: list[np.ndarray]

    @classmethod
    def of(cls, texts: pd.DataFrame, vocabulary: Vocabulary) -> Self:
        """Documents from their texts, less those without a word.

        Args:
            texts: the columns of `rows`, and text.
        """
        ids = [vocabulary.ids(text) for text in texts["text"]]
        has_words = np.array([len(each) > 0 for each in ids], bool)
        rows = texts.loc[has_words, DESCRIBED].reset_index(drop=True)
        return cls(rows, [each for each in ids if len(each)])

    @property
    def words(self) -> int:
        """How many there are, ends of sentences among them."""
        return sum(map(len, self.ids))

    def write(self, path: str) -> None:
        """Write the documents as a Parquet file."""
        words = pd.Series(self.ids, self.rows.index, dtype=object)
        files.write_parquet(self.rows.assign(words=words), path)

    @classmethod
    def read(cls, path: str) -> Self:
        """The documents that `write` wrote to `path`."""
        frame = files.read_parquet(path)
        return cls(frame[DESCRIBED], frame["words"].tolist())
