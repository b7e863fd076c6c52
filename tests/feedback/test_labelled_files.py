import mailbox
import zipfile

import pandas as pd
import pytest

from rnnops.catalog.dataset import Dataset
from rnnops.core.errors import InputError
from rnnops.feedback.labelled_files import read_labelled

MAIL = b"From: a@example.org\nSubject: Offer\nDate: Mon, 2 Mar 2026 10:00:00 +0000\n\nBuy now\n"
TABLE = pd.DataFrame({"body": ["see you", "buy now"], "kind": ["ham", "spam"]})


def dataset(read):
    return Dataset.model_validate({"fetch": {"path": "data/incoming/a"}, "read": read})


OF_MAIL = dataset({"format": "mail", "folders": {"inbox": "ham", "junk": "spam"}})
OF_TEXTS = dataset({"format": "folders"})
OF_TABLE = dataset({"format": "csv", "text": "body", "label": "kind", "delimiter": ";"})


def read(path, data=OF_TABLE, label=None):
    return [(row.text, row.label, row.source) for row in read_labelled(path, data, label)]


@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "parquet"])
def test_a_table_has_the_columns_of_the_datasets_own(tmp_path, suffix):
    file = tmp_path / f"new.{suffix}"
    if suffix == "parquet":
        TABLE.to_parquet(file)
    elif suffix == "jsonl":
        TABLE.to_json(file, orient="records", lines=True)
    else:  # of the dataset's own format: its delimiter too
        TABLE.to_csv(file, sep=";" if suffix == "csv" else "\t", index=False)
    assert read(file) == [("see you", "ham", "added"), ("buy now", "spam", "added")]
    assert read(file, label="spam") == [("see you", "spam", "added"), ("buy now", "spam", "added")]


def test_to_a_dataset_of_mail_a_table_has_text_and_label(tmp_path):
    TABLE.set_axis(["text", "label"], axis=1).to_csv(tmp_path / "new.csv", index=False)
    assert read(tmp_path / "new.csv", OF_MAIL) == [
        ("see you", "ham", "added"),
        ("buy now", "spam", "added"),
    ]
    TABLE.to_csv(tmp_path / "other.csv", index=False)
    with pytest.raises(InputError, match="other.csv has no column 'text'.*its columns: body, kind"):
        read(tmp_path / "other.csv", OF_MAIL)


def test_the_datasets_source_column_is_kept(tmp_path):
    of_channels = dataset({"format": "jsonl", "source": "channel"})
    (tmp_path / "new.jsonl").write_text('{"text": "hi", "label": "ham", "channel": "web"}\n')
    assert read(tmp_path / "new.jsonl", of_channels) == [("hi", "ham", "web")]


def test_mail_is_a_file_an_mbox_a_maildir_or_a_folder(tmp_path):
    (tmp_path / "one.eml").write_bytes(MAIL)
    box = mailbox.mbox(tmp_path / "box.mbox")
    for _ in range(2):
        box.add(MAIL)
    box.close()
    maildir = mailbox.Maildir(tmp_path / "maildir")
    maildir.add(MAIL)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/1").write_bytes(MAIL)
    for name, messages in {"one.eml": 1, "box.mbox": 2, "maildir": 1, "folder": 1}.items():
        found = list(read_labelled(tmp_path / name, OF_MAIL, "spam"))
        assert [(row.label, row.source) for row in found] == [("spam", "added")] * messages
        assert all("Buy now" in row.text and "Offer" in row.text for row in found)
        assert {row.received_at.isoformat() for row in found} == {"2026-03-02T10:00:00+00:00"}


def test_an_archive_is_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "new.zip", "w") as archive:
        archive.writestr("1.eml", MAIL)
        archive.writestr("2.eml", MAIL)
    assert [label for _, label, _ in read(tmp_path / "new.zip", OF_MAIL, "spam")] == ["spam"] * 2


def test_a_text_file_is_mail_only_where_the_dataset_is(tmp_path):
    (tmp_path / "note.txt").write_text("Subject: an unusual first line\n\nof a review")
    ((text, *_),) = read(tmp_path / "note.txt", OF_TEXTS, "good")
    assert text.startswith("Subject: an unusual")
    ((text, *_),) = read(tmp_path / "note.txt", OF_MAIL, "ham")
    assert text.startswith("an unusual")


@pytest.mark.parametrize(
    ("name", "content", "label", "error"),
    [
        ("missing.csv", None, None, "missing.csv does not exist"),
        ("one.eml", MAIL, None, "one.eml does not say which label.*--label LABEL"),
        ("photo.eml", b"\x89PNG\r\n\x1a\n" * 9, "ham", "photo.eml is not text: PNG image"),
        ("empty.csv", b"", None, "empty.csv is empty"),
    ],
)
def test_what_cannot_be_read_is_one_error(tmp_path, name, content, label, error):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=error):
        read(tmp_path / name, OF_MAIL, label)


def test_tables_in_a_folder_are_added_by_themselves(tmp_path):
    (tmp_path / "folder").mkdir()
    TABLE.to_csv(tmp_path / "folder/new.csv")
    with pytest.raises(InputError, match=r"folder holds tables: add .*folder/new\.csv by itself"):
        read(tmp_path / "folder", OF_MAIL, "ham")
