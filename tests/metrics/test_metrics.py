import re
import time

import numpy as np
import pytest
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve

from rnnops.metrics.metrics import compute_metrics
from rnnops.metrics.scores import Scores

BINS = 10
ONE_AGAINST_REST = (
    "precision",
    "recall",
    "f1",
    "false_positive_rate",
    "false_negative_rate",
    "roc_auc",
    "one_minus_auc_percent",
    "pr_auc",
    "recall_at_0_5_percent_fpr",
    "recall_at_0_1_percent_fpr",
)


def one_against_rest(is_actual, is_decided, score, weight):
    fpr, tpr, _ = sk.roc_curve(is_actual, score, sample_weight=weight, drop_intermediate=False)
    auc = sk.roc_auc_score(is_actual, score, sample_weight=weight)
    wrong = sk.recall_score(~is_actual, is_decided, sample_weight=weight)
    return {
        "precision": sk.precision_score(is_actual, is_decided, sample_weight=weight),
        "recall": sk.recall_score(is_actual, is_decided, sample_weight=weight),
        "f1": sk.f1_score(is_actual, is_decided, sample_weight=weight),
        "false_positive_rate": wrong,
        "false_negative_rate": sk.recall_score(is_actual, ~is_decided, sample_weight=weight),
        "roc_auc": auc,
        "one_minus_auc_percent": 100 - 100 * auc,
        "pr_auc": sk.average_precision_score(is_actual, score, sample_weight=weight),
        "recall_at_0_5_percent_fpr": tpr[fpr <= 0.005].max(),
        "recall_at_0_1_percent_fpr": tpr[fpr <= 0.001].max(),
    }


def calibration_error(scores, weight):
    repeated = np.repeat(np.arange(len(scores.actual)), weight)
    confidence = scores.probability_of(scores.decided)[repeated]
    is_right = (scores.actual == scores.decided)[repeated]
    share, mean = calibration_curve(is_right, confidence, n_bins=BINS)
    in_bin = np.searchsorted(np.linspace(0, 1, BINS + 1)[1:-1], confidence)
    counts = np.bincount(in_bin, minlength=BINS)
    return np.average(np.abs(share - mean), weights=counts[counts > 0])


def expected(scores, weight):
    """Every metric, from scikit-learn."""
    weighted = {"sample_weight": weight}
    truth = np.eye(len(scores.labels))[scores.actual]
    two = scores.positive is not None
    result = {
        "accuracy": sk.accuracy_score(scores.actual, scores.decided, **weighted),
        "mcc": sk.matthews_corrcoef(scores.actual, scores.decided, **weighted),
        "log_loss": sk.log_loss(truth, scores.probabilities, **weighted),
        "brier": sk.brier_score_loss(
            truth[:, 1] if len(scores.labels) == 2 else scores.actual,
            scores.probabilities[:, 1] if len(scores.labels) == 2 else scores.probabilities,
            **weighted,
        ),
        "expected_calibration_error": calibration_error(scores, weight),
    }
    by_label = [
        one_against_rest(
            scores.actual == i, scores.decided == i, scores.probabilities[:, i], weight
        )
        for i in scores.ranked
    ]
    for name in ONE_AGAINST_REST:
        result["" if two else "macro_", name] = np.mean([label[name] for label in by_label])
    return {"".join(name): value for name, value in result.items()}


@pytest.mark.parametrize(
    ("labels", "alike"),
    [
        (("ham", "spam"), False),
        (("ham", "spam"), True),
        (("a", "b", "c"), True),
        (("a", "b", "c", "d", "e"), True),
    ],
)
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("steps", [5, 100, None])
def test_every_metric_equals_scikit_learns(make_scores, labels, alike, seed, steps):
    scores = make_scores(rows=400, labels=labels, seed=seed, steps=steps, alike=alike)
    random = np.random.default_rng(seed)
    weights = np.vstack([np.ones((1, 400), int), random.poisson(1, (4, 400))])
    metrics = compute_metrics(scores, weights, BINS)
    for row, weight in enumerate(weights):
        reference = expected(scores, weight)
        assert metrics.keys() == reference.keys()
        for name, value in reference.items():
            assert metrics[name][row] == pytest.approx(value, abs=1e-12, rel=1e-12), name


def test_names_are_legal_in_mlflow_and_dvc(make_scores):
    for labels in (("ham", "spam"), ("a", "b", "c")):
        for name in compute_metrics(make_scores(labels=labels), np.ones((1, 300)), BINS):
            assert re.fullmatch(r"[a-z0-9_]+", name)


def test_positive_may_be_the_first_label():
    probabilities = np.array([[0.9, 0.1], [0.7, 0.3], [0.6, 0.4]])
    scores = Scores(("eggs", "ham"), np.array([0, 1, 0]), probabilities, "eggs", 0.65)
    metrics = compute_metrics(scores, np.ones((1, 3)), BINS)
    assert metrics["precision"] == metrics["recall"] == metrics["roc_auc"] == 0.5
    assert metrics["false_positive_rate"] == 1


def test_a_score_at_the_threshold_is_negative(make_scores):
    scores = make_scores(threshold=0.5)
    at_threshold = scores.probabilities[:, 1] == 0.5
    assert at_threshold.any()
    assert not scores.decided[at_threshold].any()


def test_what_a_weighting_leaves_undefined_is_nan():
    probabilities = np.array([[0.9, 0.1], [0.2, 0.8]])
    scores = Scores(("ham", "spam"), np.array([0, 1]), probabilities, "spam", 0.5)
    metrics = compute_metrics(scores, np.array([[1, 1], [1, 0], [0, 1]]), BINS)
    undefined = {name: np.isnan(values).tolist() for name, values in metrics.items()}
    assert not any(values[0] for values in undefined.values())
    for name in ("precision", "recall", "f1", "false_negative_rate", "pr_auc"):
        assert undefined[name] == [False, True, False], name
    assert undefined["false_positive_rate"] == [False, False, True]
    for name in ("roc_auc", "mcc", "recall_at_0_5_percent_fpr", "recall_at_0_1_percent_fpr"):
        assert undefined[name] == [False, True, True], name
    for name in ("accuracy", "log_loss", "brier", "expected_calibration_error"):
        assert not any(undefined[name]), name


def test_certain_and_wrong_costs_a_finite_log_loss():
    scores = Scores(("ham", "spam"), np.array([1]), np.array([[1.0, 0.0]]), "spam", 0.5)
    assert compute_metrics(scores, np.ones((1, 1)), BINS)["log_loss"] == pytest.approx(
        36.04, abs=0.01
    )


def test_chunks_change_nothing(make_scores, monkeypatch):
    scores = make_scores()
    weights = np.random.default_rng(0).poisson(1, (23, 300))
    whole = compute_metrics(scores, weights, BINS)
    monkeypatch.setattr("rnnops.metrics.metrics._NUMBERS_AT_ONCE", 1000)
    for name, values in compute_metrics(scores, weights, BINS).items():
        assert np.array_equal(values, whole[name]), name


def test_a_thousand_resamples_of_a_thousand_rows_take_a_moment(make_scores):
    scores = make_scores(rows=1000, steps=None)
    weights = np.random.default_rng(0).poisson(1, (1000, 1000)).astype(np.int16)
    started = time.perf_counter()
    compute_metrics(scores, weights, BINS)
    assert time.perf_counter() - started < 5  # measured: 0.2
