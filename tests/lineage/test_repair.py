"""dvc.lock as a killed DVC leaves it."""

import subprocess
import sys
from pathlib import Path

import pytest

RNNOPS = Path(sys.executable).with_name("rnnops")
WHOLE = "schema: '2.0'\nstages:\n  one:\n    cmd: echo one\n"
SAID = "error: dvc.lock is empty or cut off: DVC was stopped while it wrote it; `rnnops repair`"


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository whose last commit has a whole dvc.lock."""
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet")
    commit(WHOLE)


def git(*arguments):
    identity = ["-c", "user.name=ann", "-c", "user.email=ann@example.org"]
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


def commit(text):
    Path("dvc.lock").write_text(text)
    git("add", "dvc.lock")
    git("commit", "--quiet", "--message", "lock")


def rnnops(*arguments):
    return subprocess.run([RNNOPS, *arguments], capture_output=True, text=True, check=False)


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("broken", ["", "schema: '2.0'\n", WHOLE + '  two: "', "stages:\n"])
def test_every_command_says_that_the_lock_is_broken_and_repair_restores_it(broken):
    Path("dvc.lock").write_text(broken)
    for arguments in (["summary"], ["lineage", "models/rnn"], ["sync"], ["repair", "--check"]):
        done = rnnops(*arguments)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
        assert done.stderr.startswith(SAID)
    assert "restored from commit" in rnnops("repair").stdout
    assert Path("dvc.lock").read_text() == WHOLE
    assert rnnops("repair", "--check").returncode == 0
    assert "nothing to repair" in rnnops("repair").stdout


@pytest.mark.usefixtures("repository")
def test_a_broken_lock_that_was_committed_is_passed_over():
    commit("")
    assert rnnops("repair").returncode == 0
    assert Path("dvc.lock").read_text() == WHOLE


def test_without_a_whole_lock_in_git_it_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet")
    assert "there is no dvc.lock" in rnnops("repair").stdout
    Path("dvc.lock").touch()
    done = rnnops("repair")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "`rm dvc.lock`" in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {".git", "dvc.lock"}
