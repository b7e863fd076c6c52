import pytest

from rnnops.catalog.dataset import MailRead
from rnnops.core.errors import InputError
from rnnops.ingest.mail_folders import message_files, read_mail, split_mailbox

BOX = b"""From a@example.org Thu Aug 22 12:36:23 2002
Subject: first

body one

From b@example.org Thu Aug 22 12:36:24 2002
Subject: second

body two
"""


def write(path, subject):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(f"Subject: {subject}\n\nbody\n".encode())


def read(place, folders, **spec):
    return list(read_mail(place, MailRead(format="mail", folders=folders, **spec)))


def subjects(rows):
    return [row.text.partition("\n")[0] for row in rows]


def test_folders_are_read_in_order_and_below_each_by_path(tmp_path):
    for name in (
        "ham/b.txt",
        "ham/sub/c.txt",
        "ham/a.txt",
        "ham/.hidden",
        "ham/.git/x.txt",
        "ham/a.json",
    ):
        write(tmp_path / "data" / name, name)
    write(tmp_path / "data" / "spam/z.txt", "spam/z.txt")
    rows = read(tmp_path, {"spam": "bad", "ham": "good"}, root="data", pattern="*.txt")
    assert subjects(rows) == ["spam/z.txt", "ham/a.txt", "ham/b.txt", "ham/sub/c.txt"]
    assert [(row.file, row.row, row.source, row.label) for row in rows[:2]] == [
        ("spam/z.txt", None, "spam", "bad"),
        ("ham/a.txt", None, "ham", "good"),
    ]
    assert rows[0].content == b"Subject: spam/z.txt\n\nbody\n"


def test_of_a_maildir_only_messages_are_read(tmp_path):
    for name in ("cur/1:2,S", "new/2", "tmp/3", "dovecot-uidlist", ".Junk/cur/4"):
        write(tmp_path / "box" / name, name)
    assert subjects(read(tmp_path, {"box": "ham"})) == ["cur/1:2,S", "new/2"]
    assert subjects(read(tmp_path / "box", {".": "ham"})) == ["cur/1:2,S", "new/2"]


def test_a_folder_may_hold_several_maildirs(tmp_path):
    for name in ("one/cur/1", "one/new/2", "one/tmp/3", "two/tmp/4"):
        write(tmp_path / name, name)
    names = [file.relative_to(tmp_path).as_posix() for file in message_files(tmp_path)]
    assert names == ["one/cur/1", "one/new/2", "two/tmp/4"]


def test_an_mbox_is_split_and_only_read(tmp_path):
    (tmp_path / "box").write_bytes(BOX)
    before = (tmp_path / "box").stat().st_mtime_ns
    rows = read(tmp_path, {"./box": "spam"})
    assert [row.text for row in rows] == ["first\n\nbody one", "second\n\nbody two"]
    assert [(row.file, row.row) for row in rows] == [("box", 1), ("box", 2)]
    assert (tmp_path / "box").read_bytes() == BOX
    assert (tmp_path / "box").stat().st_mtime_ns == before
    assert [path.name for path in tmp_path.iterdir()] == ["box"]


def test_a_single_message_is_one_row_even_with_an_envelope_line(tmp_path):
    (tmp_path / "one.eml").write_bytes(b"From a@example.org\nSubject: one\n\nFrom here on, text.\n")
    write(tmp_path / "two", "two")
    rows = read(tmp_path, {"one.eml": "ham", "two": "spam"})
    assert [row.text for row in rows] == ["one\n\nFrom here on, text.", "two\n\nbody"]
    assert [row.row for row in rows] == [None, None]


def test_a_message_in_a_folder_is_one_row_even_with_lines_that_start_with_from(tmp_path):
    (tmp_path / "ham").mkdir()
    (tmp_path / "ham" / "1").write_bytes(BOX)
    assert len(read(tmp_path, {"ham": "ham"})) == 1


def test_split_mailbox_gives_any_other_file_as_it_is(tmp_path):
    write(tmp_path / "one", "one")
    assert list(split_mailbox(tmp_path / "one")) == [b"Subject: one\n\nbody\n"]


@pytest.mark.parametrize(
    ("folders", "message"),
    [
        ({"ham": "ham", "sapm": "spam"}, "there is no sapm; there is: empty, ham, none.mbox"),
        ({"ham": "ham", "empty": "spam"}, r"empty holds no message file '\*'"),
        ({"ham": "ham", "none.mbox": "spam"}, "none.mbox is empty"),
    ],
)
def test_a_missing_or_empty_folder_is_an_error_before_any_message(tmp_path, folders, message):
    write(tmp_path / "ham" / "1", "one")
    (tmp_path / "empty").mkdir()
    (tmp_path / "none.mbox").touch()
    rows = read_mail(tmp_path, MailRead(format="mail", folders=folders))
    with pytest.raises(InputError, match=message):
        next(rows)
