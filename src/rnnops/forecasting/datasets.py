"""An entry of the catalog of series: where a dataset comes from, how it is read, what must hold."""

from typing import Annotated, Literal

from pydantic import Field, RootModel

from rnnops.catalog.dataset import Fetch
from rnnops.catalog.params import Data, DatasetName
from rnnops.core.sections import Count, Parameters, Section, Share
from rnnops.forecasting.frequencies import FrequencyName


class SeriesTable(Section):
    """A long table of the user's; what is null is inferred from the times."""

    series: str = "series"
    time: str = "time"
    value: str = "value"
    frequency: FrequencyName | None = None
    season: Count | None = None
    horizon: Count | None = None
    max_missing_share: Share = 0.1


class TableRead(SeriesTable):
    """A long table: a CSV file with a row for each value.

    `file` names it in a folder or an archive.
    """

    format: Literal["table"]
    file: str | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    encoding: str = "utf-8"


class CompetitionRead(Section):
    """A JSON file of series by name, with the test values of each beside its training values."""

    format: Literal["competition"]
    file: str | None = None


class ExpectSeries(Section):
    """What must hold of a dataset before anything is fitted to it.

    `max_filled_share` is of all values, of those that were interpolated; beyond it is a warning.
    """

    min_series: Count = 20
    max_series: Count = 1_000_000
    max_quarantined_share: Share = 0.05
    max_filled_share: Share = 0.05


class SeriesDataset(Section):
    """One entry of the catalog of series."""

    fetch: Fetch
    read: Annotated[TableRead | CompetitionRead, Field(discriminator="format")]
    expect: ExpectSeries = ExpectSeries()


class SeriesDatasets(RootModel[dict[DatasetName, SeriesDataset]]):
    """The entries of the catalog of series by name."""


def chosen_series(parameters: Parameters) -> SeriesDataset:
    """The entry of the catalog that `data.dataset` names."""
    return parameters[SeriesDatasets].root[parameters[Data].dataset]
