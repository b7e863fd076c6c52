"""The verdict on a challenger by the mean of a loss, from the models' losses on the same rows."""

from collections.abc import Mapping

import numpy as np

from rnnops.gate import checks
from rnnops.gate.comparison import compare
from rnnops.gate.evidence import Evidence
from rnnops.gate.params import LossGate
from rnnops.gate.verdict import Opponent, Verdict
from rnnops.losses.sums import Sums, measure_mean
from rnnops.metrics.bootstrap import cluster_weights


def judge_losses(
    metric: str,
    challenger: Sums,
    champion: Sums | None,
    baseline: Sums,
    clusters: np.ndarray,
    params: LossGate,
    *,
    of: str,
    alike: str = "near-duplicates",
    excluded: int = 0,
    excluded_by_challenger: int = 0,
    look: int | None = None,
    advice: str | None = None,
) -> Verdict:
    """May the challenger replace the champion or, where that is None, become the first one?

    The lower mean is the better. The first champion need only be no worse than the baseline.

    Args:
        metric: the name of the mean.
        challenger, champion, baseline: of the same n rows in the same order.
        clusters: shape (n,), names of the rows' clusters.
        of, alike: as of `Verdict`.
        excluded, excluded_by_challenger: rows left out because the champion, or the challenger
            alone, was trained on them or on rows alike.
        look: how often the champion has been compared on this test split, with this time; None
            without a champion.
        advice: as for `Evidence.find_shortage`.
    """
    name: Opponent = "baseline" if champion is None else "champion"
    evidence = Evidence(clusters, name, params, excluded, excluded_by_challenger, look, of, alike)
    models = {"challenger": challenger, name: champion or baseline, "baseline": baseline}
    if shortage := evidence.find_shortage(params.min_rows, advice=advice):
        return shortage
    if obstacle := _undefined(models, of):
        return evidence.refuse(obstacle)
    weights = cluster_weights(clusters, params.bootstrap_resamples, params.seed)
    measured = {model: {metric: measure_mean(each, weights)} for model, each in models.items()}
    primary = compare(measured["challenger"], measured[name], metric, evidence.confidence)
    rows = []
    if champion is not None:
        rows.append(checks.check_rule(primary, params, lower_is_better=True))
    if params.no_worse_than_baseline:
        against = compare(measured["challenger"], measured["baseline"], metric, params.confidence)
        rows.append(checks.check_against_baseline(against, lower_is_better=True))
    return evidence.decide(primary, rows or [primary])


def _undefined(models: Mapping[str, Sums], of: str) -> str | None:
    for name, rows in models.items():
        unscored = int(np.sum(~np.isfinite(rows.sums)))
        if unscored:
            return f"the {name} gives {unscored} {of} losses that are no numbers"
    return None
