"""Records of csv and tsv files, with the line each one starts at, and what parts their fields."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from rnnops.core.errors import InputError

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_LINES = 100
csv.field_size_limit(2**31 - 1)


class Record(NamedTuple):
    """`line` is where the record starts, counted from 1; `raw` is the record as written."""

    line: int
    cells: Sequence[str]
    raw: str


def detect_delimiter(
    sample: Sequence[str], wanted: Sequence[str], columns: Sequence[str] | None
) -> str:
    """The one of `DELIMITERS` that fits a csv file best; a comma when others fit no better.

    Args:
        sample: the file's first lines.
        wanted: the columns that are to be found in the header.
        columns: of a file without a header; the number of its fields decides then.
    """

    def fit(delimiter: str) -> tuple[int, int]:
        records = [cells for cells in csv.reader(sample, delimiter=delimiter) if cells]
        if columns:
            return sum(len(cells) == len(columns) for cells in records), 0
        header = records[0] if records else []
        return len(set(wanted) & set(header)), len(header)

    return max(DELIMITERS, key=fit)


def announced_delimiter(sample: Sequence[str]) -> str | None:
    """The delimiter that a first line `sep=;` names, as spreadsheet programs write it."""
    found = re.fullmatch(r"sep=(.)[\r\n]*", "".join(sample[:1]))
    return found and found[1]


def csv_records(lines: Iterable[str], name: str, delimiter: str = ",") -> Iterator[Record]:
    """Records of a file that is quoted as RFC 4180 says; blank lines are skipped.

    Args:
        lines: the file's lines with their line ends, as `open(newline="")` gives them.
        name: what errors call the file.
        delimiter: the character between two fields.

    Raises:
        InputError: naming the line where a record with a broken or unclosed quote starts.
    """
    yield from _records(lines, name, delimiter=delimiter, strict=True)


def tsv_records(lines: Iterable[str], name: str) -> Iterator[Record]:
    """Records of a tab-separated file, in which a quote is a character like any other."""
    yield from _records(lines, name, delimiter="\t", quoting=csv.QUOTE_NONE)


def _records(lines: Iterable[str], name: str, **dialect: Any) -> Iterator[Record]:
    consumed: list[str] = []

    def recorded() -> Iterator[str]:
        for line in lines:
            consumed.append(line)
            yield line

    reader = csv.reader(recorded(), **dialect)
    while True:
        start = reader.line_num + 1
        consumed.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(f"{name}, line {start}: broken quote in the record: {error}") from None
        if cells:
            yield Record(start, cells, "".join(consumed).rstrip("\r\n"))
