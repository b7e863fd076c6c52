"""A file of one's own under DVC, as the README advises, is there after whatever is done to it."""

import subprocess

import pytest
from project import ROOT, Project

FILE = "data/incoming/mine.csv"
NESTED = "data/incoming/team/other.csv"


@pytest.fixture(scope="module")
def remote(tmp_path_factory):
    return tmp_path_factory.mktemp("remote")


@pytest.fixture(scope="module")
def project(tmp_path_factory, remote):
    """The file is added, committed and pushed."""
    project = Project.create(tmp_path_factory.mktemp("project"))
    project.run("dvc", "remote", "add", "--default", "store", str(remote))
    nested = project.folder / NESTED
    nested.parent.mkdir()
    nested.write_text("kind,body\nham,hello\n")
    project.run("dvc", "add", FILE, NESTED)
    project.run("git", "add", ".")
    project.run("git", "commit", "-q", "-m", "my messages")
    project.run("dvc", "push", "-q")
    return project


def test_what_dvc_add_wrote_is_in_git_and_the_file_itself_is_not(project):
    tracked = project.run("git", "ls-files", "data").stdout.split()
    assert f"{FILE}.dvc" in tracked
    assert FILE not in tracked


def test_a_clone_pulls_it(project, tmp_path):
    subprocess.run(["git", "clone", "-q", project.folder, tmp_path / "clone"], check=True)
    clone = Project(tmp_path / "clone")
    clone.run("dvc", "pull", "--allow-missing")  # the pipeline has not run
    for name in (FILE, NESTED):
        assert (clone.folder / name).read_text() == (project.folder / name).read_text()


def test_checkout_and_garbage_collection_keep_it(project):
    text = (project.folder / FILE).read_text()
    project.run("dvc", "checkout", "--allow-missing")
    project.run("dvc", "gc", "--workspace", "--force")
    assert (project.folder / FILE).read_text() == text
    (project.folder / FILE).unlink()
    project.run("dvc", "checkout", "--allow-missing")
    assert (project.folder / FILE).read_text() == text


def test_no_folder_in_which_people_keep_files_is_ignored():
    for path in (
        "data/mine.csv.dvc",
        "data/incoming/a/b.csv.dvc",
        "models/own.dvc",
        "reports/x.dvc",
    ):
        ignored = subprocess.run(["git", "check-ignore", "-q", path], cwd=ROOT, check=False)
        assert ignored.returncode == 1, path
