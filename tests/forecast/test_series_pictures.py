"""Which series the report draws."""

from dataclasses import replace

from drawn_series import draw_series

from rnnops.forecast.examples import choose_examples, draw_forecasts
from rnnops.forecasting.forecasts import empty_forecasts

SERIES = draw_series(9, 20)


def test_each_frequency_has_its_share():
    mixed = [*SERIES, *(replace(each, frequency="yearly") for each in SERIES[:1])]
    chosen = choose_examples(mixed, 4)
    assert 9 in chosen
    assert len(chosen) == len(set(chosen)) == 3


def test_a_picture_has_at_most_six_series():
    figure = draw_forecasts(SERIES, empty_forecasts([4] * 9))
    assert [axes.get_title(loc="left") for axes in figure.axes if axes.get_visible()] == [
        f"s{number} (quarterly)" for number in range(6)
    ]
