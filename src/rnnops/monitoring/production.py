"""How well a model does in production, week by week: its log, and the labels that came later."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rnnops.metrics.bootstrap import cluster_weights, measure
from rnnops.metrics.measured import Measured
from rnnops.metrics.scores import Scores
from rnnops.monitoring.prediction_log import text_hash

OF_POSITIVE = ("precision", "recall", "false_positive_rate", "accuracy")
OF_LABELS = ("accuracy", "f1")
RESAMPLES = 1000


@dataclass(frozen=True)
class Week:
    """One version's predictions of one week.

    Attributes:
        week: its year and number by ISO 8601, such as 2026-W09.
        version: of the model.
        predictions: how many there are.
        labelled: how many of their messages have a label now.
        shares: by label, the share of the predictions that name it.
        metrics: by key of results, measured on the labelled.
    """

    week: str
    version: str
    predictions: int
    labelled: int
    shares: dict[str, float]
    metrics: dict[str, Measured]


def measure_weeks(
    log: pd.DataFrame, known: pd.DataFrame, labels: Sequence[str], positive: str | None
) -> list[Week]:
    """Each week and version of the log; a message that several labels fit has none.

    Args:
        log: as `read_log` gives it.
        known: columns text, label and cluster; messages of one cluster are right or wrong together.
        labels: of the dataset.
        positive: the label that precision and recall are of, None if each counts the same.
    """
    hashed = known.assign(text_hash=known["text"].map(text_hash))
    certain = hashed.groupby("text_hash")["label"].transform("nunique") == 1
    answers = hashed[certain].drop_duplicates("text_hash")[["text_hash", "label", "cluster"]]
    joined = log.merge(answers, on="text_hash", how="left", suffixes=("_predicted", ""))
    joined["week"] = joined["time"].dt.strftime("%G-W%V")
    return [
        _measure_week(str(week), str(version), rows, labels, positive)
        for (week, version), rows in joined.groupby(["week", "version"], sort=True)
    ]


def _measure_week(
    week: str, version: str, rows: pd.DataFrame, labels: Sequence[str], positive: str | None
) -> Week:
    there = rows["label"].isin(labels) & rows["label_predicted"].isin(labels)
    labelled = rows[there]
    shares = rows["label_predicted"].value_counts(normalize=True)
    metrics = {}
    if len(labelled):
        decided = pd.Index(labels).get_indexer(pd.Index(labelled["label_predicted"]))
        scores = Scores(
            tuple(labels),
            pd.Index(labels).get_indexer(pd.Index(labelled["label"])),
            np.eye(len(labels))[decided],  # the decision alone, which the version's threshold made
            positive,
            None if positive is None else 0.5,
        )
        weights = cluster_weights(labelled["cluster"].to_numpy(), RESAMPLES, seed=0)
        metrics = measure(scores, weights, names=OF_LABELS if positive is None else OF_POSITIVE)
    return Week(
        week,
        version,
        len(rows),
        len(labelled),
        {label: float(shares.get(label, 0.0)) for label in labels},
        metrics,
    )
