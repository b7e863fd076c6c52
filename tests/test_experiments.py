"""Experiments on the small corpus: a sweep by three workers on a server, comparing, seeds.

tests/test_readme.py sweeps on the project's own store.
"""

import csv
import json

import pytest
from mlflow_server import MlflowServer
from project import RUNS

from rnnops.metrics.metrics import METRICS, headlines
from rnnops.seeds.runs import SEEDS

HEADLINES = set(headlines(METRICS))


@pytest.fixture(scope="module")
def swept(project, tmp_path_factory):
    """Three experiments were queued, and three workers have run them at the same time."""
    with MlflowServer(tmp_path_factory.mktemp("server")) as server:
        project.environment["MLFLOW_TRACKING_URI"] = server.uri
        project.store = server.folder / "mlflow.db"
        assert project.repro() == ["register"]
        sweep(project)
        yield project


def sweep(project):
    """Another seed, a size and other draws of the bootstrap, at the same time."""
    for options in (
        [f"{name}=1" for name in SEEDS],
        ["train.units=13", "train.epochs=1"],
        ["evaluate.seed=1"],
    ):
        project.run("dvc", "exp", "run", "--queue", "-S", *" -S ".join(options).split())
    project.run_queue(workers=3)


def test_three_workers_log_complete_runs_to_the_server(swept):
    # Two baselines on the first split, on the other seed's, and with other draws of the bootstrap.
    assert swept.count(RUNS) == 1 + 3 + 3 * 2
    assert swept.query("SELECT DISTINCT status FROM runs") == [("FINISHED",)]
    assert swept.count("model_versions") == 1 + 3
    assert swept.count("model_version_tags WHERE key = 'gate.verdict'") == 1 + 3
    assert swept.count("tags WHERE key = 'rnnops.identity'") == 1 + 3 + 3 * 2
    assert swept.count("experiments WHERE name = 'mine'") == 1
    shown = json.loads(swept.run("dvc", "exp", "show", "--json").stdout)
    assert sum(len(base["experiments"] or []) for base in shown) == 3
    assert not list((swept.folder / ".dvc/tmp/exps").glob("*/mlruns/*"))


def test_experiments_compare_by_the_headlines_and_what_differs(swept):
    show = ["dvc", "exp", "show", "--only-changed", "--csv"]
    heads = next(csv.reader(swept.run(*show).stdout.splitlines()))
    metrics = {f"{model}.{name}" for model in ("network", "baseline") for name in HEADLINES}
    changed = {head for head in heads[6:] if "/" not in head}  # after the experiment's own columns
    varied = {"train.units", "train.epochs", "evaluate.seed", *SEEDS}
    assert varied <= changed <= metrics | varied
    narrow = next(csv.reader(swept.run(*show, "--drop", ".*/").stdout.splitlines()))
    assert narrow == [head for head in heads if "/" not in head]
    assert swept.count("runs WHERE name LIKE '%13 units%'") == 1


def test_seeds_are_summed_up_under_a_parent_run_once(swept):
    shown = [swept.run("rnnops", "seeds").stdout for _ in range(2)]
    assert shown[0] == shown[1]
    assert "2 seeds: 0, 1" in shown[0]
    assert shown[0].index("validation split") < shown[0].index("test split")
    ((parent,),) = swept.query(
        "SELECT run_uuid FROM tags WHERE key = 'rnnops.role' AND value = 'seeds'"
    )
    children = "SELECT count(*) FROM tags WHERE key = 'mlflow.parentRunId' AND value = ?"
    assert swept.query(children, parent) == [(2,)]
    names = swept.query("SELECT key FROM metrics WHERE run_uuid = ?", parent)
    logged = {name for (name,) in names}
    assert {name for name in logged if "/" not in name} == HEADLINES
    assert {"test/roc_auc", "test/roc_auc_sd", "validation/accuracy_sd"} <= logged
