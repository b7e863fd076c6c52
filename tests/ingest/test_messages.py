import json
from datetime import UTC, datetime

import pandas as pd
import pytest

from rnnops.core import files
from rnnops.core.errors import InputError
from rnnops.ingest.messages import quarantine_lines, require_labels, summarise_rows, to_messages
from rnnops.ingest.rows import Row


def row(text="hello", label="ham", source="a.csv", number=1, **fields):
    return Row(
        "a.csv", number, source, text, label, fields.pop("content", f"{text},{label}"), **fields
    )


ROWS = [
    row("hello", "ham"),
    row("buy", "spam"),
    row("hello", "ham"),
    row("hello", "ham", source="b.csv"),
    row(" \n", "ham", number=5),
    row(None, "ham"),
    row("no label", ""),
    row("no label", None),
    row("odd", "eggs"),
    row("broken", "ham", source="c.csv", problem="wrong number of fields"),
    row("buy", "spam"),
]
LABELS = {"ham": "good", "spam": "bad"}


def test_usable_rows_are_kept_in_order_with_named_labels():
    kept = to_messages(ROWS, LABELS).kept
    assert list(kept["text"]) == ["hello", "buy", "hello", "hello", "buy"]
    assert list(kept["label"]) == ["good", "bad", "good", "good", "bad"]
    assert {name: str(kept[name].dtype) for name in kept} == {
        "id": "str", "text": "str", "label": "str", "source": "str",
        "received_at": "datetime64[us, UTC]",
    }  # fmt: skip


def test_the_quarantine_says_where_and_why():
    quarantined = to_messages(ROWS, LABELS).quarantined
    assert list(quarantined["reason"]) == [
        "no text", "no text", "no label", "no label", "unknown label", "wrong number of fields",
    ]  # fmt: skip
    lines = [json.loads(line) for line in quarantine_lines(quarantined).splitlines()]
    assert lines[0] == {
        "file": "a.csv", "row": 5, "source": "a.csv", "label": "ham", "reason": "no text",
        "content": " \n,ham",
    }  # fmt: skip
    assert lines[3]["label"] is None


def test_without_a_map_every_label_is_a_name():
    assert set(to_messages(ROWS).kept["label"]) == {"ham", "spam", "eggs"}


def test_every_row_is_accounted_for():
    report = summarise_rows(to_messages(ROWS, LABELS), "mine")
    assert report == {
        "dataset": "mine",
        "read": 11,
        "kept": 5,
        "quarantined": 6,
        "sources": {
            "a.csv": {"read": 9, "kept": 4, "quarantined": 5},
            "b.csv": {"read": 1, "kept": 1, "quarantined": 0},
            "c.csv": {"read": 1, "kept": 0, "quarantined": 1},
        },
        "labels": {"good": 3, "bad": 2},
        "reasons": {"no label": 2, "no text": 2, "unknown label": 1, "wrong number of fields": 1},
    }
    for counts in (report, *report["sources"].values()):
        assert counts["read"] == counts["kept"] + counts["quarantined"]


def test_ids_are_unique_and_rows_added_at_the_end_change_none():
    ids = list(to_messages(ROWS).kept["id"])
    assert len(set(ids)) == len(ids)
    assert all(len(each) == 16 and int(each, 16) >= 0 for each in ids)
    assert list(to_messages(ROWS + ROWS).kept["id"])[: len(ids)] == ids


def test_an_id_does_not_change_with_the_label_or_the_rows_around_it():
    [first] = to_messages([row("hello", "ham")]).kept["id"]
    ids = list(to_messages([row("other"), row("hello", "spam"), row("hello", "ham")]).kept["id"])
    assert ids[1] == first
    assert ids[2] != first


def test_the_id_of_mail_is_that_of_its_bytes():
    mails = [
        row("hello", content=b"Subject: hello\nX: 1"),
        row("hello", content=b"Subject: hello\nX: 2"),
    ]
    ids = list(to_messages(mails).kept["id"])
    assert ids == [to_messages([mail]).kept["id"][0] for mail in mails]
    assert ids[0] != ids[1]


def test_mail_in_the_quarantine_is_readable():
    quarantined = to_messages([row("", content=b"X: caf\xe9\r\n\0")]).quarantined
    assert quarantined["content"][0] == "X: caf\\xe9\n"


def test_times_are_utc_and_null_when_they_say_none():
    times = [
        datetime(2002, 8, 22, 11, 26, 25, tzinfo=UTC), "2024-05-01T10:00:00+02:00", "2024-05-01",
        "", None, "now", "soon", "10:00", "10:20:24.2024 +0200",
        "0102-05-01", "31/12/9999", "1 May 2024 10:00",
    ]  # fmt: skip
    kept = to_messages([row(str(n), received_at=time) for n, time in enumerate(times)]).kept
    assert [None if pd.isna(time) else time.isoformat() for time in kept["received_at"]] == [
        "2002-08-22T11:26:25+00:00", "2024-05-01T08:00:00+00:00", "2024-05-01T00:00:00+00:00",
        None, None, None, None, None, None, None, None, "2024-05-01T10:00:00+00:00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([row("a"), row("b")], r"mine has only the label 'ham' in 2 rows: at least two labels"),
        (
            [row("", "spam"), row("b")],
            r"in 2 rows: 1 no text; the first: a.csv row 1, label 'spam'; at least two labels",
        ),
        (
            [row("a", None), row(None), row("b", None)],
            r"mine has no usable message in 3 rows: 2 no label, 1 no text;",
        ),
        (
            [row(None, problem="undecodable as utf-8")] * 1200,
            r"in 1,200 rows: 1,200 undecodable as utf-8 \(set read.encoding to the one the file was"
            r" saved in, such as cp1252 on Windows\); the first",
        ),
        (
            [row(None, problem="wrong number of fields")],
            r"1 wrong number of fields \(quote texts that hold the delimiter, or set read.del",
        ),
    ],
)
def test_one_label_is_not_enough(rows, message):
    with pytest.raises(InputError, match=message):
        require_labels(to_messages(rows), "mine", None)


def test_two_labels_are_enough():
    require_labels(to_messages([row("a", "ham"), row("b", "spam")]), "mine", "spam")


@pytest.mark.parametrize("rows", [ROWS, [], [row(None)]])
def test_frames_of_any_size_can_be_written_and_are_equal_byte_for_byte(tmp_path, rows):
    for name in ("one.parquet", "two.parquet"):
        files.write_parquet(to_messages(rows).kept, tmp_path / name)
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()
    written = pd.read_parquet(tmp_path / "one.parquet")
    pd.testing.assert_frame_equal(written, to_messages(rows).kept)
