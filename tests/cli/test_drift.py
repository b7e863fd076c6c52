"""`rnnops drift` on a pipeline that has run."""

import json

import pandas as pd
import pytest
from corpus import campaign_messages

from rnnops.core import layout

pytestmark = pytest.mark.usefixtures("cpu")

NAMES = [first + second for first in "bcdfghjklm" for second in ("alt", "eng", "ist", "orm", "urf")]
OTHERS = "".join(
    f"invoice {' '.join(NAMES[row * step % 47] for step in range(1, 9))} overdue\n"
    for row in range(1, 47)
)


@pytest.fixture(scope="module")
def alike(project):
    """A table of messages made as the project's own."""
    fresh = campaign_messages(60, seed=7)
    table = pd.DataFrame({"body": fresh["text"], "kind": fresh["label"]})
    table.to_csv(project.folder / "alike.csv", index=False)
    return "alike.csv"


def report(project):
    return json.loads((project.folder / "reports/drift.json").read_text())


def test_messages_as_ever_are_no_drift(project, alike):
    done = project.rnnops("drift", alike, "--text", "body")
    assert "none: no trait of the messages has changed significantly" in done.stdout
    found = report(project)
    assert found["verdict"] == "none"
    assert found["schema"]["success"]
    assert {each["trait"] for each in found["findings"]} == {
        "words", "classifier", "length", "script", "language", "unknown words", "scores",
    }  # fmt: skip
    assert found["clusters"]["new"] < found["messages"]["new"]
    page = (project.folder / layout.DRIFT_REPORT).read_text()
    assert "mine: drift: none" in page
    assert "https://" not in page
    assert not project.run("git", "status", "--short", "reports").stdout


def test_with_labels_the_errors_are_compared(project, alike):
    done = project.rnnops("drift", alike, "--labelled")
    assert "errors" in done.stdout
    table = pd.read_csv(project.folder / alike)
    turned = table.replace({"kind": {"ham": "spam", "spam": "ham"}})
    turned.to_csv(project.folder / "turned.csv", index=False)
    done = project.rnnops("drift", "turned.csv", "--labelled", status=2)
    assert "retrain: the model errs on" in done.stdout


def test_other_messages_ask_for_a_new_model(project, tmp_path):
    (tmp_path / "others.txt").write_text(OTHERS)
    page = tmp_path / "other.html"
    done = project.rnnops(
        "drift", str(tmp_path / "others.txt"), "--lines", "--output", str(page), status=2
    )
    assert "'invoice'" in done.stdout
    assert "cannot tell" in done.stdout
    assert json.loads(page.with_suffix(".json").read_text())["verdict"] == "retrain"


def test_a_single_campaign_says_nothing(project, tmp_path):
    campaign = "".join(f"invoice number {row} for the overdue account\n" for row in range(60))
    (tmp_path / "campaign.txt").write_text(campaign)
    done = project.rnnops("drift", str(tmp_path / "campaign.txt"), "--lines")
    assert "none: fewer than 5 clusters of messages say nothing" in done.stdout
    assert report(project)["clusters"]["new"] == 1


def test_what_great_expectations_refuses_is_a_warning(project, alike):
    table = pd.read_csv(project.folder / alike)
    table.loc[0, "body"] = "x" * 1_000_001
    table.to_csv(project.folder / "long.csv", index=False)
    done = project.rnnops("drift", "long.csv", "--labelled", status=1)
    assert "warning: messages that Great Expectations refuses" in done.stdout
    assert "characters" in (project.folder / layout.DRIFT_REPORT).read_text()


def test_the_prediction_log_is_compared(project, alike):
    failed = project.rnnops("drift", "--log", "nowhere", status=1)
    assert failed.stderr == "error: nowhere has no prediction of mine-classifier: name files\n"
    project.rnnops("predict", "--text", "body", "--log", alike)
    project.rnnops("drift", "--days", "2")
    assert {each["trait"] for each in report(project)["findings"]} == {"scores"}
