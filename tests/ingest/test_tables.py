import json
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet
import pytest

from rnnops.catalog.dataset import TableRead
from rnnops.core.errors import InputError
from rnnops.ingest.tables import read_table


def read(tmp_path, content, name=None, **spec):
    spec = TableRead(**{"format": "csv"} | spec)
    file = tmp_path / (name or f"mine.{spec.format}")
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_table(file, spec))


def values_of(rows):
    return [(row.row, row.text, row.label) for row in rows if not row.problem]


def problems(rows):
    return [(row.row, row.problem) for row in rows if row.problem]


def test_csv_cells_may_hold_commas_quotes_and_lines(tmp_path):
    content = 'label,text\nham,"a, ""b""\r\nc"\n\nspam,plain " quote\n'
    rows = read(tmp_path, content)
    assert values_of(rows) == [(2, 'a, "b"\nc', "ham"), (5, 'plain " quote', "spam")]
    assert rows[0].content == 'ham,"a, ""b""\nc"'
    assert {(row.file, row.source) for row in rows} == {("mine.csv", "mine.csv")}


def test_columns_are_chosen_and_may_stand_for_a_header(tmp_path):
    rows = read(
        tmp_path,
        "1,ham,hello\n2,spam,buy\n",
        columns=["n", "kind", "body"],
        text="body",
        label="kind",
    )
    assert values_of(rows) == [(1, "hello", "ham"), (2, "buy", "spam")]


def test_source_and_time_come_from_their_columns(tmp_path):
    content = "text,label,from,at\na,ham,phone,2024-05-01T10:00:00+02:00\nb,spam,,\n"
    rows = read(tmp_path, content, source="from", received_at="at")
    assert [row.source for row in rows] == ["phone", "mine.csv"]
    assert [row.received_at for row in rows] == ["2024-05-01T10:00:00+02:00", ""]


def test_a_quote_in_a_tsv_is_a_character(tmp_path):
    rows = read(tmp_path, 'label\ttext\nham\t"unclosed\nspam\tso "what"\n', format="tsv")
    assert values_of(rows) == [(2, '"unclosed', "ham"), (3, 'so "what"', "spam")]


def test_json_is_a_list_of_objects_with_positions(tmp_path):
    items = [{"t": "a", "s": 0}, {"t": "b", "s": 1.0}, {"s": 1}, ["x"], {"t": "c", "s": True}]
    rows = read(tmp_path, json.dumps(items), format="json", text="t", label="s")
    assert values_of(rows) == [(1, "a", "0"), (2, "b", "1"), (3, None, "1"), (5, "c", "true")]
    assert problems(rows) == [(4, "not a JSON object")]


def test_a_broken_jsonl_line_costs_that_line(tmp_path):
    content = (
        '{"text": "a\\u2028b", "label": "ham"}\n{"text": \n\n[1]\n{"text": {}, "label": "ham"}\n'
    )
    rows = read(tmp_path, content, format="jsonl")
    assert values_of(rows) == [(1, "a\u2028b", "ham")]
    assert problems(rows) == [
        (2, "broken JSON"),
        (4, "not a JSON object"),
        (5, "text is not a string"),
    ]
    assert rows[1].content == '{"text": '


def test_parquet_values_of_many_types(tmp_path):
    latin = pa.array([b"a", b"caf\xe9", b"b", None], pa.binary()).cast(pa.string(), safe=False)
    table = pa.table(
        {
            "text": pa.StringArray.from_buffers(4, *latin.buffers()[1:], latin.buffers()[0]),
            "label": pa.array(["ham", "ham", "spam", "spam"]).dictionary_encode(),
            "at": pa.array([datetime(2024, 5, 1, tzinfo=UTC)] * 4),
            "unused": [[1], [2], [3], [4]],
        }
    )
    pa.parquet.write_table(table, tmp_path / "mine.parquet")
    spec = TableRead(format="parquet", received_at="at")
    rows = list(read_table(tmp_path / "mine.parquet", spec))
    assert values_of(rows) == [(1, "a", "ham"), (3, "b", "spam"), (4, None, "spam")]
    assert problems(rows) == [(2, "undecodable as utf-8")]
    assert rows[0].received_at == datetime(2024, 5, 1, tzinfo=UTC)


def test_rows_with_another_number_of_fields_are_reported(tmp_path):
    rows = read(tmp_path, "text,label\na,ham\nb\nc,spam,extra\nd,spam\n")
    assert values_of(rows) == [(2, "a", "ham"), (5, "d", "spam")]
    assert problems(rows) == [(3, "wrong number of fields"), (4, "wrong number of fields")]


def test_undecodable_bytes_cost_only_their_rows(tmp_path):
    rows = read(tmp_path, b"text,label,note\na,ham,\xff\ncaf\xe9,ham,\nb,spam,\n")
    assert values_of(rows) == [(2, "a", "ham"), (4, "b", "spam")]
    assert problems(rows) == [(3, "undecodable as utf-8")]
    assert rows[1].content == r"caf\xe9,ham,"


def test_other_encodings_and_byte_order_marks(tmp_path):
    assert values_of(read(tmp_path, "text,label\ncafé,ham\n".encode("utf-8-sig"))) == [
        (2, "café", "ham")
    ]
    for encoding in ("mac_roman", "utf-16"):
        content = "text,label\ncafé,ham\n".encode(encoding)
        assert values_of(read(tmp_path, content, encoding=encoding)) == [(2, "café", "ham")]
    with pytest.raises(InputError, match=r"mine.csv cannot be decoded as utf-16"):
        read(tmp_path, "text,label\na,ham\n".encode("utf-16")[:-1], encoding="utf-16")
    for encoding in ("utf-99", "hex"):
        with pytest.raises(InputError, match=rf"'{encoding}' is not a known encoding"):
            read(tmp_path, "text,label\na,ham\n", encoding=encoding)


def test_text_is_always_clean_utf8(tmp_path):
    [row] = read(tmp_path, '[{"text": "a\\u0000b\\r\\nc\\ud800", "label": "ham "}]', format="json")
    assert (row.text, row.label) == ("ab\nc\ufffd", "ham")


def test_a_very_large_field_is_fine(tmp_path):
    [row] = read(tmp_path, f"text,label\n{'x' * 1_000_000},ham\n")
    assert len(row.text) == 1_000_000


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('text,label\na,ham\n"never closed,spam\nb,ham\n', 3),
        ('text,label\n"closed" too early,spam\n', 2),
        ('text,label\n"two\nlines",ham\n"never closed,spam\n"b",ham\n', 4),
    ],
)
def test_a_broken_quote_is_an_error_that_names_the_line(tmp_path, content, line):
    with pytest.raises(InputError, match=rf"mine.csv, line {line}: broken quote"):
        read(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "spec"),
    [
        ("Text,label\na,ham\n", {}),
        ("Text\tlabel\na\tham\n", {"format": "tsv"}),
        ('[{"Text": "a", "label": "ham"}]', {"format": "json"}),
        ('{"Text": "a", "label": "ham"}\n', {"format": "jsonl"}),
        ("a,ham\n", {"columns": ["Text", "label"]}),
    ],
)
def test_a_missing_column_names_those_there_and_the_closest(tmp_path, content, spec):
    with pytest.raises(InputError) as error:
        read(tmp_path, content, **spec)
    name = f"mine.{spec.get('format', 'csv')}"
    assert str(error.value) == (
        f"{name} has no column 'text' (read.text); did you mean 'Text'?; its columns: Text, label"
    )


def test_a_missing_column_of_a_parquet_file(tmp_path):
    pa.parquet.write_table(pa.table({"text": ["a"], "lable": ["ham"]}), tmp_path / "mine.parquet")
    with pytest.raises(InputError, match=r"no column 'label' .*did you mean 'lable'\?"):
        list(read_table(tmp_path / "mine.parquet", TableRead(format="parquet")))


def test_a_column_that_is_there_twice_is_an_error(tmp_path):
    with pytest.raises(InputError, match="more than one column 'text'"):
        read(tmp_path, "text,label,text\na,ham,b\n")


@pytest.mark.parametrize(
    ("content", "spec", "message"),
    [
        ("", {}, "mine.csv is empty"),
        ("\n\n", {}, "mine.csv is empty"),
        ("text,label\n", {}, "mine.csv is empty: it holds no row"),
        ("[]", {"format": "json"}, "mine.json has no column|mine.json is empty"),
        ("\n", {"format": "jsonl"}, "mine.jsonl has no column|mine.jsonl is empty"),
        ("{}", {"format": "json"}, "not a JSON list"),
        ("3", {"format": "json"}, "not a JSON list of objects$"),
        (
            '{"rows": [], "n": 1}',
            {"format": "json"},
            "not a JSON list of objects but one object with rows, n",
        ),
        (
            '{"text": "a"}\n{"text": "b"}\n',
            {"format": "json"},
            "Extra data: line 2 .*; one object a line is read.format jsonl",
        ),
        (
            '[{"text": "a", "label": "ham"},\n{"text": "b", "label": "spam"}]',
            {"format": "jsonl"},
            "mine.jsonl is not one JSON object a line: a list is read.format json",
        ),
        ('[{"text": ', {"format": "json"}, "mine.json is not valid JSON: .*line 1 column"),
        ("text,label\na,ham\n", {"format": "jsonl"}, "holds no JSON object: row 1 is broken JSON"),
        ("PAR no", {"format": "parquet"}, "mine.parquet is not parquet: text; set read"),
        ("PAR1", {"format": "parquet"}, "mine.parquet is not a readable Parquet file"),
    ],
)
def test_an_empty_or_wrong_file_is_an_error(tmp_path, content, spec, message):
    with pytest.raises(InputError, match=message):
        read(tmp_path, content, **spec)


def test_the_file_in_a_folder_is_named_or_the_only_one(tmp_path):
    (tmp_path / "data").mkdir()
    for name in ("data/train.csv", "readme.md"):
        (tmp_path / name).write_text("text,label\na,ham\n")
    for file in (None, "data/train.csv"):
        rows = list(read_table(tmp_path, TableRead(format="csv", file=file)))
        assert (rows[0].file, rows[0].source) == ("data/train.csv", "train.csv")
    with pytest.raises(InputError, match=r"no data/trian.csv; did you mean 'data/train.csv'"):
        list(read_table(tmp_path, TableRead(format="csv", file="data/trian.csv")))
    with pytest.raises(InputError, match=r"no .json file \(read.format\) but data/train.csv, re"):
        list(read_table(tmp_path, TableRead(format="json")))
    (tmp_path / "data/test.csv").touch()
    with pytest.raises(InputError, match=r"files: data/test.csv, data/train.csv"):
        list(read_table(tmp_path, TableRead(format="csv")))
    with pytest.raises(InputError, match=r"the source is one file, train.csv, not test.csv"):
        list(read_table(tmp_path / "data/train.csv", TableRead(format="csv", file="test.csv")))


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_the_delimiter_of_a_csv_file_is_detected_with_a_note(tmp_path, capsys, delimiter):
    content = f'label{delimiter}text\nham{delimiter}"a{delimiter} b"\nspam{delimiter}a, b, c\n'
    rows = read(tmp_path, content)
    assert values_of(rows) == [(2, f"a{delimiter} b", "ham"), (3, "a, b, c", "spam")]
    note = f"note: mine.csv is separated by {delimiter!r} (read.delimiter)\n"
    assert capsys.readouterr().err == note


def test_a_comma_and_a_delimiter_that_is_set_go_without_a_note(tmp_path, capsys):
    assert values_of(read(tmp_path, "text,label,a;b;c;d\nx,ham,\n")) == [(2, "x", "ham")]
    assert values_of(read(tmp_path, "text#label\na,b#ham\n", delimiter="#")) == [(2, "a,b", "ham")]
    with pytest.raises(InputError, match=r"did you mean 'Text'\?; its columns: Text, label"):
        read(tmp_path, "Text,label\na,ham\n")
    assert capsys.readouterr().err == ""


def test_without_a_header_the_number_of_fields_decides(tmp_path, capsys):
    content = "ham;hello, world\nspam;buy\nham;a, b, c\n"
    rows = read(tmp_path, content, columns=["label", "text"])
    assert values_of(rows) == [
        (1, "hello, world", "ham"),
        (2, "buy", "spam"),
        (3, "a, b, c", "ham"),
    ]
    assert capsys.readouterr().err == "note: mine.csv is separated by ';' (read.delimiter)\n"


@pytest.mark.parametrize("delimiter", ["", ";;", '"', "\n"])
def test_a_delimiter_is_one_character(delimiter):
    with pytest.raises(ValueError, match="delimiter"):
        TableRead(format="csv", delimiter=delimiter)
    with pytest.raises(ValueError, match="delimiter is for the format csv"):
        TableRead(format="tsv", delimiter=";")


def test_what_macos_adds_to_an_archive_is_no_table(tmp_path):
    for name in ("mine.csv", "__MACOSX/._mine.csv", ".hidden/old.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("text,label\na,ham\n")
    assert values_of(read_table(tmp_path, TableRead(format="csv"))) == [(2, "a", "ham")]
