"""Verdicts by the mean of a loss."""

import numpy as np
import pytest

from rnnops.gate.losses import judge_losses
from rnnops.gate.params import LossGate
from rnnops.losses.sums import Sums

N = 60
CLUSTERS = np.arange(N).astype(str)
SIZES = np.full(N, 200.0)
HARD = np.random.default_rng(0).normal(7, 1, N)


@pytest.fixture
def params():
    return LossGate(
        rule="superiority", margin=0.02, confidence=0.95, bootstrap_resamples=300, seed=0,
        min_rows=20, min_clusters=20, no_worse_than_baseline=True,
    )  # fmt: skip


def losses(more=0.0, noise=0.05, seed=1):
    return Sums(SIZES * (HARD + more + np.random.default_rng(seed).normal(0, noise, N)), SIZES)


def judge(params, challenger, champion, baseline, clusters=CLUSTERS, of="documents", **more):
    models = challenger, champion, baseline
    return judge_losses("bits_per_word", *models, clusters, params, of=of, **more)


def test_the_first_champion_need_only_be_no_worse_than_the_baseline(params):
    passed = judge(params, losses(-0.3), None, losses(0, seed=2))
    assert passed.outcome == "passed"
    assert passed.reason.startswith("passed: the first champion, bits_per_word -0.3")
    refused = judge(params, losses(0.3), None, losses(0, seed=2))
    assert refused.outcome == "refused"
    assert "against the baseline" in refused.reason


def test_a_better_challenger_passes_and_an_equal_one_does_not(params):
    baseline = losses(0.5, seed=3)
    assert judge(params, losses(-0.1), losses(0, seed=2), baseline, look=1).passed
    equal = judge(params, losses(0), losses(0, seed=2), baseline, look=1)
    assert equal.outcome == "refused"
    assert "superiority needs the whole interval below 0" in equal.reason


def test_non_inferiority_allows_the_margin(params):
    lenient = params.model_copy(update={"rule": "non_inferiority", "margin": 0.1})
    verdict = judge(lenient, losses(0), losses(0, seed=2), losses(0.5, seed=3), look=1)
    assert verdict.passed


def test_later_looks_need_more(params):
    challenger, champion, baseline = losses(-0.018), losses(0, seed=2), losses(0.5, seed=3)
    first = judge(params, challenger, champion, baseline, look=1)
    last = judge(params, challenger, champion, baseline, look=50)
    assert first.confidence < last.confidence
    assert [first.passed, last.passed] == [True, False]


def test_few_documents_are_not_enough_to_judge(params):
    few = np.repeat(["a", "b", "c"], 20)
    verdict = judge(params, losses(-0.3), None, losses(), few, excluded=4)
    assert verdict.outcome == "not enough to judge"
    assert verdict.reason == (
        "not enough to judge: 3 clusters of near-duplicates, 20 needed (4 documents left out: a "
        "model was trained on them): add documents or raise split.test"
    )


def test_rows_that_have_no_like_are_counted_once(params):
    challenger, baseline = (
        Sums(*(each[:18] for each in rows)) for rows in (losses(-0.3), losses())
    )
    said = {"of": "series", "alike": "", "advice": "add series"}
    verdict = judge(params, challenger, None, baseline, CLUSTERS[:18], **said)
    assert verdict.reason == "not enough to judge: 18 series, 20 needed: add series"
    lenient = params.model_copy(update={"min_rows": 10, "min_clusters": 10})
    assert judge(lenient, challenger, None, baseline, CLUSTERS[:18], **said).passed


def test_a_loss_that_is_no_number_is_refused(params):
    broken = Sums(np.where(np.arange(N) == 3, np.nan, HARD), SIZES)
    verdict = judge(params, broken, None, losses())
    assert verdict.reason == "refused: the challenger gives 1 documents losses that are no numbers"
