"""Time series: what one is, where it is cut, and how many of them lie in one table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from rnnops.core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

LEAST_HISTORY = 8
COLUMNS = ("series", "frequency", "season", "horizon", "period", "value")


@dataclass(frozen=True, eq=False)
class Series:
    """Values at equal distances of time.

    Attributes:
        frequency: its name, see frequencies.py.
        season: periods after which a pattern comes again, 1 for none.
        horizon: how many periods to forecast.
        periods: the label of each value's period, as the source has it.
        values: shape (n,), float64, all finite, in units of the series.
    """

    name: str
    frequency: str
    season: int
    horizon: int
    periods: tuple[str, ...]
    values: np.ndarray

    def __len__(self) -> int:
        return len(self.values)

    def without_last(self, number: int) -> Self:
        """The series as it was `number` periods before its end."""
        end = len(self) - number
        return replace(self, periods=self.periods[:end], values=self.values[:end])

    @property
    def training(self) -> Self:
        """All but the last `horizon` values, which are the test's."""
        return self.without_last(self.horizon)

    @property
    def test(self) -> np.ndarray:
        """The last `horizon` values, shape (horizon,)."""
        return self.values[-self.horizon :]

    @property
    def is_constant(self) -> bool:
        """Whether all values are the same."""
        return bool((self.values == self.values[0]).all())


def least_length(season: int, horizon: int) -> int:
    """Values that a series needs: test, validation and what to learn from before them.

    That is a season and a step, but not less than M3's shortest series have.
    """
    return 2 * horizon + max(season + 2, LEAST_HISTORY)


def stack_tests(series: Sequence[Series]) -> np.ndarray:
    """The test values, shape (series, longest horizon); NaN after a shorter horizon."""
    stacked = np.full((len(series), max(each.horizon for each in series)), np.nan)
    for row, each in zip(stacked, series, strict=True):
        row[: each.horizon] = each.test
    return stacked


def by_frequency(series: Iterable[Series]) -> dict[str, list[Series]]:
    """The series of each frequency, in their order."""
    groups: dict[str, list[Series]] = {}
    for each in series:
        groups.setdefault(each.frequency, []).append(each)
    return groups


def to_frame(series: Sequence[Series]) -> "pd.DataFrame":
    """A row for each value, with the columns of `COLUMNS`."""
    import pandas as pd

    lengths = [len(each) for each in series]
    described = {
        name: np.repeat([getattr(each, attribute) for each in series], lengths)
        for name, attribute in (
            ("series", "name"),
            ("frequency", "frequency"),
            ("season", "season"),
            ("horizon", "horizon"),
        )
    }
    periods = [period for each in series for period in each.periods]
    values = np.concatenate([each.values for each in series])  # noqa: PD011 (a Series of ours)
    return pd.DataFrame({**described, "period": periods, "value": values})[list(COLUMNS)]


def from_frame(frame: "pd.DataFrame") -> list[Series]:
    """The series in a frame that `to_frame` made, in order of their first rows."""
    if missing := [name for name in COLUMNS if name not in frame]:
        raise InputError(f"the table of series has no column {', '.join(missing)}")
    return [
        Series(
            str(name),
            str(rows["frequency"].iloc[0]),
            int(rows["season"].iloc[0]),
            int(rows["horizon"].iloc[0]),
            tuple(map(str, rows["period"])),
            rows["value"].to_numpy(float),
        )
        for name, rows in frame.groupby("series", sort=False)
    ]
