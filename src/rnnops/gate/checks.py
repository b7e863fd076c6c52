"""The checks of the gate: the rule, McNemar's test and the guard rails.

The name of a failed check followed by its reason is a sentence that says what is wrong.
"""

from dataclasses import replace

import numpy as np
from scipy.stats import binomtest

from rnnops.core.bidi import isolate
from rnnops.core.numbers import format_number
from rnnops.gate.params import Gate
from rnnops.gate.verdict import Check
from rnnops.metrics.measured import Measured
from rnnops.metrics.metrics import metric_of
from rnnops.metrics.scores import Scores

UNDEFINED = "is undefined on these messages"


def check_rule(row: Check, params: Gate) -> Check:
    """The primary metric against the champion by `params.rule`.

    Superiority requires that the whole interval is better than 0, non-inferiority that the whole
    interval is better than a loss of the margin.

    Args:
        row: from `compare`.
    """
    if row.low is None or row.high is None:
        return replace(row, passed=False, reason="has no interval on these messages")
    allowed = params.margin if params.rule == "non_inferiority" else 0.0
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
    p = float(binomtest(alone, apart).pvalue) if apart else 1.0
    totals = int(opponents.sum()), int(wrong.sum())
    return Check(
        "errors",
        *totals,
        totals[1] - totals[0],
        passed=not (alone > opponents_alone and p <= 1 - confidence),
        reason=f"of the challenger alone {alone}, of its opponent alone {opponents_alone}, "
        f"exact McNemar p = {p:.2g}",
    )


def check_false_positive_rate(row: Check, cap: float | None) -> Check:
    """The challenger's false-positive rate against the cap.

    Args:
        row: from `compare`, of `false_positive_rate`.
    """
    if cap is None:
        return row
    if row.challenger_value is None:
        return replace(row, passed=False, reason=UNDEFINED)
    passed = row.challenger_value <= cap
    found = "within" if passed else "is above"
    return replace(
        row,
        passed=passed,
        reason=f"{format_number(row.challenger_value)} {found} the cap {format_number(cap)}",
    )


def check_recall(row: Check, floor: float | None) -> Check:
    """The challenger's recall against the floor.

    Args:
        row: from `compare`, of `recall`.
    """
    if floor is None:
        return row
    if row.challenger_value is None:
        return replace(row, passed=False, reason=UNDEFINED)
    passed = row.challenger_value >= floor
    found = "reaches" if passed else "is below"
    return replace(
        row,
        passed=passed,
        reason=f"{format_number(row.challenger_value)} {found} {format_number(floor)}",
    )


def check_against_baseline(row: Check) -> Check:
    """The primary metric against the baseline: fails when the whole interval is worse than 0.

    Args:
        row: from `compare`.
    """
    if row.low is None or row.high is None:
        passed, found = False, "has no interval on these messages"
    elif metric_of(row.name).lower_is_better:
        passed = row.low <= 0
        found = "not wholly above 0" if passed else "is wholly above 0"
    else:
        passed = row.high >= 0
        found = "not wholly below 0" if passed else "is wholly below 0"
    name = f"{row.name} against the baseline"
    return replace(row, name=name, passed=passed, reason=f"{row.change} {found}")


def check_slices(
    challenger: Scores, champion: Scores, sources: np.ndarray, weights: np.ndarray, params: Gate
) -> list[Check]:
    """The accuracy of each source, which may not fall by more than the cap.

    Sources with too few messages decide nothing.

    Args:
        sources: shape (n,), names.
        weights: from `cluster_weights`.
    """
    right, champions = (scores.decided == scores.actual for scores in (challenger, champion))
    sources = np.asarray(sources, dtype=str)
    return [
        _slice(
            source,
            right[sources == source],
            champions[sources == source],
            weights[:, sources == source],
            params,
        )
        for source in np.unique(sources).tolist()
    ]


def _slice(
    source: str, right: np.ndarray, champions: np.ndarray, weights: np.ndarray, params: Gate
) -> Check:
    # The mean of -1, 0 and 1 is exact where the difference of two accuracies is not, at the cap.
    gains = right.astype(float) - champions
    messages = weights.sum(axis=1, dtype=float)
    gained = np.einsum("rn,n->r", weights, gains, dtype=float)
    resampled = np.divide(gained, messages, out=np.full_like(gained, np.nan), where=messages > 0)
    gain = Measured(float(gains.mean()), resampled)
    row = Check(
        f"accuracy of {isolate(source)}",
        float(champions.mean()),
        float(right.mean()),
        gain.point,
        *gain.interval(params.confidence),
    )
    cap = params.max_slice_loss
    if cap is None:
        return row
    if len(right) < params.min_slice_messages:
        reason = f"not judged: {len(right)} messages, fewer than {params.min_slice_messages}"
        return replace(row, reason=reason)
    passed = gain.point >= -cap
    found = "within" if passed else "is a loss above"
    return replace(
        row,
        passed=passed,
        reason=f"{format_number(row.difference, '+')} {found} the cap {format_number(cap)}",
    )
