import numpy as np
import pytest

from rnnops.metrics.measured import Measured, format_measured, null_if_nan


def accuracy(point, resamples):
    """As an accuracy on 100 clusters of one message."""
    return Measured(point, np.array(resamples), (0, 1), 100, 1e-4, counts_decisions=True)


def test_a_difference_is_paired_and_a_mean_is_of_points_and_resamples():
    one, other = accuracy(0.75, [0.5, 0.75, 1.0]), accuracy(0.5, [0.25, 0.5, np.nan])
    difference = one - other
    assert difference.point == 0.25
    np.testing.assert_array_equal(difference.resamples, [0.25, 0.25, np.nan])
    found = difference.to_json()
    assert found["value"] - found["low"] == pytest.approx(found["high"] - found["value"])
    assert found["undefined_resamples"] == 1
    mean = Measured.mean([one, accuracy(0.25, [0.0, 0.25, 0.5])])
    assert mean.point == 0.5
    np.testing.assert_array_equal(mean.resamples, [0.25, 0.5, 0.75])


@pytest.mark.parametrize("measured", [
    accuracy(0.9, np.linspace(0.85, 0.95, 100)),
    accuracy(0.9, np.linspace(0.85, 0.95, 100)) - accuracy(0.8, np.linspace(0.76, 0.84, 100)),
])  # fmt: skip
def test_the_interval_is_as_wide_as_the_confidence_asks(measured):
    ends = [measured.interval(confidence) for confidence in (0.5, 0.95, 0.999)]
    lows, highs = zip(*ends, strict=True)
    assert lows[0] > lows[1] > lows[2]
    assert highs[0] < highs[1] < highs[2]


@pytest.mark.parametrize(
    "measured", [accuracy(np.nan, [0.1, 0.2]), accuracy(0.5, [np.nan, np.nan])]
)
def test_what_is_undefined_has_no_interval(measured):
    assert measured.interval() == (None, None)
    assert (measured - measured).interval() == (None, None)
    assert measured.to_json() == {"value": null_if_nan(measured.point), "low": None, "high": None}


def test_an_interval_follows_the_number_if_there_is_one():
    measured = {"value": 0.9852, "low": 0.9763, "high": 0.9928}
    assert format_measured(measured) == "0.9852 [0.9763, 0.9928]"
    assert format_measured(measured, "+", 2) == "+0.99 [+0.98, +0.99]"
    assert format_measured({"value": 0.5, "low": None, "high": None}) == "0.5000"
    assert format_measured({"value": None, "low": None, "high": None}) == "n/a"
