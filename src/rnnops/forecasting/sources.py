"""From an entry of the catalog to its series."""

from pathlib import Path

import pandas as pd

from rnnops.core.errors import InputError
from rnnops.forecasting.datasets import CompetitionRead, SeriesDataset, TableRead
from rnnops.forecasting.long_table import LongTable, read_long_table
from rnnops.forecasting.m3 import read_competition
from rnnops.forecasting.series import Series, least_length
from rnnops.ingest.archives import open_archive
from rnnops.ingest.fetch import fetch

REJECTED = ["row", "series", "time", "value", "reason"]


def read_dataset(dataset: SeriesDataset, downloads: Path) -> LongTable:
    """Fetch a dataset, unpack it and read its series.

    Raises:
        InputError: as fetching, unpacking and the readers do.
    """
    with open_archive(fetch(dataset.fetch, downloads), scratch=downloads) as root:
        file = _file(root, dataset.read)
        if isinstance(dataset.read, TableRead):
            table = read_csv(file, dataset.read.delimiter, dataset.read.encoding)
            return read_long_table(table, dataset.read)
        return _select(read_competition(file))


def read_csv(file: Path, delimiter: str = ",", encoding: str = "utf-8") -> pd.DataFrame:
    """The cells of a table as the file has them, all texts.

    Raises:
        InputError: when it is no such table.
    """
    try:
        return pd.read_csv(
            file,
            sep=delimiter,
            encoding=encoding.replace("utf-8", "utf-8-sig"),
            dtype=str,
            keep_default_na=False,
        )
    except FileNotFoundError:
        raise InputError(f"{file} does not exist") from None
    except (OSError, ValueError, LookupError) as error:  # pandas' own errors are ValueErrors
        reason = " ".join(str(error).split())
        raise InputError(f"{file.name} cannot be read as a table: {reason}") from None


def _file(root: Path, read: TableRead | CompetitionRead) -> Path:
    if root.is_file():
        return root
    if read.file is None:
        raise InputError(f"{root.name} is a folder or an archive: read.file names the file in it")
    file = root / read.file
    if not file.is_file():
        raise InputError(f"read.file: there is no file {read.file}")
    return file


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
