"""How often the gate is wrong, on simulated models whose quality is known.

A message's evidence is normal: its label, how hard its campaign is for every model, how each model
takes the campaign, and each model's noise. So a model of ROC-AUC A has its label's mean at
±s·Φ⁻¹(A)/√2, where s is the standard deviation of the evidence.
"""

import numpy as np
import pytest
from scipy.stats import norm

from rnnops.gate.judge import judge
from rnnops.metrics.scores import Scores

CAMPAIGNS = 150  # of 1 to 4 messages each: some 375 messages
PAIRS = 200
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
