"""What a table looks like that cannot be read as its entry says, and what to do about it."""

import codecs
import csv
import json
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from rnnops.catalog.dataset import TableRead
from rnnops.core.errors import InputError
from rnnops.core.suggestions import suggest
from rnnops.ingest.delimited import DELIMITERS
from rnnops.ingest.file_kinds import HEAD, binary_kind
from rnnops.ingest.formats import Record
from rnnops.ingest.quarantine_reasons import OTHER_ENCODING
from rnnops.ingest.rows import is_undecodable, text_encoding
from rnnops.ingest.workbooks import sheet_names

_REMEDIES = {
    "Excel workbook": "set read.format to xlsx",
    "OpenDocument file": "set read.format to ods",
    "Parquet table": "set read.format to parquet",
    "file of an older Microsoft Office or of Outlook": "save it as .xlsx, without a password",
    "gzip archive": "let its name end in .gz",
    "Zstandard archive": "let its name end in .zst",
    "ZIP archive": "let its name end in .zip",
}
_FIRST_BYTES = {"xlsx": b"PK", "ods": b"PK", "parquet": b"PAR1"}
_ROWS_LOOKED_AT = 20
_MOST_NULS = 0.2  # of the bytes of a text with one byte a character


def require_format(file: Path, name: str, spec: TableRead) -> None:
    """Check the first bytes of `file` against the format and the encoding that `spec` names.

    Raises:
        InputError: saying what the file looks like, and what to do.
    """
    with file.open("rb") as content:
        head = content.read(HEAD)
    first_bytes = _FIRST_BYTES.get(spec.format)
    if first_bytes and head.startswith(first_bytes):
        return
    kind = binary_kind(head, any_encoding=True)
    if kind not in (None, "binary data"):
        remedy = _REMEDIES.get(kind, "docs/data.md lists what can be read")
        raise InputError(f"{name} is not {spec.format}: {kind}; {remedy}")
    if first_bytes:
        raise InputError(
            f"{name} is not {spec.format}: text; set read.format to csv, tsv, json or jsonl"
        )
    if (encoding := _wide_encoding(head)) and not _is_wide(spec.encoding):
        raise InputError(
            f"{name} is not {spec.encoding}: text in {encoding}; set read.encoding to {encoding}"
        )


def explain_missing_columns(
    file: Path, columns: list[str], records: Iterable[Record], spec: TableRead
) -> str:
    """Why none of the columns `spec` names may be there, and what to do; "" without an idea."""
    wanted = {column for column in (spec.text, spec.label) if column}
    if any(is_undecodable(column) for column in columns):
        return f"; the header is not {spec.encoding}: {OTHER_ENCODING}"
    if spec.format in ("csv", "tsv") and (delimiter := _other_delimiter(columns, wanted)):
        shown = json.dumps(delimiter)  # in YAML only double quotes make \t a tab
        key = f"read.delimiter to {shown}" if spec.format == "csv" else "read.format to csv"
        return f"; they are separated by {shown}: set {key}"
    if spec.columns or any(name in columns or suggest(name, columns) for name in wanted):
        return ""
    if spec.format in ("xlsx", "ods"):
        sheets = sheet_names(file)
        if len(sheets) > 1:
            sheet = spec.sheet or sheets[0]
            return f"; this is the sheet {sheet!r} of {', '.join(sheets)}: read.sheet names another"
    elif spec.format not in ("csv", "tsv"):
        return ""
    elif columns[0].lstrip().startswith(("{", "[")):
        return "; it looks like JSON: set read.format to json or jsonl"
    elif columns[0].lstrip().startswith("<"):
        return "; it looks like a web page or XML: export it as csv"
    if row := _row_like_a_header(records, wanted):
        return f"; row {row} looks like the header: delete the rows above it"
    return "; if that is a message and no header, name the columns in read.columns"


def _wide_encoding(head: bytes) -> str | None:
    """The encoding of a text with two or four bytes a character."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head[1::2].count(0) > _MOST_NULS * len(head):
        return "utf-16-le"
    return "utf-16-be" if head[::2].count(0) > _MOST_NULS * len(head) else None


def _is_wide(encoding: str) -> bool:
    return codecs.lookup(text_encoding(encoding)).name.startswith(("utf-16", "utf-32"))


def _other_delimiter(columns: list[str], wanted: set[str]) -> str | None:
    if len(columns) > 1:
        return None
    return next((each for each in DELIMITERS if wanted & _cells(columns[0], each)), None)


def _row_like_a_header(records: Iterable[Record], wanted: set[str]) -> int | None:
    try:
        for record in islice(records, _ROWS_LOOKED_AT):
            cells = [set(record.values.values())]
            cells += [_cells(record.raw, delimiter) for delimiter in DELIMITERS]
            if any(wanted <= each for each in cells):
                return record.row
    except InputError:  # a broken quote below the header
        return None
    return None


def _cells(line: str, delimiter: str) -> set[str]:
    return {cell for cells in csv.reader([line], delimiter=delimiter) for cell in cells}
