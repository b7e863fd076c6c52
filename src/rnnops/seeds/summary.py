"""Metrics over several trainings that differ in the seed alone: mean, deviation, difference."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from rnnops.metrics.evaluation import BASELINE, NETWORK, Evaluation, evaluate_models
from rnnops.metrics.intervals import interval
from rnnops.metrics.params import Evaluate


def summarise_seeds(
    predictions: Sequence[pd.DataFrame],
    labels: list[str],
    positive: str | None,
    params: Evaluate,
    split: str,
) -> dict[str, dict[str, Any]]:
    """For each metric of `split` what the seeds have in common, for JSON.

    `mean` and `standard_deviation` (of a sample) of the network; `baseline`, its mean; `difference`
    of the means, network less baseline, with its 95% interval: in every resample of the messages
    each network is measured against its baseline, and the differences are averaged over
    the seeds. The interval tells of other messages, the deviation of other seeds.

    Args:
        predictions: a frame a seed, as in reports/predictions.parquet, of the same messages.
    """
    measured = [
        evaluate_models(frame, (NETWORK, BASELINE), labels, positive, params, split)
        for frame in predictions
    ]
    return {name: _summary(name, measured) for name in measured[0].point[NETWORK]}


def _summary(name: str, measured: Sequence[Evaluation]) -> dict[str, Any]:
    network, baseline = (
        np.array([seed.point[model][name][0] for seed in measured]) for model in (NETWORK, BASELINE)
    )
    resampled = [
        seed.resampled[NETWORK][name] - seed.resampled[BASELINE][name] for seed in measured
    ]
    return {
        "mean": _number(network.mean()),
        "standard_deviation": _number(network.std(ddof=1)),
        "baseline": _number(baseline.mean()),
        "difference": interval((network - baseline).mean(), np.mean(resampled, axis=0)),
    }


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
