"""The labelled messages in a file or folder that somebody adds to a dataset."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pandas as pd

from rnnops.catalog.dataset import Dataset, FoldersRead, MailRead, TableRead, TextsRead
from rnnops.core import files
from rnnops.core.errors import InputError
from rnnops.ingest.archives import open_archive
from rnnops.ingest.file_kinds import HEAD, require_text
from rnnops.ingest.mail_folders import message_files, read_mail
from rnnops.ingest.rows import Row
from rnnops.ingest.tables import read_table
from rnnops.ingest.text_folders import read_text_file

WRITTEN = ("csv", "jsonl", "parquet")
SOURCE = "added"  # of messages whose table does not say another
OF_TEXTS = (FoldersRead, TextsRead)
TABLE_FORMATS = get_args(TableRead.model_fields["format"].annotation)


class OneLabel(TableRead):
    """A table whose rows all have the label that the command names."""

    label: None = None


def read_labelled(path: Path, dataset: Dataset, label: str | None) -> Iterator[Row]:
    """The rows of a table, or the messages of mail, an mbox file, a Maildir or a folder.

    The columns of a table are called as the dataset's entry calls its own, else `text` and `label`;
    a table of the dataset's own format is read as that is. A .txt file is mail only if the dataset
    is. Archives are unpacked.

    Args:
        path: of the file or folder.
        dataset: what is added to.
        label: of all the messages; only a table may have its own.

    Raises:
        InputError: when `path` is missing or not what its name says, when messages have no label,
            and as the readers of the formats do.
    """
    if not path.exists():
        raise InputError(f"{path} does not exist: name a table, mail or a folder of mail")
    with tempfile.TemporaryDirectory() as scratch, open_archive(path, Path(scratch)) as root:
        if root.is_file() and _suffix(root) in TABLE_FORMATS:
            spec = _table_spec(root, dataset, label)
            for row in read_table(root, spec):
                yield replace(
                    row, source=row.source if spec.source else SOURCE, label=label or row.label
                )
            return
        if label is None:
            raise InputError(f"{path} does not say which label its messages have: --label LABEL")
        for row in _read_messages(root, dataset):
            yield replace(row, source=SOURCE, label=label)


def write_labelled(messages: pd.DataFrame, file: Path, dataset: Dataset) -> None:
    """Write a table that `read_labelled` reads; its name ends in .csv, .jsonl or .parquet.

    Args:
        messages: columns text and label, and others, which are not read again.

    Raises:
        InputError: for another format, or one whose columns the dataset's entry names.
    """
    spec = _table_spec(file, dataset, None) if _suffix(file) in WRITTEN else None
    if spec is None or spec.columns:
        others = [kind for kind in WRITTEN if kind != _suffix(file)]
        raise InputError(f"--output {file}: name a file that ends in .{' or .'.join(others)}")
    named = messages.rename(columns={"text": spec.text, "label": spec.label})
    with files.atomic_path(file) as temporary:
        if spec.format == "csv":
            named.to_csv(temporary, sep=spec.delimiter or ",", index=False, encoding=spec.encoding)
        elif spec.format == "jsonl":
            named.to_json(temporary, orient="records", lines=True, force_ascii=False)
        else:
            named.to_parquet(temporary, index=False)


def _table_spec(file: Path, dataset: Dataset, label: str | None) -> TableRead:
    kind = TableRead if label is None else OneLabel
    own = dataset.read.model_dump() if isinstance(dataset.read, TableRead) else {}
    if own.get("format") != _suffix(file):
        own = {key: own[key] for key in ("text", "label", "source", "received_at") if key in own}
    own |= {"format": _suffix(file), "file": None, "labels": None}
    return kind(**(own if label is None else own | {"label": None}))


def _read_messages(root: Path, dataset: Dataset) -> Iterator[Row]:
    if root.is_dir():
        tables = [file for file in message_files(root) if _suffix(file) in TABLE_FORMATS]
        if tables:
            raise InputError(f"{root} holds tables: add {tables[0]} by itself")
    else:
        with root.open("rb") as content:
            require_text(root.name, content.read(HEAD), any_encoding=True)
    if _is_of_text(root, dataset):
        encoding = dataset.read.encoding if isinstance(dataset.read, OF_TEXTS) else "utf-8"
        for file in message_files(root) if root.is_dir() else [root]:
            yield read_text_file(file, SOURCE, root if root.is_dir() else root.parent, encoding)
    else:
        yield from read_mail(root.parent, MailRead(format="mail", folders={root.name: SOURCE}))


def _is_of_text(root: Path, dataset: Dataset) -> bool:
    if root.is_dir():
        return isinstance(dataset.read, OF_TEXTS)
    return root.suffix.lower() == ".txt" and not isinstance(dataset.read, MailRead)


def _suffix(file: Path) -> str:
    return file.suffix.lower().removeprefix(".")
