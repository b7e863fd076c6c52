import numpy as np
import pytest

from rnnops.metrics.measured import Measured, format_measured, null_if_nan


def test_a_difference_is_paired_and_a_mean_is_of_points_and_resamples():
    one = Measured(0.75, np.array([0.5, 0.75, 1.0]))
    other = Measured(0.5, np.array([0.25, 0.5, np.nan]))
    difference = one - other
    assert difference.point == 0.25
    np.testing.assert_array_equal(difference.resamples, [0.25, 0.25, np.nan])
    assert difference.to_json() == {
        "value": 0.25, "low": 0.25, "high": 0.25, "undefined_resamples": 1,
    }  # fmt: skip
    mean = Measured.mean([one, Measured(0.25, np.array([0.0, 0.25, 0.5]))])
    assert mean.point == 0.5
    np.testing.assert_array_equal(mean.resamples, [0.25, 0.5, 0.75])


def test_the_interval_is_as_wide_as_the_confidence_asks():
    measured = Measured(0.5, np.linspace(0, 1, 1001))
    assert measured.interval() == pytest.approx((0.025, 0.975))
    assert measured.interval(0.5) == pytest.approx((0.25, 0.75))


@pytest.mark.parametrize(
    "measured",
    [Measured(np.nan, np.array([0.1, 0.2])), Measured(0.5, np.array([np.nan, np.nan]))],
)
def test_what_is_undefined_has_no_interval(measured):
    assert measured.interval() == (None, None)
    assert measured.to_json() == {"value": null_if_nan(measured.point), "low": None, "high": None}


def test_an_interval_follows_the_number_if_there_is_one():
    measured = {"value": 0.9852, "low": 0.9763, "high": 0.9928}
    assert format_measured(measured) == "0.9852 [0.9763, 0.9928]"
    assert format_measured(measured, "+", 2) == "+0.99 [+0.98, +0.99]"
    assert format_measured({"value": 0.5, "low": None, "high": None}) == "0.5000"
    assert format_measured({"value": None, "low": None, "high": None}) == "n/a"
