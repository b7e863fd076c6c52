"""Splits of sequences that no near-duplicate and no group crosses.

As of texts, see `split`: what a word is there is a step here. Windows that overlap share runs of
steps, whose values are the same to the last digit.
"""

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np
from rensa import RMinHash

from rnnops.split.shingles import SHINGLE_WORDS, Shingles


def shingles_of(values: Iterable[np.ndarray]) -> Shingles:
    """Each sequence's runs of three steps; a shorter sequence is one run.

    Args:
        values: arrays of shape (steps, channels).
    """
    words = [sorted(_runs(each)) for each in values]
    hashed = (RMinHash.hash_token_sets([runs])[0] for runs in words)
    return Shingles(words, [np.unique(np.array(row, np.uint64)) for row in hashed])


def tie_groups(
    neighbours: list[list[int]], hashes: Sequence[np.ndarray], groups: Sequence[str]
) -> list[list[int]]:
    """`neighbours` with earlier rows of each one's group, which `assign_splits` keeps together.

    It leaves out what would tie two splits, here a near-duplicate of a sequence in another split,
    and so its copies. A row without near-duplicates in other groups is never left out: one such
    row of a group is enough to tie the later ones to.

    Args:
        neighbours: for each row, the positions of earlier near-duplicates.
        hashes: of each row, from `shingles_of`.
        groups: the group of each row.
    """
    first_with: dict[bytes, int] = {}
    earlier: dict[str, list[int]] = {}
    tied: list[list[int]] = []
    for row, group in enumerate(groups):
        first = first_with.setdefault(hashes[row].tobytes(), row)
        others = {*neighbours[row], *(tied[first] if first < row else [])}
        own = earlier.get(group, [])
        tied.append(sorted({*own, *others}))
        is_kept = all(groups[other] == group for other in others)
        earlier[group] = [row] if is_kept else [*own, row]
    return tied


def _runs(values: np.ndarray) -> set[str]:
    steps = [
        hashlib.blake2b(row.tobytes(), digest_size=8).hexdigest()
        for row in np.ascontiguousarray(values + 0.0)  # -0 is 0
    ]
    last = max(1, len(steps) - SHINGLE_WORDS + 1)
    return {" ".join(steps[start : start + SHINGLE_WORDS]) for start in range(last)}
