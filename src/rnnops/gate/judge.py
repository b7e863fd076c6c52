"""The verdict on a challenger, from the models' scores of the same messages."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from rnnops.core.bidi import isolate
from rnnops.gate import checks
from rnnops.gate.comparison import compare
from rnnops.gate.evidence import Evidence
from rnnops.gate.params import Gate
from rnnops.gate.verdict import Check, Opponent, Verdict
from rnnops.metrics.bootstrap import cluster_weights, measure
from rnnops.metrics.measured import Measured
from rnnops.metrics.metrics import METRICS, keys_of
from rnnops.metrics.scores import Scores

GUARDED = ("false_positive_rate", "recall")
SHOWN = ("accuracy", "mcc", "f1", "log_loss")

Models = Mapping[str, dict[str, Measured]]  # the metrics of the challenger, its opponent, baseline


def judge(
    challenger: Scores,
    champion: Scores | None,
    baseline: Scores,
    clusters: np.ndarray,
    sources: np.ndarray,
    params: Gate,
    *,
    excluded: int = 0,
    excluded_by_challenger: int = 0,
    look: int | None = None,
    of: str = "messages",
    alike: str = "near-duplicates",
) -> Verdict:
    """May the challenger replace the champion or, where that is None, become the first one?

    The first champion need only stay within the guard rails; it is shown against the baseline.
    Scores that cannot be compared are refused with the reason; too few messages, clusters or
    clusters of a label are not enough to judge.

    Args:
        challenger, champion, baseline: of the same n messages in the same order.
        clusters: shape (n,), names of the messages' clusters of near-duplicates.
        sources: shape (n,), names of their sources.
        excluded: how many more messages were left out because the champion was trained on them or
            on their near-duplicates.
        excluded_by_challenger: how many others because the challenger was.
        look: how often the champion has been compared on this test split, with this time; None
            without a champion.
        of, alike: as of `Verdict`.

    Raises:
        ValueError: if the scores, clusters and sources are not of the same messages.
    """
    name, opponent = _opponent(champion, baseline)
    models = {"challenger": challenger, name: opponent}
    if params.no_worse_than_baseline:
        models["baseline"] = baseline
    if {len(scores.actual) for scores in models.values()} | {len(sources)} != {len(clusters)}:
        raise ValueError("scores, clusters and sources are of different numbers of messages")
    clusters = np.asarray(clusters, dtype=str)
    evidence = Evidence(clusters, name, params, excluded, excluded_by_challenger, look, of, alike)

    if obstacle := _incomparable(models, of):
        return evidence.refuse(obstacle)
    by_label = _count_by_label(challenger, clusters, params)
    if shortage := evidence.find_shortage(params.min_messages, by_label):
        return shortage
    weights = cluster_weights(clusters, params.bootstrap_resamples, params.seed)
    names = dict.fromkeys((params.metric, *GUARDED, *SHOWN))
    measured = {model: measure(each, weights, names=names) for model, each in models.items()}
    metric = METRICS[params.metric].key(challenger.positive)
    if obstacle := _undefined(measured, metric):
        return evidence.refuse(obstacle)

    primary = compare(measured["challenger"], measured[name], metric, evidence.confidence)
    mcnemar = checks.check_errors(challenger, opponent, params.confidence)
    by_source = []
    if champion is None:
        mcnemar = replace(mcnemar, passed=None)
    else:
        primary = checks.check_rule(primary, params)
        by_source = checks.check_slices(
            challenger, champion, clusters, sources, weights, params, of
        )
    rows = (
        primary,
        mcnemar,
        *_guard_rails(measured, name, metric, challenger.positive, params),
        *by_source,
        *_for_information(measured, name, metric, challenger.positive, params),
    )
    return evidence.decide(primary, rows)


def _opponent(champion: Scores | None, baseline: Scores) -> tuple[Opponent, Scores]:
    return ("baseline", baseline) if champion is None else ("champion", champion)


def _count_by_label(
    challenger: Scores, clusters: np.ndarray, params: Gate
) -> dict[str, tuple[int, int]]:
    """How many clusters of each label there are, and how many are needed, by what they are called.

    Copies of one row are one piece of evidence: labels are counted by clusters. From too few of a
    label it cannot be shown that a rate is within its guard rail.
    """
    return {
        f"clusters labelled {isolate(label)}": (
            len(np.unique(clusters[challenger.actual == position])),
            max(params.min_label_clusters, _least_for_rail(label, challenger.positive, params)),
        )
        for position, label in enumerate(challenger.labels)
    }


def _least_for_rail(label: str, positive: str | None, params: Gate) -> int:
    """The fewest clusters of a label that show, all right, that its guard rail is kept."""
    cap, floor = params.max_false_positive_rate, params.min_recall
    if positive is None:
        return 0
    if label == positive:
        return checks.least_without_error(1 - floor, params.confidence) if floor is not None else 0
    return checks.least_without_error(cap, params.confidence) if cap is not None else 0


def _incomparable(models: Mapping[str, Scores], of: str) -> str | None:
    challenger = models["challenger"]
    for name, scores in models.items():
        if scores.labels != challenger.labels:
            theirs, ours = (", ".join(map(isolate, each.labels)) for each in (scores, challenger))
            return f"the {name}'s labels are {theirs}, the challenger's {ours}"
        if scores.positive != challenger.positive:
            theirs, ours = (each.positive or "none" for each in (scores, challenger))
            return (
                f"the {name}'s positive label is {theirs}, the challenger's {ours}: give the "
                "dataset's entry in params.yaml the same `positive`, or promote with --force"
            )
        if not np.array_equal(scores.actual, challenger.actual):
            raise ValueError(f"the {name}'s messages are not the challenger's")
        unscored = int(np.sum(~np.isfinite(scores.probabilities).all(axis=1)))
        if unscored:
            return f"the {name} gives {unscored} {of} probabilities that are no numbers"
    return None


def _undefined(measured: Models, metric: str) -> str | None:
    for name, metrics in measured.items():
        if np.isnan(metrics[metric].point):
            return f"the {name}'s {metric} is undefined"
    return None


def _guard_rails(
    measured: Models, opponent: Opponent, metric: str, positive: str | None, params: Gate
) -> list[Check]:
    challenger = measured["challenger"]
    rails = []
    if positive is not None:
        false_positives, recall = (
            compare(challenger, measured[opponent], each, params.confidence) for each in GUARDED
        )
        rails += [
            checks.check_false_positive_rate(false_positives, challenger[GUARDED[0]], params),
            checks.check_recall(recall, challenger[GUARDED[1]], params),
        ]
    if params.no_worse_than_baseline:
        row = compare(challenger, measured["baseline"], metric, params.confidence)
        rails.append(checks.check_against_baseline(row))
    return rails


def _for_information(
    measured: Models, opponent: Opponent, metric: str, positive: str | None, params: Gate
) -> list[Check]:
    return [
        compare(measured["challenger"], measured[opponent], key, params.confidence)
        for key in keys_of(SHOWN, positive)
        if key != metric
    ]
