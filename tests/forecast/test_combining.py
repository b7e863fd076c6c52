"""Combinations are the methods whose mean has the lowest error."""

import numpy as np

from rnnops.forecast.combining import choose_methods
from rnnops.forecasting.forecasts import LEVELS, Forecasts

ACTUAL, SCALE = np.full((4, 2), 10.0), np.ones(4)


def at(value):
    return Forecasts(np.full((4, 2), value), np.full((4, 2, len(LEVELS)), value))


FORECASTS = {"low": at(7.0), "high": at(13.0), "near": at(10.5), "network": at(8.0)}


def choose(candidates, **how):
    return choose_methods(candidates, FORECASTS, ACTUAL, SCALE, **how)


def test_opposite_errors_are_averaged_away():
    found = choose(["low", "high", "near"])
    assert found.members == ("low", "high")
    assert dict(found.tried)[("low", "high")] == 0
    assert len(found.tried) == 7


def test_what_stands_beside_counts():
    assert choose(["low", "high"], beside=["network"]).members == ("high",)


def test_a_least_number_is_kept_where_there_are_so_many():
    assert all(len(members) >= 2 for members, _ in choose(["low", "near"], least=2).tried)
    assert choose(["near"], least=2).members == ("near",)
