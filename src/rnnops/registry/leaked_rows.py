"""Test rows that a model was trained on, or on near-duplicates of: they prove nothing.

The similarity is the gate's own: a challenger whose split parameters let near-duplicates cross the
splits is judged on the same rows as one whose parameters do not.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from rnnops.core import files, layout
from rnnops.registry import published_model
from rnnops.split.overlap import greatest_overlap, shingle_matrix
from rnnops.split.shingles import Shingles

SIMILARITY = 0.5  # Jaccard, of 3-shingles


class Content(NamedTuple):
    """What rows are compared by.

    `file`: that has all rows. `columns`: their content, None for all that predictions lack.
    `shingles`: of rows.
    """

    file: str
    columns: list[str] | None
    shingles: Callable[[pd.DataFrame], Shingles]


TEXTS = Content(layout.MESSAGES, ["text"], lambda rows: Shingles.of(rows["text"]))


def unknown_test_rows(
    folder: Path | None, content: Content = TEXTS
) -> tuple[pd.DataFrame, tuple[int, int]]:
    """What the models are compared on, and how many rows are left out.

    Args:
        folder: of the champion, None without one.

    Returns:
        The rows of the test split in reports/predictions.parquet, with their content, that no
        model was trained on; the numbers of those left out because the champion was trained on
        them, or the challenger alone.
    """
    predictions = files.read_parquet(layout.PREDICTIONS)
    test = _read(layout.split_file(layout.TEST), content)
    test = test[["id", *test.columns.difference(predictions.columns, sort=False)]]
    rows = predictions[predictions["split"] == layout.TEST].merge(test, on="id")
    by_champion = np.zeros(len(rows), dtype=bool)
    if folder is not None:
        by_champion = known_to_champion(rows, folder, content)
    by_challenger = known_to_challenger(rows, content) & ~by_champion
    kept = rows[~(by_champion | by_challenger)].reset_index(drop=True)
    return kept, (int(by_champion.sum()), int(by_challenger.sum()))


def messages_trained_on() -> pd.DataFrame:
    """Columns `id` and `cluster` of the messages that weights, epochs or thresholds came from."""
    splits = [
        files.read_parquet(layout.split_file(name), columns=["id", "cluster"])
        for name in (layout.TRAIN, layout.VALIDATION)
    ]
    return pd.concat(splits, ignore_index=True)


def known_to_challenger(rows: pd.DataFrame, content: Content = TEXTS) -> np.ndarray:
    """Which rows are near-duplicates of the pipeline's training and validation rows.

    Args:
        rows: with the columns of `content`.
    """
    seen = [_read(layout.split_file(name), content) for name in (layout.TRAIN, layout.VALIDATION)]
    return _has_near_duplicate(rows, pd.concat(seen), content)


def known_to_champion(rows: pd.DataFrame, folder: Path, content: Content = TEXTS) -> np.ndarray:
    """Which rows the published model in `folder` was trained or tuned on, or near-duplicates of.

    The content of its rows is that in the present data; near-duplicates of rows that are no longer
    there are known by the clusters that the model lists.

    Args:
        rows: columns id and cluster, and those of `content`.
    """
    training_ids = published_model.read_training_ids(folder)
    known = _read(content.file, content)
    seen = known[known["id"].isin(training_ids["id"])]
    similar = _has_near_duplicate(rows, seen, content)
    return is_known(rows, training_ids).to_numpy() | similar


def is_known(rows: pd.DataFrame, training_ids: pd.DataFrame) -> pd.Series:
    """Which rows a model was trained on, or on a near-duplicate of: of a cluster then or now.

    Args:
        rows, training_ids: columns id and cluster; a cluster's name may differ between them.
    """
    known = rows["id"].isin(training_ids["id"])
    clusters = {*training_ids["cluster"], *rows.loc[known, "cluster"]}
    return known | rows["cluster"].isin(clusters)


def _read(file: str, content: Content) -> pd.DataFrame:
    columns = None if content.columns is None else ["id", *content.columns]
    return files.read_parquet(file, columns=columns)


def _has_near_duplicate(rows: pd.DataFrame, seen: pd.DataFrame, content: Content) -> np.ndarray:
    """For each row, whether its similarity to one of `seen` is at least `SIMILARITY`."""
    hashes = [*content.shingles(rows).hashes, *content.shingles(seen).hashes]
    matrix = shingle_matrix(hashes)
    similarity, _ = greatest_overlap(matrix[: len(rows)], matrix[len(rows) :]).T
    return similarity >= SIMILARITY
