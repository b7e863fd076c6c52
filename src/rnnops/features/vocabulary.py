"""The words that have an id of their own."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import repeat
from pathlib import Path
from typing import Self

import numpy as np

from rnnops.core import files

PADDING = "<padding>"
UNKNOWN = "<unknown>"
PADDING_ID = 0
UNKNOWN_ID = 1


class Vocabulary:
    """Words by id: 0 is padding, 1 any word not listed, then words by falling frequency."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = [PADDING, UNKNOWN, *words]
        self._ids = {word: word_id for word_id, word in enumerate(self.words)}

    @classmethod
    def build(cls, documents: Iterable[Sequence[str]], size: int, min_count: int) -> Self:
        """The `size` most frequent tokens seen at least `min_count` times; ties alphabetically."""
        counts = Counter(token for tokens in documents for token in tokens)
        frequent = [item for item in counts.items() if item[1] >= min_count]
        frequent.sort(key=lambda item: (-item[1], item[0]))
        return cls([word for word, _ in frequent[:size]])

    def __len__(self) -> int:
        return len(self.words)

    def encode(self, tokens: Sequence[str]) -> np.ndarray:
        """Ids of `tokens`, shape (max(1, tokens),), int32; no token at all reads as one unknown."""
        tokens = tokens or [UNKNOWN]
        ids = map(self._ids.get, tokens, repeat(UNKNOWN_ID))
        return np.fromiter(ids, np.int32, len(tokens))

    def save(self, path: str | Path) -> None:
        """Write the words as a JSON list."""
        files.write_json(self.words[2:], path)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        return cls(files.read_json(path))
