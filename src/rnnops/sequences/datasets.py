"""An entry of the catalog of sequences: how it is read, and what must hold of it."""

from typing import Annotated, Literal

from pydantic import Field, RootModel

from rnnops.catalog.dataset import ExpectLabels, LabelledDataset
from rnnops.catalog.params import Data, DatasetName
from rnnops.core.sections import Count, Parameters, Section, Share


class SequenceColumns(Section):
    """Which column of a table is what, and how a CSV file is written.

    `time` puts the steps of a sequence in order; without it they are in that of the rows. Sequences
    of one `group`, such as a person or a recording, stay in one split. Without `channels`, they are
    all other columns. `labels` maps raw values to names.
    """

    sequence: str = "sequence"
    label: str = "label"
    time: str | None = None
    group: str | None = None
    channels: list[str] | None = Field(None, min_length=1)
    labels: dict[str, str] | None = Field(None, min_length=2)
    max_missing_share: Share = 0.1
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    encoding: str = "utf-8"


class TableRead(SequenceColumns):
    """A CSV or Parquet file with a row for each step or, of lists, for each sequence.

    `file` names it in a folder or an archive.
    """

    format: Literal["sequences"]
    file: str | None = None


class TsRead(Section):
    """Files in the format .ts of the time series classification archive, one after the other."""

    format: Literal["ts"]
    files: list[str] = Field(min_length=1)
    channels: list[str] | None = Field(None, min_length=1)
    max_missing_share: Share = 0.1


class ExpectSequences(ExpectLabels):
    """What must hold of a dataset before anything is fitted to it.

    `max_filled_share` is of all values, of those that were interpolated; beyond it is a warning.
    """

    min_sequences: Count = 50
    max_sequences: Count = 1_000_000
    min_steps: Count = 2
    max_steps: Count = 10_000
    max_quarantined_share: Share = 0.05
    max_filled_share: Share = 0.05


class SequenceDataset(LabelledDataset):
    """One entry of the catalog of sequences."""

    read: Annotated[TableRead | TsRead, Field(discriminator="format")]
    expect: ExpectSequences = ExpectSequences()


class SequenceDatasets(RootModel[dict[DatasetName, SequenceDataset]]):
    """The entries of the catalog of sequences by name."""


def has_groups(parameters: Parameters) -> bool:
    """Whether the sequences of the chosen entry belong to groups, which no split may cross."""
    read = chosen_sequences(parameters).read
    return isinstance(read, TableRead) and read.group is not None


def columns_of(read: TableRead | TsRead, channels: list[str]) -> SequenceColumns:
    """How tables to classify are read: as the entry says, with these channels, without groups."""
    if isinstance(read, TsRead):
        return SequenceColumns(channels=channels, max_missing_share=read.max_missing_share)
    known = read.model_dump(include=set(SequenceColumns.model_fields))
    return SequenceColumns(**{**known, "channels": channels, "group": None, "labels": None})


def chosen_sequences(parameters: Parameters) -> SequenceDataset:
    """The entry of the catalog that `data.dataset` names."""
    return parameters[SequenceDatasets].root[parameters[Data].dataset]
