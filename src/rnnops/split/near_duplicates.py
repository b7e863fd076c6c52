"""Which messages are near-duplicates of earlier ones: MinHash over word 3-shingles."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash, RMinHashLSH

from rnnops.core.console import progress
from rnnops.split.shingles import Shingles

BAND_ROWS = 3
MISSED = 2e-4  # of the pairs at the similarity; a more similar pair is missed less often


def number_of_bands(similarity: float) -> int:
    """The fewest bands that miss a pair of that similarity with a probability of at most `MISSED`.

    A pair of Jaccard similarity s becomes a candidate with probability 1 - (1 - s^r)^b, for b bands
    of r rows (Leskovec, Rajaraman & Ullman, Mining of Massive Datasets, section 3.4). That gives 64
    bands at 0.5 and 312 at 0.3.
    """
    misses_a_band = 1 - similarity**BAND_ROWS
    return math.ceil(math.log(MISSED) / math.log(misses_a_band)) if misses_a_band else 1


def earlier_near_duplicates(shingles: Shingles, similarity: float) -> list[list[int]]:
    """For each text, the positions of the earlier texts it is a near-duplicate of, ascending.

    Two texts are near-duplicates when the Jaccard similarity of their sets of shingles is at least
    `similarity`. Candidates come from locality-sensitive hashing (Broder 1997; Indyk & Motwani
    1998) and are verified on the sets themselves. Of identical sets only the first is listed,
    together with its own near-duplicates.
    """
    bands = number_of_bands(similarity)
    signatures = RMinHash.from_token_sets(shingles.words, bands * BAND_ROWS, 0)
    index = RMinHashLSH(similarity, bands * BAND_ROWS, bands)
    hashes = shingles.hashes
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


def jaccard(first: NDArray[Any], second: NDArray[Any]) -> float:
    """|A ∩ B| / |A ∪ B| of two arrays of distinct values."""
    shared = len(np.intersect1d(first, second, assume_unique=True))
    return shared / (len(first) + len(second) - shared)
