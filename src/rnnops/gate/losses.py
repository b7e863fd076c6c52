"""The verdict on a challenger by the mean of a loss, from the models' losses on the same rows."""

from collections.abc import Mapping
from functools import partial

import numpy as np

from rnnops.gate import checks
from rnnops.gate.comparison import compare
from rnnops.gate.judge import WORN_OUT
from rnnops.gate.looks import MOST_LOOKS, confidence_at
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
    excluded: int = 0,
    excluded_by_challenger: int = 0,
    look: int | None = None,
    advice: str = "add data or raise split.test",
) -> Verdict:
    """May the challenger replace the champion or, where that is None, become the first one?

    The lower mean is the better. The first champion need only be no worse than the baseline.

    Args:
        metric: the name of the mean.
        challenger, champion, baseline: of the same n rows in the same order.
        clusters: shape (n,), names of the rows' clusters of near-duplicates.
        excluded, excluded_by_challenger: rows left out because the champion, or the challenger
            alone, was trained on them or on their near-duplicates.
        look: how often the champion has been compared on this test split, with this time; None
            without a champion.
        advice: what to do when the rows are not enough.
    """
    name: Opponent = "baseline" if champion is None else "champion"
    confidence = confidence_at(look, params.confidence) if look else params.confidence
    verdict = partial(
        Verdict,
        opponent=name,
        rows=len(clusters),
        clusters=len(np.unique(clusters)),
        excluded=excluded,
        excluded_by_challenger=excluded_by_challenger,
        look=look,
        confidence=None if champion is None else confidence,
    )
    models = {"challenger": challenger, name: champion or baseline, "baseline": baseline}
    if missing := _shortage(
        clusters, excluded + excluded_by_challenger, confidence, params, advice
    ):
        return verdict("not enough to judge", f"not enough to judge: {missing}")
    if look and look > MOST_LOOKS:
        return verdict("not enough to judge", f"not enough to judge: {WORN_OUT}")
    if obstacle := _undefined(models):
        return verdict("refused", f"refused: {obstacle}")
    weights = cluster_weights(clusters, params.bootstrap_resamples, params.seed)
    measured = {model: {metric: measure_mean(each, weights)} for model, each in models.items()}
    primary = compare(measured["challenger"], measured[name], metric, confidence)
    rows = []
    if champion is not None:
        rows.append(checks.check_rule(primary, params, lower_is_better=True))
    if params.no_worse_than_baseline:
        against = compare(measured["challenger"], measured["baseline"], metric, params.confidence)
        rows.append(checks.check_against_baseline(against, lower_is_better=True))
    rows = rows or [primary]
    broken = [f"{row.name} {row.reason}" for row in rows if row.passed is False]
    if broken:
        return verdict("refused", f"refused: {'; '.join(broken)}", checks=tuple(rows))
    first = "the first champion, " if champion is None else ""
    reason = f"passed: {first}{metric} {primary.change} against the {name}"
    return verdict("passed", reason, checks=tuple(rows))


def _shortage(
    clusters: np.ndarray, excluded: int, confidence: float, params: LossGate, advice: str
) -> str | None:
    """What is missing for a verdict, with the numbers needed; None when there is enough."""
    found = {
        "rows": (len(clusters), params.min_rows),
        "clusters of near-duplicates": (
            len(np.unique(clusters)),
            max(params.min_clusters, checks.least_of_a_sign_test(confidence)),
        ),
    }
    missing = [
        f"{there} {what}, {needed} needed"
        for what, (there, needed) in found.items()
        if there < needed
    ]
    if not missing:
        return None
    left_out = f" ({excluded} left out: a model was trained on them)" if excluded else ""
    return f"{'; '.join(missing)}{left_out}: {advice}"


def _undefined(models: Mapping[str, Sums]) -> str | None:
    for name, rows in models.items():
        unscored = int(np.sum(~np.isfinite(rows.sums)))
        if unscored:
            return f"the {name} gives {unscored} rows losses that are no numbers"
    return None
