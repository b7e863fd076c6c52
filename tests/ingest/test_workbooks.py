import datetime
import sys
import zipfile

import pandas as pd
import pytest

from rnnops.catalog.dataset import TableRead
from rnnops.core.errors import InputError
from rnnops.ingest.tables import read_table

ROWS = [
    [None, None, None],
    ["label", "text", "at"],
    ["ham", "hello", datetime.datetime(2024, 5, 1, 10)],
    [None, None, None],
    [1, 3.0, None],
    ["NA", None, None],
    ["ham", True, None],
    ["ham", 1.5, None],
]


@pytest.fixture(params=["xlsx", "ods"])
def book(request, tmp_path):
    file = tmp_path / f"mine.{request.param}"
    with pd.ExcelWriter(str(file)) as writer:
        for sheet, rows in {"data": ROWS, "other": [["text", "label"], ["a", "b"]]}.items():
            frame = pd.DataFrame(rows, dtype=object)
            frame.to_excel(writer, sheet_name=sheet, header=False, index=False)
    return file


def read(file, **spec):
    return list(read_table(file, TableRead(format=file.suffix[1:], **spec)))


def test_cells_are_values_and_rows_have_the_numbers_of_the_sheet(book):
    rows = read(book, received_at="at")
    assert [(row.row, row.text, row.label) for row in rows] == [
        (3, "hello", "ham"), (5, "3", "1"), (6, "", "NA"), (7, "true", "ham"), (8, "1.5", "ham"),
    ]  # fmt: skip
    assert rows[0].received_at == datetime.datetime(2024, 5, 1, 10)
    assert rows[1].content == '[1, 3, ""]'
    assert {row.problem for row in rows} == {None}


def test_the_sheet_may_be_named(book):
    assert [row.text for row in read(book, sheet="other")] == ["a"]
    with pytest.raises(
        InputError, match=r"no sheet 'none' \(read.sheet\); its sheets: data, other"
    ):
        read(book, sheet="none")
    with pytest.raises(ValueError, match="sheet is for the format xlsx or ods"):
        TableRead(format="csv", sheet="data")


def test_a_column_that_is_on_another_sheet_names_the_sheets(book):
    with pytest.raises(InputError, match=r"its columns: label, text, at$"):
        read(book, text="body")
    with pytest.raises(InputError) as error:
        read(book, text="body", label="kind")
    assert str(error.value).endswith(
        "; this is the sheet 'data' of data, other: read.sheet names another"
    )


def test_columns_may_stand_for_a_header(book):
    rows = read(book, sheet="other", columns=["label", "text"])
    assert [(row.text, row.label) for row in rows] == [("label", "text"), ("b", "a")]


def test_a_formula_is_the_value_it_showed(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    for row in (["text", "label"], ["a", "ham"], ['=CONCAT("a", "b")', "spam"]):
        book.active.append(row)
    book.save(tmp_path / "mine.xlsx")  # no program has calculated the formula yet
    assert [row.text for row in read(tmp_path / "mine.xlsx")] == ["a", ""]


def test_a_file_that_is_no_workbook_is_one_clear_error(book):
    for content, kind in {
        b"text,label\n": "text; set read.format to csv, tsv, json or jsonl",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "file of an older Microsoft Office or of Outlook; "
        "save it as .xlsx, without a password",
    }.items():
        book.write_bytes(content)
        with pytest.raises(InputError) as error:
            read(book)
        assert str(error.value) == f"{book.name} is not {book.suffix[1:]}: {kind}"
    with zipfile.ZipFile(book, "w") as packed:
        packed.writestr("a.txt", "hello")
    with pytest.raises(InputError, match=f"{book.name} is not a readable {book.suffix} workbook"):
        read(book)


def test_a_missing_package_names_the_command(book, monkeypatch):
    package = {"xlsx": "openpyxl", "ods": "odf"}[book.suffix[1:]]
    for name in [package, *(name for name in sys.modules if name.startswith(f"{package}."))]:
        monkeypatch.setitem(sys.modules, name, None)  # Python then says that there is none
    with pytest.raises(InputError, match=r'needs another package .*: pip install -e "\.\[excel\]"'):
        read(book)
