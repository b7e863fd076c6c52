"""Windows: seasonal patterns, where forecasts start from, units, and that none sees the future."""

from dataclasses import replace

import numpy as np
import pytest
from drawn_series import draw_series

from rnnops.forecasting.damped import fit_damped_trend
from rnnops.forecasting.seasonality import at_phases, at_steps, seasonal_pattern
from rnnops.forecasting.theta import fit_theta
from rnnops.forecasting.windows import Windows, WindowShape, read_windows

SHAPE = WindowShape(season=4, horizon=6, steps=8, base="theta")
HISTORIES = [each.values for each in draw_series(6, 30)]


def padded(values, length):
    return np.concatenate([np.full(length - len(values), np.nan), values])


def test_a_pattern_without_noise_is_found_and_goes_on():
    time = np.arange(24)
    added = np.array([3.0, -1.0, -2.0, 0.0])[time % 4]
    pattern = seasonal_pattern(padded(0.5 * time + added, 30)[None], 4)
    np.testing.assert_allclose(at_phases(pattern, 30)[0, -24:], added, atol=1e-9)
    np.testing.assert_allclose(at_steps(pattern, 6)[0], added[:6], atol=1e-9)


def test_noise_is_no_pattern_and_little_of_one_is_shrunk():
    random = np.random.default_rng(0)
    noise = random.normal(size=(200, 40))
    noise[:, :12] = np.nan
    assert (seasonal_pattern(noise, 4) == 0).all(axis=1).mean() > 0.7
    strong = noise + np.resize([1.0, 0, -1, 0], 40)
    found = np.abs(seasonal_pattern(strong, 4)).max(axis=1)
    assert 0.6 < np.median(found) < 1.2


@pytest.mark.parametrize("length", [1, 4, 11])
def test_a_short_window_has_no_pattern(length):
    assert not seasonal_pattern(padded(np.arange(length) % 4.0, 12)[None], 4).any()


def dynamic_theta(values, alpha, theta, horizon):
    """The recursion of the paper, one value after another."""
    mean = slope = intercept = 0.0
    level = values[0] / theta
    forecasts, squares = [], 0.0
    for t in range(1, len(values) + horizon + 1):
        expected = level + (1 - 1 / theta) * (
            (1 - alpha) ** (t - 1) * intercept + (1 - (1 - alpha) ** t) / alpha * slope
        )
        if t > len(values):
            forecasts.append(expected)
            value = expected
        else:
            value = values[t - 1]
            squares += (value - expected) ** 2 * (t > 3)
        level = alpha * value + (1 - alpha) * level
        slope = 0.0 if t == 1 else ((t - 2) * slope + 6 * (value - mean) / t) / (t + 1)
        mean = ((t - 1) * mean + value) / t
        intercept = mean - slope * (t + 1) / 2
    return np.array(forecasts), squares


def test_theta_is_the_recursion_with_the_least_squares():
    windows = np.stack([padded(np.log(each[:20]), 25) for each in HISTORIES])
    fitted = fit_theta(windows, 5)
    for row, window in enumerate(windows):
        values = window[~np.isnan(window)]
        forecasts, squares = dynamic_theta(values, fitted.alpha[row], fitted.theta[row], 5)
        np.testing.assert_allclose(fitted.forecasts[row], forecasts, rtol=1e-10)
        assert fitted.error[row] == pytest.approx(np.sqrt(squares / 17))
        assert squares <= min(
            dynamic_theta(values, alpha, theta, 5)[1] for alpha in (0.1, 0.99) for theta in (1, 5)
        )


def test_a_line_goes_on_and_is_damped():
    line = np.arange(30.0)
    found = fit_damped_trend(padded(line, 35)[None], 4)[0]
    np.testing.assert_allclose(found, np.arange(30.0, 34), atol=0.5)
    assert np.diff(found, 2).max() <= 0


@pytest.mark.parametrize("base", ["last", "theta", "theta_damped"])
def test_values_times_a_factor_are_the_same_window(base):
    shape = replace(SHAPE, base=base)
    windows = read_windows(HISTORIES, shape)
    larger = read_windows([1000 * each for each in HISTORIES], shape)
    np.testing.assert_allclose(larger.sequences, windows.sequences, atol=1e-5)
    np.testing.assert_allclose(larger.statics, windows.statics, atol=1e-5)
    answers = np.random.default_rng(0).normal(size=(6, 6))
    np.testing.assert_allclose(larger.unscaled(answers), 1000 * windows.unscaled(answers))


@pytest.mark.parametrize("shift", [0.0, 50.0], ids=["logarithms", "plain values"])
def test_answers_and_values_are_one_another(shift):
    histories = [each - shift for each in HISTORIES]
    windows = read_windows(histories, SHAPE)
    assert windows.is_logarithm.all() == (shift == 0)
    values = np.array([each[-6:] for each in histories])
    values[0, 4:] = np.nan
    np.testing.assert_allclose(windows.unscaled(windows.scaled(values)), values)


def test_a_window_does_not_depend_on_those_beside_it():
    together = read_windows([*HISTORIES, HISTORIES[0][:9]], SHAPE)
    alone = read_windows([HISTORIES[0][:9]], SHAPE)
    for joint, own in zip(together, alone, strict=True):
        np.testing.assert_allclose(joint[-1], own[0], rtol=1e-6, atol=1e-7)


def test_the_mirror_image_of_a_series_is_the_mirrored_window():
    histories = [each - each.mean() for each in HISTORIES]  # no logarithms: a minus is the mirror
    shape = replace(SHAPE, base="theta_damped")
    windows, turned = (read_windows([s * each for each in histories], shape) for s in (1, -1))
    mirrored = windows.mirrored(shape)
    np.testing.assert_allclose(turned.sequences, mirrored.sequences, atol=1e-6)
    np.testing.assert_allclose(turned.statics, mirrored.statics, atol=1e-6)


@pytest.mark.parametrize(
    "values", [[5.0] * 20, [0.0] * 20, [7.0], [0.0], [1.0, 2.0], [0, 0, 0, 0, 0, 9.0], [1e9] * 9]
)
def test_constant_and_short_series_give_finite_windows(values):
    windows = read_windows([np.array(values, float)], SHAPE)
    assert isinstance(windows, Windows)
    assert all(np.isfinite(each).all() for each in windows)
    assert np.isfinite(windows.unscaled(np.zeros((1, 6)))).all()
    if len(set(values)) == 1:
        np.testing.assert_allclose(windows.unscaled(np.zeros((1, 6))), values[0], rtol=1e-9)
