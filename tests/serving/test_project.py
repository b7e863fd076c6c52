"""`rnnops serve` in a project: its champion, its store of labels, its prediction log."""

import json
import os
import signal
import subprocess
import sys

import pandas as pd
import pytest
import requests
from project import Project
from tiny_server import wait_until

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
        wait_until(lambda: self.process.poll() is not None or "answers at" in self.log.read_text())
        line = next(line for line in self.log.read_text().splitlines() if "answers at" in line)
        self.address = line.rpartition(" ")[2]

    def get(self, path: str) -> dict:
        return requests.get(self.address + path, timeout=120).json()

    def post(self, path: str, body: object) -> dict:
        answer = requests.post(self.address + path, json=body, timeout=120)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(120) == 0, self.log.read_text()


@pytest.fixture
def serve(project):
    """Start servers; what is left of them is killed at the end."""
    started = []

    def start(*options):
        started.append(Served(project, *options))
        return started[-1]

    yield start
    for server in started:
        server.process.kill()
        server.process.wait()


def messages(project):
    return pd.read_parquet(project.folder / layout.MESSAGES)


def test_it_answers_as_predict_does_and_keeps_what_it_answers(project, serve):
    server = serve("--log-texts")
    texts = messages(project)["text"].head(5).tolist()
    answer = server.post("/predict", {"texts": texts})
    table = project.folder / "texts.csv"
    pd.DataFrame({"body": texts}).to_csv(table, index=False)
    printed = project.run("rnnops", "predict", "--json", "--text", "body", "texts.csv").stdout
    rows = [json.loads(line) for line in printed.splitlines()]
    for prediction, row in zip(answer["predictions"], rows, strict=True):
        assert prediction["label"] == row["label"]
        assert prediction["probabilities"]["spam"] == pytest.approx(row["p_spam"], abs=1e-6)
    version = server.get("/version")
    assert (answer["model"], answer["version"]) == (rows[0]["model"], rows[0]["version"])
    assert (version["labels"], version["verdict"]) == (["ham", "spam"], rows[0]["verdict"])
    server.stop()
    logged = read_log(project.folder / layout.PREDICTION_LOG, answer["model"])
    assert logged["id"].tolist() == [each["id"] for each in answer["predictions"]]
    assert logged["text"].tolist() == texts
    assert logged["version"].unique().tolist() == [answer["version"]]


def test_labels_reach_the_store_and_the_next_training(restored, serve):
    project = restored
    server = serve()
    known = messages(project).iloc[0]
    (answer,) = server.post("/predict", {"text": NEW})["predictions"]
    assert server.post("/feedback", {"id": answer["id"], "label": "ham"})["outcome"] == "accepted"
    assert server.post("/feedback", {"text": NEW, "label": "ham"})["outcome"] == "known"
    assert server.post("/feedback", {"text": NEW, "label": "spam"})["outcome"] == "held"
    own = {"text": known["text"], "label": known["label"]}
    assert server.post("/feedback", own)["outcome"] == "known"
    added = read_additions(project.folder / layout.ADDED / "mine")
    assert added.accepted["text"].tolist() == [NEW]
    assert added.undecided["label"].tolist() == ["spam"]
    assert "Running stage 'ingest'" in project.run("dvc", "repro", "ingest").stdout
    assert NEW in messages(project)["text"].tolist()
    server.stop()


def test_labels_that_cannot_be_kept_are_a_503(project, serve):
    server = serve()
    moved = project.folder / layout.MESSAGES
    moved.rename(moved.with_suffix(".moved"))
    answer = requests.post(
        f"{server.address}/feedback", json={"text": "hello", "label": "ham"}, timeout=120
    )
    moved.with_suffix(".moved").rename(moved)
    assert answer.status_code == 503
    assert "dvc repro ingest" in answer.json()["detail"]
    server.stop()


def test_a_promotion_is_picked_up(project, serve):
    server = serve()
    before = server.get("/version")
    assert before["verdict"] == "passed"
    project.run("rnnops", "promote", before["version"])
    wait_until(lambda: server.get("/version")["verdict"] == "champion")
    assert server.get("/version")["version"] == before["version"]
    server.stop()


def test_clients_of_mlflow_get_what_mlflow_answers(project, serve, tmp_path):
    server = serve()
    uri = "models:/{model}/{version}".format(**server.get("/version"))
    port = int(server.address.rpartition(":")[2])
    with (tmp_path / "log").open("w") as log:
        theirs = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "mlflow",
                "models",
                "serve",
                "--env-manager=local",
                f"-m{uri}",
                f"-p{port + 1}",
            ],
            cwd=project.folder,
            env=project.environment
            | {"MLFLOW_TRACKING_URI": f"sqlite:///{project.store}", "MLFLOW_ALLOW_FILE_STORE": "1"},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    address = f"http://127.0.0.1:{port + 1}"
    try:

        def is_up():
            assert theirs.poll() is None, (tmp_path / "log").read_text()
            try:
                return requests.get(f"{address}/ping", timeout=60).status_code == 200
            except requests.ConnectionError:
                return False

        wait_until(is_up, 120)
        texts = messages(project)["text"].head(3).tolist()
        for body in (
            {"dataframe_split": {"columns": ["text"], "data": [[text] for text in texts]}},
            {"dataframe_records": [{"text": text} for text in texts]},
            {"instances": texts},
            {"inputs": texts},
        ):
            ours, others = (
                requests.post(f"{each}/invocations", json=body, timeout=60)
                for each in (server.address, address)
            )
            assert others.status_code == ours.status_code == 200, others.text
            require_equal(ours.json(), others.json())
        table = pd.DataFrame({"text": texts}).to_csv(index=False)
        ours, others = (
            requests.post(
                f"{each}/invocations", data=table, headers={"Content-Type": "text/csv"}, timeout=60
            )
            for each in (server.address, address)
        )
        require_equal(ours.json(), others.json())
    finally:
        os.killpg(theirs.pid, signal.SIGKILL)
        theirs.wait()
    server.stop()


def require_equal(ours, theirs):
    assert [list(each) for each in ours["predictions"]] == [
        list(each) for each in theirs["predictions"]
    ]
    for mine, other in zip(ours["predictions"], theirs["predictions"], strict=True):
        assert mine["label"] == other["label"]
        assert mine["probability"] == pytest.approx(other["probability"], abs=1e-6)
