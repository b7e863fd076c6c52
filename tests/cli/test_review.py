"""`rnnops suspects` and `rnnops pick` on a pipeline that has run, and the way back by `add`."""

import pandas as pd
import pytest
from corpus import campaign_messages

from rnnops.core import layout
from rnnops.ingest.additions import read_additions

pytestmark = pytest.mark.usefixtures("cpu")


def test_suspects_can_be_corrected(project):
    done = project.rnnops("suspects", "--share", "0.02")
    found = pd.read_csv(project.folder / "suspects.csv")
    train = pd.read_parquet(project.folder / layout.split_file(layout.TRAIN)).set_index("id")
    assert len(found) == -(-len(train) // 50)
    assert f"the {len(found)} most suspect of {len(train)} training messages" in done.stdout
    assert found["labelled"].tolist() == train.loc[found["id"], "label"].tolist()
    wrong = found.head(1).assign(kind=found["labelled"].map({"ham": "spam", "spam": "ham"}))
    wrong.to_csv(project.folder / "suspects.csv", index=False)
    project.run("rnnops", "add", "suspects.csv")
    (held,) = read_additions(project.folder / layout.ADDED / "mine").undecided.to_dict("records")
    assert wrong["id"].item() in held["contradicts"]


def test_picked_messages_can_be_labelled_and_added(project):
    fresh = campaign_messages(30, seed=11)
    fresh[["text"]].to_csv(project.folder / "unlabelled.csv", index=False)
    done = project.rnnops("pick", "5", "unlabelled.csv", "--text", "text")
    picked = pd.read_csv(project.folder / "picked.csv")
    assert len(picked) == 5
    assert f"5 of {len(fresh)} messages to label: picked.csv" in done.stdout
    assert picked["kind"].isna().all()
    certainty = (picked["probability"] - 0.5).abs()
    assert certainty.is_monotonic_increasing
    labels = dict(zip(fresh["text"], fresh["label"], strict=True))
    picked.assign(kind=picked["body"].map(labels)).to_csv(
        project.folder / "picked.csv", index=False
    )
    assert "mine: 5 accepted" in project.run("rnnops", "add", "picked.csv").stdout


def test_a_table_that_cannot_be_read_again_is_refused(project):
    failed = project.rnnops("suspects", "--output", "suspects.xlsx", status=1)
    assert failed.stderr == (
        "error: --output suspects.xlsx: name a file that ends in .csv or .jsonl or .parquet\n"
    )
