"""The rows of spreadsheets: Excel's .xlsx and OpenDocument's .ods, read as values."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rnnops.core.errors import InputError
from rnnops.ingest.archives import check_size
from rnnops.ingest.delimited import Record


def sheet_records(file: Path, name: str, sheet: str | None) -> Iterator[Record]:
    """The rows of a sheet, by default the first, with their numbers there; blank rows are skipped.

    A formula is what it showed when the file was saved; no macro runs.

    Raises:
        InputError: when the file is no workbook, when there is no such sheet, or when the package
            that reads the format is not installed.
    """
    import pandas as pd

    try:
        with zipfile.ZipFile(file) as packed:
            check_size(file, sum(member.file_size for member in packed.infolist()))
        with pd.ExcelFile(file) as book:
            if sheet is not None and sheet not in book.sheet_names:
                there = ", ".join(map(str, book.sheet_names))
                raise InputError(f"{name} has no sheet {sheet!r} (read.sheet); its sheets: {there}")
            cells = pd.read_excel(book, sheet or 0, header=None, dtype=object, na_filter=False)
    except InputError:
        raise
    except ImportError as missing:
        raise InputError(
            f'{name} needs another package ({missing.name or missing}): pip install -e ".[excel]"'
        ) from None
    except Exception as error:  # openpyxl and odfpy raise whatever a damaged file leads them to
        raise InputError(
            f"{name} is not a readable {file.suffix} workbook (damaged, or with a password?):"
            f" {error}"
        ) from None
    for number, row in enumerate(cells.itertuples(index=False, name=None), start=1):
        if any(value != "" for value in row):
            yield Record(number, row, _as_json(row))


def sheet_names(file: Path) -> list[str]:
    """The names of the sheets of a readable workbook."""
    import pandas as pd

    with pd.ExcelFile(file) as book:
        return [str(name) for name in book.sheet_names]


def _as_json(row: tuple[Any, ...]) -> str:
    return json.dumps(row, ensure_ascii=False, default=str)
