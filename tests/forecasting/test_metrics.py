"""Metrics against values computed by hand."""

import numpy as np
import pytest
from scipy.stats import norm

from rnnops.forecasting.combination import combine
from rnnops.forecasting.forecasts import LEVELS, MEDIAN, Forecasts
from rnnops.forecasting.metrics import SHARES, errors, estimate, scales
from rnnops.forecasting.series import Series, stack_tests


def series(values, *, season=1, horizon=2):
    periods = tuple(map(str, range(len(values))))
    return Series("a", "other", season, horizon, periods, np.array(values, float))


def points_only(points):
    points = np.array(points, float)
    return Forecasts(points, np.repeat(points[..., None], len(LEVELS), axis=-1))


def test_smape_and_mase_are_as_defined():
    whole = series([1, 2, 4, 3, 10, 20])
    found = errors(stack_tests([whole]), points_only([[8, 30]]), scales([whole.training]))
    np.testing.assert_allclose(found.smape, [[200 * 2 / 18, 200 * 10 / 50]])
    np.testing.assert_allclose(found.mase, [[2 / (4 / 3), 10 / (4 / 3)]])  # steps 1, 2 and 1
    assert found.overall().smape == pytest.approx((200 * 2 / 18 + 40) / 2)


def test_the_scale_compares_with_the_season_before():
    assert scales([series([1, 10, 2, 12, 4, 15], season=2)]) == pytest.approx([(1 + 2 + 2 + 3) / 4])


def test_crps_of_a_point_is_its_absolute_error_and_of_the_normal_what_theory_says():
    actual = np.array([[1.3]])
    point = errors(actual, points_only([[1.0]]), np.array([1.0]))
    assert point.crps[0, 0] == pytest.approx(0.3)
    normal = Forecasts(np.zeros((1, 1)), norm.ppf(LEVELS)[None, None])
    exact = 1.3 * (2 * norm.cdf(1.3) - 1) + 2 * norm.pdf(1.3) - 1 / np.sqrt(np.pi)
    # few levels are a rough integral
    assert errors(actual, normal, np.array([1.0])).crps[0, 0] == pytest.approx(exact, rel=0.05)
    assert SHARES.sum() == pytest.approx(1)


def test_coverage_counts_what_lies_inside_each_interval():
    quantiles = np.arange(len(LEVELS), dtype=float) * np.ones(
        (1, 4, 1)
    )  # 80%: 1 to 9, 95%: 0 to 10
    actual = np.array([[5.0, 9.5, 0.0, 11.0]])
    found = errors(actual, Forecasts(quantiles[..., MEDIAN], quantiles), np.array([1.0])).overall()
    assert (found.coverage_80, found.coverage_95) == (0.25, 0.75)


def test_a_constant_series_has_no_mase_and_does_not_count_in_its_mean():
    constant, moving = series([5, 5, 5, 5, 5, 5]), series([1, 2, 3, 4, 5, 6])
    scale = scales([constant.training, moving.training])
    found = errors(stack_tests([constant, moving]), points_only([[5, 6], [5, 7]]), scale)
    assert np.isnan(found.by_series().mase).tolist() == [True, False]
    assert found.overall().mase == pytest.approx(0.5)
    assert found.overall().smape == pytest.approx((200 / 11 + 200 / 13) / 4)


def test_shorter_horizons_count_as_far_as_they_go():
    long, short = series([1, 2, 3, 4, 5, 6], horizon=3), series([1, 2, 3, 4, 5, 6], horizon=1)
    actual = stack_tests([long, short])
    found = errors(actual, points_only([[4, 5, 7], [5, np.nan, np.nan]]), np.ones(2))
    np.testing.assert_allclose(found.by_series().mase, [1 / 3, 1])
    np.testing.assert_allclose(found.by_step().mase, [0.5, 0, 1])
    assert np.isnan(found.coverage_80[1, 1:]).all()


def test_zero_forecast_as_zero_is_no_error():
    found = errors(np.zeros((1, 1)), points_only([[0.0]]), np.ones(1))
    assert found.smape[0, 0] == 0


def test_intervals_of_means_come_from_series_and_repeat():
    values = np.random.default_rng(0).normal(1, 2, 400)
    found = estimate(np.append(values, np.nan), 500, seed=1)
    assert found == estimate(values, 500, seed=1)
    assert found.mean == pytest.approx(values.mean())
    assert found.high - found.low == pytest.approx(2 * 1.96 * 2 / np.sqrt(400), rel=0.15)


@pytest.mark.parametrize(("how", "expected"), [("mean", 4.0), ("median", 3.0)])
def test_combinations_average_points_and_quantiles(how, expected):
    found = combine([points_only([[each]]) for each in (1, 3, 8)], how)
    assert (found.points == expected).all()
    assert (found.quantiles == expected).all()
