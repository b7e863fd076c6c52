"""A copy of this project on a small corpus of its own, driven by the real git, DVC and MLflow."""

import contextlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pandas as pd
from corpus import campaign_messages
from ruamel.yaml import YAML
from typer.testing import CliRunner, Result

from rnnops.cli.main import app

ROOT = Path(__file__).parents[1]
NOT_COPIED = ("dvc.lock", "docs/", "models/champion.json", "models/looks.jsonl", "reports/")
RESULTS = ("/dvc.lock", "/reports/")  # of the other tasks
STAGES = ["ingest", "validate", "split", "featurize", "baseline", "train", "evaluate", "register"]
SMALL = {
    "data.dataset": "mine",
    "features.vocabulary_size": 400,
    "features.word2vec.dimension": 8,
    "features.word2vec.epochs": 1,
    "features.terms.character_ngrams": 3,
    "baseline.models": ["multinomial_naive_bayes", "linear_svm"],
    "train.units": 8,
    "train.bidirectional": False,  # a program less to compile
    "train.embedding_dimension": 8,
    "train.epochs": 2,
    "train.sequence_length": 50,
    "evaluate.bootstrap_resamples": 100,
    "evaluate.perturbed_messages": 20,
    "gate.min_label_clusters": 5,
    "gate.max_false_positive_rate": None,  # its few clusters could not show that a rate is kept
    "gate.min_recall": None,
}
MINE = {
    "fetch": {"path": "data/incoming/mine.csv"},
    "read": {"format": "csv", "text": "body", "label": "kind"},
    "positive": "spam",
}

# In the store: the project's own runs, without the decisions'.
RUNS = "runs WHERE experiment_id = (SELECT experiment_id FROM experiments WHERE name = 'mine')"


class Project:
    """The copy at `folder`, a git repository of its own."""

    scripts = "pipeline"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "mlruns/mlflow.db"
        # What surrounds the tests must not reach into the copy.
        foreign = ("DVC_", "MLFLOW_", "GIT_", "PYTHONPATH")
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith(foreign)
        }
        tools = Path(sys.executable).parent
        self.environment["PATH"] = f"{tools}{os.pathsep}{self.environment['PATH']}"

    @classmethod
    def create(cls, folder: Path, messages: pd.DataFrame | None = None) -> "Project":
        """The copy on `messages`, columns text and label, by default campaigns of mail."""
        listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
        names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for name in filter(None, names.split("\0")):
            is_champion = name.startswith("models/") and name.endswith(".dvc")
            is_result = name.startswith("pipeline/") and any(part in name for part in RESULTS)
            is_left_out = name.startswith(NOT_COPIED) or is_champion or is_result
            if (ROOT / name).exists() and not is_left_out:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)
        project = cls(folder)
        messages = campaign_messages(150) if messages is None else messages
        messages = messages.rename(columns={"text": "body", "label": "kind"})
        messages[["kind", "body"]].to_csv(folder / "data/incoming/mine.csv", index=False)
        project.set_params(SMALL | {"datasets.mine": MINE})
        project.run("git", "init", "-q", "-b", "main")
        project.run("git", "config", "user.name", "test")
        project.run("git", "config", "user.email", "test@example.invalid")
        project.commit("start")
        return project

    def set_params(self, changes: dict[str, object]) -> None:
        yaml = YAML()
        path = self.folder / "params.yaml"
        params = yaml.load(path)
        for key, value in changes.items():
            *parents, last = key.split(".")
            section = params
            for parent in parents:
                section = section[parent]
            section[last] = value
        yaml.dump(params, path)

    def commit(self, message: str) -> None:
        self.run("git", "add", "-A")
        self.run("git", "commit", "-q", "-m", message)

    def run(self, *command: str, status: int = 0, **options) -> subprocess.CompletedProcess:
        """The command, ended with `status`, and what it printed.

        It prints to files: a pipe stays open until DVC's queue workers end, which inherit it.
        """
        with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
            done = subprocess.run(
                command,
                cwd=self.folder,
                env=self.environment,
                stdout=output,
                stderr=errors,
                text=True,
                check=False,
                **options,
            )
            output.seek(0)
            errors.seek(0)
            done.stdout, done.stderr = output.read(), errors.read()
        assert done.returncode == status, f"{command}\n{done.stdout}\n{done.stderr}"
        return done

    def rnnops(self, *arguments: str, status: int = 0, input: str = "") -> Result:  # noqa: A002
        """As `run`, but in this process: another one would load TensorFlow first.

        Needs the fixture `cpu`.
        """
        with (
            contextlib.chdir(self.folder),
            patch.dict(os.environ, self.environment),
            standard_input(input),
        ):
            done = CliRunner().invoke(app, arguments)
        assert done.exit_code == status, f"{arguments}\n{done.output}\n{done.exception!r}"
        return done

    def run_queue(self, workers: int) -> None:
        """Run the queued experiments, and end workers that missed DVC's one request to end."""
        self.run("dvc", "exp", "run", "--run-all", "--jobs", str(workers))
        self.run("dvc", "queue", "stop")

    def repro(self) -> list[str]:
        """The stages that `dvc repro` ran."""
        return self.stages_run(self.run("dvc", "repro").stdout)

    @staticmethod
    def stages_run(printed: str) -> list[str]:
        """The stages that ran, by what `dvc repro` printed."""
        return re.findall(r"Running stage '(\w+)'", printed)

    def stage(self, name: str) -> subprocess.CompletedProcess:
        """Run one stage's script by itself, whatever comes of it."""
        return subprocess.run(
            [sys.executable, f"{self.scripts}/{name}.py"],
            cwd=self.folder,
            env={**self.environment, "PYTHONPATH": "src"},
            capture_output=True,
            text=True,
            check=False,
        )

    def python(self, code: str, cwd: Path | None = None) -> str:
        """What `code` prints that runs in `cwd` with the project's own MLflow store."""
        store = f"sqlite:///{self.store}"
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=cwd or self.folder,
            env={**self.environment, "MLFLOW_TRACKING_URI": store},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows in the store now; MLflow's client would go on reading a deleted store."""
        with contextlib.closing(sqlite3.connect(self.store)) as store:
            return store.execute(statement, values).fetchall()

    def count(self, rows: str) -> int:
        """How many rows the store has of a table, or of a table with a condition."""
        return self.query(f"SELECT count(*) FROM {rows}")[0][0]  # noqa: S608


@contextlib.contextmanager
def standard_input(text: str) -> Iterator[None]:
    """`text` as what commands of this process read."""
    before = os.dup(0)
    try:
        with tempfile.TemporaryFile("w+") as file:
            file.write(text)
            file.seek(0)
            os.dup2(file.fileno(), 0)
        yield
    finally:
        os.dup2(before, 0)
        os.close(before)
