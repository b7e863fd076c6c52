import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from decision_history import NAME

from rnnops.core import files
from rnnops.gate.params import Gate
from rnnops.gate.verdict import Check, Verdict
from rnnops.registry import published_model
from rnnops.registry.ledger import open_ledger
from rnnops.registry.publication import publish_classifier
from rnnops.registry.verdicts import record_verdict
from rnnops.registry.versions import get_version

# The code that a fake model is published with: it finds spam by one word.
CLASSIFIER = """
import pandas as pd


class TextClassifier:
    @classmethod
    def load(cls, folder):
        return cls()

    def predict(self, texts):
        spam = pd.Series([float("buy" in text) for text in texts])
        label = spam.map({0.0: "ham", 1.0: "spam"})
        return pd.DataFrame(
            {"label": label, "probability": 1.0, "p_ham": 1 - spam, "p_spam": spam}
        )
"""


@pytest.fixture(scope="session")
def empty_checkout(tmp_path_factory):
    """The folder of a git repository with DVC."""
    folder = tmp_path_factory.mktemp("repository")
    for command in (
        ["git", "init", "-q"],
        ["git", "config", "user.name", "ann"],
        ["git", "config", "user.email", "ann@example.org"],
        [str(Path(sys.executable).with_name("dvc")), "init", "-q"],
    ):
        subprocess.run(command, cwd=folder, check=True)
    return folder


@pytest.fixture
def checkout(client, tmp_path, empty_checkout, monkeypatch):
    """A client of the own store of a checkout with git and DVC, the working directory."""
    monkeypatch.delenv("GIT_CONFIG_COUNT", raising=False)
    shutil.copytree(empty_checkout, tmp_path, dirs_exist_ok=True)
    return client


@pytest.fixture
def model_files(tmp_path):
    """Paths of a model's artifacts and of the package it runs, as `publish` takes them."""
    folder = tmp_path / "pipeline"
    classifier = folder / "classifier"
    described = {"format": 1, "positive": "spam", "threshold": 0.5}
    files.write_json(described, classifier / "classifier.json")
    files.write_json({"labels": ["ham", "spam"]}, classifier / "featurizer" / "featurizer.json")
    ids = pd.DataFrame({"id": ["a", "b"], "cluster": ["a", "a"]})
    files.write_parquet(ids, folder / "trained_on.parquet")
    package = folder / "rnnops"
    files.write_text("", package / "__init__.py")
    files.write_text("", package / "runtime" / "__init__.py")
    files.write_text(CLASSIFIER, package / "runtime" / "text_classifier.py")
    artifacts = {
        "classifier": classifier,
        "trained_on": folder / "trained_on.parquet",
    }
    return artifacts, package


@pytest.fixture
def publish(model_files):
    """Register a small model under an identity; its version."""
    artifacts, package = model_files

    def publish(client, identity, number=None, leave_out=()):
        run = client.get_run(open_ledger(client, NAME)).info
        run_id = client.create_run(run.experiment_id).info.run_id
        kept = {name: path for name, path in artifacts.items() if name not in leave_out}
        version = published_model.publish(
            client,
            run_id,
            NAME,
            publish_classifier(["ham", "spam"], kept),
            identity,
            package,
            number,
        )
        client.set_terminated(run_id)
        return version

    return publish


@pytest.fixture
def gate():
    """Parameters of the gate."""
    return Gate(
        rule="superiority", metric="roc_auc", margin=0.001, confidence=0.95,
        bootstrap_resamples=100, seed=0, min_messages=50, min_clusters=20, min_label_clusters=15,
        max_false_positive_rate=None, min_recall=None, max_slice_loss=None, min_slice_messages=50,
        no_worse_than_baseline=False,
    )  # fmt: skip


@pytest.fixture
def judge(client, gate):
    """Give a version a verdict."""

    def judge(version, outcome="passed", champion=None, params=gate):
        check = Check("roc_auc", 0.98, 0.99, 0.01, 0.005, 0.015, outcome == "passed", "higher")
        opponent = "champion" if champion else "baseline"
        verdict = Verdict(outcome, f"{outcome}: roc_auc +0.0100", opponent, 300, 250, 0, (check,))
        found = get_version(client, NAME, str(version))
        record_verdict(client, found, verdict, champion, params)
        return verdict

    return judge
