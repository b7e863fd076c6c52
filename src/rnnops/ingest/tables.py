"""Reading tables: which file, which columns, and what each record says."""

import math
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from rnnops.catalog.dataset import TableRead
from rnnops.core.errors import InputError
from rnnops.core.suggestions import suggest
from rnnops.ingest.formats import READERS, Record, Table
from rnnops.ingest.misread_tables import explain_missing_columns, require_format
from rnnops.ingest.rows import Row, clean, is_hidden, is_undecodable, printable


def read_table(root: Path, spec: TableRead) -> Iterator[Row]:
    """The rows of the table that `spec` names: `root` itself or a file inside it.

    Raises:
        InputError: when the file is missing, empty or not of its format, when a column is missing,
            or when a quote in a csv file is broken; naming the file and the line.
    """
    file = _table_file(root, spec)
    name = file.relative_to(root).as_posix() if root.is_dir() else file.name
    if not file.stat().st_size:
        raise InputError(f"{name} is empty")
    is_empty = True
    try:
        require_format(file, name, spec)
        table = READERS[spec.format](file, name, spec)
        _require_columns(table, file, name, spec)
        for record in table.records:
            yield _row(record, name, spec)
            is_empty = False
    except UnicodeError as error:  # of encodings whose broken bytes cannot be escaped, like UTF-16
        raise InputError(f"{name} cannot be decoded as {spec.encoding}: {error}") from None
    if is_empty:
        raise InputError(f"{name} is empty: it holds no row")


def _table_file(root: Path, spec: TableRead) -> Path:
    if root.is_file():
        if spec.file not in (None, root.name):
            raise InputError(f"read.file: the source is one file, {root.name}, not {spec.file}")
        return root
    files = _files_below(root)
    if spec.file:
        if spec.file not in files:
            raise InputError(f"read.file: there is no {spec.file}{suggest(spec.file, files)}")
        return files[spec.file]
    found = sorted(name for name in files if name.lower().endswith(f".{spec.format}"))
    if not found:
        there = ", ".join(sorted(files)[:5]) or "no file"
        raise InputError(f"the source holds no .{spec.format} file (read.format) but {there}")
    if len(found) != 1:
        names = ", ".join(found[:10])
        raise InputError(f"read.file: name one of the source's .{spec.format} files: {names}")
    return files[found[0]]


def _files_below(root: Path) -> dict[str, Path]:
    return {
        file.relative_to(root).as_posix(): file
        for file in root.rglob("*")
        if file.is_file() and not is_hidden(file.relative_to(root))
    }


def _require_columns(table: Table, file: Path, name: str, spec: TableRead) -> None:
    columns = table.columns
    for key in ("text", "label", "source", "received_at"):
        wanted = getattr(spec, key)
        if wanted is not None and columns.count(wanted) != 1:
            what = "more than one column" if wanted in columns else "no column"
            there = ", ".join(printable(column)[:80] for column in columns[:20]) or "none"
            explanation = explain_missing_columns(file, columns, table.records, spec)
            raise InputError(
                f"{name} has {what} {wanted!r} (read.{key}){suggest(wanted, columns)};"
                f" its columns: {there}{explanation}"
            )


def _row(record: Record, name: str, spec: TableRead) -> Row:
    problem = record.problem
    cells: dict[str, str | None] = {}
    for key in ("text", "label", "source"):
        value = record.values.get(getattr(spec, key))
        if isinstance(value, dict | list):
            problem = problem or f"{key} is not a string"
        cell = cells[key] = cell_text(value)
        if cell and is_undecodable(cell):
            problem = problem or f"undecodable as {spec.encoding}"
    text, label = cells["text"], cells["label"]
    return Row(
        file=name,
        row=record.row,
        source=printable(cells["source"] or "").strip() or Path(name).name,
        text=None if text is None else clean(text),
        label=None if label is None else printable(label).strip(),
        content=printable(record.raw),
        received_at=_as_time(record.values.get(spec.received_at) if spec.received_at else None),
        problem=problem,
    )


def cell_text(value: Any) -> str | None:
    """A cell as text: whole numbers without a point, truth as JSON writes it; None when missing."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _as_time(value: Any) -> datetime | str | None:
    """A cell that may say a time; a number does not say which unit it counts in."""
    value = cell_text(value) if isinstance(value, bytes) else value
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, datetime | str) else None
