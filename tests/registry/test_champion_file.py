import subprocess

import pytest
from decision_history import BACK, FIRST, NAME, SECOND, decision

from rnnops.core.errors import InputError
from rnnops.registry.champion_file import CHAMPION_FILE, read_file, recover_from_git, write_file


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def git(*arguments):
    identity = ["-c", "user.name=ann", "-c", "user.email=ann@example.org"]
    command = ["git", *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def commit(folder):
    git("init", "--quiet", str(folder))

    def commit(decisions=None, text=None):
        """The id of a commit with these decisions, or this text, in models/champion.json."""
        if text is None:
            write_file(NAME, decisions)
        else:
            CHAMPION_FILE.write_text(text)
        git("add", "-A")
        git("commit", "--quiet", "--message", "decided")
        return git("rev-parse", "HEAD")

    return commit


def test_the_file_keeps_the_decisions_of_each_model():
    assert read_file(NAME) == []
    write_file(NAME, [FIRST, SECOND])
    write_file("other-classifier", [FIRST])
    assert read_file(NAME) == [FIRST, SECOND]
    assert read_file("other-classifier") == [FIRST]


def test_a_copy_that_dvc_runs_an_experiment_in_reads_the_main_checkouts_file(folder, monkeypatch):
    write_file(NAME, [FIRST])
    copy = folder / ".dvc" / "tmp" / "exps" / "copy"
    copy.mkdir(parents=True)
    monkeypatch.chdir(copy)
    assert read_file(NAME) == [FIRST]


@pytest.mark.parametrize("content", ["<<<<<<< HEAD\n{}", '{"mine-classifier": [{"a": 1}]}', "[1]"])
def test_a_broken_file_is_named_in_one_line(content):
    write_file(NAME, [FIRST])
    CHAMPION_FILE.write_text(content)
    with pytest.raises(InputError, match=r"models/champion\.json cannot be read") as raised:
        read_file(NAME)
    assert "\n" not in str(raised.value)


def test_outside_of_git_nothing_is_recovered(monkeypatch, folder):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(folder.parent))
    assert recover_from_git(NAME, [FIRST]) == ([FIRST], None)


def test_the_longest_list_that_continues_what_is_known_is_recovered(commit):
    commit([FIRST])
    holder = commit([FIRST, SECOND, BACK])
    commit([FIRST])
    assert recover_from_git(NAME, []) == ([FIRST, SECOND, BACK], holder)
    assert recover_from_git(NAME, [FIRST]) == ([FIRST, SECOND, BACK], holder)
    assert recover_from_git("other-classifier", []) == ([], None)


def test_a_list_that_differs_from_what_is_known_is_not_taken(commit):
    commit([FIRST, SECOND, BACK])
    known = [FIRST, decision(2, "2")]
    assert recover_from_git(NAME, known) == (known, None)


def test_a_committed_conflict_is_passed_over(commit):
    holder = commit([FIRST, SECOND])
    commit(text="<<<<<<< HEAD\n{}")
    assert recover_from_git(NAME, [FIRST]) == ([FIRST, SECOND], holder)


def test_decisions_on_another_branch_are_not_taken(commit):
    commit([FIRST])
    git("checkout", "--quiet", "-b", "other")
    commit([FIRST, SECOND])
    git("checkout", "--quiet", "-")
    assert recover_from_git(NAME, [FIRST]) == ([FIRST], None)
