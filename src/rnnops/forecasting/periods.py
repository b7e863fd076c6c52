"""Periods of time: texts to numbers that rise by 1 a period, and back to labels.

Times are ISO 8601, such as 2026, 2026-03, 2026-03-31 or 2026-03-31T14:00, as well as 2026-Q1 and
2026-W05. Whole numbers that are no years count periods. Times with a zone become UTC.
"""

import re
from typing import NamedTuple

import numpy as np
import pandas as pd

from rnnops.core.errors import InputError

YEARS = range(1000, 3000)  # whole numbers in it are years, others count periods
QUARTER = re.compile(r"(\d{4})-?Q([1-4])")
WEEK = re.compile(r"(\d{4})-?W(\d{2})")
GAPS = (  # between neighbours, in days
    ("hourly", 1 / 24, 1 / 24),
    ("daily", 1, 1),
    ("weekly", 7, 7),
    ("monthly", 28, 31),
    ("quarterly", 90, 92),
    ("yearly", 365, 366),
)
EPOCH, MONDAY = pd.Timestamp("1970-01-01"), pd.Timestamp("1970-01-05")
MONTHS = {"yearly": 12, "quarterly": 3, "monthly": 1}  # of a period
HOURS = {"weekly": (MONDAY, 7 * 24), "daily": (EPOCH, 24), "hourly": (EPOCH, 1)}  # from when on


class Times(NamedTuple):
    """Of n texts: `counts`, float64, where whole numbers count periods, else `moments`, UTC.

    What could not be read is NaN or NaT in both.
    """

    counts: np.ndarray
    moments: "pd.Series[pd.Timestamp]"

    @property
    def is_unreadable(self) -> np.ndarray:
        """Which texts are no times, shape (n,)."""
        return np.isnan(self.counts) & self.moments.isna().to_numpy()


def read_times(texts: "pd.Series[str]") -> Times:
    """The times that the texts say, all as counts or all as moments.

    A table of both is taken for moments; the counts in it are unreadable.
    """
    texts = texts.str.strip().str.upper()
    whole = texts.str.fullmatch(r"[+-]?\d{1,15}")
    is_year = texts.str.fullmatch(r"\d{4}") & texts.where(whole, "0").astype(int).isin(YEARS)
    if whole.any() and not is_year[whole].all() and whole.sum() > len(texts) / 2:
        counts = texts.where(whole).astype(float).to_numpy()
        return Times(counts, pd.Series(pd.NaT, texts.index, dtype="datetime64[ns]"))
    moments = pd.to_datetime(texts.map(_as_date), format="ISO8601", errors="coerce", utc=True)
    return Times(np.full(len(texts), np.nan), moments.dt.tz_localize(None).where(~whole | is_year))


def infer_frequency(times: Times, series: "pd.Series[str]") -> str:
    """The frequency whose distance of neighbours is the most common.

    Raises:
        InputError: where the most common distance is that of no frequency.
    """
    if not np.isnan(times.counts).all():
        return "other"
    known = pd.DataFrame({"series": series, "moment": times.moments}).dropna().drop_duplicates()
    gaps = known.sort_values("moment", kind="stable").groupby("series")["moment"].diff().dropna()
    if gaps.empty:
        raise InputError("no series has two times: give the frequency")
    days = float((gaps.dt.total_seconds() / 86_400).round(6).mode().iloc[0])
    for name, low, high in GAPS:
        if low - 1e-3 <= days <= high + 1e-3:
            if name == "daily" and not known["moment"].dt.day_of_week.isin([5, 6]).any():
                raise InputError(
                    "the times are days without Saturdays and Sundays: give the frequency other, "
                    "which counts rows, and the season 5"
                )
            return name
    raise InputError(
        f"neighbouring times are mostly {days:g} days apart, which is no frequency: give it; "
        "other counts rows"
    )


def number_periods(times: Times, series: "pd.Series[str]", frequency: str) -> np.ndarray:
    """The period of each time, shape (n,), float64, NaN for what is unreadable.

    For the frequency `other`, moments are numbered in their order within each series.
    """
    if not np.isnan(times.counts).all():
        return times.counts
    moments = times.moments
    if frequency in MONTHS:
        months = moments.dt.year * 12 + moments.dt.month - 1
        return (months // MONTHS[frequency]).to_numpy(float, na_value=np.nan)
    if frequency in HOURS:
        start, hours = HOURS[frequency]
        return ((moments - start).dt.total_seconds() // (3600 * hours)).to_numpy(float)
    return moments.groupby(series).rank(method="dense").to_numpy(float)


def label_period(number: int, frequency: str, *, is_count: bool) -> str:
    """How a period that `number_periods` numbered is written; it reads back as itself."""
    if is_count or frequency == "other":
        return str(number)
    if frequency in MONTHS:
        year, month = divmod(number * MONTHS[frequency], 12)
        quarter = f"-Q{month // 3 + 1}"
        return f"{year:04d}" + {"yearly": "", "quarterly": quarter}.get(
            frequency, f"-{month + 1:02d}"
        )
    start, hours = HOURS[frequency]
    moment = start + pd.Timedelta(hours=number * hours)
    return moment.strftime("%Y-%m-%dT%H:00" if frequency == "hourly" else "%Y-%m-%d")


def following_periods(last: str, frequency: str, number: int) -> tuple[str, ...]:
    """The labels of the periods after one that is labelled `last`."""
    times = read_times(pd.Series([last]))
    is_count = not np.isnan(times.counts[0])
    (start,) = number_periods(times, pd.Series([""]), frequency)
    if frequency == "other" and not is_count:
        raise ValueError(f"{last} is no number: what follows it is unknown")
    return tuple(
        label_period(int(start) + step, frequency, is_count=is_count)
        for step in range(1, number + 1)
    )


def _as_date(text: str) -> str:
    """Quarters and weeks as the date they begin with; other texts as they are."""
    if found := QUARTER.fullmatch(text):
        return f"{found[1]}-{3 * int(found[2]) - 2:02d}-01"
    if found := WEEK.fullmatch(text):
        try:
            return str(pd.Timestamp.fromisocalendar(int(found[1]), int(found[2]), 1).date())
        except ValueError:
            return text
    return text
