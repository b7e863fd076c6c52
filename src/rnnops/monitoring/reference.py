"""The messages that a model was made from and measured on, as the pipeline left them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rnnops.core import files, layout
from rnnops.core.console import progress
from rnnops.features.featurizer import FeaturizedTexts, Featurizer
from rnnops.features.tokens import tokenize
from rnnops.features.vocabulary import UNKNOWN_ID
from rnnops.metrics.decision import probability_column
from rnnops.metrics.evaluation import NETWORK, prefix
from rnnops.monitoring.drift import ERRORS
from rnnops.monitoring.traits import Traits, describe_texts

UNKNOWN, SCORES = "unknown words", "scores"


@dataclass(frozen=True)
class Reference:
    """Traits of the messages, and the predictions for those that were held out of the training.

    Attributes:
        traits: of all; scores, errors and unknown words of the held-out ones alone.
        held_out: positions of these, shape (k,).
        predictions: of these, in their order: columns cluster, label, p_<label>.
    """

    traits: Traits
    held_out: np.ndarray
    predictions: pd.DataFrame


def read_reference(featurizer: Featurizer, most: int, seed: int) -> Reference:
    """The reference, drawn by cluster if there are more than `most` messages."""
    splits = pd.concat(
        [
            files.read_parquet(layout.split_file(name), ["id", "text", "cluster"]).assign(
                sequence=files.read_parquet(layout.features_file(name), ["sequence"])["sequence"]
            )
            for name in layout.SPLIT_NAMES
        ],
        ignore_index=True,
    )
    rows = draw_clusters(splits, most, seed)
    predictions = _read_predictions(featurizer.labels).set_index("id").reindex(rows["id"])
    predictions = predictions.reset_index(drop=True)
    is_held_out = predictions["label"].notna().to_numpy()
    unknown = [np.mean(each == UNKNOWN_ID) for each in rows["sequence"]]
    wrong = (predictions["label"] != predictions["predicted"]).astype(float)
    traits = describe_texts(
        rows["text"].tolist(),
        [tokenize(text) for text in progress(rows["text"], "reference", len(rows))],
        rows["cluster"].to_numpy(str),
        {
            UNKNOWN: pd.DataFrame({"unknown words": unknown}).where(is_held_out[:, None]),
            SCORES: score_frame(predictions, featurizer.labels),
            ERRORS: pd.DataFrame({"errors": wrong}).where(is_held_out[:, None]),
        },
    )
    return Reference(traits, np.flatnonzero(is_held_out), predictions[is_held_out])


def draw_clusters(rows: pd.DataFrame, most: int, seed: int) -> pd.DataFrame:
    """`rows` of clusters drawn at random, at most `most` rows unless one cluster is larger."""
    if len(rows) <= most:
        return rows
    sizes = rows["cluster"].value_counts().sort_index()
    order = np.random.default_rng(seed).permutation(len(sizes))
    fits = np.cumsum(sizes.to_numpy()[order]) <= most
    chosen = sizes.index[order[fits]] if fits.any() else sizes.index[order[:1]]
    return rows[rows["cluster"].isin(chosen)].reset_index(drop=True)


def unknown_frame(features: FeaturizedTexts) -> pd.DataFrame:
    """The share of the words of each message that the vocabulary lacks."""
    shares = [np.mean(sequence == UNKNOWN_ID) for sequence in features.sequences]
    return pd.DataFrame({"unknown words": shares})


def score_frame(predictions: pd.DataFrame, labels: Sequence[str]) -> pd.DataFrame:
    """The probability of each label but the first, which follows from the others."""
    return pd.DataFrame({label: predictions[probability_column(label)] for label in labels[1:]})


def _read_predictions(labels: Sequence[str]) -> pd.DataFrame:
    """Columns id, cluster, label, predicted and p_<label> of the held-out messages."""
    before = prefix(NETWORK)
    renamed = {f"{before}predicted": "predicted"} | {
        probability_column(label, before): probability_column(label) for label in labels
    }
    columns = ["id", "cluster", "label", *renamed]
    return files.read_parquet(layout.PREDICTIONS, columns).rename(columns=renamed)
