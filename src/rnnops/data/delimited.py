"""Records of csv and tsv files, with the line each one starts at."""

import csv
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rnnops.errors import InputError

_LARGEST_FIELD = 2**31 - 1


class Record(NamedTuple):
    """`line` is where the record starts, counted from 1; `raw` is the record as written."""

    line: int
    cells: list[str]
    raw: str


def csv_records(lines: Iterable[str], name: str) -> Iterator[Record]:
    """Records of an RFC 4180 file; blank lines are skipped.

    Args:
        lines: the file's lines with their line ends, as `open(newline="")` gives them.
        name: what errors call the file.

    Raises:
        InputError: naming the line where a record with a broken or unclosed quote starts.
    """
    yield from _records(lines, name, delimiter=",", strict=True)


def tsv_records(lines: Iterable[str], name: str) -> Iterator[Record]:
    """Records of a tab-separated file, in which a quote is a character like any other."""
    yield from _records(lines, name, delimiter="\t", quoting=csv.QUOTE_NONE)


def _records(lines: Iterable[str], name: str, **dialect: object) -> Iterator[Record]:
    csv.field_size_limit(_LARGEST_FIELD)
    consumed: list[str] = []

    def listened() -> Iterator[str]:
        for line in lines:
            consumed.append(line)
            yield line

    reader = csv.reader(listened(), **dialect)
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
