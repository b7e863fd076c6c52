"""A team's year in short: a first champion, a refusal, a promotion, a way back, another machine."""

import json
import os
import re
import subprocess
import time
from contextlib import suppress
from unittest.mock import patch

import mlflow
import pandas as pd
import pytest
from corpus import ordered_messages
from deployed_server import HAS_POSTGRESQL, DeployedServer
from mlflow_server import MlflowServer
from project import STAGES, Project

# Where TensorFlow computes is selected before anything runs on it, for other files' tests too.
pytestmark = pytest.mark.usefixtures("cpu")

NAME = "mine-classifier"
LEARNT = ["train", "evaluate", "register"]
FAIR = {
    "features.method": "bow",
    "features.terms.word_ngrams": 1,
    "features.terms.character_ngrams": 0,
    "train.bidirectional": False,
    "train.readout": "last",
    "train.dropout": 0.0,
    "train.learning_rate": 0.005,
    "train.units": 16,
    "gate.max_false_positive_rate": None,
    "gate.min_recall": None,
}
WORSE = {"train.learning_rate": 1e-5, "train.epochs": 1}
BETTER = {"train.learning_rate": 0.01, "train.epochs": 10}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """As docs/deploy.md has it, where PostgreSQL is installed."""
    kind = DeployedServer if HAS_POSTGRESQL else MlflowServer
    with (
        kind(tmp_path_factory.mktemp("server")) as server,
        patch.dict(os.environ, server.credentials),
    ):
        yield server


@pytest.fixture(scope="module")
def project(tmp_path_factory, server):
    """A project on messages whose order tells, with a DVC remote and a tracking server."""
    project = Project.create(tmp_path_factory.mktemp("project"), ordered_messages(1500))
    project.environment |= {"MLFLOW_TRACKING_URI": server.uri, **server.credentials}
    project.set_params(FAIR)
    remote = tmp_path_factory.mktemp("remote")
    project.run("dvc", "remote", "add", "--default", "store", str(remote))
    return project


def client_of(project):
    uri = project.environment.get("MLFLOW_TRACKING_URI")
    uri = uri or f"sqlite:///{project.folder}/mlruns/mlflow.db"
    return mlflow.MlflowClient(uri, uri)


def register_said(project):
    return json.loads((project.folder / "reports/register.json").read_text())


def keep(project, message):
    project.commit(message)
    project.run("dvc", "push", "-q")


def champion(project):
    return str(client_of(project).get_model_version_by_alias(NAME, "champion").version)


def registry(project):
    """All that must be the same wherever it is rebuilt."""
    client = client_of(project)
    model = client.get_registered_model(NAME)
    versions = {}
    for version in client.search_model_versions(f"name = '{NAME}'"):
        run = client.get_run(version.run_id)
        steps = client.get_metric_history(version.run_id, "val_loss")
        artifacts = {file.path for file in client.list_artifacts(version.run_id)}
        figures = {file.path for file in client.list_artifacts(version.run_id, "figures")}
        versions[str(version.version)] = {
            "tags": version.tags,
            "name": run.info.run_name,
            "status": run.info.status,
            "params": run.data.params,
            "metrics": {k: v for k, v in run.data.metrics.items() if not is_cost(k)},
            "val_loss": sorted((point.step, point.value) for point in steps),
            "artifacts": artifacts | figures,
        }
    aliases = {alias: str(version) for alias, version in model.aliases.items()}
    return {"aliases": aliases, "versions": versions}


def is_cost(metric):
    """Whether it tells of the machine, which what is rebuilt from files cannot know."""
    return metric.removeprefix("training/") in (
        "epoch_seconds",
        "tokens_per_second",
        "peak_memory_mb",
    )


def test_the_first_model_within_the_guard_rails_becomes_champion(project):
    assert project.repro() == STAGES
    said = register_said(project)
    assert (said["version"], said["verdict"]) == ("1", "passed")
    table = (project.folder / "reports/gate.md").read_text()
    assert "baseline" in table
    promoted = project.rnnops("promote").stdout
    assert f"version 1 is the champion of {NAME}" in promoted
    assert champion(project) == "1"
    again = project.rnnops("promote", "1", status=1)
    assert "is the champion already" in again.stderr
    keep(project, "first champion")
    assert project.repro() == ["register"]
    assert register_said(project)["verdict"] == "champion"


def test_a_worse_model_is_refused_with_the_reason(project):
    project.set_params(WORSE)
    assert project.repro() == LEARNT
    said = register_said(project)
    assert (said["version"], said["verdict"]) == ("2", "refused")
    table = (project.folder / "reports/gate.md").read_text()
    assert "| roc_auc |" in table
    assert "refused" in table
    assert "Look 1 of 50 at this champion on this test split" in table
    for arguments, reason in (
        (["2"], "version 2 of mine-classifier is not promoted: refused: roc_auc"),
        ([], "may become champion: version 2 (refused), version 1 (champion);"),
    ):
        refused = project.rnnops("promote", *arguments, status=1)
        assert reason in refused.stderr
        assert refused.stderr.count("\n") == 1
    unreasoned = project.rnnops("promote", "2", "--force", status=1)
    assert "--force needs --reason" in unreasoned.stderr
    project.set_params({"gate.rule": "non_inferiority"})
    milder = project.rnnops("promote", "2", status=1)
    assert "judged by other rules or parameters of the gate" in milder.stderr
    project.set_params({"gate.rule": "superiority"})
    assert champion(project) == "1"
    keep(project, "a worse model")


def test_a_better_model_is_promoted_though_the_server_dies_while_it_trains(project, server):
    project.set_params(BETTER)
    training = subprocess.Popen(
        ["dvc", "repro", "evaluate"],
        cwd=project.folder,
        env=project.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    wait_for_first_epoch(project, training)
    server.stop()
    printed, _ = training.communicate()
    server.start()
    assert training.returncode == 0, printed
    assert printed.count("cannot be reached") == 1
    assert project.repro() == ["register"]
    said = register_said(project)
    assert (said["version"], said["verdict"]) == ("3", "passed")
    assert "Look 2 of 50" in (project.folder / "reports/gate.md").read_text()
    client, history = client_of(project), pd.read_csv(project.folder / "models/rnn/history.csv")
    for metric in ("val_loss", "training/epoch_seconds"):
        logged = client.get_metric_history(said["run_id"], metric)
        assert [point.step for point in logged] == history["epoch"].tolist()
    experiment = client.get_experiment_by_name("mine").experiment_id
    assert not client.search_runs([experiment], "attributes.status = 'RUNNING'")
    promoted = project.rnnops("promote").stdout
    assert "other versions: version 2 (refused against another champion), version 1 (c" in promoted
    assert champion(project) == "3"
    keep(project, "a better model")


def wait_for_first_epoch(project, training):
    client = client_of(project)
    deadline = time.monotonic() + 300
    while training.poll() is None and time.monotonic() < deadline:
        experiment = client.get_experiment_by_name("mine").experiment_id
        runs = client.search_runs([experiment], "attributes.status = 'RUNNING'")
        if any("train_loss" in run.data.metrics for run in runs):
            return
        with suppress(subprocess.TimeoutExpired):  # asking without a pause takes a core from it
            training.wait(0.1)
    pytest.fail("no epoch was logged")


def test_the_champion_before_comes_back(project):
    back = project.rnnops("rollback", "--reason", "complaints").stdout
    assert f"version 1 is the champion of {NAME} again: complaints" in back
    assert champion(project) == "1"
    none = project.rnnops("rollback", status=1)
    assert "has no earlier champion to go back to" in none.stderr
    withdrawn = project.rnnops("promote", status=1)
    assert "version 3 (champion before)" in withdrawn.stderr
    unknown = project.rnnops("promote", "7", status=1)
    assert "mine-classifier has no version 7; it has: 1, 2, 3" in unknown.stderr
    keep(project, "back to the first champion")


def test_history_shows_all_three(project):
    lines = project.rnnops("history").stdout.splitlines()
    decisions = [line for line in lines if re.match(r"\s*\d", line)]
    assert [word in line for word, line in zip(
        ("promote 1", "promote 3", "rollback 1"), decisions, strict=True,
    )] == [True] * 3  # fmt: skip
    assert "complaints" in decisions[2]
    assert "roc_auc" in decisions[1]


@pytest.fixture(scope="module")
def clone(project, tmp_path_factory):
    """The project on another machine, which has neither the server nor the cache."""
    folder = tmp_path_factory.mktemp("elsewhere") / "project"
    subprocess.run(["git", "clone", "-q", project.folder, folder], check=True)
    clone = Project(folder)
    clone.run("git", "config", "user.name", "another")
    clone.run("git", "config", "user.email", "another@example.invalid")
    clone.run("dvc", "pull", "-q")
    return clone


def test_elsewhere_sync_rebuilds_the_same_registry_and_twice_changes_nothing(project, clone):
    clone.rnnops("sync")
    assert registry(clone) == registry(project)
    looks = clone.folder / "models/looks.jsonl"
    assert [json.loads(line)["number"] for line in looks.read_text().splitlines()] == [1, 2]
    before = registry(clone)
    again = clone.rnnops("sync").stdout
    assert again.count("registered already") == 3
    assert registry(clone) == before
    assert clone.run("git", "status", "--porcelain").stdout == ""
    assert clone.rnnops("history").stdout == project.rnnops("history").stdout


def test_a_registry_that_forgot_everything_takes_the_champion_from_git_and_dvc(
    project, tmp_path_factory
):
    folder = tmp_path_factory.mktemp("ci") / "project"
    subprocess.run(["git", "clone", "-q", project.folder, folder], check=True)
    clone = Project(folder)
    lost = clone.rnnops("history", status=1)
    assert "run `dvc pull models/champion/mine-classifier.dvc`" in lost.stderr
    clone.run("dvc", "pull", "-q", "models/champion/mine-classifier.dvc")
    shown = clone.rnnops("history").stdout
    assert shown == project.rnnops("history").stdout
    typed = [
        json.loads(each.rnnops("predict", "--json", input="answer wordaa question").stdout)
        for each in (clone, project)
    ]
    assert typed[0]["p_spam"] == pytest.approx(typed[1]["p_spam"], abs=1e-6)


def test_a_registry_and_a_file_that_disagree_stop_with_one_line(clone):
    path = clone.folder / "models/champion.json"
    kept = path.read_text()
    for broken, said in (
        (kept.replace("complaints", "praise"), "differ on mine-classifier from decision 3 on"),
        (f"<<<<<<< HEAD\n{kept}", "models/champion.json cannot be read"),
    ):
        path.write_text(broken)
        done = clone.rnnops("history", status=1)
        assert said in done.stderr
        assert done.stderr.count("\n") == 1
    path.write_text(kept)


def test_a_fresh_test_split_starts_with_the_champions_recipe_and_its_first_look(project):
    project.run("git", "checkout", "HEAD^{/first champion}", "--", "params.yaml")
    project.run("dvc", "exp", "run", "-S", "split.seed=1")
    said = register_said(project)
    assert (said["version"], said["verdict"]) == ("4", "not enough to judge")
    refused = project.rnnops("promote", "4", status=1)
    assert "not enough to judge" in refused.stderr
    project.rnnops("promote", "4", "--force", "--reason", "a fresh test split")
    keep(project, "a fresh test split")
    assert project.repro() == ["register"]
    assert register_said(project)["verdict"] == "champion"
    project.set_params({"evaluate.seed": 1})
    assert project.repro() == ["evaluate", "register"]
    assert "Look 1 of 50 at this champion" in (project.folder / "reports/gate.md").read_text()
