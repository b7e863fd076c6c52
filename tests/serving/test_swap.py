"""Another model takes over while requests come: none is lost, each names the model it is from."""

import os
import threading

import psutil
import pytest
from tiny_server import running, wait_until


@pytest.fixture
def server(tmp_path):
    with running(tmp_path / "served") as server:
        yield server


def version(server):
    return server.get("/version").json()["version"]


def test_a_promotion_and_a_rollback_are_picked_up(server):
    server.promote("2", spam=0.8, threshold=0.85)
    wait_until(lambda: version(server) == "2")
    answer = server.post("/predict", json={"text": "win"}).json()
    assert (answer["version"], answer["threshold"]) == ("2", 0.85)
    assert answer["predictions"][0]["label"] == "ham"
    assert answer["predictions"][0]["probabilities"]["spam"] == 0.8
    server.promote("1")
    wait_until(lambda: version(server) == "1")
    assert server.labels("win") == ["spam"]
    assert server.metric("rnnops_model_changes_total") == 2
    assert 'version="2"' not in server.get("/metrics").text
    scoring = [each for each in psutil.Process().children() if "-P" in each.cmdline()]
    wait_until(lambda: sum(each.is_running() for each in scoring) == 2)  # one asks, one scores


def test_no_request_is_lost_while_models_change(server):
    spam_of = {"1": 0.9}
    is_over = threading.Event()
    failures, seen = [], set()

    def ask():
        while not is_over.is_set():
            answer = server.post("/predict", json={"texts": ["win"] * 20})
            if answer.status_code != 200:
                failures.append(answer.text)
                return
            found = answer.json()
            seen.add(found["version"])
            wanted = spam_of[found["version"]]
            wrong = [p for p in found["predictions"] if p["probabilities"]["spam"] != wanted]
            failures.extend(wrong)

    clients = [threading.Thread(target=ask) for _ in range(4)]
    for client in clients:
        client.start()
    for number in range(2, 6):
        spam_of[str(number)] = 0.9 - number / 100
        server.promote(str(number), spam=spam_of[str(number)], threshold=0.5)
        wait_until(lambda: str(number) in seen)  # noqa: B023
    is_over.set()
    for client in clients:
        client.join()
    assert failures == []
    assert seen == set(spam_of)


def test_a_request_ends_with_the_model_it_began_with(server, tmp_path):

    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    answers = []
    texts = [f"wait {fifo}", *["win"] * 60]
    body = {"texts": texts}
    thread = threading.Thread(
        target=lambda: answers.append(server.post("/predict", json=body).json())
    )
    thread.start()
    wait_until(lambda: server.metric("rnnops_batch_messages_count") > 0)
    server.promote("2", spam=0.6, threshold=0.5)
    wait_until(lambda: version(server) == "2")
    assert server.post("/predict", json={"text": "win"}).json()["version"] == "2"
    fifo.write_text("go on")
    thread.join()
    assert answers[0]["version"] == "1"
    assert {p["probabilities"]["spam"] for p in answers[0]["predictions"][1:]} == {0.9}


def test_a_model_that_cannot_be_loaded_leaves_the_old_one(server, capfd):
    server.promote("2")  # whose folder holds nothing
    wait_until(lambda: server.get("/ready").json()["problem"])
    assert "holds no model" in server.get("/ready").json()["problem"]
    assert server.get("/ready").status_code == 200
    assert version(server) == "1"
    assert server.labels("win") == ["spam"]
    (server.folder / "champion").write_text("none")
    wait_until(lambda: "no version is champion" in (server.get("/ready").json()["problem"] or ""))
    wait_until(lambda: server.metric("rnnops_model_load_failures_total") > 4)
    server.promote("1")
    wait_until(lambda: server.get("/ready").json()["problem"] is None)
    server.promote("3", spam=0.7, threshold=0.5)
    wait_until(lambda: version(server) == "3")
    notes = [line for line in capfd.readouterr().err.splitlines() if "goes on answering" in line]
    assert len(notes) == 2
