""".github/workflows/retrain.yml, its run steps executed in order as a runner does.

A bare repository stands for GitHub's, and a program `gh` on the PATH for its pull requests. The
step that installs is left out: the environment of the tests is linked in its place.
"""

import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from corpus import campaign_messages
from project import ROOT, Project
from ruamel.yaml import YAML

WORKFLOW = YAML(typ="safe").load(ROOT / ".github/workflows/retrain.yml")
STEPS = [step for step in WORKFLOW["jobs"]["retrain"]["steps"] if "run" in step]
NAME = "mine-classifier"
GH = """#!{python}
import json, pathlib, sys
kept = pathlib.Path({kept!r})
calls = json.loads(kept.read_text()) if kept.exists() else []
command, *words = sys.argv[1:]
options = dict(zip(words[1:], words[2:])) if words else {{}}
opened = [call for call in calls if call["action"] == "create"]
if command == "pr" and words[0] == "list":
    print("\\n".join(str(number) for number, _ in enumerate(opened, start=1)))
elif command == "pr":
    text = pathlib.Path(options["--body-file"]).read_text()
    calls.append({{"action": words[0], "title": options["--title"], "text": text}})
    kept.write_text(json.dumps(calls))
"""


class GitHub:
    """The bare repository, the DVC remote, the pull requests, and a person's checkout."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.runners = folder, 0
        self.origin = folder / "origin.git"
        self.person = Project.create(folder / "person", campaign_messages(150))
        self.person.run("git", "init", "-q", "--bare", "-b", "main", str(self.origin))
        self.person.run("git", "remote", "add", "origin", str(self.origin))
        self.person.run("dvc", "remote", "add", "--default", "team", str(folder / "remote"))
        self.person.run("dvc", "add", "data/incoming/mine.csv")
        self.push("data")
        programs = folder / "bin"
        programs.mkdir()
        (programs / "gh").write_text(
            GH.format(python=sys.executable, kept=str(folder / "calls.json"))
        )
        (programs / "gh").chmod(0o755)

    def push(self, message: str) -> None:
        """What a person does: commit, push data and code."""
        self.person.commit(message)
        self.person.run("dvc", "push")
        self.person.run("git", "push", "-q", "origin", "main")

    def pull_requests(self) -> list[dict[str, str]]:
        calls = self.folder / "calls.json"
        return json.loads(calls.read_text()) if calls.exists() else []

    def proposed(self) -> str:
        """The commit of the branch `retrain`, empty if there is none."""
        return self.person.run("git", "ls-remote", "origin", "refs/heads/retrain").stdout[:40]

    def changed_paths(self) -> list[str]:
        """The paths that the proposed commit changes."""
        self.person.run("git", "fetch", "-q", "origin", "main", "retrain")
        return self.person.run(
            "git", "diff", "--name-only", "origin/main", "origin/retrain"
        ).stdout.split()

    def merge(self) -> None:
        self.person.run("git", "fetch", "-q", "origin")
        self.person.run("git", "checkout", "-q", ".")
        self.person.run("git", "merge", "-q", "--no-edit", "origin/retrain")
        self.person.run("dvc", "pull")
        self.person.run("git", "push", "-q", "origin", "main")
        (self.folder / "calls.json").unlink()

    def retrain(self) -> tuple[int, str]:
        """Run the workflow on an empty runner: its exit status, and what it printed."""
        self.runners += 1
        runner = Project(self.folder / f"runner{self.runners}")
        self.person.run("git", "clone", "-q", str(self.origin), str(runner.folder))
        (runner.folder / ".venv").symlink_to(sys.prefix)
        installed = (Path(sys.prefix) / ".installed").stat().st_mtime
        for name in ("requirements.lock", "pyproject.toml"):
            os.utime(runner.folder / name, (installed - 10, installed - 10))
        environment = {
            **runner.environment,
            **{key: str(value) for key, value in WORKFLOW["jobs"]["retrain"]["env"].items()},
            "GITHUB_ACTIONS": "true",
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{runner.environment['PATH']}",
        }
        printed = ""
        for step in (step for step in STEPS if step["run"] != "make setup"):
            done = subprocess.run(
                ["bash", "-eo", "pipefail", "-c", step["run"]],
                cwd=runner.folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            printed += done.stdout
            if done.returncode:
                return done.returncode, printed
        return 0, printed

    def champion(self) -> str | None:
        """The champion that main has."""
        self.person.run("git", "fetch", "-q", "origin", "main")
        shown = subprocess.run(
            ["git", "show", "origin/main:models/champion.json"],
            cwd=self.person.folder,
            capture_output=True,
            text=True,
        )
        return json.loads(shown.stdout)[NAME][-1]["version"] if not shown.returncode else None


@pytest.fixture(scope="module")
def github(tmp_path_factory):
    return GitHub(tmp_path_factory.mktemp("github"))


def test_a_first_run_proposes_the_first_champion(github):
    status, printed = github.retrain()
    assert status == 0, printed
    (request,) = github.pull_requests()
    assert request["action"] == "create"
    assert request["title"] == "Version 1 becomes the champion"
    for part in (
        "### The gate",
        "| accuracy |",
        "### Data",
        "### Cost",
        "`rnnops conflicts`): 0 added",
    ):
        assert part in request["text"], part
    assert request["text"] in (github.folder / "summary.md").read_text()
    assert github.champion() is None
    assert not (github.folder / "runner1/models/champion.json").exists()  # it is only proposed


def test_merging_starts_no_training(github):
    filters = WORKFLOW["on"]["push"]["paths"]
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
    status, printed = github.retrain()
    assert status == 0, printed
    assert "nothing has changed: nothing is proposed" in printed
    assert re.findall(r"Running stage '(\w+)'", printed) == ["register"]
    assert github.pull_requests() == []
    assert github.proposed() == before


def test_new_labels_are_one_pull_request_however_often_it_runs(github):
    fresh = campaign_messages(40, seed=5).rename(columns={"text": "body", "label": "kind"})
    fresh[["kind", "body"]].to_csv(github.person.folder / "new.csv", index=False)
    github.person.run("rnnops", "add", "new.csv")
    (github.person.folder / "new.csv").unlink()
    github.push("feedback")
    status, printed = github.retrain()
    assert status == 0, printed
    (request,) = github.pull_requests()
    assert "`rnnops add` has added" in request["text"]
    assert "### Drift" in request["text"]
    first = github.proposed()
    status, printed = github.retrain()
    assert status == 0, printed
    assert "retrain has this already" in printed
    assert github.proposed() == first
    assert len(github.pull_requests()) == 1
    assert github.champion() == "1"


def test_data_that_fails_validation_proposes_nothing(github):
    before = github.proposed(), github.pull_requests()
    own = github.person.folder / "data/incoming/mine.csv"
    kept = own.read_bytes()
    pd.read_csv(own).iloc[:20].to_csv(own, index=False)
    github.person.run("dvc", "add", "data/incoming/mine.csv")
    github.push("most of the data is lost")
    status, printed = github.retrain()
    assert status != 0
    assert "min_rows" in printed
    assert (github.proposed(), github.pull_requests()) == before
    own.write_bytes(kept)
    github.person.run("dvc", "add", "data/incoming/mine.csv")
    github.push("the data is back")


def test_a_remote_without_the_data_is_one_line(github):
    shutil.move(github.folder / "remote", github.folder / "away")
    status, printed = github.retrain()
    shutil.move(github.folder / "away", github.folder / "remote")
    assert status == 1
    errors = [line for line in printed.splitlines() if line.startswith("error:")]
    assert len(errors) == 1
    assert "DVC's remote does not have what data/incoming/" in errors[0]
    assert "Traceback" not in printed
