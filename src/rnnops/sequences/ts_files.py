"""Files in the format .ts, as the archive of time series classification has them.

Lines that begin with # are comments and with @ the header; `@data` ends it. Of the data each line
is a sequence: its channels, parted by colons, their values by commas, and last its label. `?`
stands for a missing value. Bagnall et al., "The UEA multivariate time series classification
archive" (2018).
"""

from pathlib import Path

import numpy as np

from rnnops.core.errors import InputError
from rnnops.sequences.cleaning import RawSequence


def read_ts_file(path: Path) -> list[RawSequence]:
    """The sequences of a file, named after it and their line among the data.

    Raises:
        InputError: for a file that is not of this format, naming the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name} is not UTF-8 text: {error}") from None
    first = _skip_header(path.name, lines)
    found: list[RawSequence] = []
    for number, line in enumerate(lines[first:], start=first + 1):
        if line.strip() and not line.startswith("#"):
            name = f"{path.stem}-{len(found) + 1}"
            found.append(_read_line(f"{path.name} line {number}", name, line, path.stem))
    if not found:
        raise InputError(f"{path.name} holds no sequence after @data")
    return found


def _skip_header(name: str, lines: list[str]) -> int:
    """The position of the first line of data."""
    said: dict[str, str] = {}
    for number, line in enumerate(lines):
        if not line.startswith("@"):
            continue
        key, _, rest = line[1:].strip().lower().partition(" ")
        if key != "data":
            said[key] = rest.strip()
            continue
        if not said.get("classlabel", "").startswith("true"):
            raise InputError(f"{name} has no labels: only labelled sequences are read")
        if said.get("timestamps") == "true":
            raise InputError(f"{name} has times in its data: only plain values are read")
        return number + 1
    raise InputError(f"{name} is no .ts file: it has no line @data")


def _read_line(place: str, name: str, line: str, source: str) -> RawSequence:
    *channels, label = line.strip().split(":")
    cells = [[_number(place, cell) for cell in channel.split(",")] for channel in channels]
    if not channels or len(set(map(len, cells))) != 1:
        raise InputError(f"{place}: its channels have {sorted(set(map(len, cells)))} values")
    return RawSequence(name, label.strip(), source, np.array(cells).T)


def _number(place: str, cell: str) -> float:
    try:
        return np.nan if cell.strip() == "?" else float(cell)
    except ValueError:
        raise InputError(f"{place}: {cell.strip()!r} is no number") from None
