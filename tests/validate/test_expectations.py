import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from hostile_text import HOSTILE, assert_inert_html

from rnnops.catalog.dataset import Dataset, Fractions
from rnnops.core import files
from rnnops.validate import expectations, validation_report
from rnnops.validate.data_docs import render_page
from rnnops.validate.label_expectations import declared_labels

ROOT = Path(__file__).parents[2]
ROWS = "50 to 200 messages"
ID_COLUMN = "a column 'id' that holds text"
TEXT_COLUMN = "a column 'text' that holds text"
RECEIVED_AT_COLUMN = "a column 'received_at'"
IDS = "an id for every message"
UNIQUE = "unique ids"
TEXTS = "a text for every message"
CHARACTERS = "texts of 1 to 100 characters without surrounding white space"
LABELS = "a label for every message"
TWO_LABELS = "at least 2 labels"
KNOWN_LABELS = "labels among 'ham', 'spam'"
HAM = "label 'ham' on at least 20% of the messages (20)"
SPAM = "label 'spam' on at least 20% of the messages (20)"
SOURCES = "a source for every message"
FRACTIONS = Fractions(train=0.7, validation=0.2, test=0.1)
QUARANTINED = "at most 5% of the rows read in the quarantine"
CONFLICTS = "no row with the text of a row with another label"


def dataset_of(labels=("ham", "spam"), positive=None, min_label_share=0.2, min_label_in_split=1):
    read = {"format": "csv", "labels": {str(row): label for row, label in enumerate(labels)}}
    return Dataset(
        fetch={"path": "mine.csv"},
        read=read if labels else {"format": "csv"},
        positive=positive,
        expect={
            "min_rows": 50,
            "max_rows": 200,
            "max_characters": 100,
            "min_label_share": min_label_share,
            "min_label_in_split": min_label_in_split,
        },
    )


def messages_of(size=100):
    frame = pd.DataFrame(
        {
            "id": [f"id{row:03}" for row in range(size)],
            "text": [f"message number {row}" for row in range(size)],
            "label": ["spam" if row % 3 == 0 else "ham" for row in range(size)],
            "source": "generated",
        },
        dtype="str",
    )
    return frame.assign(received_at=pd.Series(pd.NaT, range(size), dtype="datetime64[us, UTC]"))


def with_cells(column, **value_of):
    """Good messages but for the cells of `column` in the named messages."""
    messages = messages_of()
    for message, value in value_of.items():
        messages.loc[messages_of()["id"] == message, column] = value
    return messages


def labelled(labels):
    return messages_of().assign(label=pd.array(labels, dtype="str"))


def account_of(quarantined=0, conflicts=(), added=0):
    first = [dict(zip(("file", "row", "label"), conflict, strict=True)) for conflict in conflicts]
    return {
        "dataset": "mine",
        "read": 100,
        "kept": 100,
        "quarantined": quarantined,
        "added": added,
        "reasons": {"no text": quarantined} if quarantined else {},
        "conflicting_labels": {"texts": len(first) // 2, "rows": len(first), "first": first[:10]},
    }


def check(messages, dataset=None, **account):
    account = account_of(**account)
    results = expectations.validate(messages, account, dataset or dataset_of(), FRACTIONS)
    return validation_report.describe(results, messages, "mine"), results


def failed(report):
    return {one["expectation"]: one for one in report["results"] if not one["success"]}


def test_messages_as_declared_pass():
    report, _ = check(messages_of())
    assert report["success"]
    assert validation_report.list_failures(report) == []
    observed = {one["expectation"]: one["observed"] for one in report["results"]}
    assert len(observed) == len(report["results"]) == report["expectations"]
    columns = {ID_COLUMN, TEXT_COLUMN, RECEIVED_AT_COLUMN}
    labels = {LABELS, TWO_LABELS, KNOWN_LABELS, HAM, SPAM}
    others = {ROWS, IDS, UNIQUE, TEXTS, CHARACTERS, SOURCES, QUARANTINED, CONFLICTS}
    assert columns | labels | others <= set(observed)
    assert (observed[ROWS], observed[HAM], observed[SPAM], observed[QUARANTINED]) == (
        100,
        66,
        34,
        0,
    )


@pytest.mark.parametrize(
    ("messages", "broken", "ids"),
    [
        (messages_of(40), {ROWS}, []),
        (messages_of(201), {ROWS}, []),
        (messages_of().drop(columns="received_at"), {RECEIVED_AT_COLUMN}, []),
        (messages_of().drop(columns="text"), {TEXT_COLUMN}, []),
        (messages_of().drop(columns="id"), {ID_COLUMN}, []),
        (messages_of().assign(text=1.5), {TEXT_COLUMN}, []),
        (with_cells("id", id007=None), {IDS}, []),
        (with_cells("id", id007="id008"), {UNIQUE}, ["id008"]),
        (with_cells("text", id003=None, id050=None), {TEXTS}, ["id003", "id050"]),
        (with_cells("text", id004=" \n\t", id005="x" * 101), {CHARACTERS}, ["id004", "id005"]),
        (with_cells("label", id009=None), {LABELS}, ["id009"]),
        (with_cells("label", id010="sapm"), {KNOWN_LABELS}, ["id010"]),
        (labelled(["spam"] * 12 + ["ham"] * 88), {SPAM}, [f"id{row:03}" for row in range(10)]),
        (labelled(["ham"] * 100), {SPAM, TWO_LABELS}, []),
    ],
)
def test_each_break_is_caught_and_names_its_messages(messages, broken, ids):
    report, _ = check(messages)
    assert not report["success"]
    assert set(failed(report)) == broken
    for one in failed(report).values():
        assert one["severity"] == "critical"
        assert one["sample_ids"] == ids


def test_too_large_a_quarantine_stops_the_pipeline():
    assert check(messages_of(), quarantined=5)[0]["success"]
    report, _ = check(messages_of(), quarantined=6)
    assert not report["success"]
    assert failed(report)[QUARANTINED]["observed"] == 0.06


PAIRS = [("mine.csv", 3, "ham"), ("mine.csv", 9, "spam"), ("a.txt", None, "ham")] * 2


@pytest.mark.parametrize(
    ("handling", "severity"), [("keep", "warning"), ("fail", "critical"), ("quarantine", None)]
)
def test_conflicting_labels_warn_or_stop_and_name_the_rows(handling, severity):
    dataset = dataset_of()
    expect = dataset.expect.model_copy(update={"conflicting_labels": handling})
    report, _ = check(messages_of(), dataset.model_copy(update={"expect": expect}), conflicts=PAIRS)
    assert report["success"] == (severity != "critical")
    places = "mine.csv row 3 'ham', mine.csv row 9 'spam', a.txt 'ham', mine.csv row 3 'ham', …"
    assert validation_report.list_failures(report) == [
        f"{severity}: expected {CONFLICTS}, found 6: {places}; see datasets.mine.expect."
        "conflicting_labels: fail stops here, quarantine leaves such rows out, keep trains on them"
    ] * (handling != "quarantine")


def test_too_few_rows_name_the_key_and_the_reason_for_the_floor():
    (line,) = validation_report.list_failures(check(messages_of(30))[0])
    assert line == (
        f"critical: expected {ROWS}, found 30; see datasets.mine.expect.min_rows: with fewer, the"
        " validation and test splits are too small for a reliable threshold or metric; lower it to"
        " go on anyway, and add messages or change split.seed when the stage split finds a label"
        " missing"
    )


def test_the_numbers_of_rows_are_those_of_the_datasets_own_messages():
    (line,) = validation_report.list_failures(check(messages_of(60), added=20)[0])
    assert line.startswith("critical: expected 50 to 200 messages and 20 added, found 60")
    assert validation_report.list_failures(check(messages_of(201), added=20)[0]) == []


def test_the_key_behind_a_failure_is_named():
    for messages, account, key in (
        (messages_of(201), {}, "max_rows"),
        (with_cells("text", id005="x" * 101), {}, "min_characters and max_characters"),
        (labelled(["spam"] * 12 + ["ham"] * 88), {}, "min_label_share"),
        (messages_of(), {"quarantined": 6}, "max_quarantined_share"),
    ):
        (line,) = validation_report.list_failures(check(messages, **account)[0])
        assert line.endswith(f"; see datasets.mine.expect.{key}")
    many = labelled(messages_of()["text"])
    (line,) = validation_report.list_failures(check(many, dataset_of(labels=()))[0])
    assert line.endswith("; see datasets.mine.expect.min_label_share")


def test_a_missing_source_is_a_warning():
    report, _ = check(with_cells("source", id001=None))
    assert report["success"]
    assert report["failed"] == {"critical": 0, "warning": 1}
    assert validation_report.list_failures(report) == [
        f"warning: expected {SOURCES}, violated by 1 message; ids id001"
    ]


def test_failures_are_readable_and_short():
    messages = with_cells("label", id010="sapm", id011="sapm", id012="s" * 1000)
    (line,) = validation_report.list_failures(check(messages)[0])
    assert line.startswith(
        f"critical: expected {KNOWN_LABELS}, violated by 3 messages (e.g. 'sapm', 'sss"
    )
    assert line.endswith("; ids id010, id011, id012")
    assert len(line) < 250


@pytest.mark.parametrize("label", ["sapm", """it's a "b" `c` @d <b>\n$e $$ \\n"""])
def test_without_declared_labels_the_ones_found_must_have_their_share(label):
    dataset = dataset_of(labels=())
    assert check(messages_of(), dataset)[0]["success"]
    report, results = check(with_cells("label", id010=label), dataset)
    ((sentence, one),) = failed(report).items()
    assert sentence.startswith(f"label {label!r} on at least 20%")
    assert (one["observed"], one["sample_ids"]) == (1, ["id010"])
    assert "<b>" not in render_page(report, validation_report.list_failures(report), results)


def test_hostile_text_is_inert_on_the_page():
    report, results = check(with_cells("label", id010=HOSTILE), dataset_of(labels=()))
    failures = validation_report.list_failures(report)
    assert_inert_html(render_page(report | {"dataset": HOSTILE}, failures, results))


def test_a_different_label_on_every_message_is_one_failure():
    messages = labelled(messages_of()["text"])
    report, _ = check(messages, dataset_of(labels=()))
    assert list(failed(report)) == ["at least 2 labels, at most 5"]


def test_folders_of_mail_declare_their_labels():
    dataset = Dataset(
        fetch={"path": "mail"},
        read={"format": "mail", "folders": {"inbox": "ham", "list": "ham", "junk": "spam"}},
    )
    assert declared_labels(dataset) == ["ham", "spam"]


def run_stage(folder, messages, seed):
    """The stage in `folder`, as DVC runs it; `seed` changes the order of Python's sets."""
    shutil.copy(ROOT / "params.yaml", folder)
    params = folder / "params.yaml"
    text = params.read_text().replace("dataset: spam-email", "dataset: mine", 1)
    mine = "  mine: {fetch: {path: a.csv}, read: {format: csv, labels: {0: ham, 1: spam}}}\n"
    params.write_text(text + mine)
    files.write_parquet(messages, folder / "data/raw/messages.parquet")
    files.write_json(account_of(), folder / "reports/ingest.json")
    return subprocess.run(
        [sys.executable, ROOT / "pipeline/validate.py"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src"), "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_stage_tells_what_failed_and_writes_the_same_bytes_anywhere(tmp_path):
    messages = with_cells("text", id003=None, id004=" ")
    messages.loc[10:12, "label"] = "<script>alert(1)</script>"
    messages.loc[13, "id"] = "id012"
    digests = set()
    for seed in ("1", "2"):
        folder = tmp_path / f"folder{seed}"
        folder.mkdir()
        done = run_stage(folder, messages, seed)
        assert done.returncode == 1
        assert done.stdout == ""
        assert "Traceback" not in done.stderr
        assert f"critical: expected {TEXTS}, violated by 1 message; ids id003\n" in done.stderr
        last = "error: 4 critical expectations failed on 100 messages: see reports/data_docs/index"
        assert done.stderr.splitlines()[-1] == f"{last}.html"
        docs = (folder / "reports/data_docs/index.html").read_text()
        assert "<script>" not in docs
        assert "://" not in docs
        assert str(ROOT) not in docs
        assert not files.read_json(folder / "reports/validation.json")["success"]
        digests.add(files.digest(folder / "reports"))
    assert len(digests) == 1


def test_the_stage_passes_good_messages_in_one_line(tmp_path):
    done = run_stage(tmp_path, messages_of(300), "0")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("validate: 300 messages meet 20 of 20 expectations (")
    assert done.stdout.count("\n") == 1
    assert files.read_json(tmp_path / "reports/validation.json")["success"]


def test_labels_too_rare_for_the_smallest_split_are_one_warning_that_says_what_to_do():
    report, _ = check(messages_of(), dataset_of(min_label_in_split=8))
    assert validation_report.list_failures(report) == [
        "warning: expected at least 80 messages of each label, about 8 of them in the test split "
        "(10%), found 34: 34 spam, 66 ham; see datasets.mine.expect.min_label_in_split: with fewer "
        "the gate cannot judge; add messages, or raise that split's share"
    ]
    assert report["success"]
    assert not failed(check(messages_of(), dataset_of(min_label_in_split=3))[0])


def test_shares_are_shown_in_percent_with_the_reasons_behind_them():
    (line,) = validation_report.list_failures(check(messages_of(), quarantined=6)[0])
    assert line == (
        f"critical: expected {QUARANTINED}, found 6%: 6 no text; see "
        "datasets.mine.expect.max_quarantined_share"
    )


def test_spellings_of_one_label_are_a_warning_with_their_counts():
    labels = ["Spam"] * 30 + ["spam"] * 25 + ["not  spam"] * 25 + ["Not spam"] * 20
    report, _ = check(labelled(labels), dataset_of(labels=()))
    assert report["success"]
    assert validation_report.list_failures(report) == [
        "warning: expected one spelling of each label, whatever its capitals and white space, "
        "found 2: 25 not spam, 20 Not spam, 30 Spam, 25 spam; see datasets.mine.read.labels: "
        "list every value there, with one name for the spellings of one label"
    ]


def test_right_to_left_labels_are_isolated():
    messages = labelled(["דואר"] * 90 + ["טוב"] * 10)
    (line,) = validation_report.list_failures(check(messages, dataset_of(labels=()))[0])
    assert "expected label \u2068'טוב'\u2069 on at least 20% of" in line
