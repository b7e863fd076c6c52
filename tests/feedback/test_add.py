"""`rnnops add` and `rnnops conflicts` in a project, with the real git and DVC."""

import hashlib
import re
import shutil
import subprocess
import sys

import pandas as pd
import pytest
from project import Project

from rnnops.core import layout
from rnnops.ingest.additions import read_additions

NEW = pd.DataFrame(
    [
        ("an entirely new message about a walk by the river", "ham"),
        ("a message with the label of no other", "spma"),
        ("", "spam"),
    ],
    columns=["body", "kind"],
)


@pytest.fixture(scope="module")
def split_project(tmp_path_factory):
    project = Project.create(tmp_path_factory.mktemp("split") / "project")
    project.run("dvc", "repro", "split")
    project.commit("split")
    return project


@pytest.fixture
def project(split_project, tmp_path):
    """A copy whose messages are split, and a table with one row of each kind that there is."""
    project = Project(tmp_path / "project")
    shutil.copytree(split_project.folder, project.folder)
    own = pd.read_csv(project.folder / "data/incoming/mine.csv")
    turned = own.iloc[[1]].replace({"kind": {"ham": "spam", "spam": "ham"}})
    like = own.iloc[[2]].assign(body=own["body"][2] + " again")
    table = pd.concat([NEW, own.iloc[[0]], turned, like])
    table.to_csv(project.folder / "new.csv", index=False)
    return project


def content(folder):
    """The digest of each file below data/incoming, but for DVC's timestamps."""
    files = (path for path in (folder / "data/incoming").rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def additions(project):
    return read_additions(project.folder / layout.ADDED / "mine")


def splits(project):
    return {
        message: name
        for name in (*layout.SPLIT_NAMES, layout.EXCLUDED)
        for message in pd.read_parquet(project.folder / layout.split_file(name))["id"]
    }


def test_every_row_is_counted_and_what_is_new_reaches_the_splits(project):
    before = splits(project)
    done = project.run("rnnops", "add", "new.csv")
    counts = (
        "mine: 2 accepted (1 of them like a known message), 1 known already, 1 held, 2 quarantined"
    )
    assert done.stdout.startswith(counts)
    assert (project.folder / "data/incoming/added/mine.dvc").exists()
    ran = re.findall(r"Running stage '(\w+)'", project.run("dvc", "repro", "split").stdout)
    assert ran == ["ingest", "validate", "split"]
    after = splits(project)
    assert {message: after[message] for message in before} == before
    assert after.keys() - before.keys() == set(additions(project).accepted["id"])
    messages = pd.read_parquet(project.folder / layout.MESSAGES)
    like = messages["text"].str.endswith(" again")
    (own,) = messages.loc[messages["text"] + " again" == messages["text"][like].item(), "id"]
    assert after[messages["id"][like].item()] == after[own]


def test_adding_twice_changes_no_byte(project):
    project.run("rnnops", "add", "new.csv")
    before = content(project.folder)
    done = project.run("rnnops", "add", "new.csv")
    assert done.stdout.startswith(
        "mine: 0 accepted (0 of them like a known message), 4 known already, 0 held, 2 quarantined"
    )
    assert content(project.folder) == before


def test_a_decision_alone_changes_the_label_of_a_test_message(project):
    test = pd.read_parquet(project.folder / layout.split_file(layout.TEST))
    message = test[test["label"] == "ham"].iloc[0]
    table = pd.DataFrame({"body": [message["text"]], "kind": ["spam"]})
    table.to_csv(project.folder / "feedback.csv", index=False)
    project.run("rnnops", "add", "feedback.csv")
    project.run("dvc", "repro", "split")
    unchanged = pd.read_parquet(project.folder / layout.split_file(layout.TEST))
    assert unchanged.equals(test)
    listed = project.run("rnnops", "conflicts").stdout
    (held,) = additions(project).undecided["id"]
    assert held in listed
    assert "ham" in listed
    assert " test " in listed
    done = project.run(
        "rnnops", "conflicts", "relabel", held, "--label", "spam", "--reason", "read it"
    )
    assert done.stdout == (
        "mine: relabel 1 held and the label of 1 known message; next: dvc repro\n"
    )
    project.run("dvc", "repro", "split")
    test = pd.read_parquet(project.folder / layout.split_file(layout.TEST)).set_index("id")
    assert test.loc[message["id"], "label"] == "spam"
    assert additions(project).decisions[0]["who"] == "test"
    assert project.run("rnnops", "conflicts").stdout == "mine: no message is held\n"


# Kills the process when it calls a function for the n-th time.
KILLED = """
import os, pathlib, sys
from rnnops.core import files
from rnnops.feedback import batches
place, call = {place!r}, {call}
owner, name = {{
    "write": (files, "write_parquet"),
    "rename": (pathlib.Path, "rename"),
    "dvc": (batches, "_track"),
}}[place]
function, calls = getattr(owner, name), []
def killing(*arguments, **options):
    calls.append(1)
    if len(calls) == call:
        os.kill(os.getpid(), 9)
    return function(*arguments, **options)
setattr(owner, name, killing)
sys.argv = ["rnnops", "add", "new.csv"]
from rnnops.cli.main import main
main()
"""


@pytest.mark.parametrize(("place", "call"), [("write", 1), ("write", 3), ("rename", 1), ("dvc", 1)])
def test_killed_at_any_point_nothing_is_half_added(project, place, call):
    code = KILLED.format(place=place, call=call)
    killed = subprocess.run(
        [sys.executable, "-c", code], cwd=project.folder, env=project.environment
    )
    assert killed.returncode == -9
    found = additions(project)
    expected = (2, 1, 2) if place == "dvc" else (0, 0, 0)
    assert (len(found.accepted), len(found.held), len(found.rejected)) == expected
    project.run("rnnops", "add", "new.csv")
    found = additions(project)
    assert (len(found.accepted), len(found.held), len(found.rejected)) == (2, 1, 2)
    assert project.run("dvc", "status", "data/incoming/added/mine.dvc").stdout.startswith("Data")
    assert not list((project.folder / layout.ADDED).glob(".unfinished*"))


def test_two_at_once_lose_nothing(project):
    tables = []
    for number in range(4):
        table = pd.DataFrame({"body": [f"message {name} by writer {number}" for name in "abc"]})
        table.assign(kind="ham").to_csv(project.folder / f"{number}.csv", index=False)
        tables.append(table["body"])
    running = [
        subprocess.Popen(
            ["rnnops", "add", f"{number}.csv"], cwd=project.folder, env=project.environment
        )
        for number in range(4)
    ]
    assert [process.wait() for process in running] == [0] * 4
    assert sorted(additions(project).accepted["text"]) == sorted(pd.concat(tables))
    assert project.run("dvc", "status", "data/incoming/added/mine.dvc").stdout.startswith("Data")


def test_additions_that_are_not_in_this_checkout_stop_the_pipeline(project, tmp_path):
    project.run("rnnops", "add", "new.csv")
    project.run("dvc", "add", "data/incoming/mine.csv")
    project.commit("added")
    project.run("dvc", "remote", "add", "-d", "there", str(tmp_path / "remote"))
    project.run("dvc", "push")
    shutil.rmtree(project.folder / "data/incoming/added/mine")
    failed = project.stage("ingest")
    assert failed.returncode == 1
    assert failed.stderr == (
        "error: data/incoming/added/mine is not in this checkout: `dvc pull"
        " data/incoming/added/mine.dvc` fetches it\n"
    )
    shutil.rmtree(project.folder / ".dvc/cache")
    project.run("dvc", "pull", "data/incoming/added/mine.dvc")
    assert "2 of them added" in project.stage("ingest").stdout
    assert len(additions(project).accepted) == 2


def test_an_experiment_from_before_the_first_addition_does_not_lose_it(project):
    project.run("rnnops", "add", "new.csv")
    project.commit("added")
    folder = project.folder / "data/incoming/added"
    shutil.rmtree(folder / "mine")  # as `dvc exp apply` of an older experiment does
    (folder / "mine.dvc").unlink()
    done = project.stage("ingest")
    assert "2 of them added" in done.stdout
    assert "restored from commit" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["missing.csv"], "missing.csv does not exist"),
        (["new.csv", "--label", "spma"], "--label 'spma' is not a label of the dataset; did you"),
    ],
)
def test_what_cannot_be_added_is_one_line_and_nothing_is_written(project, arguments, error):
    before = content(project.folder)
    failed = project.run("rnnops", "add", *arguments, status=1)
    assert failed.stderr.startswith(f"error: {error}")
    assert len(failed.stderr.splitlines()) == 1
    assert content(project.folder) == before


def test_without_the_datasets_own_messages_nothing_can_be_compared(project):
    shutil.rmtree(project.folder / "data/raw")
    failed = project.run("rnnops", "add", "new.csv", status=1)
    assert failed.stderr == (
        "error: the messages of mine are not in data/raw/messages.parquet: run `dvc repro ingest`"
        " first\n"
    )
