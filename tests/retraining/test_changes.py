"""What a retraining has changed, and what others have changed since its checkout."""

import subprocess
from pathlib import Path

import pytest

from rnnops.core import layout
from rnnops.core.errors import InputError
from rnnops.retraining.changes import learnt_from_since, results_differ


@pytest.fixture
def others(tmp_path, monkeypatch):
    """Another checkout of the same repository; the tests' own is the working directory."""
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "test")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "test@example.invalid")
    origin, theirs, own = (tmp_path / name for name in ("origin.git", "theirs", "own"))
    git("init", "-q", "--bare", "-b", "main", origin)
    git("clone", "-q", origin, theirs)
    commit(theirs, layout.RESULTS)
    git("clone", "-q", origin, own)
    monkeypatch.chdir(own)
    return theirs


def git(*arguments, folder=None):
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def commit(folder, name):
    """Another content of the file `name`, on main of the origin."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write("changed\n")
    git("add", "-A", folder=folder)
    git("commit", "-q", "-m", name, folder=folder)
    git("push", "-q", "origin", "HEAD:main", folder=folder)


@pytest.mark.parametrize("path", [layout.PARAMS, f"{layout.INCOMING}/café bar.csv.dvc"])
def test_what_is_learnt_from_is_named(others, path):
    commit(others, layout.RESULTS)
    commit(others, path)
    assert learnt_from_since("origin", "main") == path


def test_other_results_are_an_error_and_other_files_are_nothing(others):
    commit(others, "README.md")
    assert learnt_from_since("origin", "main") is None
    commit(others, layout.RESULTS)
    with pytest.raises(InputError, match=rf"main has other results by now \({layout.RESULTS}\)"):
        learnt_from_since("origin", "main")


@pytest.mark.usefixtures("others")
def test_looks_alone_are_no_result():
    looks = Path(layout.LOOKS_FILE)
    looks.parent.mkdir()
    looks.write_text("a look\n")
    assert not results_differ()
    Path(layout.LOCK).write_text("changed\n")
    assert results_differ()
