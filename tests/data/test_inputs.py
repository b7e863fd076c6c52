import gzip
import io
import struct
import sys
import zipfile
import zlib
from pathlib import Path

import pandas as pd
import pytest

from rnnops.data.inputs import MOST_BYTES, MOST_CHARACTERS, blocks, read_texts
from rnnops.errors import InputError

MAIL = b"From: a@example.invalid\nSubject: one\n\nbody\n"


def zipped(*names):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for name in names:
            packed.writestr(name, b"x" * 50)
    return content.getvalue()


def png():
    def chunk(kind, data):
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\0"))


BINARY = {
    "PNG image": png(),
    "JPEG image": b"\xff\xd8\xff\xe0\0\x10JFIF",
    "GIF image": b"GIF89a\1\0\1\0",
    "PDF document": b"%PDF-1.7\n%\xe2\xe3\n",
    "Word document": zipped("[Content_Types].xml", "_rels/.rels", "word/document.xml"),
    "Excel workbook": zipped("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"),
    "ZIP archive": zipped("a.txt"),
    "gzip archive": gzip.compress(b"hello"),
    "file of an older Microsoft Office or of Outlook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0",
    "SQLite database": b"SQLite format 3\0\x10\0",
    "binary data": bytes(range(256)) * 8,
    "binary data, or text in another encoding than UTF-8": "Привет, как дела?".encode("koi8-r"),
}


@pytest.mark.parametrize("kind", BINARY)
def test_what_is_not_text_is_refused_by_its_content(tmp_path, kind):
    (tmp_path / "x.txt").write_bytes(BINARY[kind])
    for lines in (False, True):
        with pytest.raises(InputError) as error:
            read_texts([tmp_path / "x.txt"], lines=lines)
        assert str(error.value) == f"{tmp_path}/x.txt is not text: {kind}"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Grüße, Ω".encode("utf-16"), "Grüße, Ω"),
        ("Grüße, Ω".encode("utf-32"), "Grüße, Ω"),
        ("Grüße".encode("utf-8-sig"), "Grüße"),
        ("Привет 你好".encode(), "Привет 你好"),
        ("Grüße aus Köln, schön wär's".encode("latin-1"), "Gr��e aus K�ln, sch�n w�r's"),
        (b"MZ is not a program, PK not an archive", "MZ is not a program, PK not an archive"),
        (b"From: a@b.c\nContent-Type: text/plain; charset=koi8-r\n\n" + "Привет".encode("koi8-r"),
         "Привет"),
    ],
)  # fmt: skip
def test_text_is_text_in_any_of_these_forms(tmp_path, content, text):
    (tmp_path / "x.dat").write_bytes(content)
    assert read_texts([tmp_path / "x.dat"]) == [(f"{tmp_path}/x.dat", text)]


def test_a_folder_is_its_files_and_what_cannot_be_read_is_noted(tmp_path, capsys):
    folder = tmp_path / "mail"
    for name, content in {
        "b.eml": MAIL, "sub/a.txt": b"hello", "sub/photo.png": png(), ".hidden": b"no",
        "empty.txt": b"", "box/cur/1:2,S": MAIL, "box/new/2": MAIL,
        "box/tmp/3": MAIL,
    }.items():  # fmt: skip
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    assert read_texts([folder]) == [
        (f"{folder}/b.eml", "one\n\nbody"),
        (f"{folder}/box/cur/1:2,S", "one\n\nbody"),
        (f"{folder}/box/new/2", "one\n\nbody"),
        (f"{folder}/sub/a.txt", "hello"),
    ]
    assert capsys.readouterr().err == (
        f"note: 2 files of {folder} left out, the first: {folder}/empty.txt is empty: there is"
        " nothing to classify\n"
    )
    (tmp_path / "none").mkdir()
    with pytest.raises(InputError, match="none holds nothing to classify: no file"):
        read_texts([tmp_path / "none"])


TABLE = pd.DataFrame({"n": [1, 2, 3], "body": ["hello", None, "buy, now"]})


@pytest.mark.parametrize(
    ("name", "write", "rows"),
    [
        ("t.csv", TABLE.to_csv, [2, 4]),
        ("t.csv.gz", TABLE.to_csv, [2, 4]),
        ("t.csv.zip", TABLE.to_csv, [2, 4]),
        ("t.csv.zst", lambda path: path.write_bytes(zstd(TABLE.to_csv().encode())), [2, 4]),
        ("t.tsv", lambda path: TABLE.to_csv(path, sep="\t"), [2, 4]),
        ("t.json", lambda path: TABLE.to_json(path, orient="records"), [1, 3]),
        ("t.jsonl", lambda path: TABLE.to_json(path, orient="records", lines=True), [1, 3]),
        ("t.parquet", TABLE.to_parquet, [1, 3]),
        ("t.XLSX", lambda path: TABLE.to_excel(path, engine="openpyxl"), [2, 4]),
        ("t.ods", lambda path: TABLE.to_excel(path, engine="odf"), [2, 4]),
    ],
)
def test_a_column_of_any_table_is_classified_row_by_row(tmp_path, capsys, name, write, rows):
    file = tmp_path / name
    write(file)
    texts = read_texts([file], column="body")
    assert texts == [(f"{file} row {rows[0]}", "hello"), (f"{file} row {rows[1]}", "buy, now")]
    assert capsys.readouterr().err == (
        f"note: 1 row of {file} left out, the first: row {rows[0] + 1}: no text\n"
    )


def zstd(content):
    import pyarrow as pa

    return pa.compress(content, codec="zstd", asbytes=True)


def test_a_separated_table_is_detected_by_the_column_asked_for(tmp_path, capsys):
    (tmp_path / "t.csv").write_text("n;body\n1;a, b\n")
    assert read_texts([tmp_path / "t.csv"], column="body") == [(f"{tmp_path}/t.csv row 2", "a, b")]
    assert capsys.readouterr().err == "note: t.csv is separated by ';' (read.delimiter)\n"


def test_lines_are_messages_and_keep_their_numbers(tmp_path, monkeypatch):
    (tmp_path / "x.txt").write_bytes("one\r\n\n \ntwö\u2028still two\nthree".encode("utf-16"))
    name = f"{tmp_path}/x.txt line"
    expected = [(f"{name} 1", "one"), (f"{name} 4", "twö\u2028still two"), (f"{name} 5", "three")]
    assert read_texts([tmp_path / "x.txt"], lines=True) == expected
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"one\ntwo\n")))
    assert read_texts([Path("-")], lines=True) == [
        ("standard input line 1", "one"),
        ("standard input line 2", "two"),
    ]


@pytest.mark.parametrize("head", [b"", b"Subject: big\n\n"])
def test_a_message_that_is_too_long_is_cut_with_a_note(tmp_path, capsys, head):
    file = tmp_path / "big.txt"
    file.write_bytes(head + b"words and " * 200_000)
    [(name, text)] = read_texts([file])
    assert (name, len(text)) == (str(file), MOST_CHARACTERS)
    assert capsys.readouterr().err == (
        f"note: {file} is cut: only its first 1,000,000 characters are read\n"
    )


def test_of_mail_with_a_very_large_attachment_the_start_is_read(tmp_path, capsys):
    file = tmp_path / "big.eml"
    with file.open("wb") as content:
        content.write(
            b'Subject: big\nContent-Type: multipart/mixed; boundary="x"\n\n--x\n\nbody\n--x\n'
            b"Content-Type: application/zip\nContent-Disposition: attachment\n\n"
        )
        content.truncate(MOST_BYTES + 9)
    with pytest.raises(InputError, match="is not text: binary data"):
        read_texts([file])
    content = file.read_bytes().replace(b"\0", b"A")
    file.write_bytes(content)
    assert read_texts([file]) == [(str(file), "big\n\nbody")]
    assert "only its first 33,554,432 bytes are read" in capsys.readouterr().err


def test_texts_are_classified_in_blocks_of_bounded_size():
    texts = [(str(number), "x" * size) for number, size in enumerate([4, 4, 30, 1, 1])]
    found = list(blocks(texts, characters=8))
    assert [[name for name, _ in block] for block in found] == [["0", "1"], ["2"], ["3", "4"]]
    assert list(blocks([])) == []


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("nowhere.eml", {}, "nowhere.eml is not there"),
        ("empty.txt", {}, "empty.txt is empty: there is nothing to classify"),
        ("empty.txt", {"lines": True}, "empty.txt is empty"),
        ("t.csv", {"column": "bdy"}, r"t.csv has no column 'bdy' .*did you mean 'body'\?"),
        ("t.csv", {"column": "none"}, "column 'none' of .*t.csv is empty"),
        ("note.txt", {"column": "body"}, "note.txt is not a table.*: .csv, .tsv, .json, .jsonl"),
        ("nowhere.csv", {"column": "body"}, "nowhere.csv is not there"),
        ("-", {"column": "body"}, "--text needs a file"),
        ("t.csv", {"column": "body", "lines": True}, "--text and --lines exclude each other"),
    ],
)
def test_what_cannot_be_read_is_one_clear_error(tmp_path, monkeypatch, name, options, message):
    monkeypatch.chdir(tmp_path)
    for file, content in {
        "empty.txt": "", "t.csv": "body,none\nhi,\n", "note.txt": "hi",
    }.items():  # fmt: skip
        (tmp_path / file).write_text(content)
    with pytest.raises(InputError, match=message):
        read_texts([Path(name)], **options)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="a file that not even root reads")
def test_a_file_that_the_system_does_not_let_be_read_is_one_clear_error():
    with pytest.raises(InputError, match="/proc/self/mem cannot be read: Input/output error"):
        read_texts([Path("/proc/self/mem")])
