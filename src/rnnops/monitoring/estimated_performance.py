"""Recall and false-positive rate on messages without labels, estimated, with intervals.

Two estimates, which rest on different assumptions. (1) Only the shares of the labels have changed:
then the rates are those of the held-out messages, and the new messages are a draw of them. (2) The
probabilities mean what they meant, once calibrated and adjusted to the shares of the labels
(Saerens, Latinne and Decaestecker 2002): then the labels are draws of them. The interval covers
both. Neither holds for messages of another kind, so it is tested first whether the new messages are
like a sample of the held-out ones with as many positives.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from rnnops.metrics.intervals import effective_number
from rnnops.monitoring.drift import compare
from rnnops.monitoring.params import Drift
from rnnops.monitoring.reference import SCORES
from rnnops.monitoring.traits import Traits

RESAMPLES, DRAWS = 100, 10  # of the held-out messages, and of labels for each
CONFIDENCE = 0.95
SMALLEST = 1e-6  # probability
ROUNDS = 30  # of expectation maximisation


LIKE_BEFORE = 0.2  # smallest p-value; see benchmarks/results/drift.md


@dataclass(frozen=True)
class HeldOut:
    """Messages that a model was measured on: n probabilities of the positive label, and the truth.

    `clusters`: their names.
    """

    probabilities: np.ndarray
    is_positive: np.ndarray
    clusters: np.ndarray


@dataclass(frozen=True)
class Estimate:
    """A rate on unlabelled messages with its 95% interval; NaN where no message could tell."""

    value: float
    low: float
    high: float


def are_like_before(
    old: Traits, held_out: HeldOut, new: Traits, probabilities: np.ndarray, params: Drift
) -> bool:
    """Whether new messages differ from held-out ones in nothing but how many are positive.

    They are compared with a sample of the held-out ones that has their estimated share of
    positives, by words and scores.

    Args:
        old, new: traits of the held-out and of the new messages.
        probabilities: of the new messages' positive label, shape (n,).
    """
    random = np.random.default_rng(params.seed)
    shares = [share for _, share in _calibrate_often(held_out, probabilities, random)]
    if not shares:
        return False
    sample = _with_share(held_out.is_positive, float(np.median(shares)), random)
    found = compare(old.only(SCORES).rows(sample), new.only(SCORES), params)
    return bool(found.findings) and found.findings[0].p > LIKE_BEFORE


def estimate(
    held_out: HeldOut,
    probabilities: np.ndarray,
    clusters: np.ndarray,
    threshold: float,
    seed: int,
) -> dict[str, Estimate]:
    """The `recall` and `false_positive_rate` that a threshold has on new messages.

    Args:
        held_out: by the same model.
        probabilities: of the new messages' positive label, shape (n,).
        clusters: of the new messages; those of one have the same label.
        threshold: above it a message is called positive.
    """
    random = np.random.default_rng(seed)
    names, cluster_of_row = np.unique(np.asarray(clusters, str), return_inverse=True)
    is_called = probabilities > threshold
    drawn: dict[str, list[np.ndarray]] = {"recall": [], "false_positive_rate": []}
    shares = []
    for calibrated, share in _calibrate_often(held_out, probabilities, random):
        # one draw a cluster, so that a campaign is right or wrong as a whole
        uniform = random.random((DRAWS, len(names)))[:, cluster_of_row]
        is_positive = uniform < calibrated
        drawn["recall"].append(_share(is_called, is_positive))
        drawn["false_positive_rate"].append(_share(is_called, ~is_positive))
        shares.append(share)
    share = float(np.median(shares))
    number = effective_number(np.bincount(cluster_of_row))
    estimates = {}
    for rate, of, expected in (
        ("recall", held_out.is_positive, share * number),
        ("false_positive_rate", ~held_out.is_positive, (1 - share) * number),
    ):
        same_rates = _draw_rate(held_out, of, threshold, expected, random)
        by_probability = np.concatenate(drawn[rate])
        estimates[rate] = _cover(by_probability, same_rates)
    return estimates


def _calibrate_often(
    held_out: HeldOut, probabilities: np.ndarray, random: np.random.Generator
) -> list[tuple[np.ndarray, float]]:
    """The new probabilities as each resample of the held-out clusters calibrates them; the mean."""
    names, cluster_of_row = np.unique(np.asarray(held_out.clusters, str), return_inverse=True)
    known, new = (_logits(each) for each in (held_out.probabilities, probabilities))
    found = []
    for _ in range(RESAMPLES):
        counts = np.bincount(random.integers(len(names), size=len(names)), minlength=len(names))
        weights = counts[cluster_of_row]
        if len(set(held_out.is_positive[weights > 0])) < 2:
            continue
        regression = LogisticRegression(C=100.0)
        regression.fit(known[:, None], held_out.is_positive, sample_weight=weights)
        former = float(np.average(held_out.is_positive, weights=weights))
        logits = regression.decision_function(new[:, None])
        share = _share_of_positives(expit(logits), former)
        shifted = logits + logit(share) - logit(former)
        found.append((expit(shifted), share))
    return found


def _share_of_positives(probabilities: np.ndarray, former: float) -> float:
    """The share of positives among the new messages, by expectation maximisation."""
    share = former
    odds = probabilities / np.maximum(1 - probabilities, SMALLEST)
    for _ in range(ROUNDS):
        ratio = share / (1 - share) / (former / (1 - former))
        share = float(np.clip(np.mean(ratio * odds / (1 + ratio * odds)), 1e-4, 1 - 1e-4))
    return share


def _with_share(is_positive: np.ndarray, share: float, random: np.random.Generator) -> np.ndarray:
    """Positions of the largest sample of which this share is positive, within a message."""
    positives, negatives = (random.permutation(np.flatnonzero(each)) for each in
                            (is_positive, ~is_positive))  # fmt: skip
    most = min(len(positives) / share, len(negatives) / (1 - share))
    kept = [positives[: round(most * share)], negatives[: round(most * (1 - share))]]
    return np.sort(np.concatenate(kept))


def _draw_rate(
    held_out: HeldOut,
    of: np.ndarray,
    threshold: float,
    expected: float,
    random: np.random.Generator,
) -> np.ndarray:
    """Rates of as many new clusters as are expected, where the true rate is that of the held-out.

    The true rate is drawn from Jeffreys' posterior on the effective number of clusters.
    """
    _, cluster_of_row = np.unique(np.asarray(held_out.clusters, str)[of], return_inverse=True)
    known = effective_number(np.bincount(cluster_of_row)) if of.any() else 0.0
    called = float(np.mean(held_out.probabilities[of] > threshold)) if of.any() else 0.5
    rates = random.beta(called * known + 0.5, (1 - called) * known + 0.5, RESAMPLES * DRAWS)
    number = max(1, round(expected))
    return random.binomial(number, rates) / number


def _share(is_called: np.ndarray, among: np.ndarray) -> np.ndarray:
    """The share of `among`, shape (draws, n), that is called; NaN where there is none."""
    number = among.sum(axis=1)
    return np.divide((among & is_called).sum(axis=1), number, where=number > 0,
                     out=np.full(len(among), np.nan))  # fmt: skip


def _cover(one: np.ndarray, other: np.ndarray) -> Estimate:
    tail = 100 * (1 - CONFIDENCE) / 2
    one = one[~np.isnan(one)]
    if not len(one):
        return Estimate(np.nan, 0.0, 1.0)
    ends = np.array([np.percentile(each, [tail, 100 - tail]) for each in (one, other)])
    return Estimate(float(one.mean()), float(ends[:, 0].min()), float(ends[:, 1].max()))


def _logits(probabilities: np.ndarray) -> np.ndarray:
    return logit(np.clip(probabilities, SMALLEST, 1 - SMALLEST))
