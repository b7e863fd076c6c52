"""The checks of the gate: the rule, McNemar's test and the guard rails.

The name of a failed check followed by its reason is a sentence that says what is wrong.
"""

import math
from dataclasses import replace

import numpy as np
from scipy.special import bdtr

from rnnops.core.bidi import isolate
from rnnops.core.numbers import format_number
from rnnops.gate.params import AnyGate, Gate
from rnnops.gate.verdict import Check
from rnnops.metrics.bootstrap import ClusterWeights, measure
from rnnops.metrics.measured import Measured
from rnnops.metrics.metrics import metric_of
from rnnops.metrics.scores import Scores

UNDEFINED = "is undefined"
NO_INTERVAL = "has no interval"


def check_rule(row: Check, params: AnyGate, *, lower_is_better: bool | None = None) -> Check:
    """The primary metric against the champion by `params.rule`.

    Superiority requires that the whole interval is better than 0, non-inferiority that the whole
    interval is better than a loss of the margin.

    Args:
        row: from `compare`.
        lower_is_better: by default as the metric's record has it.
    """
    if row.low is None or row.high is None:
        return replace(row, passed=False, reason=NO_INTERVAL)
    allowed = params.margin if params.rule == "non_inferiority" else 0.0
    if lower_is_better is None:
        lower_is_better = metric_of(row.name).lower_is_better
    passed = row.high < allowed if lower_is_better else row.low > -allowed
    reason = f"{row.change} against the champion"
    if not passed:
        side, bound = ("below", allowed) if lower_is_better else ("above", -allowed)
        needed = format_number(bound, "+") if allowed else "0"
        reason += f": {params.rule} needs the whole interval {side} {needed}"
    return replace(row, passed=passed, reason=reason)


def check_errors(challenger: Scores, opponent: Scores, confidence: float) -> Check:
    """Exact McNemar test (1947) on the decisions, each model's at its own threshold.

    It fails when, of the messages that only one of the models gets wrong, significantly more are
    the challenger's. Messages count one by one here, although near-duplicates are wrong together:
    the test fails more often than the confidence implies.
    """
    wrong, opponents = (scores.decided != scores.actual for scores in (challenger, opponent))
    alone, opponents_alone = int(np.sum(wrong & ~opponents)), int(np.sum(opponents & ~wrong))
    apart = alone + opponents_alone
    p = min(1.0, 2 * float(bdtr(min(alone, opponents_alone), apart, 0.5))) if apart else 1.0
    totals = int(opponents.sum()), int(wrong.sum())
    return Check(
        "errors",
        *totals,
        totals[1] - totals[0],
        passed=not (alone > opponents_alone and p <= 1 - confidence),
        reason=f"of the challenger alone {alone}, of its opponent alone {opponents_alone}, "
        f"exact McNemar p = {p:.2g}",
    )


def check_false_positive_rate(row: Check, rate: Measured, params: Gate) -> Check:
    """The challenger's false-positive rate, which must be shown to be within the cap.

    It passes if the upper one-sided confidence bound of the rate is.

    Args:
        row: from `compare`, of `false_positive_rate`.
        rate: the challenger's.
    """
    cap = params.max_false_positive_rate
    if cap is None:
        return row
    _, bound = rate.interval(_two_sided(params.confidence))
    if bound is None:
        return replace(row, passed=False, reason=UNDEFINED)
    passed = bound <= cap
    found = "is within" if passed else "is not shown to be within"
    return replace(
        row,
        passed=passed,
        reason=f"{format_number(rate.point)} (at most {format_number(bound)} at "
        f"{params.confidence:g} confidence) {found} the cap {format_number(cap)}",
    )


def check_recall(row: Check, recall: Measured, params: Gate) -> Check:
    """The challenger's recall, which must be shown to reach the floor.

    It passes if the lower one-sided confidence bound of the recall does.

    Args:
        row: from `compare`, of `recall`.
        recall: the challenger's.
    """
    floor = params.min_recall
    if floor is None:
        return row
    bound, _ = recall.interval(_two_sided(params.confidence))
    if bound is None:
        return replace(row, passed=False, reason=UNDEFINED)
    passed = bound >= floor
    found = "reaches" if passed else "is not shown to reach"
    return replace(
        row,
        passed=passed,
        reason=f"{format_number(recall.point)} (at least {format_number(bound)} at "
        f"{params.confidence:g} confidence) {found} {format_number(floor)}",
    )


def _two_sided(confidence: float) -> float:
    """The confidence of the interval whose ends are one-sided bounds of this confidence."""
    return 2 * confidence - 1


def check_against_baseline(row: Check, *, lower_is_better: bool | None = None) -> Check:
    """The primary metric against the baseline: fails when the whole interval is worse than 0.

    Arguments as for `check_rule`.
    """
    if lower_is_better is None:
        lower_is_better = metric_of(row.name).lower_is_better
    if row.low is None or row.high is None:
        passed, found = False, NO_INTERVAL
    elif lower_is_better:
        passed = row.low <= 0
        found = "not wholly above 0" if passed else "is wholly above 0"
    else:
        passed = row.high >= 0
        found = "not wholly below 0" if passed else "is wholly below 0"
    name = f"{row.name} against the baseline"
    return replace(row, name=name, passed=passed, reason=f"{row.change} {found}")


def check_slices(
    challenger: Scores,
    champion: Scores,
    clusters: np.ndarray,
    sources: np.ndarray,
    weights: ClusterWeights,
    params: Gate,
    of: str = "messages",
) -> list[Check]:
    """The accuracy of each source: fails where it has surely fallen by more than the cap.

    The whole paired interval must be below minus the cap. The error is divided among the judged
    sources (Bonferroni). Sources with too few messages, or with too few clusters for a sign test
    to reach `params.confidence`, decide nothing.

    Args:
        clusters, sources: shape (n,), names.
        weights: from `cluster_weights`.
        of: what the rows are, in the plural.
    """
    right, champions = (scores.decided == scores.actual for scores in (challenger, champion))
    # The mean of -1, 0 and 1 is exact where the difference of two accuracies is not.
    gains = right.astype(float) - champions
    sources = np.asarray(sources, dtype=str)
    rows_of = {source: sources == source for source in np.unique(sources).tolist()}
    shortages = {
        source: _slice_shortage(clusters[rows], params, of) for source, rows in rows_of.items()
    }
    judged = sum(shortage is None for shortage in shortages.values())
    confidence = 1 - (1 - params.confidence) / max(judged, 1)
    return [
        _check_slice(
            Check(
                f"accuracy of {isolate(source)}",
                float(champions[rows].mean()),
                float(right[rows].mean()),
                float(gains[rows].mean()),
                *_gain(challenger, champion, weights, rows).interval(confidence),
            ),
            shortages[source],
            params.max_slice_loss,
        )
        for source, rows in rows_of.items()
    ]


def _slice_shortage(clusters: np.ndarray, params: Gate, of: str) -> str | None:
    """Why a source with rows in these clusters is not judged, None if it is."""
    there, least = len(np.unique(clusters)), least_of_a_sign_test(params.confidence)
    if len(clusters) < params.min_slice_messages:
        return f"{len(clusters)} {of}, fewer than {params.min_slice_messages}"
    return f"{there} clusters, fewer than {least}" if there < least else None


def _gain(
    challenger: Scores, champion: Scores, weights: ClusterWeights, rows: np.ndarray
) -> Measured:
    ours, theirs = (
        measure(scores.rows(rows), weights.rows(rows), names=["accuracy"])["accuracy"]
        for scores in (challenger, champion)
    )
    return ours - theirs


def _check_slice(row: Check, shortage: str | None, cap: float | None) -> Check:
    if cap is None:
        return row
    if shortage or row.high is None:
        return replace(row, reason=f"not judged: {shortage or 'no interval'}")
    passed = row.high >= -cap
    found = "not wholly" if passed else "is wholly"
    return replace(row, passed=passed, reason=f"{row.change} {found} below {format_number(-cap)}")


def least_of_a_sign_test(confidence: float) -> int:
    """The fewest clusters that, all on one side, reach the confidence in a two-sided sign test."""
    return math.ceil(1 - math.log2(1 - confidence))


def least_without_error(rate: float, confidence: float) -> int:
    """The fewest clusters of one size that, without an error, show that errors are within `rate`.

    Args:
        rate: greater than 0.
    """
    return math.ceil(math.log(1 - confidence) / math.log1p(-rate)) if rate < 1 else 0
