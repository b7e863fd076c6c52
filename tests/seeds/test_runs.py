import pytest

from rnnops.metrics.metrics import METRICS
from rnnops.seeds.runs import SEEDS, group_runs, runs_by_seed
from rnnops.tracking import store
from rnnops.tracking.tags import IDENTITY_TAG, ROLE_TAG

PARAMS = {
    "features.method": "bow", "train.layers": 1, "train.units": 8, "train.dropout": 0.1,
    "train.learning_rate": 0.01, "train.epochs": 2, **dict.fromkeys(SEEDS, 0),
}  # fmt: skip
METRIC = {"mean": 0.9, "standard_deviation": 0.01, "baseline": 0.8, "difference": {}}
SUMMARY = {split: dict.fromkeys(METRICS, METRIC) for split in ("validation", "test")}


@pytest.fixture
def experiment(client):
    return store.experiment_id(client, "mine")


@pytest.fixture
def add_run(client, experiment):
    """Add the complete run of a network; its id."""

    def add(seed, role="network", is_complete=True, **changes):
        tags = {ROLE_TAG: role} | ({IDENTITY_TAG: "i"} if is_complete else {})
        run_id = client.create_run(experiment, tags=tags).info.run_id
        for name, value in (PARAMS | dict.fromkeys(SEEDS, seed) | changes).items():
            client.log_param(run_id, name, value)
        client.set_terminated(run_id)
        return run_id

    return add


def ids(runs):
    return {seed: run.info.run_id for seed, run in runs.items()}


def test_the_newest_complete_run_of_each_seed_is_found(client, experiment, add_run):
    add_run(1)
    newest, other = add_run(1), add_run(2)
    add_run(3, is_complete=False)
    add_run(4, role="baseline")
    add_run(5, **{"train.units": 9})
    assert ids(runs_by_seed(client, experiment, PARAMS)) == {1: newest, 2: other}


def test_all_seeds_of_a_run_are_the_same_number(client, experiment, add_run):
    """Weights drawn anew on a split that was measured before say nothing of other messages."""
    for name in SEEDS:
        add_run(1, **{name: 2})
    without_vectors = add_run(3, **{"features.word2vec.seed": "unused"})
    assert ids(runs_by_seed(client, experiment, PARAMS)) == {3: without_vectors}


def test_runs_are_grouped_under_one_parent_with_their_means(client, experiment, add_run):
    children = [add_run(seed) for seed in (0, 1)]
    runs = runs_by_seed(client, experiment, PARAMS)
    parent = group_runs(client, experiment, runs, PARAMS, SUMMARY)
    assert group_runs(client, experiment, runs, PARAMS, SUMMARY) == parent
    grouped = client.get_run(parent)
    assert grouped.info.status == "FINISHED"
    assert {grouped.data.params[name] for name in SEEDS} == {"0,1"}
    assert grouped.data.metrics["accuracy"] == 0.9
    assert grouped.data.metrics["test/accuracy_sd"] == 0.01
    assert "precision" not in grouped.data.metrics  # no headline: by split only
    for child in children:
        assert client.get_run(child).data.tags["mlflow.parentRunId"] == parent


def test_another_seed_makes_another_parent(client, experiment, add_run):
    for seed in (0, 1):
        add_run(seed)
    two = runs_by_seed(client, experiment, PARAMS)
    first = group_runs(client, experiment, two, PARAMS, SUMMARY)
    add_run(2)
    three = runs_by_seed(client, experiment, PARAMS)
    assert sorted(three) == [0, 1, 2]
    assert group_runs(client, experiment, three, PARAMS, SUMMARY) != first
