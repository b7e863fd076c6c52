"""From an entry of the catalog to its rows."""

from collections.abc import Iterator
from pathlib import Path

from rnnops.catalog.dataset import Dataset, FoldersRead, MailRead, TextsRead
from rnnops.ingest.archives import open_archive
from rnnops.ingest.documents import read_documents
from rnnops.ingest.fetch import fetch
from rnnops.ingest.mail_folders import read_mail
from rnnops.ingest.rows import Row
from rnnops.ingest.tables import read_table
from rnnops.ingest.text_folders import read_folders


def read_rows(dataset: Dataset, downloads: Path) -> Iterator[Row]:
    """Fetch a dataset, unpack it for as long as it is read, and yield its rows.

    Raises:
        InputError: as fetching, unpacking and the readers do.
    """
    with open_archive(fetch(dataset.fetch, downloads), scratch=downloads) as root:
        if isinstance(dataset.read, MailRead):
            yield from read_mail(root, dataset.read)
        elif isinstance(dataset.read, FoldersRead):
            yield from read_folders(root, dataset.read)
        elif isinstance(dataset.read, TextsRead):
            yield from read_documents(root, dataset.read)
        else:
            yield from read_table(root, dataset.read)
