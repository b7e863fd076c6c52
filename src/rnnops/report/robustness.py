"""What is lost when messages are changed: each metric before less after, with its interval."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from rnnops.core.console import progress
from rnnops.metrics.evaluation import Evaluation
from rnnops.metrics.intervals import interval
from rnnops.metrics.metrics import Metrics, all_metrics
from rnnops.metrics.params import Evaluate
from rnnops.metrics.scores import Scores
from rnnops.report.perturbations import perturb

Probabilities = Mapping[str, np.ndarray]
Report = dict[str, dict[str, dict[str, dict[str, Any]]]]


def measure_changes(
    evaluation: Evaluation,
    messages: pd.DataFrame,
    telling: Sequence[Sequence[str]],
    probabilities: Callable[[list[str]], Probabilities],
    params: Evaluate,
) -> Report:
    """By change and model what `lost` says, for at most `perturbed_messages` of the test split.

    Args:
        messages: the test split, columns text and label, in the order of `evaluation`'s scores.
        telling: for each label the words that tell of it, see `telling_words`.
        probabilities: from texts to each model's probabilities, shape (texts, labels).
    """
    random = np.random.default_rng(params.seed)
    number = min(len(messages), params.perturbed_messages)
    selected = np.sort(random.choice(len(messages), number, replace=False))
    labels = next(iter(evaluation.scores.values())).actual[selected]
    changes = perturb(messages["text"].iloc[selected].tolist(), labels, telling, params.seed)
    trials = [(change, trial) for change, trials in changes.items() for trial in trials]
    found: dict[str, list[Probabilities]] = {change: [] for change in changes}
    for change, trial in progress(trials, "changed messages", len(trials)):
        found[change].append(probabilities(trial))
    bins = params.calibration_bins
    return {change: lost(evaluation, selected, each, bins) for change, each in found.items()}


def lost(
    evaluation: Evaluation, selected: np.ndarray, trials: Sequence[Probabilities], bins: int
) -> dict[str, dict[str, dict[str, Any]]]:
    """By model, for each metric of the selected messages, for JSON.

    `{"before", "after", "lost"}`: the last is before less after with its 95% interval, from the
    resamples of `evaluation`. Thresholds are those of the unchanged messages.

    Args:
        selected: positions of the messages in the test split, shape (n,).
        trials: one or more trials of one change, each with every model's probabilities, shape
            (n, labels); the metrics of the trials are averaged.
        bins: of the expected calibration error.
    """
    weights = evaluation.weights[:, selected]
    once = np.ones((1, len(selected)))
    report = {}
    for model in trials[0]:
        scores = evaluation.scores[model].rows(selected)
        changed = [replace(scores, probabilities=trial[model]) for trial in trials]
        before, after = (_mean(each, once, bins) for each in ([scores], changed))
        before_again, after_again = (_mean(each, weights, bins) for each in ([scores], changed))
        report[model] = {
            name: {
                "before": _number(before[name]),
                "after": _number(after[name]),
                "lost": interval(
                    (before[name] - after[name])[0], before_again[name] - after_again[name]
                ),
            }
            for name in before
        }
    return report


def _mean(scores: Sequence[Scores], weights: np.ndarray, bins: int) -> Metrics:
    each = [all_metrics(one, weights, bins) for one in scores]
    return {name: np.mean([metrics[name] for metrics in each], axis=0) for name in each[0]}


def _number(value: np.ndarray) -> float | None:
    return None if np.isnan(value[0]) else float(value[0])
