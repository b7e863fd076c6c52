"""The server as a program: how it starts, and how it ends."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress

import psutil
import pytest
import requests
from tiny_scorer import write_model
from tiny_server import TESTS, wait_for_address, wait_until

from rnnops.core import layout
from rnnops.monitoring.prediction_log import read_log

# `rnnops serve` with the tests' model.
PROGRAM = """
from unittest.mock import patch
from rnnops.serving import settings
from rnnops.cli.main import main
plain = settings.Settings
def tiny(**chosen):
    chosen |= {"loader": "tiny_scorer:TinyScorer.load", "chooser": "tiny_server:choose_folder"}
    return plain(**chosen)
with patch.object(settings, "Settings", tiny):
    main()
"""


class Program:
    def __init__(self, folder, *options, environment=None):
        self.log = folder / "log"
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "serve", "--port", "0", "--processes", "1", *options],
            stderr=self.log.open("w"),
            env={**os.environ, "PYTHONPATH": TESTS, **(environment or {})},
            cwd=folder,
        )

    def lines(self):
        return self.log.read_text().splitlines()

    @property
    def address(self):
        return wait_for_address(self.process, self.log)

    def predict(self, text):
        return requests.post(f"{self.address}/predict", json={"text": text}, timeout=60)

    def predict_or_fail(self, text):
        with suppress(OSError):
            self.predict(text)

    def is_scoring(self):
        page = requests.get(f"{self.address}/metrics", timeout=60).text
        return "rnnops_batch_messages_count 1.0" in page

    def is_refusing(self):
        """Whether it takes no more connections."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", int(self.address.rpartition(":")[2]))) != 0


@pytest.fixture
def start(tmp_path):
    """Start programs; what is left of them is killed at the end."""
    write_model(tmp_path / "model")
    (tmp_path / "champion").write_text(f"1 {tmp_path / 'model'}")
    started = []

    def start(*options, **more):
        started.append(Program(tmp_path, "--model", str(tmp_path / "champion"), *options, **more))
        return started[-1]

    yield start
    for program in started:
        program.process.kill()
        program.process.wait()


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_what_was_accepted_is_answered_before_the_end(start, tmp_path, sent):
    program = start()
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    answers = []
    asking = threading.Thread(target=lambda: answers.append(program.predict(f"wait {fifo}")))
    asking.start()
    wait_until(program.is_scoring)
    children = psutil.Process(program.process.pid).children(recursive=True)
    program.process.send_signal(sent)
    wait_until(program.is_refusing)
    assert program.process.poll() is None
    fifo.write_text("go on")
    asking.join()
    assert answers[0].json()["predictions"][0]["label"] == "ham"
    assert program.process.wait(60) == 0
    assert not any(child.is_running() for child in children)


def test_a_second_signal_ends_at_once(start, tmp_path):
    program = start()
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    asking = threading.Thread(target=lambda: program.predict_or_fail(f"wait {fifo}"))
    asking.start()
    wait_until(program.is_scoring)
    program.process.send_signal(signal.SIGTERM)
    wait_until(program.is_refusing)
    while program.process.poll() is None:  # signals of the same second count as one
        program.process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            program.process.wait(0.3)
    assert program.process.returncode == 1
    asking.join()


@pytest.mark.parametrize("are_busy", [False, True])
def test_workers_end_with_a_server_that_is_killed(start, tmp_path, are_busy):
    program = start()
    os.mkfifo(tmp_path / "fifo")
    text = f"wait {tmp_path / 'fifo'}" if are_busy else "win"
    asking = threading.Thread(target=lambda: program.predict_or_fail(text))
    asking.start()
    wait_until(program.is_scoring)
    children = psutil.Process(program.process.pid).children(recursive=True)
    assert children
    program.process.kill()
    asking.join()
    wait_until(lambda: not any(child.is_running() for child in children))


def test_each_request_is_a_line_without_the_text(start):
    program = start(environment={"RNNOPS_TOKEN": "hidden"})
    assert program.predict("a private text").status_code == 401
    answer = requests.post(
        f"{program.address}/predict?text=private",
        json={"text": "a private text"},
        headers={"Authorization": "Bearer hidden", "X-Forwarded-For": "203.0.113.9"},
        timeout=60,
    )
    assert answer.status_code == 200
    requests.get(f"{program.address}/nowhere\x1b[31m", timeout=60)
    program.process.send_signal(signal.SIGTERM)
    assert program.process.wait(60) == 0
    log = program.log.read_text()
    assert "private" not in log
    assert "hidden" not in log
    assert "\x1b" not in log
    refused, answered, lost = (json.loads(line) for line in log.splitlines() if line[0] == "{")
    assert (refused["status"], lost["status"]) == (401, 404)
    del answered["time"], answered["ms"]
    assert answered == {
        "method": "POST", "path": "/predict", "status": 200, "messages": 1, "version": "1",
        "client": "127.0.0.1",
    }  # fmt: skip


def test_the_log_has_every_answer_when_the_server_has_ended(start, tmp_path):
    program = start("--log")
    ids = [program.predict(text).json()["predictions"][0]["id"] for text in ("win", "a", "b")]
    program.process.send_signal(signal.SIGTERM)
    assert program.process.wait(60) == 0
    logged = read_log(tmp_path / layout.PREDICTION_LOG, "tiny")
    assert logged["id"].tolist() == ids
    assert logged["label"].tolist() == ["spam", "ham", "ham"]
    assert "text" not in logged


def test_a_log_that_cannot_be_written_loses_answers_with_a_note(start, tmp_path):
    (tmp_path / "data").write_text("no folder")
    program = start("--log")
    assert program.predict("win").status_code == 200
    program.process.send_signal(signal.SIGTERM)
    assert program.process.wait(60) == 0
    assert any("1 predictions are not in the log" in line for line in program.lines())


def test_an_address_without_a_token_is_a_note(start):
    program = start("--host", "0.0.0.0", "--no-access-log")  # noqa: S104
    assert program.address.startswith("http://0.0.0.0:")
    assert any("nobody needs a token" in line for line in program.lines())


def test_what_keeps_it_from_starting_is_one_line(start, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        (tmp_path / "empty").write_text(f"1 {tmp_path / 'nothing'}")
        (tmp_path / "none").write_text("none")
        for options, said in (
            (("--port", str(port)), f"listen on 127.0.0.1 port {port}: address already in use"),
            (("--host", "203.0.113.9"), "cannot listen on 203.0.113.9 port 0"),
            (("--token-file", "nothing"), "--token-file nothing cannot be read"),
            (("--model", str(tmp_path / "empty")), "nothing holds no model"),
            (("--model", str(tmp_path / "none")), "no version is champion"),
        ):  # fmt: skip
            program = start(*options)
            assert program.process.wait(60) == 1
            (line,) = program.lines()
            assert line.startswith("error: ")
            assert said in line
