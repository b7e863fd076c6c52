"""Metrics over several trainings that differ in the seed alone: mean, deviation, difference."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from rnnops.metrics.evaluation import NETWORK, evaluate_models
from rnnops.metrics.measured import Measured, null_if_nan
from rnnops.metrics.params import Evaluate


def summarise_seeds(
    predictions: Sequence[pd.DataFrame],
    labels: list[str],
    positive: str | None,
    baseline: str,
    params: Evaluate,
    split: str,
) -> dict[str, dict[str, Any]]:
    """A summary over the seeds of each metric of `split`, for JSON.

    `mean` and `standard_deviation` (of a sample) of the network; `baseline`, its mean; `difference`
    of the means, network less baseline, with its 95% interval: in every resample of the messages
    each network is measured against its baseline, and the differences are averaged over
    the seeds. The interval is about other messages, the deviation about other seeds.

    Args:
        predictions: a frame a seed, as in reports/predictions.parquet, of the same messages.
        baseline: the name of the model that the network is compared with.
    """
    evaluations = [
        evaluate_models(frame, (NETWORK, baseline), labels, positive, params, split)
        for frame in predictions
    ]
    return {
        key: _summary(
            [evaluation.metrics[NETWORK][key] for evaluation in evaluations],
            [evaluation.metrics[baseline][key] for evaluation in evaluations],
        )
        for key in evaluations[0].metrics[NETWORK]
    }


def _summary(network: Sequence[Measured], baseline: Sequence[Measured]) -> dict[str, Any]:
    difference = Measured.mean(
        [ours - theirs for ours, theirs in zip(network, baseline, strict=True)]
    )
    return {
        "mean": null_if_nan(np.mean([seed.point for seed in network])),
        "standard_deviation": null_if_nan(np.std([seed.point for seed in network], ddof=1)),
        "baseline": null_if_nan(np.mean([seed.point for seed in baseline])),
        "difference": difference.to_json(),
    }
