"""The records of table files, from csv to spreadsheets, each with its position."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from rnnops.catalog.dataset import TableRead
from rnnops.core.console import note
from rnnops.core.errors import InputError
from rnnops.ingest.delimited import (
    DELIMITERS,
    SAMPLE_LINES,
    announced_delimiter,
    csv_records,
    detect_delimiter,
    tsv_records,
)
from rnnops.ingest.rows import text_encoding
from rnnops.ingest.workbooks import sheet_records

RECORDS_WITH_COLUMNS = 10_000  # of a file of JSON lines, which is not held in memory


class Record(NamedTuple):
    """One record of a table.

    Attributes:
        row: the line it starts at in csv, tsv and jsonl files, else its position; from 1.
        values: by column; bytes and text may hold bytes that could not be decoded.
        raw: the record as written, or as JSON.
        problem: why it has no values.
    """

    row: int
    values: dict[str, Any]
    raw: str
    problem: str | None = None


class Table(NamedTuple):
    """The columns that a file has and its records."""

    columns: list[str]
    records: Iterable[Record]


def read_csv(file: Path, name: str, spec: TableRead) -> Table:
    """A delimited file, quoted as RFC 4180 says, with a header unless `spec.columns` is set.

    What separates its fields is `spec.delimiter`, else what a first line `sep=;` says, else it is
    detected; one that is detected and no comma is reported on standard error.

    Raises:
        InputError: for a broken or unclosed quote, while the records are read.
    """
    sample = list(islice(_lines(file, spec), SAMPLE_LINES))
    announced = announced_delimiter(sample)
    delimiter = spec.delimiter or announced
    if delimiter is None:
        delimiter = detect_delimiter(sample, _used_columns(spec), spec.columns)
        if delimiter != DELIMITERS[0]:
            note(f"{name} is separated by {delimiter!r} (read.delimiter)")
    lines = _lines(file, spec)
    if announced:
        lines = chain(["\n"], islice(lines, 1, None))
    return _in_columns(csv_records(lines, name, delimiter), name, spec)


def read_tsv(file: Path, name: str, spec: TableRead) -> Table:
    """A tab-separated file without quoting, with a header unless `spec.columns` is set."""
    return _in_columns(tsv_records(_lines(file, spec), name), name, spec)


def read_workbook(file: Path, name: str, spec: TableRead) -> Table:
    """One sheet of a spreadsheet, with a header unless `spec.columns` is set.

    Raises:
        InputError: as `sheet_records` does.
    """
    return _in_columns(sheet_records(file, name, spec.sheet), name, spec)


def read_json(file: Path, name: str, spec: TableRead) -> Table:
    """A JSON list of objects.

    Raises:
        InputError: when the file is not valid JSON or not a list.
    """
    with _opened(file, spec) as content:
        text = content.read()
    try:
        items = json.loads(text)
    except (ValueError, RecursionError) as error:
        lines = "; one object a line is read.format jsonl" * text.lstrip().startswith("{")
        raise InputError(f"{name} is not valid JSON: {error}{lines}") from None
    if not isinstance(items, list):
        found = f" but one object with {', '.join(items)}" if isinstance(items, dict) else ""
        raise InputError(f"{name} is not a JSON list of objects{found}")
    return _objects([_object(row, item) for row, item in enumerate(items, start=1)], name)


def read_jsonl(file: Path, name: str, spec: TableRead) -> Table:
    """One JSON object a line; a line that is not one is a record with a problem.

    The columns are those of the first 10,000 objects.
    """
    records = _json_lines(file, spec)
    first = list(islice(records, RECORDS_WITH_COLUMNS))
    if first and first[0].raw.startswith("[") and all(record.problem for record in first):
        raise InputError(f"{name} is not one JSON object a line: a list is read.format json")
    return Table(_objects(first, name).columns, chain(first, records))


def read_parquet(file: Path, name: str, spec: TableRead) -> Table:
    """A Parquet file; of its columns only those that `spec` names are read.

    Raises:
        InputError: when the file is not Parquet or damaged.
    """
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    try:
        content = ParquetFile(file, pre_buffer=False)  # else it keeps what it has read
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{name} is not a readable Parquet file: {error}") from None
    there = content.schema_arrow.names
    columns = [column for column in _used_columns(spec) if column in there]

    def records() -> Iterator[Record]:
        row = 0
        try:
            for batch in content.iter_batches(batch_size=4096, columns=columns):
                values = {column: _arrow_values(batch[column]) for column in columns}
                for cells in zip(*values.values(), strict=True):
                    row += 1
                    record = dict(zip(columns, cells, strict=True))
                    yield Record(row, record, _as_json(record))
        except (pa.ArrowException, OSError) as error:
            raise InputError(f"{name} is damaged after row {row}: {error}") from None

    return Table(there, records())


READERS: dict[str, Callable[[Path, str, TableRead], Table]] = {
    "csv": read_csv,
    "tsv": read_tsv,
    "json": read_json,
    "jsonl": read_jsonl,
    "parquet": read_parquet,
    "xlsx": read_workbook,
    "ods": read_workbook,
}


def _opened(file: Path, spec: TableRead, newline: str = "") -> TextIO:
    """`file` as text in which each undecodable byte is escaped.

    Raises:
        InputError: for an encoding that Python does not know.
    """
    encoding = text_encoding(spec.encoding)
    return file.open(encoding=encoding, errors="surrogateescape", newline=newline)


def _lines(file: Path, spec: TableRead, newline: str = "") -> Iterator[str]:
    with _opened(file, spec, newline) as content:
        yield from content


def _in_columns(
    lines: Iterator[tuple[int, Sequence[Any], str]], name: str, spec: TableRead
) -> Table:
    first = spec.columns or next(lines, (0, None, ""))[1]
    if first is None:
        raise InputError(f"{name} is empty: it holds blank lines only")
    header = [str(column) for column in first]

    def records() -> Iterator[Record]:
        for line, cells, raw in lines:
            if len(cells) == len(header):
                yield Record(line, dict(zip(header, cells, strict=True)), raw)
            else:
                yield Record(line, {}, raw, "wrong number of fields")

    return Table(header, records())


def _object(row: int, item: Any, raw: str | None = None) -> Record:
    raw = _as_json(item) if raw is None else raw
    if isinstance(item, dict):
        return Record(row, item, raw)
    return Record(row, {}, raw, "not a JSON object")


def _json_lines(file: Path, spec: TableRead) -> Iterator[Record]:
    for number, line in enumerate(_lines(file, spec, newline="\n"), start=1):
        if not line.strip():
            continue
        try:
            yield _object(number, json.loads(line), line.rstrip("\r\n"))
        except (ValueError, RecursionError):
            yield Record(number, {}, line.rstrip("\r\n"), "broken JSON")


def _objects(records: list[Record], name: str) -> Table:
    if records and all(record.problem for record in records):
        raise InputError(
            f"{name} holds no JSON object: row {records[0].row} is {records[0].problem}"
        )
    return Table(list(dict.fromkeys(key for record in records for key in record.values)), records)


def _used_columns(spec: TableRead) -> list[str]:
    columns = (spec.text, spec.label, spec.source, spec.received_at)
    return list(dict.fromkeys(column for column in columns if column))


def _arrow_values(column: Any) -> list[Any]:
    """A column's values; text as bytes, so that what is not UTF-8 costs a row and not the file."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = column.cast(pa.large_binary())
    return column.to_pylist()


def _as_json(item: Any) -> str:
    return json.dumps(item, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)
