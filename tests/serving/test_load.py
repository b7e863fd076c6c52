"""Many requests at once: batches, bounds, deadlines, clients that leave, workers that die."""

import json
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from tiny_server import running, wait_until

from rnnops.serving.settings import Limits

TEXT = {"Content-Type": "text/plain"}


class Blocked:
    """A worker that waits in a message until `release`."""

    def __init__(self, server, fifo):
        self.server, self.fifo = server, fifo
        os.mkfifo(fifo)
        self.statuses = []
        self.thread = threading.Thread(target=self._ask)
        self.thread.start()
        wait_until(lambda: server.metric("rnnops_batch_messages_count") > 0)

    def _ask(self):
        answer = self.server.post("/predict", data=f"wait {self.fifo}", headers=TEXT)
        self.statuses.append(answer.status_code)

    def release(self):
        self.fifo.write_text("go on")
        self.thread.join()


@pytest.fixture
def blocked(request, tmp_path):
    """A server with one worker, which is busy until the test releases it."""
    with running(tmp_path / "served", limits=Limits(**request.param)) as server:
        yield server, Blocked(server, tmp_path / "fifo")


def ask_in_threads(server, texts):
    pool = ThreadPoolExecutor(len(texts))
    return [pool.submit(server.post, "/predict", data=text, headers=TEXT) for text in texts]


def waiting(server, number):
    wait_until(lambda: server.metric("rnnops_waiting_messages") == number)


@pytest.mark.parametrize("blocked", [{}], indirect=True)
def test_what_waits_for_a_worker_is_scored_together(blocked):
    server, worker = blocked
    answers = ask_in_threads(server, ["win", "a", "win", "b", "c"])
    waiting(server, 5)
    worker.release()
    found = [answer.result().json()["predictions"][0]["label"] for answer in answers]
    assert found == ["spam", "ham", "spam", "ham", "ham"]
    assert server.metric("rnnops_batch_messages_count") == 2
    assert server.metric("rnnops_batch_messages_sum") == 6


@pytest.mark.parametrize("blocked", [{"waiting_messages": 3}], indirect=True)
def test_more_than_may_wait_is_refused_at_once(blocked):
    server, worker = blocked
    answers = ask_in_threads(server, ["a", "win"])
    waiting(server, 2)
    refused = server.post("/predict", json={"texts": ["b", "c"]})
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0
    assert server.metric("rnnops_messages_refused_total") == 2
    worker.release()
    assert [answer.result().status_code for answer in answers] == [200, 200]
    assert server.labels("win") == ["spam"]


@pytest.mark.parametrize("blocked", [{"waiting_messages": 1}], indirect=True)
def test_a_full_server_answers_before_the_body_has_come(blocked):
    server, worker = blocked
    (waits,) = ask_in_threads(server, ["win"])
    waiting(server, 1)
    head = (
        b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
        b"Content-Length: 3\r\n\r\n"
    )
    with server.connect() as connection, connection.makefile("rb") as answers:
        connection.sendall(head)
        assert b" 503 " in answers.readline()
        worker.release()
        assert waits.result().status_code == 200
        connection.sendall(b"win" + head + b"win")
        assert any(b" 200 OK" in line for line in answers)


@pytest.mark.parametrize("blocked", [{"waiting_messages": 1}], indirect=True)
def test_a_full_server_refuses_as_it_answers_otherwise(blocked):
    server, worker = blocked
    (waits,) = ask_in_threads(server, ["win"])
    waiting(server, 1)
    predict = b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n"
    health = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    end = b"Connection: close\r\n\r\nwin"
    one, many = predict + b"\r\nwin", 1000
    answers = server.ask((one + health) * 2 + one * many + predict + end).split(b"HTTP/1.1 ")
    statuses = [int(answer[:3]) for answer in answers[1:]]
    assert statuses == [503, 200, 503, 200, *[503] * many, 503]
    head, _, body = answers[-1].partition(b"\r\n\r\n")
    headers = dict(line.split(b": ", 1) for line in head.lower().splitlines()[1:])
    others = server.get("/health").headers
    assert {*(name.decode() for name in headers)} >= {name.lower() for name in others}
    assert headers[b"connection"] == b"close"
    assert headers[b"content-type"] == b"application/problem+json"
    assert json.loads(body)["title"] == "Service Unavailable"
    assert server.metric('rnnops_requests_total{route="/predict",status="503"}') == many + 3
    worker.release()
    assert waits.result().status_code == 200


@pytest.mark.parametrize("blocked", [{"waiting_messages": 1}], indirect=True)
def test_who_may_not_ask_learns_nothing_of_a_full_server(blocked):
    server, worker = blocked
    (waits,) = ask_in_threads(server, ["win"])
    waiting(server, 1)
    foreign = server.post("/predict", data="win", headers={"Origin": "http://other.example"})
    assert foreign.status_code == 403
    assert server.metric("rnnops_messages_refused_total") == 0
    worker.release()
    assert waits.result().status_code == 200


@pytest.mark.parametrize("blocked", [{"bytes_in_memory": 1000, "body_bytes": 900}], indirect=True)
def test_more_bytes_than_there_is_memory_for_are_refused(blocked):
    server, worker = blocked
    (answer,) = ask_in_threads(server, ["w" * 800])
    waiting(server, 1)
    assert server.post("/predict", data="w" * 800, headers=TEXT).status_code == 503
    worker.release()
    assert answer.result().status_code == 200
    assert server.post("/predict", data="w" * 800, headers=TEXT).status_code == 200


@pytest.mark.parametrize("blocked", [{"seconds": 0.3}], indirect=True)
def test_an_answer_that_takes_too_long_is_a_503(blocked):
    server, worker = blocked
    late = server.post("/predict", json={"text": "win"})
    assert late.status_code == 503
    assert "within 0.3 seconds" in late.json()["detail"]
    assert server.metric("rnnops_waiting_messages") == 0
    worker.release()
    assert worker.statuses == [503]
    assert server.labels("win") == ["spam"]


@pytest.mark.parametrize("blocked", [{}], indirect=True)
def test_the_messages_of_a_client_that_has_gone_are_not_scored(blocked):
    server, worker = blocked
    with server.connect() as connection:
        connection.sendall(
            b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
            b"Content-Length: 3\r\n\r\nwin"
        )
        waiting(server, 1)
    waiting(server, 0)
    worker.release()
    assert server.metric('rnnops_messages_total{label="spam"}') == 0
    assert server.metric('rnnops_requests_total{route="/predict",status="499"}') == 1


def test_what_is_left_of_a_request_that_failed_is_not_scored(tmp_path):
    with running(tmp_path / "served", limits=Limits(batch_size=4)) as server:
        texts = ["fail", *["win"] * 19]
        assert server.post("/predict", json={"texts": texts}).status_code == 500
        assert server.metric("rnnops_waiting_messages") == 0
        assert server.metric("rnnops_batch_messages_count") == 1


def test_a_worker_that_dies_is_replaced_and_its_request_answered(tmp_path):
    with running(tmp_path / "served") as server:
        assert server.labels(f"die-once {tmp_path / 'once'}") == ["ham"]
        assert server.metric("rnnops_workers_replaced") == 1
        for child in psutil.Process().children():
            child.send_signal(signal.SIGKILL)
        assert server.labels("win") == ["spam"]
        deadly = server.post("/predict", json={"text": "die"})
        assert deadly.status_code == 503
        assert "Retry-After" in deadly.headers
        assert server.labels("win") == ["spam"]
