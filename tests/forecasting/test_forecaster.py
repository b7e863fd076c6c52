"""A fitted forecaster: no leak, the same bytes, any scale, calibrated intervals, a saved folder."""

from dataclasses import replace

import numpy as np
import pytest
from drawn_series import draw_series

from rnnops.core import files
from rnnops.core.errors import InputError
from rnnops.forecasting.calibration import Calibration
from rnnops.forecasting.forecaster import Forecaster
from rnnops.forecasting.forecasts import LEVELS, MEDIAN
from rnnops.forecasting.params import ForecastNetwork, ForecastTraining

PARAMS = ForecastNetwork(
    steps=8, base="theta_damped", units=4, learning_rate=0.005, epochs=2, batch_size=64
)
SERIES = draw_series(60, 24, horizon=3)


@pytest.fixture(scope="module")
def fit(cpu):  # noqa: ARG001 (the backend is set up)
    from rnnops.forecasting.fitting import fit_forecaster

    return lambda series: fit_forecaster(series, PARAMS, seeds=[1, 2])


@pytest.fixture(scope="module")
def fitted(fit):
    return fit([each.training for each in SERIES])


def folder_digest(forecaster, folder):
    folder.mkdir()
    forecaster.save(folder)
    return files.digest(folder)


def test_test_values_change_nothing_and_fitting_repeats_to_the_byte(fit, fitted, tmp_path):
    altered = [
        replace(each, values=np.concatenate([each.training.values, 9 * each.test + 1]))
        for each in SERIES
    ]
    again = fit([each.training for each in altered])
    for name in ("forecaster", "validator"):
        one, two = getattr(fitted, name), getattr(again, name)
        assert folder_digest(one, tmp_path / f"{name}1") == folder_digest(
            two, tmp_path / f"{name}2"
        )
    before, after = (
        fitted.forecaster.forecast([each.training for each in group]) for group in (SERIES, altered)
    )
    np.testing.assert_array_equal(before.quantiles, after.quantiles)


def test_the_validator_has_not_been_trained_on_the_validation_part(fit, fitted):
    altered = []
    for each in SERIES:
        values = each.training.values.copy()
        values[-each.horizon :] *= 3
        altered.append(replace(each.training, values=values))
    again = fit(altered)
    for one, two in zip(fitted.validator.networks, again.validator.networks, strict=True):
        for before, after in zip(one.weights(), two.weights(), strict=True):
            np.testing.assert_array_equal(before, after)
    assert (again.validator.calibration.widths > fitted.validator.calibration.widths).all()


def test_quantiles_rise_and_forecasts_have_the_units_of_the_series(fitted):
    series = [each.training for each in SERIES]
    found = fitted.forecaster.forecast(series)
    assert found.points.shape == (60, 3)
    assert (np.diff(found.quantiles, axis=2) >= 0).all()
    np.testing.assert_array_equal(found.points, found.quantiles[..., MEDIAN])
    larger = fitted.forecaster.forecast(
        [replace(each, values=1000 * each.values) for each in series]
    )
    np.testing.assert_allclose(larger.quantiles, 1000 * found.quantiles, rtol=1e-4)


def test_a_forecaster_is_of_one_season_and_horizon(fit):
    with pytest.raises(ValueError, match="one season and one horizon"):
        fit([SERIES[0], replace(SERIES[1], horizon=2)])


def test_a_saved_forecaster_answers_the_same(fitted, tmp_path):
    fitted.forecaster.save(tmp_path)
    loaded = Forecaster.load(tmp_path)
    series = [each.training for each in SERIES]
    before, after = (each.forecast(series) for each in (fitted.forecaster, loaded))
    np.testing.assert_array_equal(before.quantiles, after.quantiles)


def test_a_shorter_horizon_is_padded_and_what_does_not_fit_is_refused(fitted):
    series = SERIES[0].training
    found = fitted.forecaster.forecast([series, replace(series, horizon=2)])
    assert np.isnan(found.points[1]).tolist() == [False, False, True]
    np.testing.assert_allclose(found.points[1, :2], found.points[0, :2], rtol=1e-6)
    for unfit, message in (
        (replace(series, season=12), "has season 12 and horizon 3"),
        (replace(series, horizon=4), "has season 4 and horizon 4"),
        (replace(series, values=series.values[:0]), "has no value to forecast from"),
    ):
        with pytest.raises(InputError, match=message):
            fitted.forecaster.forecast([unfit])


def test_rolling_origins_end_with_the_last_value(fitted):
    from rnnops.forecasting.rolling import rolling_forecasts

    series = [each.training for each in SERIES]
    rolled = rolling_forecasts(fitted.validator, series)
    assert [np.isnan(actual[0]).sum() for actual, _ in rolled] == [0, 1, 2]
    assert [actual[5, 0] for actual, _ in rolled] == series[5].values[-3:].tolist()
    first = fitted.validator.forecast([each.training for each in series])
    np.testing.assert_array_equal(rolled[0][1].quantiles, first.quantiles)


def test_calibration_covers_as_it_should_where_it_was_fitted():
    random = np.random.default_rng(0)
    targets = random.normal(0, [1, 3], (400, 2))
    targets[:9, 1] = np.nan
    answers = np.broadcast_to(np.sort(random.normal(size=len(LEVELS))), (400, 2, len(LEVELS)))
    calibration = Calibration.fit(answers - answers[..., MEDIAN, None], targets, np.ones(400))
    found = calibration.apply(answers - answers[..., MEDIAN, None])
    for step in range(2):
        known = targets[~np.isnan(targets[:, step]), step]
        for low, share in ((0, 0.95), (1, 0.8)):
            inside = (found[0, step, low] <= known) & (known <= found[0, step, -1 - low])
            assert inside.mean() == pytest.approx(share, abs=0.01)


def test_a_correction_that_does_not_help_is_not_trusted():
    random = np.random.default_rng(0)
    targets = random.normal(size=(400, 2))
    spread = np.arange(len(LEVELS)) - float(MEDIAN)
    useless = random.normal(size=(400, 2, 1)) + spread
    useful = targets[..., None] + spread
    assert Calibration.fit(useless, targets, np.ones(400)).trust == 0
    assert Calibration.fit(useful, targets, np.ones(400)).trust == 1


def test_few_values_calibrate_nothing():
    answers = np.broadcast_to(np.arange(len(LEVELS)) - 5.0, (3, 2, len(LEVELS)))
    calibration = Calibration.fit(answers, np.full((3, 2), 90.0), np.ones(3))
    assert (calibration.widths == 1).all()


def test_parameters_name_their_networks():
    given = {"networks": {"default": PARAMS}, "seeds": [1], "device": "cpu", "backend": "jax"}
    assert ForecastTraining(**given).network("weekly") == PARAMS
    with pytest.raises(ValueError, match="networks needs the entry default"):
        ForecastTraining(**given | {"networks": {"weekly": PARAMS}})
