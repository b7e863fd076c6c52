"""Texts as sets of word 3-shingles, which near-duplicates are measured by."""

import re
from collections.abc import Iterable
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash

from rnnops.text import segmentation

SHINGLE_WORDS = 3


class Shingles(NamedTuple):
    """Each text's set: `words`, the shingles themselves, and `hashes`, 64 bits each; ascending."""

    words: list[list[str]]
    hashes: list[NDArray[np.uint64]]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Self:
        """The sets of `texts`, in their order."""
        words = [sorted(word_shingles(text)) for text in texts]
        hashed = (RMinHash.hash_token_sets([shingles])[0] for shingles in words)
        return cls(words, [np.unique(np.array(row, np.uint64)) for row in hashed])


def word_shingles(text: str) -> set[str]:
    """The runs of three lower-case words in `text`, numbers written as 0; never empty.

    Where no blanks part the words, each segment (`data.segmentation`) counts as one.
    """
    words: list[str] = []
    for is_segment, part in segmentation.split(re.sub(r"\d+", "0", text.lower())):
        words += [part] if is_segment else re.findall(r"\w+", part)
    words = words or [text.strip()]
    last = max(1, len(words) - SHINGLE_WORDS + 1)
    return {" ".join(words[start : start + SHINGLE_WORDS]) for start in range(last)}
