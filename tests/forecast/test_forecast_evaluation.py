"""Metrics of forecasts with intervals: means over series, paired differences, what is undefined."""

import numpy as np
import pytest

from rnnops.forecast.evaluation import Evaluation
from rnnops.forecasting.metrics import Errors

GOOD = np.array([[1.0, 3.0], [2.0, np.nan], [6.0, 2.0]])  # by series and step


def errors(smape, mase=None):
    inside = np.where(np.isnan(smape), np.nan, smape < 3)
    return Errors(smape, smape / 10 if mase is None else mase, smape / 20, inside, inside)


@pytest.fixture
def evaluation():
    return Evaluation({"good": errors(GOOD), "worse": errors(GOOD + 1)}, 200, 0)


def test_a_metric_is_the_mean_of_each_series_mean(evaluation):
    found = evaluation.metrics("good")
    assert found["smape"]["value"] == pytest.approx((2 + 2 + 4) / 3)
    assert found["coverage_80"]["value"] == pytest.approx((0.5 + 1 + 0.5) / 3)
    assert found["smape"]["low"] < found["smape"]["value"] < found["smape"]["high"]


def test_rows_choose_series(evaluation):
    found = evaluation.metrics("good", np.array([True, True, False]))
    assert found["smape"]["value"] == pytest.approx(2)


def test_a_gain_is_paired(evaluation):
    gain = evaluation.gain("good", "worse")["smape"]
    assert gain["value"] == pytest.approx(-1)
    assert gain["high"] == pytest.approx(-1)  # the same on each series


def test_steps_end_with_the_longest_horizon(evaluation):
    steps = evaluation.by_step("good", np.array([False, True, False]))["smape"]
    assert steps == [2.0]
    assert evaluation.by_step("good", np.ones(3, bool))["smape"] == pytest.approx([3, 2.5])


def test_series_without_a_scale_have_no_mase():
    mase = np.full(GOOD.shape, np.nan)
    found = Evaluation({"good": errors(GOOD, mase)}, 100, 0)
    assert found.metrics("good")["mase"] == {"value": None, "low": None, "high": None}
    assert found.gain("good", "good")["mase"]["value"] is None
    mase[0] = 1, 3
    found = Evaluation({"good": errors(GOOD, mase)}, 100, 0)
    assert found.metrics("good")["mase"]["value"] == pytest.approx(2)
