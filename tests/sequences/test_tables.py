"""The user's table: what becomes a sequence, and what becomes of each kind of fault."""

# ruff: noqa: PD011 (the values of sequences of ours)
import numpy as np
import pandas as pd
import pytest

from rnnops.core.errors import InputError
from rnnops.sequences.cleaning import clean
from rnnops.sequences.datasets import SequenceColumns
from rnnops.sequences.tables import read_table
from rnnops.tables.table_file import read_table_file

# Two sequences of three steps, the second between the rows of the first.
ROWS = [
    ("a", "up", "p", "1", "1", "10"),
    ("b", "down", "q", "1", "7", "70"),
    ("a", "up", "p", "2", "2", "20"),
    ("a", "up", "p", "3", "3.5", "-3e1"),
    ("b", "down", "q", "2", "6", "60"),
    ("b", "down", "q", "3", "5", "50"),
]
COLUMNS = ["sequence", "label", "person", "t", "x", "y"]
TIMED = {"time": "t", "group": "person"}


def table(changes=None, rows=ROWS):
    """The rows as cells of a CSV file; `changes` by position and column."""
    frame = pd.DataFrame(rows, columns=COLUMNS, dtype=str)
    for (row, column), cell in (changes or {}).items():
        frame.loc[row, column] = cell
    return frame


def lists(**changed):
    """The same two sequences as rows whose channels are lists."""
    cells = {
        "sequence": ["a", "b"],
        "label": ["up", "down"],
        "x": [[1.0, 2.0, 3.5], [7.0, 6.0, 5.0]],
        "y": [[10.0, 20.0, -30.0], [70.0, 60.0, 50.0]],
    }
    return pd.DataFrame(cells | changed)


def read(frame, *, is_labelled=True, **columns):
    columns = SequenceColumns(**columns)
    found, channels = read_table(frame, columns, is_labelled=is_labelled)
    return clean(found, channels, columns.max_missing_share)


def reasons(found):
    return dict(zip(found.rejected["sequence"], found.rejected["reason"], strict=True))


def assert_both_are_there(found):
    sequences = found.sequences
    assert sequences.ids == ["a", "b"]
    assert sequences.labels == ["up", "down"]
    assert sequences.channels == ["x", "y"]
    np.testing.assert_array_equal(sequences.values[0], [[1, 10], [2, 20], [3.5, -30]])
    np.testing.assert_array_equal(sequences.values[1], [[7, 70], [6, 60], [5, 50]])
    assert found.rejected.empty
    assert found.filled.tolist() == [0, 0]


def test_a_csv_file_has_a_row_for_each_step(tmp_path):
    path = tmp_path / "steps.csv"
    table().to_csv(path, index=False, encoding="utf-8-sig")  # as spreadsheets write it
    found = read(read_table_file(path), **TIMED)
    assert_both_are_there(found)
    assert found.sequences.sources == ["p", "q"]


def test_a_csv_file_may_have_another_delimiter_and_encoding(tmp_path):
    path = tmp_path / "steps.csv"
    frame = table().replace({"label": {"up": "après"}})
    frame.to_csv(path, index=False, sep=";", encoding="latin-1")
    found = read(read_table_file(path, ";", "latin-1"), **TIMED)
    assert found.sequences.labels == ["après", "down"]


def test_a_parquet_file_has_a_row_for_each_step(tmp_path):
    path = tmp_path / "steps.parquet"
    table().astype({"t": int, "x": float, "y": float}).to_parquet(path)
    assert_both_are_there(read(read_table_file(path), **TIMED))


def test_a_parquet_file_may_have_a_row_for_each_sequence(tmp_path):
    path = tmp_path / "sequences.parquet"
    lists().to_parquet(path)
    assert_both_are_there(read(read_table_file(path)))


@pytest.mark.parametrize(
    "times",
    [
        ["10", "9", "8"],  # as texts they would sort otherwise
        ["1e3", "-2", "-3.5"],
        ["2024-01-10", "2024-01-09T23:59:59", "2023-12-31"],
        ["2024-01-01T02:00+01:00", "2024-01-01T00:30+00:00", "2024-01-01T01:00+01:00"],
    ],
)
def test_times_put_steps_in_order_as_numbers_and_as_iso_dates(times):
    cells = {(row, "t"): time for row, time in zip((0, 2, 3), times, strict=True)}
    cells |= {(row, "t"): time for row, time in zip((1, 4, 5), times[::-1], strict=True)}
    found = read(table(cells), **TIMED)
    assert found.sequences.values[0][:, 0].tolist() == [3.5, 2, 1]
    assert found.sequences.values[1][:, 0].tolist() == [7, 6, 5]


def test_times_of_a_parquet_file_may_be_its_own_dates(tmp_path):
    path = tmp_path / "steps.parquet"
    days = pd.to_datetime(
        ["2024-01-03", "2024-01-01", "2024-01-02", None, "2024-01-02", "2024-1-3"]
    )
    table().assign(t=days, x=[1.0, 7, 2, 3, 6, 5]).to_parquet(path)
    found = read(read_table_file(path), **TIMED, channels=["x"])
    assert found.sequences.values[0].ravel().tolist() == [7, 6, 5]
    assert reasons(found) == {"a": "row 5 has a time that cannot be read"}


def test_without_a_time_the_rows_are_in_order():
    found = read(table(), channels=["y"])
    assert found.sequences.values[0].ravel().tolist() == [10, 20, -30]


def test_channels_are_those_named_in_that_order_or_all_other_columns():
    assert read(table(), **TIMED, channels=["y", "x"]).sequences.channels == ["y", "x"]
    assert read(table(), **TIMED).sequences.channels == ["x", "y"]
    assert read(table().drop(columns="person")).sequences.channels == ["t", "x", "y"]


def test_labels_are_mapped_to_names():
    names = {"up": "rising", "down": "falling"}
    assert read(table(), **TIMED, labels=names).sequences.labels == ["rising", "falling"]


def test_without_labels_none_is_asked_for_and_one_that_is_there_is_no_channel():
    for frame in (table(), table().drop(columns="label")):
        found = read(frame, **TIMED, is_labelled=False)
        assert found.sequences.channels == ["x", "y"]
        assert found.sequences.labels == ["", ""]


@pytest.mark.parametrize(
    ("changes", "options", "reason"),
    [
        ({(2, "label"): "down"}, {}, "its sequence has several labels: 'up', 'down'"),
        ({(row, "label"): " " for row in (0, 2, 3)}, {}, "it has no label"),
        ({}, {"labels": {"down": "falling", "upp": "rising"}}, "its label 'up' is not in read.lab"),
        ({(2, "person"): "q"}, {}, "its sequence is in several groups"),
        ({(row, "person"): "" for row in (0, 2, 3)}, {}, "it has no group"),
        ({(2, "x"): "1,5"}, {}, "row 4 has a value that is no number"),
        ({(3, "y"): "inf"}, {}, "it has a value that is not finite"),
        ({(3, "t"): "1.0"}, {}, "two of its rows have the same time"),
        ({(3, "t"): "soon"}, {}, "row 5 has a time that cannot be read"),
        ({(3, "t"): ""}, {}, "row 5 has a time that cannot be read"),
        ({(row, "y"): "" for row in (0, 2, 3)}, {}, "one of its channels has no value"),
        ({(2, "x"): ""}, {"max_missing_share": 0.1}, "it lacks 1 of 6 values"),
    ],
)
def test_a_sequence_that_cannot_be_used_is_rejected_with_a_reason(changes, options, reason):
    found = read(table(changes), **TIMED, **options)
    assert found.sequences.ids == ["b"]
    assert list(found.rejected) == ["row", "sequence", "label", "reason"]
    (rejected,) = found.rejected.to_dict("records")
    assert (rejected["row"], rejected["sequence"]) == (2, "a")  # the header is row 1
    assert rejected["reason"].startswith(reason)


def test_rows_that_name_no_sequence_are_rejected_one_by_one():
    found = read(table({(1, "sequence"): "", (4, "sequence"): " "}), **TIMED)
    assert found.rejected["row"].tolist() == [3, 6, 7]
    assert found.rejected["reason"].tolist() == [
        "it names no sequence",
        "it names no sequence",
        "its sequence has 1 step and needs 2",
    ]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"x": [[1.0, 2.0], [7.0, 6.0, 5.0]]}, "its channels have different numbers of values"),
        ({"x": [[1.0, 2.0, np.inf], [7.0, 6.0, 5.0]]}, "it has a value that is not finite"),
        ({"x": [["1", "2", "many"], ["7", "6", "5"]]}, "it has a value that is no number"),
        ({"x": [None, [7.0, 6.0, 5.0]]}, "its channels have different numbers of values"),
        (
            {"x": [None, [7.0, 6.0, 5.0]], "y": [None, [70.0, 60.0, 50.0]]},
            "its sequence has 0 steps and needs 2",
        ),
        ({"x": [[1.0], [7.0, 6.0, 5.0]], "y": [[1.0], [70.0, 60.0, 50.0]]}, "its sequence has 1 s"),
        ({"label": [None, "down"]}, "it has no label"),
        ({"sequence": [None, "b"]}, "it names no sequence"),
    ],
)
def test_a_row_of_lists_that_cannot_be_used_is_rejected_with_a_reason(changed, reason, tmp_path):
    path = tmp_path / "sequences.parquet"
    lists(**changed).to_parquet(path)
    found = read(read_table_file(path))
    assert found.sequences.ids == ["b"]
    np.testing.assert_array_equal(found.sequences.values[0], [[7, 70], [6, 60], [5, 50]])
    (rejected,) = found.rejected.to_dict("records")
    assert rejected["row"] == 2
    assert rejected["reason"].startswith(reason)


def test_of_rows_of_lists_with_one_name_the_first_is_kept():
    found = read(pd.concat([lists(), lists(label=["down", "up"])]))
    assert_both_are_there(found._replace(rejected=found.rejected.iloc[:0]))
    assert found.rejected["row"].tolist() == [4, 5]
    assert set(found.rejected["reason"]) == {"another row has its name"}


def test_missing_values_lie_on_the_line_between_their_neighbours():
    values = ["", "1", "", "", "4", "3", ""]
    rows = [("a", "up", "p", str(time), value, "0") for time, value in enumerate(values)]
    found = read(table(rows=rows), **TIMED, max_missing_share=0.5)
    assert found.sequences.values[0][:, 0].tolist() == [1, 1, 2, 3, 4, 3, 3]
    assert found.filled.tolist() == [4]
    frame = lists(x=[[1.0, np.nan, 3.0], [7.0, None, 5.0]])
    found = read(frame, max_missing_share=0.2)
    assert [each[1, 0] for each in found.sequences.values] == [2, 6]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"sequence": "sequense"}, "no column 'sequense' but .*; did you mean 'sequence'?"),
        ({"label": "Labels"}, "no column 'Labels' but .*; did you mean 'label'?"),
        ({"time": "tt"}, "no column 'tt' but"),
        ({"group": "persons"}, "no column 'persons' but .*; did you mean 'person'?"),
        ({"channels": ["x", "z"]}, "no column 'z' but sequence, label, person, t, x, y"),
    ],
)
def test_a_column_that_is_missing_is_named(wrong, message):
    with pytest.raises(InputError, match=message):
        read(table(), **TIMED | wrong)


def test_a_table_of_nothing_is_refused():
    with pytest.raises(InputError, match="the table is empty: it holds no row"):
        read(table().iloc[:0], **TIMED)
    with pytest.raises(InputError, match="no column of numbers: name them in read.channels"):
        read(table()[["sequence", "label"]])
    with pytest.raises(InputError, match="no sequence can be used: row 2 is rejected, as it lacks"):
        read(table({(0, "x"): "", (1, "x"): ""}), **TIMED, max_missing_share=0)


def test_a_file_that_is_no_table_is_one_clear_error(tmp_path):
    with pytest.raises(InputError, match="gone.csv does not exist"):
        read_table_file(tmp_path / "gone.csv")
    for name, content in (("a.csv", b""), ("b.parquet", b"PAR"), ("c.csv", b"a,b\n\xff\xfe,1\n")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match=f"{name} cannot be read as a table: .+"):
            read_table_file(tmp_path / name)
