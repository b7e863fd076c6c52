"""How each metric changes when messages are perturbed: after less before, with its interval."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from rnnops.core.console import progress
from rnnops.metrics.bootstrap import ClusterWeights, measure
from rnnops.metrics.evaluation import Evaluation
from rnnops.metrics.measured import Measured, null_if_nan
from rnnops.metrics.params import Evaluate
from rnnops.metrics.scores import Scores
from rnnops.report.negation import has_sentiment, measure_negation
from rnnops.report.perturbations import perturb

Probabilities = Mapping[str, np.ndarray]  # by model, shape (n, labels)
Changes = dict[str, dict[str, dict[str, Any]]]  # by model and metric


def measure_robustness(
    evaluation: Evaluation,
    messages: pd.DataFrame,
    label_words: Sequence[Sequence[str]],
    probabilities: Callable[[list[str]], Probabilities],
    params: Evaluate,
) -> dict[str, Changes]:
    """By perturbation, `perturbation_changes` of at most `perturbed_messages` of the test split.

    For labels of sentiment there is also a key `negation`, from `measure_negation`.

    Args:
        messages: the test split, columns text and label, in the order of `evaluation`'s scores.
        label_words: for each label its most indicative words, see `indicative_words`.
        probabilities: from texts to each model's probabilities, shape (texts, labels).
    """
    random = np.random.default_rng(params.seed)
    number = min(len(messages), params.perturbed_messages)
    selected = np.sort(random.choice(len(messages), number, replace=False))
    scores = next(iter(evaluation.scores.values()))
    texts = messages["text"].iloc[selected].tolist()
    perturbed = perturb(texts, scores.actual[selected], label_words, params.seed)
    trials = [(name, trial) for name, trials in perturbed.items() for trial in trials]
    found: dict[str, list[Probabilities]] = {name: [] for name in perturbed}
    for name, trial in progress(trials, "perturbed messages", len(trials)):
        found[name].append(probabilities(trial))
    bins = params.calibration_bins
    report = {
        name: perturbation_changes(evaluation, selected, each, bins) for name, each in found.items()
    }
    if has_sentiment(scores.labels):
        report["negation"] = measure_negation(probabilities, scores.labels)
    return report


def perturbation_changes(
    evaluation: Evaluation, selected: np.ndarray, trials: Sequence[Probabilities], bins: int
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
