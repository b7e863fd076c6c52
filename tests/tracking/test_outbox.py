import os
import shutil
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pandas as pd
import pytest
from mlflow.entities import Metric
from mlflow.exceptions import MlflowException
from mlflow_server import MlflowServer

from rnnops.core.errors import InputError
from rnnops.registry import runs
from rnnops.registry.trained_models import TrainedModel
from rnnops.tracking import live_run, outbox, store
from rnnops.tracking.tags import IDENTITY_TAG, MODEL_TAG

LOSSES = {1: 0.5, 2: 0.25, 3: 0.1 + 0.2}
FLOW = pd.DataFrame(
    {"epoch": 1, "direction": "forward", "time": [0, 1, 2], "gradient_norm": [0.3, 0.2, 0.1]}
)


class Line:
    """A way to the server, at a port of its own, that is cut and mended at once; `broken`: 503."""

    def __init__(self, server_uri, broken=False):
        class Forward(BaseHTTPRequestHandler):
            def do_GET(self):
                if broken:
                    self.send_error(503)
                    return
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                kind = {"Content-Type": self.headers.get("Content-Type", "application/json")}
                url = server_uri + self.path.removeprefix(server_uri)
                request = urllib.request.Request(url, body or None, kind, method=self.command)  # noqa: S310
                try:
                    answer = urllib.request.urlopen(request)  # noqa: S310
                except urllib.error.HTTPError as refusal:
                    answer = refusal
                with answer:
                    self.send_response(answer.status)
                    self.end_headers()
                    self.wfile.write(answer.read())

            do_POST = do_PUT = do_GET  # noqa: N815

            def log_message(self, *arguments):
                """Be silent."""

        self._handler = Forward
        self._port = 0
        self.mend()
        self.uri = f"http://127.0.0.1:{self._port}"

    def mend(self):
        self._listener = ThreadingHTTPServer(("127.0.0.1", self._port), self._handler)
        self._port = self._listener.server_port
        threading.Thread(target=self._listener.serve_forever, daemon=True).start()

    def cut(self):
        self._listener.shutdown()
        self._listener.server_close()


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory):
    with MlflowServer(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def server(shared_server, tmp_path, monkeypatch):
    """A server that runs, and a checkout of its own that tracks to it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").touch()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", shared_server.uri)
    shared_server.start()
    return shared_server


@pytest.fixture
def line(server, monkeypatch):
    """A line to the server, over which the checkout tracks."""
    line = Line(server.uri)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", line.uri)
    yield line
    line.cut()


@pytest.fixture
def experiment(request):
    """The name of an experiment that no other test uses."""
    return request.node.name


@pytest.fixture
def model(experiment):
    return TrainedModel(
        role="network",
        name="bow SimpleRNN",
        digest=experiment,
        dataset_digest="e" * 64,
        params={"data.dataset": experiment},
        metrics={"roc_auc": 0.99},
        history=pd.DataFrame({"epoch": LOSSES.keys(), "loss": LOSSES.values()}),
    )


def train(model, cut=None, after=0):
    """Three epochs; `cut` is called after one of them or, by default, before."""
    if cut and not after:
        cut()
    with live_run.training_run(model.params["data.dataset"], model.name, {"device": "CPU"}) as run:
        for epoch, loss in LOSSES.items():
            run.log(live_run.epoch_metrics(epoch, {"loss": loss, "epoch_seconds": epoch * 2}))
            run.log(live_run.gradient_flow_metrics(FLOW.assign(epoch=epoch)))
            if epoch == after:
                cut()
        run.set_tags({MODEL_TAG: model.digest})


def register(model):
    """The experiment's runs after the completion of the model's."""
    client = store.connect()
    experiment = store.experiment_id(client, model.params["data.dataset"])
    with store.exclusive():
        outbox.deliver(client)
        if runs.find_complete(client, experiment, model) is None:
            runs.complete(client, runs.begin_completion(client, experiment, model), model)
    return client.search_runs([experiment])


def points(run, metric):
    return [
        (at.step, at.value) for at in store.connect().get_metric_history(run.info.run_id, metric)
    ]


def undelivered():
    return sorted((store.local_store() / "undelivered").glob("*.jsonl"))


def assert_whole(run, model):
    assert points(run, "train_loss") == list(LOSSES.items())
    assert points(run, "training/epoch_seconds") == [(1, 2), (2, 4), (3, 6)]
    for epoch in LOSSES:
        flow = points(run, f"training/gradient_norm_forward/epoch_{epoch:02d}")
        assert flow == [(0, 0.3), (1, 0.2), (2, 0.1)]
    assert run.info.status == "FINISHED"
    assert run.info.run_name == "bow SimpleRNN"
    assert run.data.tags["device"] == "CPU"
    assert run.data.tags[MODEL_TAG] == model.digest
    assert run.data.tags[IDENTITY_TAG] == model.identity
    assert run.data.metrics["roc_auc"] == 0.99


def test_training_goes_on_when_the_server_dies_and_its_run_gets_the_rest_later(
    server, model, capfd
):
    train(model, server.stop, after=1)
    assert capfd.readouterr().err.splitlines() == [
        f"MLflow at {server.uri} cannot be reached: training goes on, `dvc repro` delivers what it "
        "missed when the server is back"
    ]
    with pytest.raises(InputError, match=f"MLflow at {server.uri} cannot be reached"):
        register(model)
    (kept,) = undelivered()
    server.start()
    (run,) = register(model)
    assert_whole(run, model)
    assert not list(kept.parent.iterdir())
    assert [again.to_dictionary() for again in register(model)] == [run.to_dictionary()]


@pytest.mark.parametrize("after", [0, 3])
def test_a_server_away_from_the_start_or_only_at_the_end_gets_the_whole_run(
    line, model, after, capfd
):
    train(model, line.cut, after)
    assert len(capfd.readouterr().err.splitlines()) == 1
    line.mend()
    (run,) = register(model)
    assert_whole(run, model)
    assert not undelivered()


def test_the_server_that_dies_while_a_run_is_completed_is_named_in_one_line(line, model):
    train(model)
    client = store.connect()
    experiment = store.experiment_id(client, model.params["data.dataset"])
    line.cut()
    raised = pytest.raises(InputError, match=f"MLflow at {line.uri} cannot be reached")
    with raised, store.reaching_the_server():
        runs.begin_completion(client, experiment, model)


def test_a_point_keeps_the_time_it_was_made_at(line, model):
    line.cut()
    with live_run.training_run(model.params["data.dataset"], model.name, {}) as run:
        run.log([Metric("val_loss", 0.5, 1_000_000_000_000, 1)])
        run.set_tags({MODEL_TAG: model.digest})
    line.mend()
    (run,) = register(model)
    (point,) = store.connect().get_metric_history(run.info.run_id, "val_loss")
    assert point.timestamp == 1_000_000_000_000


@pytest.mark.parametrize("after", [0, 1])
def test_a_delivery_cut_off_before_the_file_is_gone_is_done_again_without_a_trace(
    line, model, after, tmp_path
):
    train(model, line.cut, after)
    (kept,) = undelivered()
    shutil.copy(kept, tmp_path / "kept")
    line.mend()
    register(model)
    shutil.copy(tmp_path / "kept", kept)
    outbox.deliver(store.connect())
    (run,) = register(model)
    assert_whole(run, model)
    assert not undelivered()


def test_what_was_delivered_in_part_is_not_doubled(line, model):
    train(model, line.cut)
    (kept,) = undelivered()
    whole = kept.read_text()
    begin, first, *_ = whole.splitlines(keepends=True)
    kept.write_text(begin + first)
    line.mend()
    outbox.deliver(store.connect())
    kept.write_text(whole)
    (run,) = register(model)
    assert_whole(run, model)


def test_an_error_of_training_is_the_one_raised_and_the_run_fails_later(line, experiment):
    def fail():
        with live_run.training_run(experiment, "broken", {}) as run:
            run.log(live_run.epoch_metrics(1, {"loss": 0.5}))
            line.cut()
            1 / 0  # noqa: B018

    with pytest.raises(ZeroDivisionError):
        fail()
    line.mend()
    client = store.connect()
    outbox.deliver(client)
    (run,) = client.search_runs([store.experiment_id(client, experiment)])
    assert run.info.status == "FAILED"
    assert points(run, "train_loss") == [(1, 0.5)]


@pytest.mark.parametrize("is_cut", [True, False], ids=["server away", "server there"])
def test_a_training_that_was_killed_ends_as_killed(line, experiment, tmp_path, is_cut):
    if is_cut:
        line.cut()
    code = (
        "import os, signal, sys\n"
        "from rnnops.tracking import live_run\n"
        "with live_run.training_run(sys.argv[1], 'killed', {}) as run:\n"
        "    run.log(live_run.epoch_metrics(1, {'loss': 0.5}))\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code, experiment], cwd=tmp_path, check=False)
    (kept,) = undelivered()
    with kept.open("a") as file:
        file.write('{"metrics": [{"key": "cut o')
    if is_cut:
        line.mend()
    client = store.connect()
    outbox.deliver(client)
    (run,) = client.search_runs([store.experiment_id(client, experiment)])
    assert run.info.status == "KILLED"
    assert points(run, "train_loss") == [(1, 0.5)]
    assert not undelivered()


@pytest.mark.usefixtures("line")
def test_a_training_killed_before_it_said_anything_leaves_nothing(experiment):
    path = store.local_store() / "undelivered" / "new.jsonl"
    path.parent.mkdir(parents=True)
    path.touch()
    client = store.connect()
    outbox.deliver(client)
    assert not undelivered()
    assert not client.search_runs([store.experiment_id(client, experiment)])


def test_a_training_that_goes_on_is_not_delivered_by_another_register(line, model):
    line.cut()
    with live_run.training_run(model.params["data.dataset"], model.name, {}) as run:
        run.log(live_run.epoch_metrics(1, {"loss": 0.5}))
        line.mend()
        client = store.connect()
        outbox.deliver(client)
        assert not client.search_runs([store.experiment_id(client, model.params["data.dataset"])])
        run.log(live_run.epoch_metrics(2, {"loss": 0.25}))
        run.set_tags({MODEL_TAG: model.digest})
    (run,) = register(model)
    assert points(run, "train_loss") == [(1, 0.5), (2, 0.25)]


def test_what_one_server_missed_is_not_sent_to_another_store(line, model, monkeypatch):
    train(model, line.cut)
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    client = store.connect()
    outbox.deliver(client)
    assert len(undelivered()) == 1
    assert [each.name for each in client.search_experiments()] == ["Default"]
    monkeypatch.setenv("MLFLOW_TRACKING_URI", line.uri)
    line.mend()
    (run,) = register(model)
    assert_whole(run, model)


def test_a_server_that_moved_gets_the_rest_of_the_runs_it_has(line, server, model, monkeypatch):
    train(model, line.cut, after=1)
    line.mend()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server.uri)
    (run,) = register(model)
    assert_whole(run, model)


def test_no_password_is_shown_or_kept(line, model, monkeypatch, capfd):
    secret = line.uri.replace("//", "//jane:pass-word@") + "?token=pass-word"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", secret)
    train(model, line.cut)
    (kept,) = undelivered()
    with pytest.raises(InputError) as error:
        register(model)
    captured = capfd.readouterr()
    for text in (captured.out, captured.err, kept.read_text(), str(error.value)):
        assert "pass-word" not in text
        assert "jane" not in text
    assert f"MLflow at {line.uri}" in captured.err


def test_a_server_that_answers_503_is_away(server, model, monkeypatch, capfd):
    broken = Line(server.uri, broken=True)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", broken.uri)
    train(model)
    broken.cut()
    assert len(capfd.readouterr().err.splitlines()) == 1
    assert len(undelivered()) == 1


@pytest.mark.parametrize("own_store", [True, False])
@pytest.mark.usefixtures("server")
def test_what_mlflow_refuses_is_an_error_and_not_a_server_away(experiment, own_store, monkeypatch):
    if own_store:
        monkeypatch.delenv("MLFLOW_TRACKING_URI")
    with pytest.raises(MlflowException, match="Invalid value"):  # noqa: SIM117
        with live_run.training_run(experiment, "wrong", {}) as run:
            run.log([Metric("not: a ? name", 1.0, 0, 0)])
    client = store.connect()
    (run,) = client.search_runs([store.experiment_id(client, experiment)])
    assert run.info.status == "FAILED"
    assert not undelivered()


def test_a_server_away_costs_seconds_unless_the_user_wants_to_wait():
    code = (
        "import rnnops.tracking, mlflow.environment_variables as variables\n"
        "print(variables.MLFLOW_HTTP_REQUEST_MAX_RETRIES.get(),\n"
        "      variables.MLFLOW_HTTP_REQUEST_TIMEOUT.get())\n"
    )
    own = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_HTTP")}

    def read(**settings):
        return subprocess.run(
            [sys.executable, "-c", code], env=own | settings, capture_output=True, check=True
        ).stdout.split()

    assert read() == [b"2", b"20"]
    assert read(MLFLOW_HTTP_REQUEST_MAX_RETRIES="9") == [b"9", b"20"]
