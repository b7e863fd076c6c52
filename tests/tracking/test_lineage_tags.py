import hashlib
import subprocess

import pytest

from rnnops.tracking.lineage_tags import (
    DIFF_CHARACTERS,
    lineage_tags,
    parse_files_tag,
    uncommitted_diff,
)

LOCK = """\
schema: '2.0'
stages:
  split:
    cmd: x
    deps:
    - {path: src/a.py, md5: aa}
    - {path: data/raw, md5: bb}
    outs:
    - {path: data/splits, md5: cc}
"""


def git(*arguments, **options):
    return subprocess.run(["git", *arguments], check=True, **options)


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A commit of a line of code, of results and of an environment."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports/metrics.json").write_text("{}\n")
    (tmp_path / "code.py").write_text("one = 1\n")
    (tmp_path / "dvc.lock").write_text(LOCK)
    (tmp_path / "requirements.lock").write_text("numpy==2.3.5\n")
    git("init", "-q")
    git("config", "user.name", "test")
    git("config", "user.email", "test@example.invalid")
    git("add", "-A")
    git("commit", "-qm", "start")
    return tmp_path


def test_lineage_names_the_commit_whether_it_is_dirty_and_the_hashes_of_dvc(
    repository, monkeypatch
):
    monkeypatch.setenv("DVC_EXP_NAME", "brave-owl")
    tags = lineage_tags()
    assert len(tags["git.commit"]) == 40
    assert tags["git.dirty"] == "false"
    assert tags["dvc.experiment"] == "brave-owl"
    assert tags["dvc.files"] == "data/raw=bb\ndata/splits=cc"
    assert parse_files_tag(tags["dvc.files"]) == {"data/raw": "bb", "data/splits": "cc"}
    assert {name for name in tags if name.startswith("dvc.")} == {
        "dvc.code", "dvc.experiment", "dvc.files",
    }  # fmt: skip
    (repository / "code.py").write_text("one = 2\n")
    assert lineage_tags()["git.dirty"] == "true"


def test_the_environment_is_the_lock_files_digest_where_there_is_one(repository):
    expected = hashlib.sha256(b"numpy==2.3.5\n").hexdigest()
    assert lineage_tags()["environment.lock"] == expected
    (repository / "requirements.lock").unlink()
    assert "environment.lock" not in lineage_tags()


def test_the_diff_of_the_inputs_applies_to_the_commit_and_brings_them_back(repository):
    assert uncommitted_diff() == ""
    changed = "one = 2\n \n\n"
    (repository / "code.py").write_text(changed)
    (repository / "dvc.lock").write_text("a result\n")
    (repository / "reports/metrics.json").write_text('{"a": "result"}\n')
    diff = uncommitted_diff()
    assert "result" not in diff
    git("checkout", "-q", ".")
    git("apply", input=diff.encode())
    assert (repository / "code.py").read_text() == changed


def test_a_diff_of_bytes_that_are_no_utf_8_is_kept_all_the_same(repository):
    (repository / "code.py").write_bytes(b"name = 'M\xfcller'\n")
    assert "+name = 'M\ufffdller'" in uncommitted_diff()


def test_a_long_diff_is_cut_at_a_line_and_says_so(repository):
    (repository / "code.py").write_text("two = 'two'\n" * DIFF_CHARACTERS)
    *kept, last = uncommitted_diff().splitlines()
    assert kept[-1] == "+two = 'two'"
    assert sum(len(line) + 1 for line in kept) <= DIFF_CHARACTERS
    assert last.startswith("[cut: ")


def test_without_a_commit_there_is_neither_a_commit_nor_a_diff(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert lineage_tags() == {}
    assert uncommitted_diff() == ""


@pytest.mark.parametrize(
    ("changed", "differs"),
    [(("src/a.py, md5: aa", "src/a.py, md5: ee"), True), (("md5: cc", "md5: ee"), False)],
)
def test_the_code_tag_changes_with_the_code_and_with_nothing_else(repository, changed, differs):
    before = lineage_tags()["dvc.code"]
    (repository / "dvc.lock").write_text(LOCK.replace(*changed))
    assert (lineage_tags()["dvc.code"] != before) == differs


def test_the_code_of_the_stage_that_logs_the_run_makes_no_difference(repository):
    before = lineage_tags()["dvc.code"]
    stage = LOCK.split("stages:\n")[1].replace("split:", "register:").replace("aa", "ee")
    (repository / "dvc.lock").write_text(LOCK + stage)
    assert lineage_tags()["dvc.code"] == before
