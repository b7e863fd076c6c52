import gzip

import pandas as pd
import pytest

from rnnops.catalog.dataset import TableRead
from rnnops.core.errors import InputError
from rnnops.ingest.tables import read_table

TABLE = "text,label\nhello,ham\nbuy now,spam\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def refusal(folder, content, **spec):
    """What is said of the file mine.csv, behind its name."""
    (folder / "mine.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError) as error:
        list(read_table(folder / "mine.csv", TableRead(**{"format": "csv"} | spec)))
    return str(error.value).removeprefix("mine.csv ")


@pytest.fixture
def workbook(tmp_path):
    with pd.ExcelWriter(str(tmp_path / "book.xlsx")) as writer:
        pd.DataFrame({"text": ["hello"], "label": ["ham"]}).to_excel(writer, index=False)
    return (tmp_path / "book.xlsx").read_bytes()


@pytest.mark.parametrize("name", ["csv", "tsv", "json", "jsonl", "parquet"])
def test_a_workbook_is_recognised_whatever_it_is_declared_as(tmp_path, workbook, name):
    said = refusal(tmp_path, workbook, format=name)
    assert said == f"is not {name}: Excel workbook; set read.format to xlsx"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (PNG, "is not csv: PNG image; docs/data.md lists what can be read"),
        (
            gzip.compress(TABLE.encode(), mtime=0),
            "is not csv: gzip archive; let its name end in .gz",
        ),
        (
            TABLE.encode("utf-16"),
            "is not utf-8: text in utf-16; set read.encoding to utf-16",
        ),
        (
            TABLE.encode("utf-16-be"),
            "is not utf-8: text in utf-16-be; set read.encoding to utf-16-be",
        ),
    ],
)
def test_what_is_no_table_in_utf_8_says_what_it_is(tmp_path, content, said):
    assert refusal(tmp_path, content) == said


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_what_is_recognised_can_be_read_as_advised(tmp_path, encoding):
    content = TABLE.encode(encoding)
    assert refusal(tmp_path, content).startswith("is not utf-8: text in utf-")
    rows = list(read_table(tmp_path / "mine.csv", TableRead(format="csv", encoding=encoding)))
    assert [row.text for row in rows] == ["hello", "buy now"]


@pytest.mark.parametrize(
    ("content", "spec", "hint"),
    [
        (
            TABLE.replace(",", "\t"),
            {"delimiter": ","},
            'they are separated by "\\t": set read.delimiter to "\\t"',
        ),
        (TABLE, {"format": "tsv"}, 'they are separated by ",": set read.format to csv'),
        (
            "Export of May\n\n" + TABLE.replace(",", ";"),
            {},
            "row 3 looks like the header: delete the rows above it",
        ),
        (
            "hello there,ham\nbuy now,spam\n",
            {},
            "if that is a message and no header, name the columns in read.columns",
        ),
        ('[{"text": "a"}]', {}, "it looks like JSON: set read.format to json or jsonl"),
        ("<html><table>", {}, "it looks like a web page or XML: export it as csv"),
        (
            "téxt,label\na,ham\n".encode("cp1252"),
            {"text": "téxt"},
            "the header is not utf-8: set read.encoding to the one the file was saved in, such as "
            "cp1252 on Windows",
        ),
    ],
)
def test_a_missing_column_comes_with_its_probable_reason(tmp_path, content, spec, hint):
    said = refusal(tmp_path, content, **spec)
    assert said.startswith("has no column 't")
    assert said.endswith(f"; {hint}")


@pytest.mark.parametrize("content", [" text , label \na,ham\n", "body,label\na,ham\n"])
def test_a_name_that_is_nearly_right_comes_without_a_guess(tmp_path, content):
    assert " label" in refusal(tmp_path, content).rpartition("; ")[2]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "#"])
@pytest.mark.parametrize("spec", [{}, {"columns": ["text", "label"]}])
def test_the_first_line_that_excel_writes_names_the_delimiter(tmp_path, delimiter, spec):
    (tmp_path / "mine.csv").write_text(f"sep={delimiter}\n" + TABLE.replace(",", delimiter))
    rows = list(read_table(tmp_path / "mine.csv", TableRead(format="csv", **spec)))
    assert [(row.row, row.text, row.label) for row in rows][-2:] == [
        (3, "hello", "ham"), (4, "buy now", "spam"),
    ]  # fmt: skip
    assert [row.text for row in rows][:-2] == ["text"] * len(spec)
