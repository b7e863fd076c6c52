import pytest

from rnnops.catalog.dataset import FoldersRead
from rnnops.core.errors import InputError
from rnnops.ingest.text_folders import read_folders


def write(root, **files):
    for name, content in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def read(place, **spec):
    return list(read_folders(place, FoldersRead(format="folders", **spec)))


@pytest.fixture
def corpus(tmp_path):
    write(
        tmp_path, pos__b="good", pos__a="\ufefffine\r\n", pos__sub__c="great", neg__a="bad",
        neg__x=b"caf\xe9", notes="no label", **{".git__config": "no", "neg__.hidden": "no"},
    )  # fmt: skip
    return tmp_path


def test_a_folder_is_a_label_and_each_file_a_row(corpus):
    rows = read(corpus)
    assert [(row.file, row.row, row.source, row.label, row.text) for row in rows] == [
        ("neg/a", None, "neg", "neg", "bad"),
        ("neg/x", None, "neg", "neg", None),
        ("pos/a", None, "pos", "pos", "fine\n"),
        ("pos/b", None, "pos", "pos", "good"),
        ("pos/sub/c", None, "pos", "pos", "great"),
    ]
    assert [row.problem for row in rows] == [None, "undecodable as utf-8", None, None, None]
    assert rows[1].content == b"caf\xe9"


def test_labels_choose_the_folders_and_pattern_the_files(corpus):
    write(corpus, other__a="other")
    labels = {"pos": "positive", "neg": "negative"}
    rows = read(corpus, labels=labels, pattern="[ab]")
    assert [row.file for row in rows] == ["pos/a", "pos/b", "neg/a"]


def test_another_encoding_and_a_root(tmp_path):
    write(tmp_path, data__pos__a=b"caf\xe9", data__neg__a=b"th\xe9")
    rows = read(tmp_path, root="data", encoding="latin-1")
    assert [row.text for row in rows] == ["thé", "café"]
    for encoding in ("utf-99", "hex"):
        with pytest.raises(InputError, match=f"'{encoding}' is not a known encoding"):
            read(tmp_path, root="data", encoding=encoding)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"root": "none"}, "read.root: there is no folder none"),
        (
            {"labels": {"pos": "p", "ne": "n"}},
            "no folder 'ne'; did you mean 'neg'.; there: neg, po",
        ),
        ({"pattern": "*.txt"}, r"neg holds no file '\*.txt'"),
        ({"root": "pos"}, "pos holds one folder, sub, .* set read.root to pos/sub"),
        ({"root": "neg"}, "neg holds no folder: read.format folders reads LABEL/FILE.txt"),
    ],
)
def test_what_is_not_there_is_an_error_before_any_row(corpus, spec, message):
    with pytest.raises(InputError, match=message):
        next(read_folders(corpus, FoldersRead(format="folders", **spec)))


def test_the_source_itself_is_named_when_it_holds_no_folders(tmp_path):
    write(tmp_path, reviews__a="good", **{".unpacked.1__pos__a": "good"})
    with pytest.raises(InputError, match="^reviews holds no folder: "):
        read(tmp_path / "reviews")
    with pytest.raises(InputError, match="^the archive holds one folder, pos, and "):
        read(tmp_path / ".unpacked.1")


def test_a_file_is_no_folder_of_folders(corpus):
    with pytest.raises(InputError, match="notes is a file: read.format folders needs a folder"):
        read(corpus / "notes")
