"""The network on the validation split as if its exponents had not been fitted there."""

from collections.abc import Sequence

import pandas as pd

from rnnops.core import layout
from rnnops.metrics.bootstrap import cluster_weights, measure
from rnnops.metrics.evaluation import HALVES, prefix
from rnnops.metrics.measured import Measured
from rnnops.metrics.params import Evaluate
from rnnops.metrics.scores import Scores
from rnnops.recurrent.stacking import cross_fit

RANKING = ("one_minus_auc_percent", "log_loss")  # metrics that no threshold has a part in


def cross_fitted_metrics(
    predictions: pd.DataFrame, labels: Sequence[str], positive: str | None, params: Evaluate
) -> dict[str, Measured]:
    """The metrics of RANKING by key, each message's exponents fitted without its cluster.

    Args:
        predictions: columns split, cluster, label and both halves' <half>_p_<label>.
    """
    rows = predictions[predictions["split"] == layout.VALIDATION]
    clusters = rows["cluster"].to_numpy()
    halves = [Scores.from_frame(rows, labels, prefix=prefix(half)) for half in HALVES]
    actual = halves[0].actual
    combined = cross_fit([half.probabilities for half in halves], actual, clusters)
    scores = Scores(tuple(labels), actual, combined, positive, 0.5 if positive else None)
    weights = cluster_weights(clusters, params.bootstrap_resamples, params.seed)
    return measure(scores, weights, names=RANKING)
