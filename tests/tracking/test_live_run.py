import subprocess
import sys

import pytest

from rnnops.tracking import live_run, store


@pytest.fixture
def tracked(tmp_path, monkeypatch):
    """A client of an empty store in a folder of its own, and an experiment in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").touch()
    client = store.connect()
    return client, store.experiment_id(client, "mine")


def test_a_failure_while_training_marks_the_run_failed(tracked):
    client, experiment = tracked
    with pytest.raises(ZeroDivisionError):  # noqa: SIM117
        with live_run.training_run("mine", "broken", {}):
            1 / 0  # noqa: B018
    (run,) = client.search_runs([experiment])
    assert run.info.status == "FAILED"


@pytest.mark.parametrize("shared", [False, True], ids=["own store", "shared database"])
def test_many_processes_make_one_store_and_one_experiment(tmp_path, monkeypatch, shared):
    (tmp_path / "params.yaml").touch()
    if shared:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/shared/mlflow.db")
    code = (
        "from rnnops.tracking import live_run, store\n"
        "with live_run.training_run('mine', 'x', {}) as run:\n"
        "    for epoch in range(20):\n"
        "        run.log(live_run.epoch_metrics(epoch, {'loss': 1.0}))\n"
        "print(store.experiment_id(store.connect(), 'mine'))\n"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code], cwd=tmp_path, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    printed = [process.communicate()[0] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0]
    assert len(set(printed)) == 1
