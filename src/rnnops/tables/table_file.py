"""A file with one table: where a dataset has it, and its cells as they stand there."""

from pathlib import Path

import pandas as pd

from rnnops.core.errors import InputError


def find_file(root: Path, name: str | None) -> Path:
    """The file `name` of a fetched folder or archive, or the fetched file itself.

    Raises:
        InputError: where it is not there, or none is named.
    """
    if root.is_file():
        return root
    if name is None:
        raise InputError(f"{root.name} is a folder or an archive: read.file names the file in it")
    if not (root / name).is_file():
        raise InputError(f"read: there is no file {name}")
    return root / name


def read_table_file(file: Path, delimiter: str = ",", encoding: str = "utf-8") -> pd.DataFrame:
    """The cells of a CSV file, as texts, or of a Parquet file.

    Raises:
        InputError: when it is no such table.
    """
    try:
        if file.suffix == ".parquet":
            return pd.read_parquet(file)
        return pd.read_csv(
            file,
            sep=delimiter,
            encoding=encoding.replace("utf-8", "utf-8-sig"),
            dtype=str,
            keep_default_na=False,
        )
    except FileNotFoundError:
        raise InputError(f"{file} does not exist") from None
    except (OSError, ValueError, LookupError) as error:  # pandas' and PyArrow's are ValueErrors
        reason = " ".join(str(error).split())
        raise InputError(f"{file.name} cannot be read as a table: {reason}") from None
