"""Test messages that a model was trained on, or on near-duplicates of: they prove nothing.

The similarity is the gate's own: a challenger whose split parameters let near-duplicates cross the
splits is judged on the same messages as one whose parameters do not.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from rnnops.core import files, layout
from rnnops.registry import published_model
from rnnops.split.overlap import greatest_overlap, shingle_matrix
from rnnops.split.shingles import Shingles

SIMILARITY = 0.5  # Jaccard, of word 3-shingles


def unknown_test_rows(folder: Path | None) -> tuple[pd.DataFrame, tuple[int, int]]:
    """What the models are compared on, and how many rows are left out.

    Args:
        folder: of the champion, None without one.

    Returns:
        The rows of the test split in reports/predictions.parquet, with their texts, that no model
        was trained on; the numbers of those left out because the champion was trained on them, or
        the challenger alone.
    """
    predictions = files.read_parquet(layout.PREDICTIONS)
    texts = files.read_parquet(layout.split_file(layout.TEST), columns=["id", "text"])
    rows = predictions[predictions["split"] == layout.TEST].merge(texts, on="id")
    by_champion = np.zeros(len(rows), dtype=bool)
    if folder is not None:
        by_champion = known_to_champion(rows, folder)
    by_challenger = known_to_challenger(rows) & ~by_champion
    kept = rows[~(by_champion | by_challenger)].reset_index(drop=True)
    return kept, (int(by_champion.sum()), int(by_challenger.sum()))


def messages_trained_on() -> pd.DataFrame:
    """Columns `id` and `cluster` of the messages that weights, epochs or thresholds came from."""
    splits = [
        files.read_parquet(layout.split_file(name), columns=["id", "cluster"])
        for name in (layout.TRAIN, layout.VALIDATION)
    ]
    return pd.concat(splits, ignore_index=True)


def known_to_challenger(rows: pd.DataFrame) -> np.ndarray:
    """Which rows are near-duplicates of the pipeline's training and validation messages.

    Args:
        rows: column text.
    """
    seen = [
        files.read_parquet(layout.split_file(name), columns=["text"])["text"]
        for name in (layout.TRAIN, layout.VALIDATION)
    ]
    return _has_near_duplicate(rows["text"], pd.concat(seen))


def known_to_champion(rows: pd.DataFrame, folder: Path) -> np.ndarray:
    """Which rows the published model in `folder` was trained or tuned on, or near-duplicates of.

    The texts of its messages are those in the present data; near-duplicates of messages that are no
    longer there are known by the clusters that the model lists.

    Args:
        rows: columns id, cluster and text.
    """
    training_ids = published_model.read_training_ids(folder)
    messages = files.read_parquet(layout.MESSAGES, columns=["id", "text"])
    seen = messages.loc[messages["id"].isin(training_ids["id"]), "text"]
    similar = _has_near_duplicate(rows["text"], seen)
    return is_known(rows, training_ids).to_numpy() | similar


def is_known(rows: pd.DataFrame, training_ids: pd.DataFrame) -> pd.Series:
    """Which rows a model was trained on, or on a near-duplicate of: of a cluster then or now.

    Args:
        rows, training_ids: columns id and cluster; a cluster's name may differ between them.
    """
    known = rows["id"].isin(training_ids["id"])
    clusters = {*training_ids["cluster"], *rows.loc[known, "cluster"]}
    return known | rows["cluster"].isin(clusters)


def _has_near_duplicate(texts: pd.Series, seen: pd.Series) -> np.ndarray:
    """For each text, whether its similarity to one of `seen` is at least `SIMILARITY`."""
    matrix = shingle_matrix(Shingles.of([*texts, *seen]).hashes)
    similarity, _ = greatest_overlap(matrix[: len(texts)], matrix[len(texts) :]).T
    return similarity >= SIMILARITY
