"""What is lost when messages are changed: each metric before less after, with its interval."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from rnnops.evaluation.evaluation import Evaluation
from rnnops.evaluation.intervals import interval
from rnnops.evaluation.metrics import all_metrics

Probabilities = Mapping[str, np.ndarray]


def robustness(
    evaluation: Evaluation,
    selected: np.ndarray,
    changed: Mapping[str, Sequence[Probabilities]],
    bins: int,
) -> dict[str, dict[str, dict[str, dict[str, Any]]]]:
    """By change and model, for each metric of the selected messages, for JSON.

    `{"before", "after", "lost"}`: the last is before less after with its 95% interval, from the
    resamples of `evaluation`. Thresholds are those of the unchanged messages.

    Args:
        selected: positions of the messages in the test split, shape (n,).
        changed: by change, one or more trials of it, each with every model's probabilities, shape
            (n, labels); the metrics of the trials are averaged.
        bins: of the expected calibration error.
    """
    weights = evaluation.weights[:, selected]
    once = np.ones((1, len(selected)))
    report: dict[str, dict[str, dict[str, dict[str, Any]]]] = {}
    for change, trials in changed.items():
        report[change] = {}
        for model in trials[0]:
            scores = evaluation.scores[model].rows(selected)
            after = [replace(scores, probabilities=trial[model]) for trial in trials]
            measured = {
                when: (_mean(each, once, bins), _mean(each, weights, bins))
                for when, each in (("before", [scores]), ("after", after))
            }
            report[change][model] = {
                name: {
                    "before": _number(measured["before"][0][name]),
                    "after": _number(measured["after"][0][name]),
                    "lost": interval(
                        (measured["before"][0][name] - measured["after"][0][name])[0],
                        measured["before"][1][name] - measured["after"][1][name],
                    ),
                }
                for name in measured["before"][0]
            }
    return report


def _mean(scores: Sequence, weights: np.ndarray, bins: int) -> dict[str, np.ndarray]:
    each = [all_metrics(one, weights, bins) for one in scores]
    return {name: np.mean([metrics[name] for metrics in each], axis=0) for name in each[0]}


def _number(value: np.ndarray) -> float | None:
    return None if np.isnan(value[0]) else float(value[0])
