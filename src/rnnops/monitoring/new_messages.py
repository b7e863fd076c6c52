"""Traits and predictions of new messages, from their texts or from the prediction log."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from rnnops.core.console import progress
from rnnops.features.tokens import tokenize
from rnnops.monitoring.drift import ERRORS
from rnnops.monitoring.reference import SCORES, UNKNOWN, score_frame, unknown_frame
from rnnops.monitoring.traits import Traits, describe_texts
from rnnops.runtime.text_classifier import TextClassifier
from rnnops.split.near_duplicates import earlier_near_duplicates
from rnnops.split.shingles import Shingles


@dataclass(frozen=True)
class NewMessages:
    """Traits of n messages, and their predictions: columns p_<label> and predicted."""

    traits: Traits
    predictions: pd.DataFrame


def describe_new(
    texts: Sequence[str],
    labels: Sequence[str] | None,
    classifier: TextClassifier,
    similarity: float,
) -> NewMessages:
    """New messages as the pipeline's network sees them.

    Args:
        labels: of the messages, None if they are not known.
        similarity: from which on two messages are near-duplicates.
    """
    tokens = [tokenize(text) for text in progress(texts, "messages", len(texts))]
    features = classifier.featurizer.transform_tokens(tokens)
    predictions = classifier.score_features(features).to_frame()
    predictions = predictions.rename(columns={"label": "predicted"})
    further = {
        UNKNOWN: unknown_frame(features),
        SCORES: score_frame(predictions, classifier.labels),
    }
    if labels is not None:
        wrong = predictions["predicted"] != pd.Series(labels)
        further[ERRORS] = pd.DataFrame({"errors": wrong.astype(float)})
    clusters = near_duplicate_clusters(texts, similarity)
    return NewMessages(describe_texts(texts, tokens, clusters, further), predictions)


def describe_logged(log: pd.DataFrame, actual: pd.Series, labels: Sequence[str]) -> NewMessages:
    """What the prediction log tells of messages without their texts; equal texts are one cluster.

    Args:
        log: as `read_log` gives it.
        actual: the label of each row, null where it is not known.
        labels: of the model.
    """
    wrong = (log["label"] != actual).astype(float).where(actual.notna())
    numbers = {SCORES: score_frame(log, labels), ERRORS: pd.DataFrame({"errors": wrong})}
    no_words = sparse.csr_array(np.zeros((len(log), 0), np.float32))
    clusters = log["text_hash"].to_numpy(str)
    traits = Traits(clusters, np.array([], dtype=object), no_words, numbers)
    return NewMessages(traits, log.assign(predicted=log["label"]))


def near_duplicate_clusters(texts: Sequence[str], similarity: float) -> np.ndarray:
    """A name for each text, shape (n,): near-duplicates, and theirs in turn, share it."""
    clusters: list[int] = []
    for position, earlier in enumerate(earlier_near_duplicates(Shingles.of(texts), similarity)):
        joined = {clusters[other] for other in earlier}
        home = min(joined, default=position)
        if len(joined) > 1:
            clusters = [home if cluster in joined else cluster for cluster in clusters]
        clusters.append(home)
    return np.array(clusters).astype(str)
