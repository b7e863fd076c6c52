"""What a refused `dvc exp run -S` leaves in params.yaml, with the real DVC."""

import pytest
from project import Project
from ruamel.yaml import YAML

RUNS_NOTHING_ELSE = "ingest"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return Project.create(tmp_path_factory.mktemp("project"))


@pytest.mark.parametrize(
    ("setting", "said", "restored"),
    [
        (
            "train.units=-3",
            "train.units: input should be greater than or equal to 1, not -3",
            "train.units -3 → 8",
        ),
        (
            "split.train=0.9",
            "split: train, validation and test must sum to 1",
            "split.train 0.9 → 0.7",
        ),
        (
            "+train.unitz=3",
            "train.unitz: unknown key; did you mean 'units'?",
            "train.unitz 3 → none",
        ),
        (
            "datasets.mine.read.format=cvs",
            "datasets.mine.read.format: ",
            "datasets.mine.read.format cvs → csv",
        ),
    ],
)
def test_a_refused_value_does_not_stay(project, setting, said, restored):
    refused = project.run("dvc", "exp", "run", "-S", setting, RUNS_NOTHING_ELSE, status=255)
    assert f"error: params.yaml: {said}" in refused.stderr
    assert f"(put back in params.yaml: {restored})" in refused.stderr
    assert project.run("git", "status", "--porcelain", "params.yaml").stdout == ""


def test_other_changes_stay(project):
    project.set_params({"train.units": 7})
    project.run("dvc", "exp", "run", "-S", "train.epochs=0", RUNS_NOTHING_ELSE, status=255)
    text = (project.folder / "params.yaml").read_text()
    assert "units: 7" in text
    assert "epochs: 2" in text
    assert "# most tokens that are read of a message" in text


def test_ones_own_edit_is_ones_own(project):
    project.set_params({"train.units": -3})
    done = project.stage("ingest")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "units: -3" in (project.folder / "params.yaml").read_text()


@pytest.mark.parametrize("settings", [[], ["-S", "train.units=0"]])
def test_an_entry_that_no_commit_has_is_never_taken_out(project, settings):
    project.run("git", "checkout", "-q", ".")
    entry = {
        "fetch": {"path": "data/incoming/mine.csv"},
        "read": {"format": "csv", "text": "body", "label": "kind", "separator": ";"},
    }
    project.set_params({"datasets.new": entry, "data.dataset": "new", "train.epochs": 3})
    refused = project.run("dvc", "exp", "run", *settings, RUNS_NOTHING_ELSE, status=255)
    assert "datasets.new.read.separator: unknown key" in refused.stderr
    params = YAML(typ="safe").load(project.folder / "params.yaml")
    assert params["datasets"]["new"] == entry
    assert (params["data"]["dataset"], params["train"]["epochs"]) == ("new", 3)
    assert params["train"]["units"] == 8
