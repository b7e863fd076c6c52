"""Documents from real files."""

import pytest

from rnnops.catalog.dataset import TextsRead
from rnnops.core.errors import InputError
from rnnops.ingest.documents import read_documents, with_any_label


def read(folder, **spec):
    return list(read_documents(folder, TextsRead(format="texts", **spec)))


@pytest.fixture
def corpus(tmp_path):
    for name, content in {
        "news/b.txt": b"One line.\r\nAnother.",
        "news/a.txt": "Schön".encode(),
        "tales/c.txt": "Schön".encode("cp1252"),
        "top.txt": b"On its own",
        "notes.md": b"no document",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_files_are_documents_labelled_by_their_folders(corpus):
    rows = read(corpus, pattern="*.txt")
    assert [(row.file, row.label, row.text) for row in rows] == [
        ("news/a.txt", "news", "Schön"),
        ("news/b.txt", "news", "One line.\nAnother."),
        ("tales/c.txt", "tales", None),
        ("top.txt", "text", "On its own"),
    ]
    assert rows[2].problem == "undecodable as utf-8"


def test_one_file_is_a_document_too(corpus):
    (row,) = read(corpus / "top.txt")
    assert (row.file, row.label, row.text) == ("top.txt", "text", "On its own")


def test_tags_are_dropped_and_labels_read_from_their_file(tmp_path):
    (tmp_path / "x1").write_text("\n\n\tThe/at dog/nn ./.\n\nHe/pps and/or/cc she/pps\n")
    (tmp_path / "x2").write_text("Yes/rb")
    (tmp_path / "labels.txt").write_text("x1 animals\n")
    rows = read(tmp_path, pattern="x*", labels_file="labels.txt", tag_separator="/")
    assert rows[0].text == "The dog .\nHe and/or she"
    assert [row.label for row in rows] == ["animals", None]
    assert [row.label for row in with_any_label(rows)] == ["animals", "text"]


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"pattern": "*.rst"}, "read.root: . holds no file '*.rst'"),
        ({"root": "nowhere"}, "read.root: nowhere holds no file"),
        ({"labels_file": "genres"}, "read.labels_file: there is no file genres"),
        ({"labels_file": "top.txt", "encoding": "utf-9"}, "'utf-9' is not a known encoding"),
    ],
)
def test_what_cannot_be_read_is_said_before_the_first_row(corpus, spec, message):
    with pytest.raises(InputError) as error:
        read(corpus, **spec)
    assert message in str(error.value)


def test_a_line_of_labels_without_one_is_named(corpus):
    (corpus / "labels").write_text("top.txt best\n\nnews/a.txt\n")
    with pytest.raises(InputError, match="labels row 3: 'news/a.txt' is not a file's name and a"):
        read(corpus, labels_file="labels")
