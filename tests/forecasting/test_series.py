"""Series: where they are cut, and that a table of them gives them back."""

import json

import numpy as np
import pytest
from drawn_series import draw_series

from rnnops.core import files
from rnnops.core.errors import InputError
from rnnops.forecasting.m3 import read_competition
from rnnops.forecasting.series import by_frequency, from_frame, stack_tests, to_frame

ENTRY = {"period": ["YEARLY"], "h": [2], "x": [1.5, 2, 3], "xx": [4, 5.25]}


def test_training_and_test_are_the_series():
    (series,) = draw_series(1, 20)
    joined = np.concatenate([series.training.values, series.test])
    np.testing.assert_array_equal(joined, series.values)
    assert len(series.training.periods) == 16
    np.testing.assert_array_equal(stack_tests([series])[0], series.test)


def test_a_file_of_series_gives_the_series_back(tmp_path):
    drawn = [*draw_series(3, 20), *draw_series(2, 30, season=12, horizon=6)]
    drawn = [
        type(each)(f"{place}", *list(vars(each).values())[1:]) for place, each in enumerate(drawn)
    ]
    files.write_parquet(to_frame(drawn), tmp_path / "series.parquet")
    back = from_frame(files.read_parquet(tmp_path / "series.parquet"))
    for before, after in zip(drawn, back, strict=True):
        assert list(vars(before).values())[:-1] == list(vars(after).values())[:-1]
        np.testing.assert_array_equal(before.values, after.values)


def test_a_frame_without_a_column_is_refused():
    with pytest.raises(InputError, match="has no column season"):
        from_frame(to_frame(draw_series(1, 12)).drop(columns="season"))


def test_a_competition_is_read_with_its_test_values_last(tmp_path):
    file = tmp_path / "competition.json"
    file.write_text(json.dumps({"N1": ENTRY, "N2": {**ENTRY, "period": ["OTHER"]}}))
    first, second = read_competition(file)
    assert (first.name, first.frequency, first.season, first.horizon) == ("N1", "yearly", 1, 2)
    np.testing.assert_array_equal(first.test, [4, 5.25])
    assert first.periods == ("1", "2", "3", "4", "5")
    assert list(by_frequency([first, second])) == ["yearly", "other"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[", "is not JSON"),
        ("[]", "holds no series"),
        (json.dumps({"N1": {**ENTRY, "h": [3]}}), "N1 needs numbers in x and xx"),
        (json.dumps({"N1": {**ENTRY, "x": [1, "a"]}}), "N1 needs numbers"),
        (json.dumps({"N1": {**ENTRY, "period": ["FORTNIGHTLY"]}}), "frequency is fortnightly"),
    ],
)
def test_a_broken_competition_is_refused(tmp_path, text, message):
    file = tmp_path / "competition.json"
    file.write_text(text)
    with pytest.raises(InputError, match=message):
        read_competition(file)
