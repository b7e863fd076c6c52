"""The statistical methods: forecasts in order, fallbacks with a reason, a missing package."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from drawn_series import draw_series

from rnnops.core.errors import InputError
from rnnops.forecasting import statistical
from rnnops.forecasting.forecasts import MEDIAN
from rnnops.forecasting.statistical import METHODS, forecast_statistically

SERIES = draw_series(3, 24)


@pytest.fixture
def package():
    return pytest.importorskip("statsforecast.models")


@pytest.mark.parametrize("method", METHODS)
def test_each_method_gives_points_and_rising_quantiles(package, method):  # noqa: ARG001
    series = [*SERIES, replace(SERIES[0], horizon=2)]
    found, fallbacks = forecast_statistically(series, method)
    assert not fallbacks
    assert np.isfinite(found.quantiles[:3]).all()
    assert (np.diff(found.quantiles[:3], axis=2) >= 0).all()
    np.testing.assert_allclose(found.points[:3], found.quantiles[:3, :, MEDIAN])
    assert np.isnan(found.points[3]).tolist() == [False, False, True, True]


def test_seasonal_naive_repeats_the_last_season(package):  # noqa: ARG001
    found, _ = forecast_statistically(SERIES, "seasonal_naive")
    np.testing.assert_allclose(found.points, [each.values[-4:] for each in SERIES])


def test_a_method_that_fails_falls_back_alone_with_its_reason(package, monkeypatch):
    class Fails(package.Theta):
        def forecast(self, y, **asked):
            if y[0] == SERIES[1].values[0]:
                raise ZeroDivisionError("no\nvariance")
            return super().forecast(y, **asked)

    monkeypatch.setattr(package, "Theta", Fails)
    found, fallbacks = forecast_statistically(SERIES, "theta")
    assert [tuple(each) for each in fallbacks] == [
        ("s1", "theta", "ZeroDivisionError: no variance")
    ]
    np.testing.assert_allclose(found.points[1], SERIES[1].values[-4:])
    assert (found.points[[0, 2]] != [SERIES[0].values[-4:], SERIES[2].values[-4:]]).all()


def test_even_a_single_value_has_a_forecast(package):  # noqa: ARG001
    short = replace(SERIES[0], values=np.array([3.0]))
    found, fallbacks = forecast_statistically([short], "dynamic_optimized_theta")
    assert (found.points == 3).all()
    assert len(fallbacks) == 1


def test_processes_change_nothing(package):  # noqa: ARG001
    alone, _ = forecast_statistically(SERIES, "theta")
    shared, _ = forecast_statistically(SERIES, "theta", processes=2)
    np.testing.assert_array_equal(alone.quantiles, shared.quantiles)


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "statsforecast", None)
    monkeypatch.delitem(sys.modules, "statsforecast.models", raising=False)
    with pytest.raises(InputError, match=r"need statsforecast.*: `make setup` installs it"):
        statistical.forecast_statistically(SERIES, "theta")
