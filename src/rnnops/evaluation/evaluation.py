"""From probabilities to what is reported: thresholds on validation, everything else on test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rnnops.config import Evaluate
from rnnops.errors import InputError
from rnnops.evaluation.intervals import cluster_weights, metrics_with_intervals
from rnnops.evaluation.scores import Scores
from rnnops.evaluation.slices import metrics_by_source
from rnnops.evaluation.threshold import threshold_at_false_positive_rate

NETWORK = "network"
BASELINE = "baseline"


def prefix(model: str) -> str:
    """What stands before the columns of `model`; the network's have nothing before them."""
    return "" if model == NETWORK else f"{model}_"


@dataclass(frozen=True)
class Evaluation:
    """Each by the model's name: scores on the test split, metrics and slices with intervals."""

    scores: dict[str, Scores]
    metrics: dict[str, dict[str, Any]]
    slices: dict[str, dict[str, Any]]

    @property
    def thresholds(self) -> dict[str, float | None]:
        """The models' thresholds, None for more than two labels."""
        return {name: scores.threshold for name, scores in self.scores.items()}


def positive_label(declared: str | None, training_labels: pd.Series) -> str | None:
    """The label whose errors count: the declared one, else the rarer of two; None for more."""
    counts = training_labels.value_counts().sort_index()
    if len(counts) > 2:
        return None
    if declared is None:
        return str(counts.idxmin())
    if declared not in counts:
        raise InputError(f"positive: {declared!r} is none of the labels {', '.join(counts.index)}")
    return declared


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
) -> Evaluation:
    """Choose each model's threshold on the validation split and measure it on the test split.

    Args:
        predictions: columns split, source, cluster, label and those of `predictions_frame`.
    """
    validation = predictions[predictions["split"] == "validation"]
    test = predictions[predictions["split"] == "test"]
    weights = cluster_weights(test["cluster"].to_numpy(), params.bootstrap_resamples, params.seed)
    scores = {}
    for model in models:
        threshold = choose_threshold(validation, positive, params, prefix(model))
        scores[model] = Scores.from_frame(test, labels, positive, threshold, prefix(model))
    return Evaluation(
        scores,
        {
            model: metrics_with_intervals(each, weights, params.calibration_bins)
            for model, each in scores.items()
        },
        {
            model: metrics_by_source(test["source"].to_numpy(), each, weights)
            for model, each in scores.items()
        },
    )


def choose_threshold(
    validation: pd.DataFrame, positive: str | None, params: Evaluate, before: str = ""
) -> float | None:
    """The model's threshold, from the columns label and <before>p_<positive>; None without one."""
    if positive is None:
        return None
    return threshold_at_false_positive_rate(
        validation[f"{before}p_{positive}"].to_numpy(),
        (validation["label"] == positive).to_numpy(),
        params.max_false_positive_rate,
    )


def with_decisions(
    predictions: pd.DataFrame, labels: list[str], evaluation: Evaluation
) -> pd.DataFrame:
    """`predictions` with each evaluated model's `predicted` and `probability`.

    The latter is of the positive one of two labels, else of the predicted one.
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
