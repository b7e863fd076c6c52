"""The user's table: what is inferred, and what becomes of each kind of fault."""

import io

import numpy as np
import pandas as pd
import pytest

from rnnops.core.errors import InputError
from rnnops.forecasting.datasets import SeriesTable
from rnnops.forecasting.long_table import read_long_table
from rnnops.forecasting.periods import following_periods

MONTHS = [str(each) for each in pd.period_range("2020-01", periods=60, freq="M")]


def table(times, values=None, name="a"):
    values = np.arange(1, len(times) + 1) if values is None else values
    return pd.DataFrame({"series": name, "time": times, "value": [str(each) for each in values]})


def read(frame, **params):
    return read_long_table(frame, SeriesTable(**params))


@pytest.mark.parametrize(
    ("frequency", "season", "horizon", "first", "following"),
    [
        ("yearly", 1, 6, "1990", "2050"),
        ("quarterly", 4, 8, "1990-Q1", "2005-Q1"),
        ("monthly", 12, 18, "1990-01", "1995-01"),
        ("weekly", 1, 13, "1990-01-01", "1991-02-25"),
        ("daily", 7, 14, "1990-01-01", "1990-03-02"),
        ("hourly", 24, 48, "1990-01-01T00:00", "1990-01-06T04:00"),
    ],
)
def test_frequency_season_and_horizon_are_inferred(frequency, season, horizon, first, following):
    code = {"yearly": "YS", "quarterly": "QS", "monthly": "MS", "weekly": "W-MON"}
    code |= {"daily": "D", "hourly": "h"}
    number = 60 if frequency != "hourly" else 124
    times = pd.date_range("1990-01-01", periods=number, freq=code[frequency])
    (series,) = read(table(times.strftime("%Y-%m-%dT%H:%M").tolist())).series
    assert (series.frequency, series.season, series.horizon) == (frequency, season, horizon)
    assert series.periods[0] == first
    assert following_periods(series.periods[-1], frequency, 1) == (following,)
    np.testing.assert_array_equal(series.values, np.arange(1, number + 1))


@pytest.mark.parametrize(
    "times", [list(range(1990, 2020)), [f"{y}-12-31" for y in range(1990, 2020)]]
)
def test_years_are_read_as_numbers_and_as_dates(times):
    (series,) = read(table([str(each) for each in times])).series
    assert (series.frequency, series.periods[0], series.periods[-1]) == ("yearly", "1990", "2019")


def test_numbers_count_periods_and_dates_may_be_counted():
    (series,) = read(table([str(each) for each in range(-3, 30)])).series
    assert (series.frequency, series.periods[:2]) == ("other", ("-3", "-2"))
    workdays = pd.bdate_range("2024-01-01", periods=40).strftime("%Y-%m-%d").tolist()
    with pytest.raises(InputError, match="without Saturdays and Sundays: give the frequency other"):
        read(table(workdays))
    (series,) = read(table(workdays), frequency="other", season=5).series
    assert (series.season, len(series)) == (5, 40)


def test_rows_may_come_in_any_order_and_columns_have_any_name():
    shuffled = table(MONTHS).sample(frac=1, random_state=1)
    renamed = shuffled.rename(columns={"series": "id", "time": "ds", "value": "y"})
    (series,) = read(renamed, series="id", time="ds", value="y").series
    np.testing.assert_array_equal(series.values, np.arange(1, 61))


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("series", " ", "it names no series"),
        ("time", "", "it has no time"),
        ("time", "31.12.2020", "its time cannot be read"),
        ("time", "2020-13", "its time cannot be read"),
        ("value", "", "it has no value"),
        ("value", "1,5", "its value is no number"),
        ("value", "inf", "its value is not finite"),
    ],
)
def test_a_row_that_cannot_be_read_is_rejected_and_its_period_filled(column, cell, reason):
    frame = table(MONTHS)
    frame.loc[20, column] = cell
    found = read(frame)
    assert found.rejected[["row", "time"]].to_numpy().tolist() == [[22, frame["time"][20]]]
    assert found.rejected["reason"][0].startswith(reason)
    assert found.filled.to_numpy().tolist() == [["a", "2021-09"]]
    np.testing.assert_allclose(found.series[0].values, np.arange(1, 61))


def test_repeats_are_dropped_and_contradictions_rejected():
    frame = pd.concat([table(MONTHS), table(MONTHS[3:4], [4]), table(MONTHS[9:10], [99])])
    found = read(frame)
    assert dict(zip(found.rejected["row"], found.rejected["reason"], strict=True)) == {
        62: "it repeats row 5",
        11: "its period has several values",
        63: "its period has several values",
    }
    assert found.filled["period"].tolist() == ["2020-10"]


def test_nothing_is_lost():
    frame = pd.concat(
        [table(MONTHS), table(MONTHS[:30], name="short"), table(MONTHS[::3], name="b")]
    )
    frame.iloc[5, 2] = "x"
    found = read(frame)
    kept = sum(map(len, found.series)) - len(found.filled)
    assert kept + len(found.rejected) == len(frame)
    reasons = found.rejected.set_index("series")["reason"]
    assert reasons["short"].iloc[0].startswith("its series has 30 values and needs 50")
    assert reasons["b"].iloc[0].startswith("its series has 20 values")


def test_a_series_with_too_many_gaps_is_rejected():
    sparse = [month for place, month in enumerate(MONTHS) if place % 5]
    frame = pd.concat([table(MONTHS), table(sparse, name="b")])
    found = read(frame, horizon=6)
    assert found.rejected["reason"].unique().tolist() == ["its series lacks 11 of 59 periods"]
    assert len(read(frame, horizon=6, max_missing_share=0.2).series) == 2


def test_constant_series_are_kept_and_named():
    found = read(pd.concat([table(MONTHS), table(MONTHS, [7] * 60, name="flat")]))
    assert found.constant == ["flat"]
    assert len(found.series) == 2


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.read_csv(io.StringIO("series,time,valeu\na,2020,1\n"), dtype=str), "no column value"),
        (table([]), "the table is empty"),
        (table(["soon", "later"]), "row 2 is rejected, as its time cannot be read"),
        (table(["2020-01"]), "no series has two times"),
        (table(["2020-01-01", "2020-01-11", "2020-01-21"]), "mostly 10 days apart"),
        (table(MONTHS[:20]), "row 2 is rejected, as its series has 20 values"),
    ],
)
def test_a_table_without_a_series_is_refused(frame, message):
    with pytest.raises(InputError, match=message):
        read(frame)


def test_a_forced_frequency_makes_repeats_of_what_is_finer():
    days = pd.date_range("2020-01-01", periods=60).strftime("%Y-%m-%d").tolist()
    with pytest.raises(InputError, match="its period has several values"):
        read(table(days), frequency="monthly")
