import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk

from rnnops.metrics.metrics import METRICS, compute_metrics
from rnnops.metrics.scores import Scores
from rnnops.report import curves


def test_each_roc_point_is_what_its_threshold_gives(make_scores):
    scores = make_scores()
    is_positive, score = scores.actual == 1, scores.probabilities[:, 1]
    points = curves.roc(scores)
    assert points.iloc[0, :2].tolist() == [0, 0]
    assert points.iloc[-1, :2].tolist() == [1, 1]
    for point in points.itertuples():
        called = score > point.threshold
        assert point.false_positive_rate == np.mean(called[~is_positive])
        assert point.true_positive_rate == np.mean(called[is_positive])


def test_each_precision_recall_point_is_what_its_threshold_gives(make_scores):
    scores = make_scores()
    is_positive, score = scores.actual == 1, scores.probabilities[:, 1]
    points = curves.precision_recall(scores)
    assert points.iloc[0, :2].tolist() == [0, 1]
    for point in points[1:].itertuples():
        called = score > point.threshold
        assert point.recall == np.mean(called[is_positive])
        assert point.precision == np.mean(is_positive[called])


@pytest.mark.parametrize("labels", [("ham", "spam"), ("a", "b", "c")])
@pytest.mark.parametrize("steps", [10, None])
def test_areas_under_the_curves_are_the_metrics(make_scores, labels, steps):
    scores = make_scores(rows=200, labels=labels, steps=steps)
    metrics = compute_metrics(scores, np.ones((1, 200)))
    roc_auc, pr_auc = (METRICS[name].key(scores.positive) for name in ("roc_auc", "pr_auc"))
    roc, pr = curves.roc(scores), curves.precision_recall(scores)
    area = sk.auc(roc["false_positive_rate"], roc["true_positive_rate"])
    steps_up = pr["recall"].diff().fillna(0) * pr["precision"]
    # Over labels, a vertical step of one label becomes a slope between two points of the mean.
    allowed = 1e-12 if scores.positive else 0.02
    assert area == pytest.approx(metrics[roc_auc][0], abs=allowed)
    assert steps_up.sum() == pytest.approx(metrics[pr_auc][0], abs=1e-12)


def test_a_certain_score_of_zero_is_called_positive_only_at_the_last_point():
    probabilities = np.array([[0.0, 1.0], [1.0, 0.0]])
    scores = Scores(("ham", "spam"), np.array([1, 0]), probabilities, "spam", 0.5)
    thresholds = curves.roc(scores)["threshold"]
    assert ((probabilities[:, 1] > thresholds.iloc[-1]) == 1).all()


def test_calibration_points_are_the_bins_means(make_scores):
    scores = make_scores(rows=500, steps=None)
    points = curves.calibration(scores, bins=5)
    assert points["messages"].sum() == 500
    second = (scores.probabilities[:, 1] > 0.2) & (scores.probabilities[:, 1] <= 0.4)
    assert points["messages"][1] == second.sum()
    assert points["probability"][1] == pytest.approx(scores.probabilities[second, 1].mean())
    assert points["observed_share"][1] == pytest.approx((scores.actual[second] == 1).mean())


def test_calibration_of_many_labels_is_of_the_decided_one(make_scores):
    scores = make_scores(labels=("a", "b", "c", "d"))
    points = curves.calibration(scores, bins=10)
    right = np.average(points["observed_share"], weights=points["messages"])
    assert right == pytest.approx(np.mean(scores.actual == scores.decided))
    assert points["probability"].min() > 0.2


def test_confusion_names_the_labels_of_every_message():
    probabilities = np.array([[0.9, 0.1], [0.2, 0.8], [0.4, 0.6]])
    scores = Scores(("ham", "spam"), np.array([0, 0, 1]), probabilities, "spam", 0.7)
    frame = curves.confusion(scores)
    assert frame["actual"].tolist() == ["ham", "ham", "spam"]
    assert frame["predicted"].tolist() == ["ham", "spam", "ham"]


def test_long_curves_are_thinned_and_keep_their_ends_and_the_start():
    points = pd.DataFrame({"x": np.arange(10_000)})
    thinned = curves.thin(points)["x"]
    assert len(thinned) <= curves.MAX_POINTS
    assert thinned[:5].tolist() == [0, 1, 2, 3, 4]
    assert thinned.iloc[-1] == 9_999
    assert thinned.is_monotonic_increasing
    assert thinned.diff().max() < 100
    assert len(curves.thin(points[:300])) == 300


@pytest.mark.parametrize("labels", [("ham", "spam"), ("a", "b", "c")])
def test_no_curve_of_a_large_split_is_long(make_scores, labels):
    scores = make_scores(rows=5_000, labels=labels, steps=None)
    frames = curves.all_curves(scores, bins=10)
    assert list(frames) == ["roc", "precision_recall", "calibration", "confusion"]
    assert max(len(frames["roc"]), len(frames["precision_recall"])) <= curves.MAX_POINTS
