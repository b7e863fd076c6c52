from dataclasses import replace

import pandas as pd
import pytest

from rnnops.registry import runs
from rnnops.registry.trained_models import TrainedModel
from rnnops.tracking import live_run, store
from rnnops.tracking.tags import MODEL_TAG


@pytest.fixture
def tracked(client):
    """A client of an empty store in a folder of its own, and an experiment in it."""
    return client, store.experiment_id(client, "mine")


@pytest.fixture
def model(tmp_path):
    report = tmp_path / "report.html"
    report.write_text("<p>report</p>")
    return TrainedModel(
        role="network",
        name="bow SimpleRNN",
        digest="d" * 64,
        dataset_digest="e" * 64,
        params={"data.dataset": "mine", "train.units": 8},
        metrics={"roc_auc": 0.99, "roc_auc_low": 0.98},
        history=pd.DataFrame({"epoch": [1, 2], "loss": [0.5, 0.4], "val_loss": [0.6, 0.5]}),
        artifacts={"": [str(report)]},
    )


def complete(client, experiment, model):
    runs.complete(client, runs.begin_completion(client, experiment, model), model)
    return runs.find_complete(client, experiment, model)


def steps(client, run, metric):
    return [(each.step, each.value) for each in client.get_metric_history(run, metric)]


def test_a_complete_run_is_found_again_by_what_it_says(tracked, model):
    client, experiment = tracked
    assert runs.find_complete(client, experiment, model) is None
    run = complete(client, experiment, model)
    assert run is not None
    for other in (
        replace(model, metrics={"roc_auc": 0.9}),
        replace(model, params=model.params | {"train.units": 9}),
        replace(model, digest="f" * 64),
        replace(model, dataset_digest="f" * 64),
        replace(model, role="baseline"),
    ):
        assert runs.find_complete(client, experiment, other) is None


def test_the_run_that_training_logged_to_is_completed_not_doubled(tracked, model):
    client, experiment = tracked
    with live_run.training_run("mine", "bow SimpleRNN", {"device": "CPU"}) as training:
        training.log(live_run.epoch_metrics(1, {"loss": 0.5, "val_loss": 0.6}))
        training.set_tags({MODEL_TAG: model.digest})
    (begun,) = client.search_runs([experiment])
    run = complete(client, experiment, replace(model, name="another name"))
    assert run == begun.info.run_id
    assert client.get_run(run).info.run_name == "another name"
    assert steps(client, run, "train_loss") == [(1, 0.5)]
    assert len(client.search_runs([experiment])) == 1


def test_a_run_that_is_not_there_is_rebuilt_with_its_history(tracked, model):
    client, experiment = tracked
    run = complete(client, experiment, model)
    assert steps(client, run, "train_loss") == [(1, 0.5), (2, 0.4)]
    assert steps(client, run, "val_loss") == [(1, 0.6), (2, 0.5)]
    data = client.get_run(run).data
    assert data.metrics["roc_auc"] == 0.99
    assert data.params == {"data.dataset": "mine", "train.units": "8"}
    assert [file.path for file in client.list_artifacts(run)] == ["report.html"]


def test_a_baseline_is_a_child_of_the_first_network_it_stood_beside_and_logged_once(tracked, model):
    client, experiment = tracked
    baseline = replace(model, role="baseline", name="linear svm", digest="b" * 64, history=None)
    networks = [replace(model, digest=digest * 64) for digest in "cd"]
    parents = [runs.ensure_complete(client, experiment, network) for network in networks]
    children = {runs.ensure_complete(client, experiment, baseline, each) for each in parents}
    (child,) = children
    assert client.get_run(child).data.tags["mlflow.parentRunId"] == parents[0]
    assert parents == [runs.ensure_complete(client, experiment, network) for network in networks]
    assert len(client.search_runs([experiment])) == 3


def test_a_new_evaluation_of_the_same_model_is_a_run_of_its_own(tracked, model):
    client, experiment = tracked
    first = complete(client, experiment, model)
    second = complete(client, experiment, replace(model, metrics={"roc_auc": 0.9}))
    assert first != second
    assert client.get_run(first).data.metrics["roc_auc"] == 0.99


def test_trainings_that_give_the_same_model_again_are_one_run(tracked, model):
    client, experiment = tracked

    def train():
        with live_run.training_run("mine", model.name, {}) as run:
            run.set_tags({MODEL_TAG: model.digest})

    train()
    train()  # the first was stopped before `register`
    first = runs.ensure_complete(client, experiment, model)
    train()
    assert len(client.search_runs([experiment])) == 2
    assert runs.ensure_complete(client, experiment, model) == first
    assert [run.info.run_id for run in client.search_runs([experiment])] == [first]
