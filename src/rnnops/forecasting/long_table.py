"""The user's long table, a row for each value: which series it holds, and what cannot be used.

Rules, in their order. A row without a name, a readable time or a finite number is rejected. Of rows
of one period that repeat its value the first is kept; rows that contradict one another are all
rejected, as nothing says which is right. Periods that are missing inside a series lie on the line
between their neighbours, up to a share of the series; beyond it the series is rejected, as are
series too short to train, validate and test on. Constant series are kept and named.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from rnnops.core.errors import InputError
from rnnops.core.suggestions import suggest
from rnnops.forecasting.datasets import SeriesTable
from rnnops.forecasting.frequencies import frequency_named
from rnnops.forecasting.periods import (
    Times,
    infer_frequency,
    label_period,
    number_periods,
    read_times,
)
from rnnops.forecasting.series import Series, least_length

FIRST_ROW = 2  # the header is row 1
MOST_PERIODS = 2**53  # beyond it a float is no longer each whole number


class LongTable(NamedTuple):
    """What a table holds.

    Attributes:
        series: in order of their names.
        rejected: row, series, time, value and reason of each row that is in no series.
        filled: series and period of each value that was interpolated.
        constant: names of series that never change.
    """

    series: list[Series]
    rejected: pd.DataFrame
    filled: pd.DataFrame
    constant: list[str]


def read_long_table(
    table: pd.DataFrame, params: SeriesTable, *, is_forecast_alone: bool = False
) -> LongTable:
    """The series in `table`, whose cells are texts as the file has them.

    Args:
        is_forecast_alone: series need no values to test and validate on.

    Raises:
        InputError: where a column is missing, the frequency can neither be inferred nor is given,
            or no series can be used.
    """
    rows = _named_columns(table, params)
    times = read_times(rows["time"])
    _reject_unreadable(rows, times)
    frequency = params.frequency or infer_frequency(
        times, rows["series"].where(rows["reason"] == "")
    )
    named = frequency_named(frequency)
    season, horizon = params.season or named.season, params.horizon or named.horizon
    is_count = bool(np.isfinite(times.counts).any())
    rows["period"] = number_periods(times, rows["series"], frequency)
    _reject_repeated(rows)

    series, filled = [], []
    for name, own in rows[rows["reason"] == ""].groupby("series"):
        own = own.sort_values("period")
        periods = own["period"].to_numpy(np.int64)
        reason = _why_unusable(
            periods, season, 0 if is_forecast_alone else horizon, params.max_missing_share
        )
        if reason:
            rows.loc[own.index, "reason"] = reason
            continue
        every = np.arange(periods[0], periods[-1] + 1)
        labels = tuple(label_period(int(each), frequency, is_count=is_count) for each in every)
        values = np.interp(every, periods, own["number"].to_numpy(float))
        series.append(Series(str(name), frequency, season, horizon, labels, values))
        missing = np.flatnonzero(~np.isin(every, periods))
        filled += [(str(name), labels[place]) for place in missing]
    rejected = rows.loc[rows["reason"] != "", ["row", "series", "time", "value", "reason"]]
    if not series:
        row, reason = rejected[["row", "reason"]].iloc[0]
        raise InputError(f"no series of the table can be used: row {row} is rejected, as {reason}")
    return LongTable(
        series,
        rejected.reset_index(drop=True),
        pd.DataFrame(filled, columns=["series", "period"]),
        [each.name for each in series if each.is_constant],
    )


def _named_columns(table: pd.DataFrame, params: SeriesTable) -> pd.DataFrame:
    columns = {"series": params.series, "time": params.time, "value": params.value}
    for wanted in columns.values():
        if wanted not in table:
            there = ", ".join(map(str, table.columns))
            raise InputError(
                f"the table has no column {wanted} but {there}"
                f"{suggest(wanted, map(str, table.columns))}"
            )
    if table.empty:
        raise InputError("the table is empty: it holds no row")
    rows = pd.DataFrame({name: table[wanted].fillna("") for name, wanted in columns.items()})
    rows = rows.astype(str).reset_index(drop=True)
    rows["series"] = rows["series"].str.strip()
    rows["reason"] = ""
    rows.insert(0, "row", np.arange(len(rows)) + FIRST_ROW)
    return rows


def _reject_unreadable(rows: pd.DataFrame, times: Times) -> None:
    """Give the column `number`, and a reason to each row without a name, time or number."""
    values = rows["value"].str.strip()
    rows["number"] = pd.to_numeric(values, errors="coerce").astype(float)
    for is_wrong, reason in (
        (rows["series"] == "", "it names no series"),
        (rows["time"].str.strip() == "", "it has no time"),
        (times.is_unreadable, "its time cannot be read: write it as 2026-03-31"),
        (np.abs(times.counts) > MOST_PERIODS, "its time is a number too large to count periods"),
        (values == "", "it has no value"),
        (rows["number"].isna(), "its value is no number"),
        (~np.isfinite(rows["number"]), "its value is not finite"),
    ):
        rows.loc[is_wrong & (rows["reason"] == ""), "reason"] = reason
    if (rows["reason"] != "").all():
        reason = rows["reason"].iloc[0]
        raise InputError(
            f"no row of the table can be used: row {FIRST_ROW} is rejected, as {reason}"
        )


def _why_unusable(periods: np.ndarray, season: int, horizon: int, max_missing_share: float) -> str:
    """Why a series with values at those periods, rising, cannot be used; empty where it can.

    A horizon of 0 stands for no values to test and validate on.
    """
    number, span = len(periods), int(periods[-1] - periods[0]) + 1
    if number < least_length(season, horizon):
        least = least_length(season, horizon)
        if not horizon:
            return f"its series has {number} values and needs {least}"
        return (
            f"its series has {number} values and needs {least}: {horizon} to test on, {horizon} to "
            f"validate on and {least - 2 * horizon} before"
        )
    if span - number > max_missing_share * span:
        return f"its series lacks {span - number} of {span} periods"
    return ""


def _reject_repeated(rows: pd.DataFrame) -> None:
    used = rows[rows["reason"] == ""]
    same = used.groupby(["series", "period"])
    contradicts = same["number"].transform("nunique") > 1
    repeats = same.cumcount() > 0
    first = same["row"].transform("first")
    rows.loc[used.index[contradicts], "reason"] = "its period has several values"
    again = used.index[repeats & ~contradicts]
    rows.loc[again, "reason"] = [f"it repeats row {row}" for row in first[again]]
