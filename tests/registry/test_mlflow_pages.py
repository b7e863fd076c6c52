"""What a person wrote on MLflow's pages stays; what is empty is filled."""

import json

import pytest

from rnnops.metrics.metrics import METRICS
from rnnops.registry import classification, ledger, mlflow_pages
from rnnops.tracking import store


def test_a_persons_description_stays_and_the_saved_view_shows_the_headlines(client):
    experiment = store.experiment_id(client, "mine")
    client.set_experiment_tag(experiment, "mlflow.note.content", "ours")
    mlflow_pages.describe_experiment(client, experiment, classification.experiment_page())
    tags = client.get_experiment(experiment).tags
    assert tags["mlflow.note.content"] == "ours"
    assert tags["mlflow.experimentKind"] == "custom_model_development"
    view = json.loads(tags["mlflow.sharedViewState.validation"])
    columns = json.loads(view["state"])["selectedColumns"]
    headlines = {name for name, metric in METRICS.items() if metric.is_headline}
    assert {f"metrics.`{name}`" for name in headlines} <= set(columns)
    mlflow_pages.describe_experiment(client, experiment, classification.experiment_page())
    assert client.get_experiment(experiment).tags == tags


def test_what_an_earlier_release_left_undescribed_is_described(client):
    run_id = client.create_run(store.experiment_id(client, "decisions")).info.run_id
    client.create_registered_model("mine-classifier", {ledger.LEDGER_TAG: run_id})
    assert ledger.open_ledger(client, "mine-classifier") == run_id
    run = client.get_run(run_id)
    assert run.info.status == "FINISHED"
    assert "`mine-classifier`" in run.data.tags["mlflow.note.content"]
    assert "trained on mine" in client.get_registered_model("mine-classifier").description
    client.update_registered_model("mine-classifier", "ours")
    ledger.open_ledger(client, "mine-classifier")
    assert client.get_registered_model("mine-classifier").description == "ours"


@pytest.mark.parametrize(
    ("name", "described"),
    [
        ("mine-classifier", "These are text classifiers trained on mine. "),
        ("mine-language-model", "These are language models trained on mine. "),
        ("mine-forecaster", "These are forecasters trained on mine. "),
        ("mine-sequence-classifier", "These are classifiers of sequences trained on mine. "),
    ],
)
def test_a_registered_model_is_described_as_what_its_name_says(client, name, described):
    run_id = client.create_run(store.experiment_id(client, "decisions")).info.run_id
    client.create_registered_model(name, {ledger.LEDGER_TAG: run_id})
    ledger.open_ledger(client, name)
    assert client.get_registered_model(name).description.startswith(described)
