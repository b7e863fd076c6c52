"""The project's own store in a checkout that was moved or copied: MLflow records absolute paths."""

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlsplit

from rnnops.core.errors import InputError

# Every column of MLflow's tables that holds the place of an artifact.
LOCATIONS = (
    ("experiments", "artifact_location"),
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "source"),
    ("model_versions", "storage_location"),
    ("trace_tags", "value"),
)


def relocate(database: Path, store: Path, timeout: float) -> None:
    """Have the database record this checkout's paths where it records those of another place.

    In one transaction; a database without other places, or none at all, is left as it is.

    Args:
        database: MLflow's SQLite file.
        store: the folder of the database and, in `artifacts/<experiment>`, of the artifacts.
        timeout: seconds to wait for another process that writes.

    Raises:
        InputError: when the file is not a database, or cannot be opened.
    """
    if not database.exists():
        return
    try:
        with closing(sqlite3.connect(database, timeout)) as connection, connection:
            for elsewhere in _other_stores(connection, store):
                _replace_prefix(connection, f"{elsewhere.as_uri()}/", f"{store.as_uri()}/")
                _replace_prefix(connection, f"{elsewhere}/", f"{store}/")
    except sqlite3.OperationalError as error:
        raise InputError(f"{database} cannot be opened: {error}") from None
    except sqlite3.DatabaseError as error:
        raise InputError(
            f"{database} cannot be read ({error}): move it away, then `rnnops sync` rebuilds what "
            "git and DVC have of it"
        ) from None


def _other_stores(connection: sqlite3.Connection, store: Path) -> list[Path]:
    """The folders that experiments of this project record in place of `store`."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'experiments'").fetchone():
        return []  # MLflow has yet to make its tables
    here = f"{(store / 'artifacts').as_uri()}/"
    recorded = connection.execute(
        "SELECT artifact_location FROM experiments WHERE artifact_location LIKE ? "
        "AND substr(artifact_location, 1, ?) != ?",
        [f"file://%/{store.name}/artifacts/%", len(here), here],
    )
    return sorted({Path(unquote(urlsplit(uri).path)).parents[1] for (uri,) in recorded})


def _replace_prefix(connection: sqlite3.Connection, old: str, new: str) -> None:
    for table, column in LOCATIONS:
        connection.execute(
            f"UPDATE {table} SET {column} = ? || substr({column}, ?) "  # noqa: S608
            f"WHERE substr({column}, 1, ?) = ?",
            [new, len(old) + 1, len(old), old],
        )
