"""What a person wrote on MLflow's pages stays; what is empty is filled."""

import json

from rnnops.evaluation.metric_names import HEADLINES
from rnnops.tracking import descriptions, store


def test_a_persons_description_stays_and_the_saved_view_shows_the_headlines(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").touch()
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    client = store.connect()
    experiment = store.experiment_id(client, "mine")
    client.set_experiment_tag(experiment, "mlflow.note.content", "ours")
    descriptions.describe_experiment(client, experiment)
    tags = client.get_experiment(experiment).tags
    assert tags["mlflow.note.content"] == "ours"
    assert tags["mlflow.experimentKind"] == "custom_model_development"
    view = json.loads(tags["mlflow.sharedViewState.validation"])
    columns = json.loads(view["state"])["selectedColumns"]
    assert {f"metrics.`{name}`" for name in HEADLINES} <= set(columns)
    descriptions.describe_experiment(client, experiment)
    assert client.get_experiment(experiment).tags == tags
