"""The column `--text` of a table to classify, which has no labels and no entry in the catalog."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from rnnops.catalog.dataset import TableRead
from rnnops.core.console import note
from rnnops.core.errors import InputError
from rnnops.core.suggestions import suggest
from rnnops.ingest.archives import FILE_SUFFIXES, ZIP_SUFFIXES, open_archive
from rnnops.ingest.delimited import DELIMITERS, SAMPLE_LINES, detect_delimiter
from rnnops.ingest.file_kinds import HEAD, encoding_of, read_as_windows_1252, require_text
from rnnops.ingest.formats import READERS, Table
from rnnops.ingest.rows import is_hidden, printable
from rnnops.ingest.tables import cell_text

_TEXT_FORMATS = ("csv", "tsv", "json", "jsonl")


class Cell(NamedTuple):
    """`text` of a row, its undecodable bytes escaped, or the `problem` with it."""

    row: int
    text: str
    problem: str | None


def is_table(file: Path) -> bool:
    """Whether the name of `file` ends as a table's does, packed or not (`new.csv.gz`)."""
    name = file.name.lower()
    for suffix in (*FILE_SUFFIXES, *ZIP_SUFFIXES):
        name = name.removesuffix(suffix)
    return bool(_format_of(Path(name)))


def read_column_names(file: Path) -> list[str]:
    """The columns of a table.

    Raises:
        InputError: as `read_column` does.
    """
    with _table_in(file) as inside:
        return _columns(_open_table(inside))


def read_column(file: Path, column: str) -> Iterator[Cell]:
    """The cells of a column; the table may be packed and text in it of any encoding.

    Raises:
        InputError: when the name of `file` does not end as a table's does, when it is not what its
            name says, is damaged or holds no row, when there is no such column, or as
            `open_archive` does.
    """
    with _table_in(file) as inside:
        table = _open_table(inside, column)
        columns = _columns(table)
        if columns.count(column) != 1:
            what = "more than one column" if column in columns else "no column"
            raise InputError(
                f"{file} has {what} {column!r} (--text){suggest(column, columns)};"
                f" its columns: {list_columns(columns)}"
            )
        key, is_empty = table.columns[columns.index(column)], True
        for record in table.records:
            is_empty = False
            value = record.values.get(key)
            text = cell_text(value) or ""
            problem = record.problem or ("not a string" if isinstance(value, dict | list) else None)
            yield Cell(record.row, text, problem or (None if text.strip() else "no text"))
        if is_empty:
            raise InputError(f"{file} is empty: it holds no row")


def list_columns(columns: list[str]) -> str:
    """The first of the columns, for messages."""
    return ", ".join(printable(column)[:80] for column in columns[:20]) or "none"


@contextmanager
def _table_in(file: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as scratch, open_archive(file, Path(scratch)) as root:
        inside = [root] if root.is_file() else [path for path in root.rglob("*") if path.is_file()]
        tables = sorted(
            path for path in inside if _format_of(path) and not is_hidden(path.relative_to(root))
        )
        if not tables:
            known = ", ".join(f".{name}" for name in READERS)
            raise InputError(f"{file} is not a table by its name ({known}, or packed)")
        if len(tables) > 1:
            names = list_columns([path.relative_to(root).as_posix() for path in tables])
            raise InputError(f"{file} holds more than one table, unpack it and name one: {names}")
        try:
            yield tables[0]
        except UnicodeError as error:
            raise InputError(f"{file} is damaged: {error}") from None


def _open_table(file: Path, column: str = "") -> Table:
    form = str(_format_of(file))  # a table, by `_table_in`
    if form not in _TEXT_FORMATS:
        return READERS[form](file, file.name, _Unlabelled(format=form, text=column))
    with file.open("rb") as content:
        head = content.read(HEAD)
    if not head:
        raise InputError(f"{file.name} is empty")
    require_text(file.name, head)
    encoding, errors = encoding_of(head)
    delimiter = None
    if form == "csv":
        with file.open(encoding=encoding, errors=errors, newline="") as lines:
            sample = [read_as_windows_1252(line) for line in islice(lines, SAMPLE_LINES)]
        delimiter = detect_delimiter(sample, [column], None)
        if delimiter != DELIMITERS[0]:
            note(f"{file.name} is separated by {delimiter!r}")
    spec = _Unlabelled(format=form, text=column, encoding=encoding, delimiter=delimiter)
    return READERS[form](file, file.name, spec)


def _columns(table: Table) -> list[str]:
    return [read_as_windows_1252(column) for column in table.columns]


def _format_of(file: Path) -> str | None:
    suffix = file.suffix.lower()[1:]
    return suffix if suffix in READERS else None


class _Unlabelled(TableRead):
    label: None = None  # a table to classify has no labels
