"""From an entry of the catalog to its series."""

from pathlib import Path

import pandas as pd

from rnnops.core.errors import InputError
from rnnops.forecasting.datasets import SeriesDataset, TableRead
from rnnops.forecasting.long_table import LongTable, read_long_table
from rnnops.forecasting.m3 import read_competition
from rnnops.forecasting.series import Series, least_length
from rnnops.ingest.archives import open_archive
from rnnops.ingest.fetch import fetch
from rnnops.tables.table_file import find_file, read_table_file

REJECTED = ["row", "series", "time", "value", "reason"]


def read_dataset(dataset: SeriesDataset, downloads: Path) -> LongTable:
    """Fetch a dataset, unpack it and read its series.

    Raises:
        InputError: as fetching, unpacking and the readers do.
    """
    with open_archive(fetch(dataset.fetch, downloads), scratch=downloads) as root:
        file = find_file(root, dataset.read.file)
        if isinstance(dataset.read, TableRead):
            table = read_table_file(file, dataset.read.delimiter, dataset.read.encoding)
            return read_long_table(table, dataset.read)
        return _select(read_competition(file))


def _select(series: list[Series]) -> LongTable:
    """Those of a competition that are long enough."""
    kept, rejected = [], []
    for each in series:
        least = least_length(each.season, each.horizon)
        if len(each) >= least:
            kept.append(each)
            continue
        reason = f"its series has {len(each)} values and needs {least}"
        rejected += [
            (None, each.name, period, repr(float(value)), reason)
            for period, value in zip(each.periods, each.values, strict=True)
        ]
    if not kept:
        raise InputError(f"no series can be used: {rejected[0][1]} is rejected, as {reason}")
    return LongTable(
        kept,
        pd.DataFrame(rejected, columns=REJECTED),
        pd.DataFrame(columns=["series", "period"]),
        [each.name for each in kept if each.is_constant],
    )
