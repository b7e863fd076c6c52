"""A checkout that is moved or copied: MLflow's store records absolute paths."""

import shutil
import sqlite3
import subprocess
import sys

import mlflow
import pytest

from rnnops.core.errors import InputError
from rnnops.tracking import store


def enter(folder, monkeypatch):
    """Go to the folder as a new process would: MLflow keeps the last store in the environment."""
    monkeypatch.chdir(folder)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)


@pytest.fixture
def checkout(tmp_path, monkeypatch, empty_store):
    """A checkout whose store has an artifact of a run, a logged model and a model version."""
    folder = tmp_path / "first"
    folder.mkdir()
    (folder / "params.yaml").touch()
    shutil.copytree(empty_store, folder / "mlruns")
    enter(folder, monkeypatch)
    client = store.connect()
    experiment = store.experiment_id(client, "mine")
    run = client.create_run(experiment).info
    client.log_text(run.run_id, "evidence", "report.txt")
    client.create_logged_model(experiment, "model", run.run_id)
    client.create_registered_model("mine-classifier")
    client.create_model_version("mine-classifier", run.artifact_uri, run.run_id)
    return folder


def paths_in(database):
    """Every value in any table that names a folder called mlruns."""
    with sqlite3.connect(database) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        columns = [
            (table, column)
            for (table,) in tables.fetchall()
            for (column,) in connection.execute(f"SELECT name FROM pragma_table_info('{table}')")  # noqa: S608
        ]
        return [
            value
            for table, column in columns
            for (value,) in connection.execute(f'SELECT "{column}" FROM "{table}"')  # noqa: S608
            if "/mlruns/" in str(value)
        ]


def evidence():
    client = store.connect()
    (version,) = client.search_model_versions("name = 'mine-classifier'")
    source = client.get_model_version_download_uri("mine-classifier", version.version)
    return mlflow.artifacts.load_text(f"{source}/report.txt")


@pytest.mark.parametrize("target", ["second", "a folder/ü % name", "C#"])
def test_a_moved_checkout_reads_its_artifacts_from_where_they_are(
    checkout, tmp_path, monkeypatch, target
):
    moved = tmp_path / target
    moved.parent.mkdir(exist_ok=True)
    checkout.rename(moved)
    enter(moved, monkeypatch)
    assert evidence() == "evidence"
    assert store.shown_uri() == f"sqlite:///{moved}/mlruns/mlflow.db"
    recorded = paths_in(moved / "mlruns/mlflow.db")
    assert len(recorded) >= 6
    assert not [path for path in recorded if str(checkout) in path]


REWRITE = """
from rnnops.tracking import store
client = store.connect()
(run,) = client.search_runs([store.experiment_id(client, "mine")])
client.log_text(run.info.run_id, "of the copy", "report.txt")
"""


def test_a_copy_leaves_the_original_alone(checkout, tmp_path, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    before = paths_in(checkout / "mlruns/mlflow.db")
    shutil.copytree(checkout, tmp_path / "copy")
    subprocess.run([sys.executable, "-c", REWRITE], cwd=tmp_path / "copy", check=True)
    enter(checkout, monkeypatch)
    assert paths_in(checkout / "mlruns/mlflow.db") == before
    assert evidence() == "evidence"
    enter(tmp_path / "copy", monkeypatch)
    assert evidence() == "of the copy"


def test_a_checkout_that_uses_the_store_of_another_keeps_its_artifacts_there(
    checkout, tmp_path, monkeypatch
):
    other = tmp_path / "other"
    other.mkdir()
    enter(other, monkeypatch)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{checkout}/mlruns/mlflow.db")
    client = store.connect()
    run = client.create_run(store.experiment_id(client, "of the other")).info
    client.log_text(run.run_id, "evidence", "report.txt")
    with store.exclusive():
        assert not (other / "mlruns").exists()
    enter(checkout, monkeypatch)
    found = store.connect().get_run(run.run_id).info
    assert found.artifact_uri.startswith((checkout / "mlruns/artifacts").as_uri())
    assert mlflow.artifacts.load_text(f"{found.artifact_uri}/report.txt") == "evidence"


def test_places_that_are_not_the_projects_stay_as_they_are(checkout, tmp_path, monkeypatch):
    own = [("bucket", "s3://bucket/mlruns/artifacts/bucket"), ("disk", "file:///disk/runs/disk")]
    for name, place in own:
        store.connect().create_experiment(name, artifact_location=place)
    checkout.rename(tmp_path / "second")
    enter(tmp_path / "second", monkeypatch)
    client = store.connect()
    for name, place in own:
        assert client.get_experiment_by_name(name).artifact_location == place


@pytest.mark.parametrize("is_cut", [True, False])
def test_a_damaged_store_is_named_in_one_line(checkout, is_cut):
    database = checkout / "mlruns/mlflow.db"
    whole = database.read_bytes()
    database.write_bytes(whole[: len(whole) // 2] if is_cut else b"not a database" * 100)
    with pytest.raises(InputError, match="mlflow.db cannot be read .* move it away, then `rnnops"):
        store.connect()
