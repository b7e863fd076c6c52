"""The published forecaster: a long table in, forecasts with intervals out.

It needs NumPy and pandas; neither Keras, nor TensorFlow, statsforecast or MLflow.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from rnnops.core import files
from rnnops.core.errors import InputError
from rnnops.forecasting.datasets import SeriesTable
from rnnops.forecasting.forecaster import Forecaster
from rnnops.forecasting.forecasters import forecast_all
from rnnops.forecasting.forecasts import INTERVALS, Forecasts
from rnnops.forecasting.series import Series
from rnnops.runtime.forecaster_description import is_forecaster, write_description

if TYPE_CHECKING:
    import pandas as pd

    from rnnops.forecasting.long_table import LongTable

COLUMNS = ["series", "time", "forecast"] + [
    f"{end}_{round(100 * share)}" for share in INTERVALS for end in ("low", "high")
]


class Forecasted(NamedTuple):
    """What a table held, and the forecasts of its series."""

    table: "LongTable"
    forecasts: Forecasts


@dataclass(frozen=True, eq=False)
class TableForecaster:
    """Forecasters by frequency."""

    forecasters: Mapping[str, Forecaster]

    def forecast(self, table: "pd.DataFrame", read: SeriesTable) -> Forecasted:
        """The forecasts for the periods after the end of each series in a long table.

        Season and horizon are those that the forecaster of the frequency was fitted for.

        Args:
            table: its cells are texts, as a file has them.
            read: the names of its columns, and its frequency where that is not to be inferred.

        Raises:
            InputError: for a table that cannot be read, or a frequency without a forecaster.
        """
        from rnnops.forecasting.long_table import read_long_table

        found = read_long_table(table, read, is_forecast_alone=True)
        frequency = found.series[0].frequency
        if frequency not in self.forecasters:
            raise InputError(
                f"the series are {frequency}, but the model forecasts series that are "
                f"{', '.join(self.forecasters)}"
            )
        shape = self.forecasters[frequency].shape
        fitting = {"frequency": frequency, "season": shape.season, "horizon": shape.horizon}
        if (found.series[0].season, found.series[0].horizon) != (shape.season, shape.horizon):
            read = read.model_copy(update=fitting)
            found = read_long_table(table, read, is_forecast_alone=True)
        return Forecasted(found, forecast_all(self.forecasters, found.series))

    def predict(self, table: "pd.DataFrame") -> "pd.DataFrame":
        """The forecasts as a table with the columns `COLUMNS`, a row for each step of a series.

        Args:
            table: columns series, time and value, and frequency, where tables hold several.
        """
        import pandas as pd

        table = table.astype(str)
        if "frequency" not in table:
            found = self.forecast(table, SeriesTable())
            return to_table(found.table.series, found.forecasts)
        parts = []
        for frequency, rows in table.groupby("frequency", sort=False):
            found = self.forecast(rows, SeriesTable.model_validate({"frequency": frequency}))
            parts.append(to_table(found.table.series, found.forecasts))
        return pd.concat(parts, ignore_index=True)

    def save(self, folder: str | Path) -> None:
        """Write the forecasters as JSON and NumPy files; replaces `folder`."""
        with files.atomic_folder(folder) as place:
            shapes = {
                name: {"season": each.shape.season, "horizon": each.shape.horizon}
                for name, each in self.forecasters.items()
            }
            write_description(shapes, place)
            for name, each in self.forecasters.items():
                (place / name).mkdir()
                each.save(place / name)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """The forecasters that `save` wrote.

        Raises:
            InputError: when they are not of this format.
        """
        folder = Path(folder)
        if not is_forecaster(folder):
            raise InputError(
                f"{folder} holds no forecaster that this rnnops reads: `make forecast` makes one"
            )
        folders = sorted(path for path in folder.iterdir() if path.is_dir())
        return cls({path.name: Forecaster.load(path) for path in folders})


def to_table(series: Sequence[Series], forecasts: Forecasts) -> "pd.DataFrame":
    """Forecasts as a table with the columns `COLUMNS`."""
    import pandas as pd

    parts = []
    for row, each in enumerate(series):
        steps = each.horizon
        part: dict[str, Any] = {"series": each.name, "time": following(each)}
        part["forecast"] = forecasts.points[row, :steps]
        for share, (low, high) in INTERVALS.items():
            part[f"low_{round(100 * share)}"] = forecasts.quantiles[row, :steps, low]
            part[f"high_{round(100 * share)}"] = forecasts.quantiles[row, :steps, high]
        parts.append(pd.DataFrame(part))
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def following(series: Series) -> tuple[str, ...]:
    """The labels of the periods after a series' end."""
    import pandas as pd

    from rnnops.forecasting.periods import following_periods, read_times

    ends = pd.Series([series.periods[0], series.periods[-1]])
    if series.frequency == "other" or not np.isnan(read_times(ends).counts).any():
        last = int(series.periods[-1])
        return tuple(str(last + step) for step in range(1, series.horizon + 1))
    return following_periods(series.periods[-1], series.frequency, series.horizon)
