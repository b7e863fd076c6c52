"""Whether new messages differ from those that a model was made from: one verdict for the run.

Each trait is tested by itself, on clusters of near-duplicates, so that a campaign is one event. The
p-values are adjusted for their number (Holm 1979): of runs on messages that have not changed, at
most the share `false_alarms` reports any drift.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import pandas as pd

from rnnops.core.numbers import format_number
from rnnops.monitoring.params import Drift
from rnnops.monitoring.traits import Traits, average_clusters, join_words
from rnnops.monitoring.two_samples import classifier_scores, compare_means

WORDS, CLASSIFIER, LENGTH, ERRORS = "words", "classifier", "length", "errors"
LEAST_CLUSTERS = 3  # that have a word
FEWEST = 5  # clusters that say anything
SHOWN = 8  # features of a trait
QUANTILES = np.linspace(0.1, 0.9, 9)  # of lengths


class Level(IntEnum):
    """What to do; the numbers are exit statuses."""

    NONE = 0
    WARNING = 1
    RETRAIN = 2


@dataclass(frozen=True)
class Change:
    """A feature of a trait: its mean per cluster, formerly and now."""

    feature: str
    old: float
    new: float


@dataclass(frozen=True)
class Finding:
    """What one test says.

    Attributes:
        trait: that was tested.
        p: adjusted for the number of tests.
        changes: the features that differ most, the most significant first.
        auc: of the classifier that tells old from new, None of other traits.
    """

    trait: str
    p: float
    changes: list[Change]
    auc: float | None = None


@dataclass(frozen=True)
class Comparison:
    """The findings, the most significant first, and on how many messages and clusters they rest.

    `level` is what the findings alone ask for.
    """

    findings: list[Finding]
    level: Level
    reason: str
    messages: dict[str, int]
    clusters: dict[str, int]


def compare(old: Traits, new: Traits, params: Drift) -> Comparison:
    """Compare the messages of a model's data with new ones."""
    former, present = average_clusters(old), average_clusters(new)
    is_new = np.repeat([False, True], [len(former), len(present)])
    tests = [
        *_test_words(former, present, is_new, params),
        *(
            _test_numbers(trait, former, present, params)
            for trait in {**former.numbers, **present.numbers}
        ),
    ]
    findings = _adjust([test for test in tests if test is not None])
    level, reason = _judge(findings, params)
    return Comparison(
        findings,
        level,
        reason,
        {"reference": len(old), "new": len(new)},
        {"reference": len(former), "new": len(present)},
    )


def _test_words(
    former: Traits, present: Traits, is_new: np.ndarray, params: Drift
) -> list[Finding | None]:
    """The words one by one, and a classifier that reads them together."""
    if not present.words.nnz or min(len(former), len(present)) < FEWEST:
        return []
    matrix, vocabulary = join_words(former, present, LEAST_CLUSTERS)
    single = compare_means(matrix, is_new, params.permutations, params.seed)
    scores = classifier_scores(matrix, is_new, params.seed)
    held_out = ~np.isnan(scores)
    found: list[Finding | None] = [
        Finding(WORDS, single.p, _changes(vocabulary, single.old, single.new, single.z))
    ]
    if held_out.any() and len(set(is_new[held_out])) == 2:
        ranks, are_new = scores[held_out], is_new[held_out]
        together = compare_means(ranks[:, None], are_new, params.permutations, params.seed)
        number, news = len(ranks), int(are_new.sum())
        auc = (ranks[are_new].mean() - (news + 1) / 2) / (number - news)
        found.append(Finding(CLASSIFIER, together.p if auc > 0.5 else 1.0, [], float(auc)))
    return found


def _test_numbers(trait: str, former: Traits, present: Traits, params: Drift) -> Finding | None:
    """The trait's columns; None where too few clusters have it."""
    parts = [each.numbers.get(trait, pd.DataFrame()).dropna() for each in (former, present)]
    sizes = [len(part) for part in parts]
    if min(sizes) < FEWEST:
        return None
    both = pd.concat(parts, ignore_index=True).fillna(0.0)
    names = [str(name) for name in both]
    values = both.to_numpy(float)
    if trait == LENGTH:
        limits = np.quantile(values[:, 0], QUANTILES)
        values = (values <= limits).astype(float)
        names = [f"at most {np.expm1(limit):,.0f} tokens" for limit in limits]
    is_new = np.repeat([False, True], sizes)
    test = compare_means(values, is_new, params.permutations, params.seed)
    return Finding(trait, test.p, _changes(names, test.old, test.new, test.z))


def _changes(names: Sequence[str], old: np.ndarray, new: np.ndarray, z: np.ndarray) -> list[Change]:
    order = np.argsort(-np.abs(z), kind="stable")[:SHOWN]
    return [Change(names[place], float(old[place]), float(new[place])) for place in order]


def _adjust(tests: list[Finding]) -> list[Finding]:
    """The findings with Holm's adjusted p-values, the smallest first."""
    adjusted, least = [], 0.0
    for place, test in enumerate(sorted(tests, key=lambda test: test.p)):
        least = min(1.0, max(least, test.p * (len(tests) - place)))
        adjusted.append(Finding(test.trait, least, test.changes, test.auc))
    return adjusted


def _judge(findings: list[Finding], params: Drift) -> tuple[Level, str]:
    significant = [finding for finding in findings if finding.p <= params.false_alarms]
    if not findings:
        return Level.NONE, f"fewer than {FEWEST} clusters of messages say nothing"
    if not significant:
        return Level.NONE, "no trait of the messages has changed significantly"
    for finding in significant:
        if finding.trait == ERRORS and finding.changes[0].new > finding.changes[0].old:
            change = finding.changes[0]
            return Level.RETRAIN, (
                f"the model errs on {format_number(change.new)} of the new messages, and erred on "
                f"{format_number(change.old)} of those it was measured on"
            )
        if finding.auc is not None and finding.auc >= params.retrain_auc:
            return Level.RETRAIN, (
                f"a classifier tells new messages from old with an AUC of "
                f"{format_number(finding.auc)} (drift.retrain_auc)"
            )
    return Level.WARNING, f"changed: {', '.join(finding.trait for finding in significant)}"
