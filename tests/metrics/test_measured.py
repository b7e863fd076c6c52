from dataclasses import replace

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


def test_a_difference_has_the_bounds_and_the_evidence_of_both():
    one = Measured(0.5, np.array([0.4, 0.6]), (-1, 1), 100, 1e-4, counts_decisions=False)
    other = replace(one, effective=50, cluster_variance=1e-3)
    difference = one - other
    assert difference.bounds == (-2, 2)
    assert (difference.effective, difference.cluster_variance) == (50, 1e-3)


def test_of_decisions_or_without_a_variance_a_difference_supposes_clusters_in_error():
    one = accuracy(0.75, [0.5, 0.75, 1.0])
    loss, constant = replace(one, counts_decisions=False), np.full(3, 0.75)
    still = replace(loss, resamples=constant)
    assert [(each - each).counts_decisions for each in (one, loss, still)] == [True, False, True]
    assert (loss - still).counts_decisions is (still - loss).counts_decisions is False
    assert (one - loss).counts_decisions is True
    low, high = (still - still).interval()
    assert low < 0 < high
    narrow, wide = (
        replace(loss - still, counts_decisions=counts).interval() for counts in (False, True)
    )
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_a_mean_has_the_least_evidence_of_its_parts():
    one = replace(accuracy(0.75, [0.5, 1.0]), effective=50, counts_decisions=False)
    other = replace(accuracy(0.25, [0.0, 0.5]), cluster_variance=1e-3)
    for mean in (Measured.mean([one, other]), Measured.mean([other, one])):
        assert (mean.effective, mean.cluster_variance, mean.counts_decisions) == (50, 1e-3, True)
        assert not mean.is_difference


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
