"""Training messages whose label is probably wrong: a classifier trained without them disagrees."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.model_selection import StratifiedGroupKFold

from rnnops.core.console import progress

FOLDS = 5
# From vectors, their labels as indices from 0 on and other vectors: the others' probabilities.
TrainAndScore = Callable[[sparse.csr_array, np.ndarray, sparse.csr_array], np.ndarray]


def rank_suspects(
    messages: pd.DataFrame,
    vectors: sparse.csr_array,
    labels: list[str],
    train_and_score: TrainAndScore,
) -> pd.DataFrame:
    """`messages` from the most to the least suspect.

    Each is scored by a classifier trained on the other clusters (Northcutt, Jiang and Chuang 2021):
    its near-duplicates, which would repeat its label, are left out with it.

    Args:
        messages: columns label and cluster.
        vectors: of the messages, shape (n, features).
        labels: the names of the labels, ascending.
        train_and_score: trains a classifier and scores other messages.

    Returns:
        `messages` with the columns `probability` (of its label, by others) and `suggested` (the
        most probable label).
    """
    given = np.searchsorted(labels, messages["label"])
    probabilities = np.zeros((len(messages), len(labels)))
    number = max(2, min(FOLDS, np.bincount(given).min()))
    folds = StratifiedGroupKFold(number, shuffle=True, random_state=0)
    parts = list(folds.split(vectors, given, messages["cluster"]))
    for train, held_out in progress(parts, "suspects", number):
        present, indices = np.unique(given[train], return_inverse=True)
        scores = train_and_score(vectors[train], indices, vectors[held_out])
        probabilities[np.ix_(held_out, present)] = scores
    ranked = messages.assign(
        probability=probabilities[np.arange(len(given)), given],
        suggested=np.array(labels)[probabilities.argmax(axis=1)],
    )
    return ranked.sort_values("probability", kind="stable", ignore_index=True)
