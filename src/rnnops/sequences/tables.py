"""The user's table: a row for each step or, where channels hold lists, for each sequence."""

import numpy as np
import pandas as pd

from rnnops.core.errors import InputError
from rnnops.core.suggestions import suggest
from rnnops.sequences.cleaning import RawSequence
from rnnops.sequences.datasets import SequenceColumns

FIRST_ROW = 2  # the header is row 1
SUFFIXES = (".csv", ".parquet")


def read_table(
    table: pd.DataFrame, columns: SequenceColumns, *, is_labelled: bool = True
) -> tuple[list[RawSequence], list[str]]:
    """The sequences of a table in order of their first rows, and the names of their channels.

    Args:
        is_labelled: without, no column of labels is asked for.

    Raises:
        InputError: where a column is missing.
    """
    channels = _channels(table, columns, is_labelled=is_labelled)
    if table.empty:
        raise InputError("the table is empty: it holds no row")
    texts = {"name": columns.sequence, "group": columns.group or columns.sequence}
    if is_labelled:
        texts["label"] = columns.label
    rows = pd.DataFrame({name: _as_text(table[column]) for name, column in texts.items()})
    if any(_holds_lists(table[name]) for name in channels):
        rows["is_repeated"] = rows["name"].duplicated()
        read = [_of_lists(table, rows, row, channels, columns) for row in range(len(rows))]
    else:
        read = _of_steps(table, rows, channels, columns)
    return read, channels


def _channels(table: pd.DataFrame, columns: SequenceColumns, *, is_labelled: bool) -> list[str]:
    there = list(map(str, table.columns))
    wanted = [columns.sequence, *([columns.label] if is_labelled else [])]
    wanted += [each for each in (columns.time, columns.group) if each]
    for name in [*wanted, *(columns.channels or [])]:
        if name not in there:
            raise InputError(
                f"the table has no column {name!r} but {', '.join(there)}{suggest(name, there)}"
            )
    channels = columns.channels or [name for name in there if name not in (*wanted, columns.label)]
    if not channels:
        raise InputError("the table has no column of numbers: name them in read.channels")
    return channels


def _holds_lists(column: pd.Series) -> bool:
    return column.dtype == object and any(map(_is_list, column))


def _is_list(cell: object) -> bool:
    return isinstance(cell, list | np.ndarray)


def _of_lists(
    table: pd.DataFrame,
    rows: pd.DataFrame,
    row: int,
    channels: list[str],
    columns: SequenceColumns,
) -> RawSequence:
    own = rows.iloc[[row]]
    reason = _why_unnamed(own, columns)
    found = [table[name].iloc[row] for name in channels]
    cells = [cell if _is_list(cell) else [] for cell in found]  # None is no list
    values = np.empty((0, len(channels)))
    if len(set(map(len, cells))) != 1:
        reason = reason or "its channels have different numbers of values"
    else:
        try:
            values = np.array([np.asarray(cell, float) for cell in cells]).T
        except (TypeError, ValueError):
            reason = reason or "it has a value that is no number"
    if not reason and own["is_repeated"].iloc[0]:
        reason = "another row has its name"
    return _named(own, values, row, reason, columns)


def _of_steps(
    table: pd.DataFrame, rows: pd.DataFrame, channels: list[str], columns: SequenceColumns
) -> list[RawSequence]:
    numbers, is_wrong = _read_numbers(table[channels])
    rows = rows.assign(is_wrong=is_wrong)
    if columns.time:
        rows["time"] = _read_times(table[columns.time])
    found = []
    for name, own in rows.groupby("name", sort=False):
        first, reason = int(own.index[0]), _why_unnamed(own, columns)
        if not reason and own["is_wrong"].any():
            row = own.index[own["is_wrong"]][0] + FIRST_ROW
            reason = f"row {row} has a value that is no number"
        if columns.time:
            reason = reason or _why_out_of_order(own["time"])
            own = own.sort_values("time", kind="stable")
        if name == "":  # rows of no sequence: each is rejected for itself
            found += [
                _named(own.loc[[row]], numbers[[row]], row, reason, columns) for row in own.index
            ]
            continue
        found.append(_named(own, numbers[own.index], first, reason, columns))
    return found


def _named(
    own: pd.DataFrame, values: np.ndarray, row: int, reason: str, columns: SequenceColumns
) -> RawSequence:
    label = own["label"].iloc[0] if "label" in own else ""
    return RawSequence(
        own["name"].iloc[0],
        (columns.labels or {}).get(label, label),
        own["group"].iloc[0] if columns.group else "",
        values,
        row + FIRST_ROW,
        reason,
    )


def _why_unnamed(own: pd.DataFrame, columns: SequenceColumns) -> str:
    """Why the name, label or group of a sequence cannot be used; empty where they can."""
    if own["name"].iloc[0] == "":
        return "it names no sequence"
    if columns.group and own["group"].nunique() > 1:
        return "its sequence is in several groups"
    if columns.group and own["group"].iloc[0] == "":
        return "it has no group"
    if "label" not in own:
        return ""
    labels = own["label"].unique().tolist()
    if len(labels) > 1:
        return f"its sequence has several labels: {', '.join(map(repr, labels[:3]))}"
    if labels[0] == "":
        return "it has no label"
    if columns.labels and labels[0] not in columns.labels:
        return f"its label {labels[0]!r} is not in read.labels"
    return ""


def _why_out_of_order(times: pd.Series) -> str:
    if times.isna().any():
        return f"row {times.index[times.isna()][0] + FIRST_ROW} has a time that cannot be read"
    return "two of its rows have the same time" if times.duplicated().any() else ""


def _as_text(column: pd.Series) -> pd.Series:
    return column.astype("str").where(column.notna(), "").str.strip().reset_index(drop=True)


def _read_numbers(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The cells as float64, NaN where empty; and which rows have one that is no number."""
    numbers = np.empty(table.shape)
    is_wrong = np.zeros(len(table), dtype=bool)
    for place, name in enumerate(table):
        column = table[name].reset_index(drop=True)
        read = pd.to_numeric(column, errors="coerce").astype(float)
        is_wrong |= (read.isna() & (_as_text(column) != "")).to_numpy()
        numbers[:, place] = read
    return numbers, is_wrong


def _read_times(column: pd.Series) -> pd.Series:
    """The times as numbers or dates that sort, missing where they cannot be read."""
    column = column.reset_index(drop=True)
    if pd.api.types.is_datetime64_any_dtype(column):
        return column
    numbers = pd.to_numeric(column, errors="coerce").astype(float)
    if not numbers.isna().all():
        return numbers
    return pd.to_datetime(column, errors="coerce", format="ISO8601", utc=True)
