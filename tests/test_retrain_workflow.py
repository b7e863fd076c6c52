""".github/workflows/retrain.yml, step by step on empty machines: S3 for DVC, no MLflow server."""

import fnmatch
import re

import pandas as pd
import pytest
from code_host import GitHub
from corpus import campaign_messages
from project import ROOT
from ruamel.yaml import YAML
from s3_server import BUCKET, SECRETS, S3Server

from rnnops.retraining.changes import LEARNT_FROM

WORKFLOW = YAML(typ="safe").load(ROOT / ".github/workflows/retrain.yml")
REMOTE = f"s3://{BUCKET}/dvc"


@pytest.fixture(scope="module")
def s3():
    with S3Server() as server:
        yield server


@pytest.fixture(scope="module")
def github(tmp_path_factory, s3):
    github = GitHub(tmp_path_factory.mktemp("github"), campaign_messages(150), {})
    github.use_remote(REMOTE, s3.uri, **SECRETS)
    github.push("data")
    return github


def test_a_first_run_proposes_the_first_champion(github, s3):
    before = s3.names()
    status, printed = github.run()
    assert status == 0, printed
    (request,) = github.pull_requests()
    assert (request["head"], request["base"]) == ("retrain", "main")
    assert request["title"] == "Version 1 becomes the champion"
    for part in (
        "### The gate",
        "| accuracy |",
        "### Data",
        "### Cost",
        "`rnnops conflicts`): 0 added",
        "[this run](https://github.example/team/mine/actions/runs/7)",
    ):
        assert part in request["text"], part
    assert request["text"] in (github.folder / "summary.md").read_text()
    assert (github.folder / "runner1/reports/plots_diff/index.html").exists()
    assert github.champion() is None
    assert not (github.folder / "runner1/models/champion.json").exists()  # it is only proposed
    assert s3.names() > before


def test_merging_starts_no_training(github):
    filters = WORKFLOW["on"]["push"]["paths"]
    assert {each.removesuffix("/**") for each in filters} == set(LEARNT_FROM)
    changed = github.changed_paths()
    assert "dvc.lock" in changed
    assert "models/champion.json" in changed
    assert not [path for path in changed for each in filters if fnmatch.fnmatch(path, each)]


def test_a_merge_promotes(github):
    github.merge()
    assert github.champion() == "1"
    shown = github.person.run("rnnops", "history").stdout
    assert re.search(r"promote\s+1", shown)


def test_without_a_change_nothing_is_proposed(github):
    before = github.proposed()
    status, printed = github.run()
    assert status == 0, printed
    assert "nothing was added since the last training" in printed
    assert "nothing has changed: nothing is proposed" in printed
    assert re.findall(r"Running stage '(\w+)'", printed) == ["register"]
    assert github.pull_requests() == []
    assert github.proposed() == before


def test_one_trigger_twice_is_one_pull_request(github):
    github.add(campaign_messages(40, seed=5))
    runner = github.runner()
    status, printed = github.run(runner=runner)
    assert status == 0, printed
    (request,) = github.pull_requests()
    assert "`rnnops add` has added" in request["text"]
    assert "### Drift" in request["text"]
    first = github.proposed()
    status, printed = github.run(runner=runner)
    assert status == 0, printed
    assert "retrain has this already; pull request 3 updated" in printed
    assert github.proposed() == first
    assert len(github.pull_requests()) == 1
    assert github.champion() == "1"


def test_a_pull_request_that_was_closed_stays_closed(github):
    github.end_pull_request("CLOSED")
    status, printed = github.run(runner=github.runners[2])
    assert status == 0, printed
    assert "pull request 3 was closed, and stays so" in printed
    assert github.pull_requests() == []


def test_what_a_merge_could_not_use_is_not_proposed(github):
    before, runner = github.proposed(), github.runners[2]
    refused = runner.run("rnnops", "propose", "--branch", "main", status=1)
    assert "--branch and --base are both main" in refused.stderr
    runner.run("dvc", "remote", "remove", "team")
    refused = runner.run("rnnops", "propose", status=1)
    assert "there is no DVC remote, so a merge would promote a model" in refused.stderr
    assert github.proposed() == before


def test_data_that_fails_validation_proposes_nothing(github):
    before = github.proposed(), github.pull_requests()
    own = github.person.folder / "data/incoming/mine.csv"
    kept = own.read_bytes()
    pd.read_csv(own).iloc[:20].to_csv(own, index=False)
    github.person.run("dvc", "add", "data/incoming/mine.csv")
    github.push("most of the data is lost")
    status, printed = github.run()
    assert status != 0
    assert "min_rows" in printed
    assert (github.proposed(), github.pull_requests()) == before
    own.write_bytes(kept)
    github.person.run("dvc", "add", "data/incoming/mine.csv")
    github.push("the data is back")


@pytest.mark.parametrize(
    ("remote", "endpoint", "reason"),
    [
        (REMOTE, "http://127.0.0.1:9", "DVC's remote cannot be read: failed to connect to s3"),
        (f"s3://{BUCKET}/empty", None, "DVC's remote does not have what data/incoming/"),
    ],
)
def test_a_remote_that_cannot_be_used_is_one_line(github, s3, remote, endpoint, reason):
    before = github.proposed()
    runner = github.runner()
    runner.run("dvc", "remote", "modify", "team", "url", remote)
    runner.run("dvc", "remote", "modify", "team", "endpointurl", endpoint or s3.uri)
    status, printed = github.run(runner=runner)
    assert status == 1
    errors = [line for line in printed.splitlines() if line.startswith("error:")]
    assert len(errors) == 1
    assert reason in errors[0]
    assert "Traceback" not in printed
    assert github.proposed() == before


def test_a_fork_gets_the_report_without_secrets(github, s3):
    """Its remote is one that everybody can read: here a copy of the bucket on disk."""
    store = github.folder / "public"
    for key in s3.names():
        path = store / key.removeprefix("dvc/")
        path.parent.mkdir(parents=True, exist_ok=True)
        s3.client.download_file(BUCKET, key, str(path))
    runner, before = github.runners[2], github.proposed()  # it has retrained
    runner.run("dvc", "remote", "add", "--force", "--default", "team", str(store))
    kept, github.secrets = github.secrets, {}
    assert not any("GH_TOKEN" in own for _, own in github.jobs["report"])
    summary = github.folder / "summary.md"
    summary.unlink()
    status, printed = github.run("report", runner)
    github.secrets = kept
    assert status == 0, printed
    text = summary.read_text()
    assert "### The gate" in text
    assert "### Metrics of the test split" in text
    assert github.proposed() == before
    assert github.pull_requests() == []


def test_the_registry_of_another_machine_learns_of_a_merged_decision(github):
    status, printed = github.run("promote")
    assert status == 0, printed
    assert re.search(r"promote\s+1", printed)
