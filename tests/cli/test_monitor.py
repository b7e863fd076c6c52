"""`rnnops predict --log`, the log of the model itself, and `rnnops monitor`."""

import json

import pandas as pd
import pytest

from rnnops.core import layout
from rnnops.monitoring.prediction_log import read_log, text_hash

pytestmark = pytest.mark.usefixtures("cpu")

TYPED = "cash prize, click\nlunch after the meeting\n"


def test_predictions_meet_labels_that_come_later(project):
    failed = project.rnnops("monitor", status=1)
    assert failed.stderr.startswith("error: data/predictions has no prediction of mine-classifier")
    done = project.rnnops("predict", "--lines", "--json", "--log", input=TYPED)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    log = read_log(project.folder / layout.PREDICTION_LOG, "mine-classifier")
    assert log["id"].tolist() == [row["id"] for row in rows]
    assert log["p_spam"].tolist() == [row["p_spam"] for row in rows]
    assert log["text_hash"].tolist() == [text_hash(line) for line in TYPED.splitlines()]
    assert "text" not in log
    labels = pd.DataFrame({"body": TYPED.splitlines(), "kind": ["spam", "ham"]})
    labels.to_csv(project.folder / "labels.csv", index=False)
    project.run("rnnops", "add", "labels.csv")
    shown = project.rnnops("monitor").stdout
    assert f"{pd.Timestamp.now(tz='UTC'):%G-W%V}" in shown
    assert "recall" in shown
    page = (project.folder / layout.MONITOR_REPORT).read_text()
    assert "<td" in page
    assert not project.run("git", "status", "--short", "data/predictions", "reports").stdout


def test_the_texts_are_logged_if_asked(project):
    project.rnnops("predict", "--lines", "--log-texts", input="an odd line\n")
    log = read_log(project.folder / layout.PREDICTION_LOG, "mine-classifier")
    assert "an odd line" in set(log["text"])


def test_a_model_that_is_no_version_cannot_be_logged(project):
    (folder, *_) = (project.folder / "mlruns/artifacts").rglob("MLmodel")
    failed = project.rnnops(
        "predict", "--log", "--model", str(folder.parent), input="hello", status=1
    )
    assert "--log needs a registered version" in failed.stderr


def test_the_model_itself_logs_where_the_environment_says(project, tmp_path):
    code = """
import mlflow
mlflow.pyfunc.load_model("models:/mine-classifier/1").predict(["cash prize, click", "lunch"])
"""
    project.environment["RNNOPS_PREDICTION_LOG"] = str(tmp_path / "log")
    project.python(code, tmp_path)
    log = read_log(tmp_path / "log", "mine-classifier")
    assert log[["version", "text_hash"]].to_numpy().tolist() == [
        ["1", text_hash("cash prize, click")],
        ["1", text_hash("lunch")],
    ]
