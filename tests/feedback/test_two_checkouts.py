"""Two people who add labels at once, each in a checkout of their own."""

import pytest
from corpus import campaign_messages
from project import Project

from rnnops.core import layout
from rnnops.ingest.additions import read_additions


@pytest.fixture
def people(project, tmp_path):
    """Two clones of one repository, with DVC's merge driver as docs/labels.md sets it up."""
    origin, remote = tmp_path / "origin.git", tmp_path / "remote"
    project.run("dvc", "remote", "add", "--default", "team", str(remote))
    add_labels(project, 0)
    project.commit("the first labels")
    project.run("dvc", "push")
    project.run("git", "clone", "-q", "--bare", ".", str(origin))
    clones = []
    for name in ("anna", "ben"):
        project.run("git", "clone", "-q", str(origin), str(tmp_path / name))
        clone = Project(tmp_path / name)
        clone.run("git", "config", "user.name", name)
        clone.run("git", "config", "user.email", "person@example.invalid")
        driver = "dvc git-hook merge-driver --ancestor %O --our %A --their %B"
        clone.run("git", "config", "merge.dvc.driver", driver)
        clone.run("dvc", "pull")
        clones.append(clone)
    return clones


def add_labels(project, seed):
    """Add new messages from a table that is gone afterwards."""
    messages = campaign_messages(20, seed=seed + 50)[["label", "text"]]
    table = project.folder / "new.csv"
    messages.set_axis(["kind", "body"], axis=1).to_csv(table, index=False)
    project.run("rnnops", "add", table.name)
    table.unlink()


def accepted_by(person):
    """The ids of the accepted messages in a checkout."""
    return set(read_additions(person.folder / layout.ADDED / "mine").accepted["id"])


def test_both_are_kept_when_the_second_one_pulls(people):
    anna, ben = people
    for seed, person in enumerate(people, start=1):
        add_labels(person, seed)
        person.commit("labels")
        person.run("dvc", "push")
    first, second = (accepted_by(person) for person in people)
    assert first - second
    assert second - first
    anna.run("git", "push", "-q", "origin", "main")
    ben.run("git", "fetch", "-q", "origin")
    ben.run("dvc", "fetch", "--all-commits", "data/incoming/added/mine.dvc")
    ben.run("git", "merge", "-q", "--no-edit", "origin/main")
    ben.run("dvc", "checkout")
    additions = ben.folder / layout.ADDED / "mine"
    assert len([each for each in additions.iterdir() if each.is_dir()]) == 3
    assert read_additions(additions).accepted["id"].is_unique
    assert accepted_by(ben) == first | second
    assert ben.run("git", "status", "--porcelain").stdout == ""
