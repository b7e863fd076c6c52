import gzip
import io
import os
import struct
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pandas as pd
import pytest

from rnnops.cli import inputs
from rnnops.cli.input_files import MOST_BYTES
from rnnops.cli.inputs import MOST_CHARACTERS, group_into_blocks
from rnnops.core.errors import InputError

MAIL = b"From: a@example.invalid\nSubject: one\n\nbody\n"


def read_texts(paths, **options):
    return list(inputs.read_texts(paths, **options))


def pipe(content):
    """A path to read `content` from once, as a shell's <(…) gives."""
    reader, writer = os.pipe()
    os.write(writer, content)
    os.close(writer)
    return Path(f"/dev/fd/{reader}")


@pytest.fixture
def standard_input(tmp_path):
    """Sets what standard input holds."""
    kept = os.dup(0)

    def set_content(content):
        (tmp_path / "standard input").write_bytes(content)
        with (tmp_path / "standard input").open("rb") as file:
            os.dup2(file.fileno(), 0)

    yield set_content
    os.dup2(kept, 0)
    os.close(kept)


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
    "ZIP archive: unpack it first": zipped("a.txt"),
    "gzip archive: unpack it first": gzip.compress(b"hello"),
    "file of an older Microsoft Office or of Outlook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0",
    "SQLite database": b"SQLite format 3\0\x10\0",
    "binary data": bytes(range(256)) * 8,
    "binary data, or text in another encoding: save it as UTF-8": "Привет".encode("koi8-r"),
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
        (b"one\r\ntwo\r\n", "one\ntwo\n"),
        (b"MZ is not a program, PK not an archive", "MZ is not a program, PK not an archive"),
        (b"From: a@b.c\nContent-Type: text/plain; charset=koi8-r\n\n" + "Привет".encode("koi8-r"),
         "Привет"),
        (b"MIME-Version: 1\nX-A: b\n c\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n", "hello"),
        (b"X-A: b\nSubject: hi\n\nbody", "hi\n\nbody"),
        (b"From here on\n\nFrom now on", "From here on\n\nFrom now on"),
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
        "box/tmp/3": MAIL, "README.md": b"# What is here", "old.mbox": MAIL, "t.csv": b"text\nhi\n",
        "001.7c53336b": MAIL,
    }.items():  # fmt: skip
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    assert read_texts([folder]) == [
        (f"{folder}/001.7c53336b", "one\n\nbody"),
        (f"{folder}/b.eml", "one\n\nbody"),
        (f"{folder}/box/cur/1:2,S", "one\n\nbody"),
        (f"{folder}/box/new/2", "one\n\nbody"),
        (f"{folder}/old.mbox", "one\n\nbody"),
        (f"{folder}/sub/a.txt", "hello"),
    ]
    assert capsys.readouterr().err == (
        f"note: left out: {folder}/README.md is neither mail nor .txt, read only when named,"
        " and 3 more\n"
    )
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables/t.csv").write_text("text\nhi\n")
    with pytest.raises(InputError, match="tables/t.csv is a table, read with --text COLUMN"):
        read_texts([tmp_path / "tables"])
    (tmp_path / "none").mkdir()
    with pytest.raises(InputError, match="none holds nothing to classify: the folder has no files"):
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
    assert capsys.readouterr().err == (f"note: left out: {file} row {rows[0] + 1}: no text\n")


def zstd(content):
    import pyarrow as pa

    return pa.compress(content, codec="zstd", asbytes=True)


def test_a_separated_table_is_detected_by_the_column_asked_for(tmp_path, capsys):
    (tmp_path / "t.csv").write_text("n;body\n1;a, b\n")
    assert read_texts([tmp_path / "t.csv"], column="body") == [(f"{tmp_path}/t.csv row 2", "a, b")]
    assert capsys.readouterr().err == "note: t.csv is separated by ';'\n"


def test_lines_are_messages_and_keep_their_numbers(tmp_path, standard_input):
    (tmp_path / "x.txt").write_bytes("one\r\n\n \ntwö\u2028still two\nthree".encode("utf-16"))
    name = f"{tmp_path}/x.txt line"
    expected = [(f"{name} 1", "one"), (f"{name} 4", "twö\u2028still two"), (f"{name} 5", "three")]
    assert read_texts([tmp_path / "x.txt"], lines=True) == expected
    standard_input(b"one\ntwo\n")
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
    found = list(group_into_blocks(texts, characters=8))
    assert [[name for name, _ in block] for block in found] == [["0", "1"], ["2"], ["3", "4"]]
    assert list(group_into_blocks([])) == []


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("nowhere.eml", {}, "nowhere.eml does not exist"),
        ("empty.txt", {}, "empty.txt is empty: there is nothing to classify"),
        ("empty.txt", {"lines": True}, "empty.txt is empty"),
        ("bom.txt", {}, "bom.txt is empty"),
        ("x" * 300, {}, "xxx cannot be read: File name too long"),
        (
            "t.csv",
            {"column": "bdy"},
            r"t.csv has no column 'bdy' \(--text\); did you mean 'body'\?",
        ),
        ("t.csv", {"column": "none"}, "t.csv holds nothing to classify: t.csv row 2: no text"),
        ("head.csv", {"column": "body"}, "head.csv is empty: it holds no row"),
        ("empty.csv", {"column": "body"}, "empty.csv is empty"),
        (
            "note.txt",
            {"column": "body"},
            r"note.txt is not a table by its name \(.csv, .tsv, .json,",
        ),
        ("sheet.csv", {"column": "body"}, "sheet.csv is not text: Excel workbook"),
        ("two.zip", {"column": "body"}, "holds more than one table, .* name one: a.csv, b.csv"),
        ("nowhere.csv", {"column": "body"}, "nowhere.csv does not exist"),
        ("-", {"column": "body"}, "--text needs a file"),
        ("t.csv", {"column": "body", "lines": True}, "--text and --lines exclude each other"),
    ],
)
def test_what_cannot_be_read_is_one_clear_error(tmp_path, monkeypatch, name, options, message):
    monkeypatch.chdir(tmp_path)
    for file, content in {
        "empty.txt": b"", "t.csv": b"body,none\nhi,\n", "note.txt": b"hi", "head.csv": b"body\n",
        "bom.txt": b"\xef\xbb\xbf \n", "empty.csv": b"", "sheet.csv": BINARY["Excel workbook"],
        "two.zip": zipped("a.csv", "b.csv"),
    }.items():  # fmt: skip
        (tmp_path / file).write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_texts([Path(name)], **options)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="a file that not even root reads")
def test_a_file_that_the_system_does_not_let_be_read_is_one_clear_error():
    with pytest.raises(InputError, match="/proc/self/mem cannot be read: Input/output error"):
        read_texts([Path("/proc/self/mem")])


WINDOWS = "Grüße aus Köln – 5 €".encode("cp1252")


@pytest.mark.parametrize(
    ("name", "content", "options", "found"),
    [
        ("x.txt", WINDOWS, {}, ""),
        ("x.log", WINDOWS + b"\nhi\n" + "Ω".encode(), {"lines": True}, " line 1"),
        ("x.csv", b"n,k\xfcrz\n1," + WINDOWS + b"\n2,hi\n3," + "Ω".encode(), {"column": "kürz"},
         " row 2"),
        ("x.jsonl", b'{"a": "' + WINDOWS + b'"}\n{"a": "hi"}\n{"a": "\xce\xa9"}', {"column": "a"},
         " row 1"),
    ],
)  # fmt: skip
def test_what_is_not_utf_8_is_read_as_windows_1252_with_a_note(
    tmp_path, capsys, name, content, options, found
):
    file = tmp_path / name
    file.write_bytes(content)
    texts = [text for _, text in read_texts([file], **options)]
    assert texts == ["Grüße aus Köln – 5 €", "hi", "Ω"][: 3 if options else 1]
    assert capsys.readouterr().err == f"note: not UTF-8, read as Windows-1252: {file}{found}\n"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_table_may_have_a_byte_order_mark(tmp_path, capsys, encoding):
    (tmp_path / "t.csv").write_bytes("Größe,n\r\nÜbung,1\r\n".encode(encoding))
    assert read_texts([tmp_path / "t.csv"], column="Größe") == [
        (f"{tmp_path}/t.csv row 2", "Übung")
    ]
    assert capsys.readouterr().err == ""


def test_a_table_in_broken_utf_16_is_one_clear_error(tmp_path):
    (tmp_path / "t.csv").write_bytes("body\nhi\n".encode("utf-16") + b"\x00")
    with pytest.raises(InputError, match="t.csv is damaged: .*utf-16.* truncated data"):
        read_texts([tmp_path / "t.csv"], column="body")


@pytest.mark.parametrize(
    ("name", "write", "said"),
    [
        ("new.csv", lambda path: path.write_text("id;body\n1;a, b\n"), "its columns: id, body"),
        ("new.TSV", lambda path: path.write_text("id\tbody\n"), "its columns: id, body"),
        ("new.csv.gz", TABLE.to_csv, "its columns: , n, body"),
        ("new.csv.zip", TABLE.to_csv, "its columns: , n, body"),
        ("new.jsonl", lambda path: path.write_text('{"a": 1, "b": 2}'), "its columns: a, b"),
        ("new.parquet", TABLE.to_parquet, "its columns: n, body"),
        ("new.xlsx", lambda path: TABLE.to_excel(path, index=False), "its columns: n, body"),
        (
            "new.json",
            lambda path: path.write_text('{"a": 1}'),
            "new.json is not a JSON list of objects but one object with a",
        ),
    ],
)
def test_a_table_is_not_taken_for_one_message(tmp_path, name, write, said):
    write(tmp_path / name)
    with pytest.raises(InputError) as error:
        read_texts([tmp_path / name])
    assert str(error.value) == (
        f"{tmp_path}/{name} is a table: name a column, --text COLUMN; {said}"
    )


ENVELOPE = b"From a@example.invalid Thu Aug 22 12:36:23 2002\n"


def test_a_pipe_and_standard_input_are_read_as_files_are(standard_input):
    assert [text for _, text in read_texts([pipe(b"hello")])] == ["hello"]
    assert [text for _, text in read_texts([pipe(b"one\ntwo\n")], lines=True)] == ["one", "two"]
    box = (ENVELOPE + MAIL + b"\n") * 2
    path = pipe(box)
    assert read_texts([path]) == [(f"{path}#{number}", "one\n\nbody") for number in (1, 2)]
    standard_input(box)
    assert [name for name, _ in read_texts([Path("-")])] == ["standard input#1", "standard input#2"]


def test_of_an_mbox_what_is_not_text_is_left_out(tmp_path, capsys):
    box = tmp_path / "x.mbox"
    box.write_bytes(ENVELOPE + MAIL + b"\n" + ENVELOPE + png() + b"\n\n" + ENVELOPE + MAIL)
    assert [name for name, _ in read_texts([box])] == [f"{box}#1", f"{box}#3"]
    assert capsys.readouterr().err == f"note: left out: {box}#2 is not text: PNG image\n"


def test_a_name_that_is_not_utf_8_can_be_printed(tmp_path):
    file = tmp_path / os.fsdecode(b"n\xff.txt")
    file.write_text("hello")
    assert read_texts([file]) == [(f"{tmp_path}/n\\xff.txt", "hello")]


def test_every_file_is_there_before_the_first_is_read(tmp_path):
    (tmp_path / "a.txt").write_text("hello")
    with pytest.raises(InputError, match="nowhere.txt does not exist"):
        inputs.read_texts([tmp_path / "a.txt", tmp_path / "nowhere.txt"])


def test_many_lines_are_not_held_in_memory(tmp_path):
    (tmp_path / "many.log").write_text("a line of some length\n" * 100_000)
    tracemalloc.start()
    number = sum(1 for _ in inputs.read_texts([tmp_path / "many.log"], lines=True))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert number == 100_000
    assert peak < 1_000_000
