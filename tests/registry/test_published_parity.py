"""What is published is what was evaluated: on every test message, by the store and the command."""

import json

import mlflow
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from rnnops.cli.main import app
from rnnops.core import files, layout
from rnnops.metrics.evaluation import NETWORK
from rnnops.registry import published_model
from rnnops.report.results import Results
from rnnops.tracking import store

# Where TensorFlow computes is selected before anything runs on it, for other files' tests too.
pytestmark = pytest.mark.usefixtures("cpu")

PROBABILITIES = ["p_ham", "p_spam"]


@pytest.fixture
def version(project, monkeypatch):
    """Name and number of the version that the pipeline registered; the project is open."""
    monkeypatch.chdir(project.folder)
    store.connect()
    registered = files.read_json(layout.REGISTER_REPORT)
    return registered["model"], registered["version"]


@pytest.fixture
def messages(version):  # noqa: ARG001 - it opens the project
    """The test split."""
    return files.read_parquet(layout.split_file(layout.TEST))


@pytest.fixture
def evaluated(messages):
    """What `evaluate` says of the test split, in its order, under a published model's names."""
    predictions = files.read_parquet(layout.PREDICTIONS).set_index("id").loc[messages["id"]]
    assert len(predictions) == len(messages) > 10
    found = predictions[[f"{NETWORK}_{name}" for name in ("predicted", *PROBABILITIES)]]
    return found.set_axis(["label", *PROBABILITIES], axis="columns").reset_index(drop=True)


def assert_same(found, evaluated):
    assert found["label"].tolist() == evaluated["label"].tolist()
    np.testing.assert_allclose(found[PROBABILITIES], evaluated[PROBABILITIES], atol=1e-6, rtol=0)
    of_label = np.where(evaluated["label"] == "spam", evaluated["p_spam"], evaluated["p_ham"])
    np.testing.assert_allclose(found["probability"], of_label, atol=1e-6, rtol=0)


def test_the_registered_model_gives_every_test_message_what_evaluate_did(
    version, messages, evaluated
):
    model = mlflow.pyfunc.load_model(f"models:/{version[0]}/{version[1]}")
    assert_same(model.predict(messages[["text"]]), evaluated)


def test_the_command_predict_gives_every_test_message_what_evaluate_did(
    version, messages, evaluated, tmp_path
):
    table = tmp_path / "test.parquet"
    files.write_parquet(messages[["text"]], table)
    done = CliRunner().invoke(app, ["predict", "--json", "--text", "text", str(table)])
    assert done.exit_code == 0, done.output
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert {(row["model"], row["version"]) for row in rows} == {version}
    assert_same(pd.DataFrame(rows), evaluated)


def test_the_published_threshold_is_the_evaluations(version, evaluated, tmp_path):
    published_model.fetch(*version, tmp_path / "model")
    rule = published_model.read_decision_rule(tmp_path / "model")
    threshold = Results.read().thresholds[NETWORK]
    assert rule == {"labels": ["ham", "spam"], "positive": "spam", "threshold": threshold}
    assert ((evaluated["p_spam"] > threshold) == (evaluated["label"] == "spam")).all()
