"""The verdict on a challenger, from the models' scores of the same messages."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from rnnops.core.bidi import isolate
from rnnops.gate import checks
from rnnops.gate.comparison import compare
from rnnops.gate.looks import MOST_LOOKS, confidence_at
from rnnops.gate.params import Gate
from rnnops.gate.verdict import Check, Opponent, Verdict
from rnnops.metrics.bootstrap import cluster_weights, measure
from rnnops.metrics.measured import Measured
from rnnops.metrics.metrics import METRICS, keys_of
from rnnops.metrics.scores import Scores

GUARDED = ("false_positive_rate", "recall")
WORN_OUT = (
    f"{MOST_LOOKS} challengers were compared with this champion on this test split, which is worn "
    'out: take a new one ("A fresh test split" in docs/promotion.md)'
)
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

    if obstacle := _incomparable(models):
        return verdict("refused", f"refused: {obstacle}")
    left_out = excluded + excluded_by_challenger
    if missing := _shortage(challenger, clusters, left_out, confidence, params):
        return verdict("not enough to judge", f"not enough to judge: {missing}")
    if look and look > MOST_LOOKS:
        return verdict("not enough to judge", f"not enough to judge: {WORN_OUT}")
    weights = cluster_weights(clusters, params.bootstrap_resamples, params.seed)
    names = dict.fromkeys((params.metric, *GUARDED, *SHOWN))
    measured = {model: measure(each, weights, names=names) for model, each in models.items()}
    metric = METRICS[params.metric].key(challenger.positive)
    if obstacle := _undefined(measured, metric):
        return verdict("refused", f"refused: {obstacle}")

    primary = compare(measured["challenger"], measured[name], metric, confidence)
    mcnemar = checks.check_errors(challenger, opponent, params.confidence)
    by_source = []
    if champion is None:
        mcnemar = replace(mcnemar, passed=None)
    else:
        primary = checks.check_rule(primary, params)
        by_source = checks.check_slices(challenger, champion, clusters, sources, weights, params)
    rows = (
        primary,
        mcnemar,
        *_guard_rails(measured, name, metric, challenger.positive, params),
        *by_source,
        *_for_information(measured, name, metric, challenger.positive, params),
    )
    broken = [f"{row.name} {row.reason}" for row in rows if row.passed is False]
    if broken:
        return verdict("refused", f"refused: {'; '.join(broken)}", checks=rows)
    first = "the first champion, " if champion is None else ""
    reason = f"passed: {first}{metric} {primary.change} against the {name}"
    return verdict("passed", reason, checks=rows)


def _opponent(champion: Scores | None, baseline: Scores) -> tuple[Opponent, Scores]:
    return ("baseline", baseline) if champion is None else ("champion", champion)


def _shortage(
    challenger: Scores, clusters: np.ndarray, excluded: int, confidence: float, params: Gate
) -> str | None:
    """What is missing for a verdict, with the numbers needed; None when there is enough.

    Copies of one message are one piece of evidence: labels are counted by clusters. From fewer
    clusters than a sign test needs to reach the confidence with all of them on one side, no
    difference can be shown; nor can, from too few of a label, that a rate is within its guard rail.
    """
    found = {
        "messages": (len(clusters), params.min_messages),
        "clusters of near-duplicates": (
            len(np.unique(clusters)),
            max(params.min_clusters, checks.least_of_a_sign_test(confidence)),
        ),
        **{
            f"clusters labelled {isolate(label)}": (
                len(np.unique(clusters[challenger.actual == position])),
                max(params.min_label_clusters, _least_for_rail(label, challenger.positive, params)),
            )
            for position, label in enumerate(challenger.labels)
        },
    }
    missing = [
        f"{there} {what}, {needed} needed"
        for what, (there, needed) in found.items()
        if there < needed
    ]
    if not missing:
        return None
    left_out = f" ({excluded} messages left out: a model was trained on them)" if excluded else ""
    return f"{'; '.join(missing)}{left_out}: add messages or raise split.test"


def _least_for_rail(label: str, positive: str | None, params: Gate) -> int:
    """The fewest clusters of a label that show, all right, that its guard rail is kept."""
    cap, floor = params.max_false_positive_rate, params.min_recall
    if positive is None:
        return 0
    if label == positive:
        return checks.least_without_error(1 - floor, params.confidence) if floor is not None else 0
    return checks.least_without_error(cap, params.confidence) if cap is not None else 0


def _incomparable(models: Mapping[str, Scores]) -> str | None:
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
            return f"the {name} gives {unscored} messages probabilities that are no numbers"
    return None


def _undefined(measured: Models, metric: str) -> str | None:
    for name, metrics in measured.items():
        if np.isnan(metrics[metric].point):
            return f"the {name}'s {metric} is undefined on these messages"
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
