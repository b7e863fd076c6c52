"""From probabilities to what is reported: thresholds on validation, metrics on either split."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rnnops.core import layout
from rnnops.metrics.bootstrap import ClusterWeights, cluster_weights, measure
from rnnops.metrics.decision import probability_column
from rnnops.metrics.measured import Measured
from rnnops.metrics.metrics import compute_metrics
from rnnops.metrics.params import Evaluate
from rnnops.metrics.scores import Scores
from rnnops.metrics.slices import Slices, metrics_by_source, metrics_by_stratum
from rnnops.metrics.threshold import threshold_at_false_positive_rate

# Baselines go by their own names; where the best of them stands beside the network it is BASELINE.
NETWORK, RECURRENT, LINEAR = "network", "recurrent", "linear"
HALVES = {RECURRENT: "recurrent half alone", LINEAR: "linear half alone"}  # of a hybrid network
BASELINE = "baseline"


def prefix(model: str) -> str:
    """What stands before the columns of `model` in predictions."""
    return f"{model}_"


@dataclass(frozen=True)
class Evaluation:
    """What one split says of some models, each by its name.

    `metrics`: by model and key of results, with the same resamples of the messages for every model.
    `weights`: how often a message counts in each resample, see `cluster_weights`.
    """

    scores: dict[str, Scores]
    metrics: dict[str, dict[str, Measured]]
    weights: ClusterWeights

    @property
    def thresholds(self) -> dict[str, float | None]:
        """The models' thresholds, None where the most probable label is taken."""
        return {model: scores.threshold for model, scores in self.scores.items()}

    def difference(self, one: str, other: str) -> dict[str, Measured]:
        """Each metric of `one` less that of `other`, paired."""
        first, second = self.metrics[one], self.metrics[other]
        return {key: first[key] - second[key] for key in first}

    def slices(self, sources: np.ndarray) -> dict[str, Slices]:
        """Each model's metrics source by source; `sources`: a name a message."""
        return {
            model: metrics_by_source(sources, scores, self.weights)
            for model, scores in self.scores.items()
        }

    def strata(self, train_similarity: np.ndarray, bins: int) -> dict[str, Slices]:
        """Each model's metrics by similarity to the training split, see `metrics_by_stratum`."""
        return {
            model: metrics_by_stratum(train_similarity, scores, self.weights, bins)
            for model, scores in self.scores.items()
        }

    def network_against(self, baseline: str) -> "Evaluation":
        """The network and the model of that name, here called BASELINE."""
        return self._of({NETWORK: NETWORK, BASELINE: baseline})

    def halves_against(self, baseline: str) -> "Evaluation":
        """The same with the network's halves alone, if it has two."""
        halves = {half: half for half in HALVES if half in self.scores}
        return self._of({NETWORK: NETWORK, **halves, BASELINE: baseline})

    def _of(self, chosen: Mapping[str, str]) -> "Evaluation":
        return Evaluation(
            {role: self.scores[model] for role, model in chosen.items()},
            {role: self.metrics[model] for role, model in chosen.items()},
            self.weights,
        )


def predictions_frame(
    rows: pd.DataFrame, labels: Sequence[str], probabilities: Mapping[str, np.ndarray]
) -> pd.DataFrame:
    """`rows` with the columns <model>_p_<label>.

    Args:
        probabilities: by model, shape (rows, labels).
    """
    columns = {
        probability_column(label, prefix(model)): values[:, index]
        for model, values in probabilities.items()
        for index, label in enumerate(labels)
    }
    return rows.reset_index(drop=True).assign(**columns)


def evaluate_models(
    predictions: pd.DataFrame,
    models: Sequence[str],
    labels: Sequence[str],
    positive: str | None,
    params: Evaluate,
    split: str = layout.TEST,
) -> Evaluation:
    """Choose each model's threshold on the validation split and measure it on `split`.

    On the validation split itself the metrics are a little too good: thresholds are chosen there.

    Args:
        predictions: columns split, source, cluster, label and those of `predictions_frame`.
    """
    validation = predictions[predictions["split"] == layout.VALIDATION]
    measured = predictions[predictions["split"] == split]
    weights = cluster_weights(
        measured["cluster"].to_numpy(), params.bootstrap_resamples, params.seed
    )
    scores = {}
    for model in models:
        threshold = choose_threshold(validation, model, positive, params.max_false_positive_rate)
        scores[model] = Scores.from_frame(measured, labels, positive, threshold, prefix(model))
    metrics = {m: measure(each, weights, params.calibration_bins) for m, each in scores.items()}
    return Evaluation(scores, metrics, weights)


def evaluate_splits(
    predictions: pd.DataFrame,
    models: Sequence[str],
    labels: Sequence[str],
    positive: str | None,
    params: Evaluate,
) -> dict[str, Evaluation]:
    """The evaluation of each split in `predictions`, see `evaluate_models`."""
    return {
        split: evaluate_models(predictions, models, labels, positive, params, split)
        for split in predictions["split"].unique()
    }


def mean_log_loss(labels: Sequence[str], actual: np.ndarray, probabilities: np.ndarray) -> float:
    """The log loss of probabilities, shape (n, labels), of messages with the labels `actual`."""
    scores = Scores(tuple(labels), actual, probabilities)
    once = np.ones((1, len(actual)))
    return float(compute_metrics(scores, once, names=["log_loss"])["log_loss"][0])


def choose_threshold(
    validation: pd.DataFrame, model: str, positive: str | None, cap: float | None
) -> float | None:
    """The model's threshold, from the columns label and <model>_p_<positive>.

    None without a positive label; 0.5, the most probable label, where false positives have no cap.
    """
    if positive is None:
        return None
    if cap is None:
        return 0.5
    return threshold_at_false_positive_rate(
        validation[probability_column(positive, prefix(model))].to_numpy(),
        (validation["label"] == positive).to_numpy(),
        cap,
    )


def add_decisions(predictions: pd.DataFrame, evaluation: Evaluation) -> pd.DataFrame:
    """`predictions` with each evaluated model's <model>_predicted and <model>_probability.

    The latter is of the positive label, without one of the predicted label.
    """
    decided: dict[str, Any] = {}
    for model, scores in evaluation.scores.items():
        before = prefix(model)
        every = Scores.from_frame(
            predictions, scores.labels, scores.positive, scores.threshold, before
        )
        decided[f"{before}predicted"] = pd.array(every.names(every.decided), dtype="str")
        decided[f"{before}probability"] = every.shown_probability
    return predictions.assign(**decided)
