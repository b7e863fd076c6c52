"""Files in the format .ts: their header, their lines, and what is refused."""

import numpy as np
import pytest

from rnnops.core.errors import InputError
from rnnops.sequences.datasets import SequenceDataset
from rnnops.sequences.sources import read_dataset
from rnnops.sequences.ts_files import read_ts_file

HEADER = "# about\n@problemName Vowels\n@timeStamps false\n@classLabel true a b\n@data\n"


def write(folder, text, name="Vowels_TRAIN.ts"):
    path = folder / name
    path.write_text(text)
    return path


def test_a_line_is_a_sequence_of_channels_with_a_label(tmp_path):
    lines = "1,2,3:10,20,30:a\n# a comment\n\n4,?:-4e-1, 5 : b \n"
    one, two = read_ts_file(write(tmp_path, HEADER + lines))
    assert (one.name, one.label, one.source) == ("Vowels_TRAIN-1", "a", "Vowels_TRAIN")
    assert (two.name, two.label) == ("Vowels_TRAIN-2", "b")
    np.testing.assert_array_equal(one.values, [[1, 10], [2, 20], [3, 30]])
    np.testing.assert_array_equal(two.values, [[4, -0.4], [np.nan, 5]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADER + "1,2:1,x:a\n", "Vowels_TRAIN.ts line 6: 'x' is no number"),
        (HEADER + "1,2:3,4:a\n1,2:3:a\n", r"line 7: its channels have \[1, 2\] values"),
        (HEADER + "1,2,3\n", "line 6: its channels have"),
        (HEADER, "holds no sequence after @data"),
        ("1,2:a\n", "is no .ts file: it has no line @data"),
        (HEADER.replace("true a b", "false") + "1,2\n", "has no labels"),
        (HEADER.replace("@classLabel true a b\n", "") + "1,2\n", "has no labels"),
        (HEADER.replace("@timeStamps false", "@timestamps true") + "(1,2):a\n", "has times in"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        read_ts_file(write(tmp_path, text))


def test_a_file_of_another_encoding_is_refused(tmp_path):
    path = tmp_path / "a.ts"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="a.ts is not UTF-8 text"):
        read_ts_file(path)


def dataset(read):
    return SequenceDataset(fetch={"path": "data/incoming/ts"}, read={"format": "ts"} | read)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Two files in a folder below data/incoming; the second has a sequence of one step."""
    monkeypatch.chdir(tmp_path)
    found = tmp_path / "data/incoming/ts"
    found.mkdir(parents=True)
    write(found, HEADER + "1,2,?:5,6,7:a\n", "one.ts")
    write(found, HEADER + "1:5:b\n1,2:5,6:b\n", "two.ts")
    return found


def test_the_files_of_a_dataset_follow_one_another(folder, tmp_path):
    read = {"files": ["one.ts", "two.ts"], "max_missing_share": 0.5}
    found = read_dataset(dataset(read), tmp_path / "downloads")
    assert found.sequences.ids == ["one-1", "two-2"]
    assert found.sequences.sources == ["one", "two"]
    assert found.sequences.channels == ["channel_1", "channel_2"]
    np.testing.assert_array_equal(found.sequences.values[0], [[1, 5], [2, 6], [2, 7]])
    assert found.filled.tolist() == [1, 0]
    assert found.rejected["sequence"].tolist() == ["two-1"]
    assert (folder / "one.ts").exists()  # it is read, not moved
    named = dataset(read | {"channels": ["x", "y"]})
    assert read_dataset(named, tmp_path / "downloads").sequences.channels == ["x", "y"]


@pytest.mark.parametrize(
    ("read", "message"),
    [
        ({"files": ["one.ts", "gone.ts"]}, "read: there is no file gone.ts"),
        ({"files": ["one.ts"], "channels": ["x"]}, "read.channels names 1 channels of 2"),
        ({"files": ["one.ts", "three.ts"]}, "different numbers of channels: 1, 2"),
    ],
)
def test_a_dataset_that_cannot_be_read_is_refused(folder, tmp_path, read, message):
    write(folder, HEADER + "1,2:b\n", "three.ts")
    with pytest.raises(InputError, match=message):
        read_dataset(dataset(read), tmp_path / "downloads")
