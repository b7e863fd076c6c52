"""What changed messages cost: each model's metrics before and after, and the change, paired."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from rnnops.metrics.bootstrap import ClusterWeights, measure
from rnnops.metrics.evaluation import Evaluation
from rnnops.metrics.measured import Measured, null_if_nan
from rnnops.metrics.scores import Scores

Probabilities = Mapping[str, np.ndarray]  # by model, shape (n, labels)
Changes = dict[str, dict[str, dict[str, Any]]]  # by model and metric


def perturbation_changes(
    evaluation: Evaluation,
    selected: np.ndarray,
    trials: Sequence[Probabilities],
    bins: int,
) -> Changes:
    """By model and metric of the selected messages `{"before", "after", "change"}`, for JSON.

    The change is after less before with its 95% interval, from the resamples of `evaluation`.
    Thresholds are the deployed ones, which the unchanged validation split gave.

    Args:
        selected: positions of the messages in the test split, shape (n,).
        trials: one or more trials of one perturbation, each with every model's probabilities, shape
            (n, labels); the metrics of the trials are averaged.
        bins: of the expected calibration error.
    """
    weights = evaluation.weights.rows(selected)
    report = {}
    for model in trials[0]:
        scores = evaluation.scores[model].rows(selected)
        perturbed = [replace(scores, probabilities=trial[model]) for trial in trials]
        before, after = measure(scores, weights, bins), _mean(perturbed, weights, bins)
        report[model] = {
            key: {
                "before": null_if_nan(before[key].point),
                "after": null_if_nan(after[key].point),
                "change": (after[key] - before[key]).to_json(),
            }
            for key in before
        }
    return report


def _mean(scores: Sequence[Scores], weights: ClusterWeights, bins: int) -> dict[str, Measured]:
    each = [measure(one, weights, bins) for one in scores]
    return {key: Measured.mean([metrics[key] for metrics in each]) for key in each[0]}
