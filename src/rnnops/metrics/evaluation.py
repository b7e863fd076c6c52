"""From probabilities to what is reported: thresholds on validation, metrics on either split."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rnnops.core import layout
from rnnops.metrics.intervals import cluster_weights, with_intervals
from rnnops.metrics.metrics import Metrics, all_metrics
from rnnops.metrics.params import Evaluate
from rnnops.metrics.scores import Scores
from rnnops.metrics.slices import metrics_by_source
from rnnops.metrics.threshold import threshold_at_false_positive_rate

NETWORK = "network"
BASELINE = "baseline"


def prefix(model: str) -> str:
    """What stands before the columns of `model`; the network's have nothing before them."""
    return "" if model == NETWORK else f"{model}_"


@dataclass(frozen=True)
class Evaluation:
    """What one split says of some models, each by its name.

    `point` and `resampled`: every metric once and in each bootstrap resample of the messages, the
    same resamples for every model. `weights`: how often a message counts in each, see
    `cluster_weights`.
    """

    scores: dict[str, Scores]
    point: dict[str, Metrics]
    resampled: dict[str, Metrics]
    weights: np.ndarray

    @property
    def metrics(self) -> dict[str, dict[str, Any]]:
        """Each model's metrics with their intervals, for JSON."""
        return {
            model: with_intervals(point, self.resampled[model])
            for model, point in self.point.items()
        }

    @property
    def thresholds(self) -> dict[str, float | None]:
        """The models' thresholds, None where the most probable label is taken."""
        return {model: scores.threshold for model, scores in self.scores.items()}

    def difference(self, one: str, other: str) -> dict[str, dict[str, Any]]:
        """Each metric of `one` less that of `other`, with its paired interval, for JSON."""
        return with_intervals(
            *(
                {name: measured[one][name] - measured[other][name] for name in measured[one]}
                for measured in (self.point, self.resampled)
            )
        )

    def slices(self, sources: np.ndarray) -> dict[str, dict[str, Any]]:
        """Each model's metrics source by source; `sources`: a name a message."""
        return {
            model: metrics_by_source(sources, scores, self.weights)
            for model, scores in self.scores.items()
        }


def predictions_frame(
    rows: pd.DataFrame, labels: list[str], probabilities: Mapping[str, np.ndarray]
) -> pd.DataFrame:
    """`rows` with the columns p_<label> of each model, prefixed as `prefix` says.

    Args:
        probabilities: by model, shape (rows, labels).
    """
    columns = {
        f"{prefix(model)}p_{label}": values[:, index]
        for model, values in probabilities.items()
        for index, label in enumerate(labels)
    }
    return rows.reset_index(drop=True).assign(**columns)


def evaluate_models(
    predictions: pd.DataFrame,
    models: Sequence[str],
    labels: list[str],
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
    clusters = measured["cluster"].to_numpy()
    weights = cluster_weights(clusters, params.bootstrap_resamples, params.seed)
    scores = {}
    for model in models:
        threshold = choose_threshold(validation, positive, params, prefix(model))
        scores[model] = Scores.from_frame(measured, labels, positive, threshold, prefix(model))
    once, bins = np.ones((1, len(measured))), params.calibration_bins
    return Evaluation(
        scores,
        {model: all_metrics(each, once, bins) for model, each in scores.items()},
        {model: all_metrics(each, weights, bins) for model, each in scores.items()},
        weights,
    )


def choose_threshold(
    validation: pd.DataFrame, positive: str | None, params: Evaluate, before: str = ""
) -> float | None:
    """The model's threshold, from the columns label and <before>p_<positive>.

    None without a positive label; 0.5, the most probable label, where false positives have no cap.
    """
    if positive is None:
        return None
    if params.max_false_positive_rate is None:
        return 0.5
    return threshold_at_false_positive_rate(
        validation[f"{before}p_{positive}"].to_numpy(),
        (validation["label"] == positive).to_numpy(),
        params.max_false_positive_rate,
    )


def with_decisions(
    predictions: pd.DataFrame, labels: list[str], evaluation: Evaluation
) -> pd.DataFrame:
    """`predictions` with each evaluated model's `predicted` and `probability`.

    The latter is of the positive label, without one of the predicted label.
    """
    decided = {}
    for model, scores in evaluation.scores.items():
        before = prefix(model)
        every = Scores.from_frame(predictions, labels, scores.positive, scores.threshold, before)
        shown = (
            every.decided
            if scores.positive is None
            else np.full(len(predictions), labels.index(scores.positive))
        )
        decided[f"{before}predicted"] = pd.array(every.names(every.decided), dtype="str")
        decided[f"{before}probability"] = every.probability_of(shown)
    return predictions.assign(**decided)
