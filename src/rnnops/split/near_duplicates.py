"""Which messages are near-duplicates of earlier ones: MinHash over word 3-shingles."""

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash, RMinHashLSH

from rnnops.core.console import progress
from rnnops.text import segmentation

SHINGLE_WORDS = 3
# 64 bands of 3 rows make a pair of Jaccard similarity s a candidate with probability
# 1 - (1 - s^3)^64: 0.9998 at s = 0.5, 0.06 at s = 0.1.
BANDS = 64
PERMUTATIONS = BANDS * 3


def earlier_near_duplicates(texts: Iterable[str], similarity: float) -> list[list[int]]:
    """For each text, the positions of the earlier texts it is a near-duplicate of, ascending.

    Two texts are near-duplicates when the Jaccard similarity of their sets of word 3-shingles is at
    least `similarity`. Candidates come from locality-sensitive hashing (Broder 1997; Indyk &
    Motwani 1998) and are verified on the sets themselves. Of identical sets only the first is
    listed, together with its own near-duplicates.
    """
    shingles = [sorted(word_shingles(text)) for text in texts]
    signatures = RMinHash.from_token_sets(shingles, PERMUTATIONS, 0)
    hashes = [np.unique(np.array(row, np.uint64)) for row in RMinHash.hash_token_sets(shingles)]
    index = RMinHashLSH(similarity, PERMUTATIONS, BANDS)
    first_with: dict[bytes, int] = {}
    neighbours: list[list[int]] = []
    for position, signature in enumerate(progress(signatures, "near-duplicates", len(signatures))):
        first = first_with.setdefault(hashes[position].tobytes(), position)
        if first < position:
            neighbours.append([*neighbours[first], first])
            continue
        candidates = sorted(index.query(signature))
        similar = [
            other for other in candidates if jaccard(hashes[position], hashes[other]) >= similarity
        ]
        index.insert(position, signature)
        neighbours.append(similar)
    return neighbours


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


def jaccard(first: NDArray[Any], second: NDArray[Any]) -> float:
    """|A ∩ B| / |A ∪ B| of two arrays of distinct values."""
    shared = len(np.intersect1d(first, second, assume_unique=True))
    return shared / (len(first) + len(second) - shared)
