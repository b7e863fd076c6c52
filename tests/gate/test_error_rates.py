"""How often the gate is wrong, on simulated models whose quality is known.

A message's evidence is normal: its label, how hard its campaign is for every model, how each model
takes the campaign, and each model's noise. So a model of ROC-AUC A has its label's mean at
±s·Φ⁻¹(A)/√2, where s is the standard deviation of the evidence.
"""

import numpy as np
import pytest
from scipy.stats import norm

from rnnops.gate.checks import check_rule, check_slices
from rnnops.gate.comparison import compare
from rnnops.gate.judge import judge
from rnnops.gate.looks import MOST_LOOKS, confidence_at
from rnnops.metrics.bootstrap import cluster_weights
from rnnops.metrics.intervals import effective_number
from rnnops.metrics.measured import Measured
from rnnops.metrics.scores import Scores

pytestmark = pytest.mark.slow  # simulations

CAMPAIGNS = 150  # of 1 to 4 messages each: some 375 messages
PAIRS = 100
SHARED, OF_MODEL, NOISE = 1.0, 0.7, 0.5
SPREAD = np.sqrt(SHARED**2 + OF_MODEL**2 + NOISE**2)


def pair(seed, *aucs):
    """A model's scores for each ROC-AUC, and the messages' campaigns."""
    random = np.random.default_rng(seed)
    campaigns = np.repeat(np.arange(CAMPAIGNS), random.integers(1, 5, CAMPAIGNS))
    is_spam = (random.random(CAMPAIGNS) < 0.4)[campaigns]
    hardness = random.normal(0, SHARED, CAMPAIGNS)[campaigns]
    models = []
    for auc in aucs:
        mean = SPREAD * norm.ppf(auc) / np.sqrt(2)
        taken = random.normal(0, OF_MODEL, CAMPAIGNS)[campaigns]
        noise = random.normal(0, NOISE, len(campaigns))
        p_spam = 1 / (1 + np.exp(-(mean * (2 * is_spam - 1) + hardness + taken + noise)))
        models.append(
            Scores(
                ("ham", "spam"),
                is_spam.astype(int),
                np.column_stack([1 - p_spam, p_spam]),
                "spam",
                0.5,
            )
        )
    return *models, campaigns


def promoted(params, challenger_auc, champion_auc):
    """The share of `PAIRS` challengers that the gate lets through."""
    passed = []
    for seed in range(PAIRS):
        challenger, champion, campaigns = pair(seed, challenger_auc, champion_auc)
        sources = np.full(len(campaigns), "all")
        passed.append(judge(challenger, champion, champion, campaigns, sources, params).passed)
    return np.mean(passed)


@pytest.mark.parametrize("metric", ["roc_auc", "log_loss"])
def test_models_of_equal_quality_are_rarely_promoted_as_superior(rule_alone, metric):
    assert promoted(rule_alone(rule="superiority", metric=metric), 0.93, 0.93) <= 0.05


def test_an_improvement_from_a_roc_auc_of_90_to_96_percent_is_seldom_missed(rule_alone):
    assert promoted(rule_alone(rule="superiority"), 0.96, 0.90) >= 0.8


def test_a_model_worse_by_more_than_the_margin_is_rarely_promoted(rule_alone):
    params = rule_alone(rule="non_inferiority", margin=0.02)
    assert promoted(params, 0.908, 0.93) <= 0.05


SERIES = 100


def correctness(random, clusters, *accuracies):
    """Which messages models get right, each of an accuracy, shape (models, messages).

    Half of the mistakes are of whole clusters, most of these by all models together.
    """
    number = clusters.max() + 1
    shared = random.random(number)
    rows = []
    for accuracy in accuracies:
        wrong = (1 - accuracy) / 2
        own = np.where(random.random(number) < 0.7, shared, random.random(number))
        by_cluster = own < wrong
        rows.append(~(by_cluster[clusters] | (random.random(len(clusters)) < wrong)))
    return np.array(rows)


def accuracies(right, weights):
    """The accuracy of each row of `right`, as the gate measures it."""
    counts = weights.counts.astype(np.float32)
    resampled = right.astype(np.float32) @ counts.T / counts.sum(axis=1)
    effective = effective_number(np.bincount(weights.cluster_of_row))
    variance = 1 / (effective * (1 + weights.cluster_of_row.max()))
    return [
        {
            "accuracy": Measured(
                float(row.mean()), each.astype(float), (0, 1), effective, variance, True
            )
        }
        for row, each in zip(right, resampled, strict=True)
    ]


def test_a_series_of_fifty_equal_challengers_seldom_promotes_one(gate):
    """On the same test messages; without the spending a third of the series promote one."""
    random, params = np.random.default_rng(0), gate(metric="accuracy")
    promotions = {"spent": 0, "unspent": 0}
    clusters = np.repeat(np.arange(150), random.integers(1, 5, 150))
    weights = cluster_weights(clusters, 400, 0)
    for _ in range(SERIES):
        right = correctness(random, clusters, *[0.9] * (1 + MOST_LOOKS))
        champion, *challengers = accuracies(right, weights)
        for kind in promotions:
            promotions[kind] += any(
                check_rule(
                    compare(
                        challenger,
                        champion,
                        "accuracy",
                        confidence_at(look, 0.95) if kind == "spent" else 0.95,
                    ),
                    params,
                ).passed
                for look, challenger in enumerate(challengers, start=1)
            )
    assert promotions["unspent"] / SERIES > 0.15
    assert promotions["spent"] / SERIES <= 0.05


def test_a_real_improvement_keeps_its_power_in_the_series(gate):
    """Accuracy from .94 to .98 on 600 clusters, some 960 messages."""
    random, params = np.random.default_rng(0), gate(metric="accuracy")
    clusters = np.repeat(np.arange(600), random.choice([1, 1, 1, 2, 3], 600))
    weights = cluster_weights(clusters, 400, 0)
    passed = dict.fromkeys((1, 10, 50), 0)
    for _ in range(2 * SERIES):
        right = correctness(random, clusters, 0.94, 0.98)
        champion, challenger = accuracies(right, weights)
        for look in passed:
            row = compare(challenger, champion, "accuracy", confidence_at(look, 0.95))
            passed[look] += check_rule(row, params).passed
    for look, power in ((1, 0.8), (10, 0.55), (50, 0.35)):
        assert passed[look] / (2 * SERIES) >= power


def scores_of(right):
    return Scores(
        ("ham", "spam"),
        np.zeros(len(right), int),
        np.where(right[:, None], [[0.9, 0.1]], [[0.1, 0.9]]),
        "spam",
        0.5,
    )


def refused_by_slices(gate, sources, lost):
    """The share of challengers with a source that fails; the first source loses `lost`."""
    random, refused = np.random.default_rng(0), 0
    clusters = np.repeat(np.arange(50 * sources), random.choice([1, 1, 2], 50 * sources))
    of_source = clusters // 50
    weights = cluster_weights(clusters, 200, 0)
    for _ in range(SERIES):
        champion, challenger = correctness(random, clusters, 0.93, 0.93)
        challenger &= (of_source > 0) | (random.random(50 * sources)[clusters] >= lost / 0.93)
        rows = check_slices(
            scores_of(challenger), scores_of(champion), clusters, of_source, weights, gate()
        )
        refused += any(row.passed is False for row in rows)
    return refused / SERIES


@pytest.mark.parametrize("sources", [5, 20])
def test_equal_challengers_are_seldom_refused_for_a_source(gate, sources):
    found = refused_by_slices(gate, sources, 0.0)
    assert found <= 0.05


@pytest.mark.parametrize(("sources", "power"), [(5, 0.8), (20, 0.7)])
def test_a_source_that_loses_two_fifths_of_its_messages_is_caught(gate, sources, power):
    """50 clusters a source."""
    found = refused_by_slices(gate, sources, 0.4)
    assert found >= power


@pytest.mark.parametrize("metric", ["roc_auc", "log_loss"])
def test_few_clusters_of_one_label_promote_no_equal_challenger_more_often(rule_alone, metric):
    """15 positive clusters, the fewest that are judged, at the first look."""
    params = rule_alone(metric=metric)
    passed = []
    for seed in range(PAIRS):
        challenger, champion, campaigns = pair(seed, 0.93, 0.93)
        spam = np.unique(campaigns[champion.actual == 1])[:15]
        kept = (champion.actual == 0) | np.isin(campaigns, spam)
        models = challenger.rows(kept), champion.rows(kept)
        sources = np.full(kept.sum(), "all")
        verdict = judge(*models, models[1], campaigns[kept], sources, params, look=1)
        assert verdict.checks
        passed.append(verdict.passed)
    assert np.mean(passed) <= 0.05
