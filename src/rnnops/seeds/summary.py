"""Metrics over several runs that differ in their seeds alone: mean, deviation, difference."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from rnnops.metrics.evaluation import NETWORK, evaluate_models
from rnnops.metrics.measured import CONFIDENCE, null_if_nan
from rnnops.metrics.params import Evaluate


def summarise_seeds(
    predictions: Sequence[pd.DataFrame],
    labels: list[str],
    positive: str | None,
    baselines: Sequence[str],
    params: Evaluate,
    split: str,
    messages_ratio: float,
) -> dict[str, dict[str, Any]]:
    """A summary over the seeds of each metric of `split`, for JSON.

    `mean` and `standard_deviation` (of a sample) of the network; `baseline`, its mean; `difference`
    of the means, network less baseline, with its 95% interval, see `resampled_interval`.

    Args:
        predictions: a frame a seed, as in reports/predictions.parquet, each of its own split.
        baselines: the name of the model that each seed's network is compared with.
        messages_ratio: messages in `split` to one in the training split.
    """
    once = params.model_copy(update={"bootstrap_resamples": 1})  # the seeds' spread is what counts
    points: dict[str, list[tuple[float, float]]] = {}
    for frame, baseline in zip(predictions, baselines, strict=True):
        models = (NETWORK, baseline)
        metrics = evaluate_models(frame, models, labels, positive, once, split).metrics
        for key, measured in metrics[NETWORK].items():
            points.setdefault(key, []).append((measured.point, metrics[baseline][key].point))
    return {key: _summary(np.array(pairs), messages_ratio) for key, pairs in points.items()}


def resampled_interval(differences: np.ndarray, messages_ratio: float) -> tuple[float, float]:
    """The 95% interval of the mean of differences measured on overlapping random splits.

    The corrected resampled t-test of Nadeau and Bengio (2003): the variance of the mean of J
    differences is (1/J + n_test/n_train) times their sample variance, as the splits share messages.

    Args:
        differences: shape (J,), one for each split, J > 1.
        messages_ratio: n_test/n_train.
    """
    number = len(differences)
    variance = (1 / number + messages_ratio) * differences.var(ddof=1)
    half = stats.t.ppf((1 + CONFIDENCE) / 2, number - 1) * np.sqrt(variance)
    return float(differences.mean() - half), float(differences.mean() + half)


def _summary(points: np.ndarray, messages_ratio: float) -> dict[str, Any]:
    """The summary of one metric; `points` has a row (network, baseline) a seed."""
    network, baseline = points.T
    low, high = resampled_interval(network - baseline, messages_ratio)
    return {
        "mean": null_if_nan(network.mean()),
        "standard_deviation": null_if_nan(network.std(ddof=1)),
        "baseline": null_if_nan(baseline.mean()),
        "difference": {
            "value": null_if_nan((network - baseline).mean()),
            "low": null_if_nan(low),
            "high": null_if_nan(high),
        },
    }
