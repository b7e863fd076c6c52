"""From an entry of the catalog to its sequences."""

from pathlib import Path

from rnnops.core.errors import InputError
from rnnops.ingest.archives import open_archive
from rnnops.ingest.fetch import fetch
from rnnops.sequences.cleaning import FoundSequences, RawSequence, clean
from rnnops.sequences.datasets import SequenceDataset, TableRead, TsRead
from rnnops.sequences.tables import read_table
from rnnops.sequences.ts_files import read_ts_file
from rnnops.tables.table_file import find_file, read_table_file


def read_dataset(dataset: SequenceDataset, downloads: Path) -> FoundSequences:
    """Fetch a dataset, unpack it and read its sequences.

    Raises:
        InputError: as fetching, unpacking and the readers do.
    """
    read = dataset.read
    with open_archive(fetch(dataset.fetch, downloads), scratch=downloads) as root:
        if isinstance(read, TableRead):
            file = find_file(root, read.file)
            found, channels = read_table(read_table_file(file, read.delimiter, read.encoding), read)
            return clean(_with_source(found, file.stem), channels, read.max_missing_share)
        found = [each for name in read.files for each in read_ts_file(find_file(root, name))]
        return clean(found, _channels(found, read), read.max_missing_share)


def _with_source(found: list[RawSequence], file: str) -> list[RawSequence]:
    """Sequences without a group come from their file."""
    return [each if each.source else each._replace(source=file) for each in found]


def _channels(found: list[RawSequence], read: TsRead) -> list[str]:
    numbers = sorted({each.values.shape[1] for each in found})
    if len(numbers) > 1:
        listed = ", ".join(map(str, numbers))
        raise InputError(f"the sequences have different numbers of channels: {listed}")
    channels = read.channels or [f"channel_{place + 1}" for place in range(numbers[0])]
    if len(channels) != numbers[0]:
        raise InputError(f"read.channels names {len(channels)} channels of {numbers[0]}")
    return channels
