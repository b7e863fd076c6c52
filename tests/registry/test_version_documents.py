"""The documents of a registered version, in the store of a pipeline that has run."""

import json

import mlflow
import pytest


@pytest.fixture
def version(project):
    client = mlflow.MlflowClient(*[f"sqlite:///{project.folder}/mlruns/mlflow.db"] * 2)
    return client.get_model_version("mine-classifier", "1")


def artifact(project, version, name):
    (file,) = (project.folder / "mlruns/artifacts").rglob(f"{version.run_id}/artifacts/{name}")
    return file.read_text()


def test_the_report_in_mlflow_has_the_verdict_and_the_lineage(project, version):
    before = (project.folder / "reports/report.html").read_text()
    report = artifact(project, version, "report.html")
    assert "Verdict of the gate" not in before
    assert report.index("Verdict of the gate") < report.index("<h2>Lineage</h2>")
    assert len(report) > len(before)
    commit = project.run("git", "rev-list", "--max-parents=0", "HEAD").stdout.strip()
    assert commit in report


def test_description_and_model_card_say_what_the_gate_says(project, version):
    said = json.loads(artifact(project, version, "gate/version-1.json"))["verdict"]["reason"]
    first_words = said.partition(":")[0]
    assert version.tags["gate.reason"] == said
    card = artifact(project, version, "model_card.md")
    assert card.startswith("# mine\\-classifier, version 1") or "version 1" in card[:60]
    for text in (version.description, card):
        assert first_words in text
        assert "ROC-AUC" in text.replace("\\", "")
