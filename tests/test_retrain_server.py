"""The retraining workflow with a real MLflow server, whose champion a merge moves: better and worse
models, runs that are killed, and two pushes at once. DVC's remote is S3.
"""

from concurrent.futures import ThreadPoolExecutor

import mlflow
import pytest
from code_host import NAME, GitHub
from corpus import ordered_messages
from mlflow_server import MlflowServer
from s3_server import BUCKET, SECRETS, S3Server
from test_story import BETTER, FAIR, WORSE


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with MlflowServer(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture(scope="module")
def github(tmp_path_factory, server):
    with S3Server() as s3:
        github = GitHub(tmp_path_factory.mktemp("github"), ordered_messages(1500), FAIR)
        github.use_remote(f"s3://{BUCKET}/dvc", s3.uri, **SECRETS)
        github.secrets["MLFLOW_TRACKING_URI"] = server.uri
        github.push("data")
        yield github


def champion(server):
    """The version that the server has as the champion, None if it has none."""
    model = mlflow.MlflowClient(server.uri, server.uri).get_registered_model(NAME)
    return model.aliases.get("champion")


def test_a_merge_moves_the_champion_of_the_server(github, server):
    status, printed = github.run()
    assert status == 0, printed
    assert champion(server) is None
    github.merge()
    assert github.run("promote")[0] == 0
    assert champion(server) == "1"


def test_a_worse_model_is_proposed_as_refused(github, server):
    github.person.set_params(WORSE)
    github.push("worse")
    status, printed = github.run()
    assert status == 0, printed
    (request,) = github.pull_requests()
    assert request["title"] == "Version 2 is trained (refused): the champion stays"
    assert "| roc_auc |" in request["text"]
    assert "Look 1 of 50" in request["text"]
    assert "models/champion.json" not in github.changed_paths()
    assert champion(server) == github.champion() == "1"


def test_a_run_that_was_killed_is_run_again(github, server):
    github.person.set_params(BETTER)
    github.push("better")
    before = github.proposed()
    status, printed = github.run(kill_at="Running stage 'evaluate'")
    assert status != 0
    assert "Running stage 'train'" in printed
    assert github.proposed() == before
    assert champion(server) == "1"
    away = github.folder / "gh-is-away"
    away.touch()
    runner = github.runner()
    status, printed = github.run(runner=runner)
    assert status == 1
    assert "error connecting to github" in printed
    assert github.proposed() != before
    away.unlink()
    status, printed = github.run(runner=runner)
    assert status == 0, printed
    (request,) = github.pull_requests()
    assert request["title"] == "Version 3 becomes the champion"
    assert "Look 2 of 50" in request["text"]  # the first was at a model that nobody merged
    assert champion(server) == "1"


def test_a_better_model_becomes_the_champion_by_a_merge(github, server):
    github.merge()
    assert github.champion() == "3"
    assert github.run("promote")[0] == 0
    assert champion(server) == "3"


def test_of_two_pushes_at_once_the_newer_is_proposed(github, server):
    github.add(ordered_messages(30, seed=7))
    first = github.runner()
    github.add(ordered_messages(30, seed=8))
    second = github.runner()
    with ThreadPoolExecutor(2) as pool:
        older, newer = pool.map(lambda runner: github.run(runner=runner), (first, second))
    assert older[0] == newer[0] == 0, older[1] + newer[1]
    assert "main has other data, parameters or code by now (data/incoming/" in older[1]
    (request,) = github.pull_requests()
    assert "`rnnops add` has added 60 of them" in request["text"]
    assert champion(server) == github.champion() == "3"
    github.merge()
    assert github.person.run("dvc", "status", "split", "train").stdout.startswith("Data and")
