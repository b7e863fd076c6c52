"""`rnnops serve` in a project: its champion, its store of labels, its prediction log."""

import json
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pandas as pd
import pytest
import requests
from project import Project
from tiny_server import wait_for_address, wait_until

from rnnops.core import layout
from rnnops.ingest.additions import read_additions
from rnnops.monitoring.prediction_log import read_log

NEW = "an entirely new message about a walk by the river"


class Served:
    """`rnnops serve` in the folder of a project."""

    def __init__(self, project: Project, *options: str) -> None:
        self.log = project.folder / "serve.log"
        self.process = subprocess.Popen(
            [
                "rnnops",
                "serve",
                "--port",
                "0",
                "--processes",
                "1",
                "--check-every",
                "0.5",
                *options,
            ],
            cwd=project.folder,
            env=project.environment,
            stderr=self.log.open("w"),
        )
        self.address = wait_for_address(self.process, self.log)

    def get(self, path: str) -> dict:
        return requests.get(self.address + path, timeout=120).json()

    def post(self, path: str, body: object) -> dict:
        answer = requests.post(self.address + path, json=body, timeout=120)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def server(project):
    """One server for all tests; it ends as it should."""
    server = Served(project, "--log-texts")
    yield server
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(120) == 0, server.log.read_text()


def messages(project):
    return pd.read_parquet(project.folder / layout.MESSAGES)


def test_it_answers_as_predict_does_and_keeps_what_it_answers(project, server):
    texts = messages(project)["text"].head(5).tolist()
    answer = server.post("/predict", {"texts": texts})
    pd.DataFrame({"body": texts}).to_csv(project.folder / "texts.csv", index=False)
    printed = project.run("rnnops", "predict", "--json", "--text", "body", "texts.csv").stdout
    rows = [json.loads(line) for line in printed.splitlines()]
    for prediction, row in zip(answer["predictions"], rows, strict=True):
        assert prediction["label"] == row["label"]
        assert prediction["probabilities"]["spam"] == pytest.approx(row["p_spam"], abs=1e-6)
    version = server.get("/version")
    assert (answer["model"], answer["version"]) == (rows[0]["model"], rows[0]["version"])
    assert (version["labels"], version["verdict"]) == (["ham", "spam"], rows[0]["verdict"])
    log = project.folder / layout.PREDICTION_LOG
    wait_until(lambda: len(read_log(log, answer["model"])) == len(texts))
    logged = read_log(log, answer["model"])
    assert logged["id"].tolist() == [each["id"] for each in answer["predictions"]]
    assert logged["text"].tolist() == texts
    assert logged["version"].unique().tolist() == [answer["version"]]


def test_labels_reach_the_store_and_the_next_training(project, server):
    known = messages(project).iloc[0]
    (answer,) = server.post("/predict", {"text": NEW})["predictions"]
    assert server.post("/feedback", {"id": answer["id"], "label": "ham"})["outcome"] == "accepted"
    bodies = (
        {"text": NEW, "label": "ham"},
        {"text": NEW, "label": "spam"},
        {"text": known["text"], "label": known["label"]},
    )
    with ThreadPoolExecutor(3) as clients:  # they are stored together
        found = clients.map(lambda body: server.post("/feedback", body)["outcome"], bodies)
    assert list(found) == ["known", "held", "known"]
    added = read_additions(project.folder / layout.ADDED / "mine")
    assert added.accepted["text"].tolist() == [NEW]
    assert added.undecided["label"].tolist() == ["spam"]
    assert "Running stage 'ingest'" in project.run("dvc", "repro", "ingest").stdout
    assert NEW in messages(project)["text"].tolist()


def test_labels_that_cannot_be_kept_are_a_503(project, server):
    moved = project.folder / layout.MESSAGES
    moved.rename(moved.with_suffix(".moved"))
    answer = requests.post(
        f"{server.address}/feedback", json={"text": "hello", "label": "ham"}, timeout=120
    )
    moved.with_suffix(".moved").rename(moved)
    assert answer.status_code == 503
    assert "dvc repro ingest" in answer.json()["detail"]


def test_clients_of_mlflow_get_what_mlflow_answers(project, server, tmp_path):
    uri = "models:/{model}/{version}".format(**server.get("/version"))
    texts = messages(project)["text"].head(3).tolist()
    bodies = (
        {"dataframe_split": {"columns": ["text"], "data": [[text] for text in texts]}},
        {"dataframe_records": [{"text": text} for text in texts]},
        {"instances": texts},
        {"inputs": texts},
    )
    table = pd.DataFrame({"text": texts}).to_csv(index=False)
    with mlflow_serving(project, uri, tmp_path / "log") as theirs:
        for body in bodies:
            found = [
                requests.post(f"{each}/invocations", json=body, timeout=60)
                for each in (server.address, theirs)
            ]
            require_equal(*found)
        csv = {"Content-Type": "text/csv"}
        found = [
            requests.post(f"{each}/invocations", data=table, headers=csv, timeout=60)
            for each in (server.address, theirs)
        ]
        require_equal(*found)


def test_a_promotion_is_picked_up(project, server):
    before = server.get("/version")
    assert before["verdict"] == "passed"
    project.run("rnnops", "promote", before["version"])
    wait_until(lambda: server.get("/version")["verdict"] == "champion")
    assert server.get("/version")["version"] == before["version"]


@contextmanager
def mlflow_serving(project, uri, log):
    """The address at which `mlflow models serve` serves a model of the project."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "models", "serve", "--env-manager=local"]
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, f"-m{uri}", f"-p{port}"],
            cwd=project.folder,
            env=project.environment | {"MLFLOW_TRACKING_URI": f"sqlite:///{project.store}"},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )

    def is_up():
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
        assert process.poll() is None, log.read_text()
        with suppress(requests.ConnectionError):
            return requests.get(f"http://127.0.0.1:{port}/ping", timeout=60).status_code == 200

    try:
        wait_until(is_up, 120)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def require_equal(ours, theirs):
    """Both answers have the same predictions, with the same keys in the same order."""
    assert theirs.status_code == ours.status_code == 200, theirs.text
    pairs = zip(ours.json()["predictions"], theirs.json()["predictions"], strict=True)
    for mine, other in pairs:
        assert list(mine) == list(other)
        assert mine["label"] == other["label"]
        assert mine["probability"] == pytest.approx(other["probability"], abs=1e-6)
