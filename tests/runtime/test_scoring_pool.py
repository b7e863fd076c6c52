"""The pool: real processes that hold a real classifier."""

import os
import signal
import threading
from pathlib import Path

import numpy as np
import psutil
import pytest
from small_classifier import TEXTS, hybrid_classifier
from tiny_scorer import write_model

from rnnops.core.errors import InputError
from rnnops.runtime.scoring_pool import ScoringPool
from rnnops.runtime.text_classifier import TextClassifier
from rnnops.runtime.worker_process import WorkerDiedError, WorkerError, WorkerProcess

TINY = "tiny_scorer:TinyScorer.load"
MAIL = b"From: a@example.org\nSubject: cash prize\n\nclick\n"


@pytest.fixture(scope="module", autouse=True)
def _tests_are_importable():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    featurizer, _, network = hybrid_classifier()
    folder = tmp_path_factory.mktemp("classifier") / "classifier"
    TextClassifier(featurizer, network, "spam", 0.5).save(folder)
    return folder


@pytest.fixture
def start():
    """Start pools; they end with the test."""
    started = []

    def start(*arguments, **more):
        started.append(ScoringPool(*arguments, **more))
        return started[-1]

    yield start
    for pool in started:
        pool.close()


def test_it_predicts_what_the_classifier_does(folder, start):
    pool = start(folder, 2)
    pool.wait_until_ready()
    assert tuple(pool.facts) == (["ham", "spam"], "spam", 0.5)
    parts = [pool.submit(TEXTS[start : start + 8]) for start in range(0, len(TEXTS), 8)]
    expected = TextClassifier.load(folder).score(TEXTS)
    decided = np.concatenate([part.result().decided for part in parts])
    assert decided.tolist() == expected.decided.tolist()
    probabilities = np.concatenate([part.result().probabilities for part in parts])
    np.testing.assert_allclose(probabilities, expected.probabilities, atol=1e-6)
    assert pool.submit([]).result().probabilities.shape == (0, 2)


def test_mail_is_read_by_the_workers(folder, start):
    pool = start(folder, 1)
    scored = pool.submit_with_texts([MAIL, "meeting\r\nat\0 noon"]).result()
    assert scored.texts == ["cash prize\n\nclick", "meeting\nat noon"]
    assert len(scored.predictions.decided) == 2


def test_a_worker_imports_little_and_computes_in_one_thread(folder):
    worker = WorkerProcess("tiny_scorer:look_at_worker", folder)
    modules, threads = worker.wait_until_ready()
    worker.close()
    large = {"IPython", "keras", "mlflow", "pandas", "rnnops.cli", "sklearn", "tensorflow", "typer"}
    assert large & set(modules) == set()
    assert threads == {1}


def test_what_cannot_be_loaded_is_an_input_error(tmp_path, start):
    pool = start(tmp_path, 2)
    with pytest.raises(InputError, match="holds no classifier"):
        pool.wait_until_ready()


def test_a_worker_that_dies_is_replaced(tmp_path, start):
    pool = start(write_model(tmp_path / "model"), 2, TINY)
    pool.wait_until_ready()
    before = pool.pids()
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    done = [pool.submit(["win"]) for _ in range(20)]
    assert {done.result().label(0) for done in done} == {"spam"}
    assert pool.submit([f"die-once {tmp_path / 'once'}"]).result().label(0) == "ham"
    with pytest.raises(WorkerDiedError):
        pool.submit(["die"]).result()
    assert pool.submit(["win"]).result().label(0) == "spam"
    assert pool.replaced >= 4
    assert not set(before) & set(pool.pids())


def test_a_failure_is_the_batch_s_alone_and_its_message_is_not_shown(tmp_path, start, capfd):
    pool = start(write_model(tmp_path / "model"), 1, TINY)
    with pytest.raises(WorkerError, match="^ZeroDivisionError$"):
        pool.submit(["fail secret text"]).result()
    assert pool.submit(["win"]).result().label(0) == "spam"
    assert pool.replaced == 0
    shown = capfd.readouterr().err
    assert "ZeroDivisionError" in shown
    assert "secret text" not in shown


def test_a_pool_that_gets_no_threads_leaves_none(tmp_path, monkeypatch):
    before = threading.enumerate()
    start = threading.Thread.start

    def start_one(thread):
        if set(threading.enumerate()) - set(before):
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_one)
    with pytest.raises(RuntimeError):
        ScoringPool(write_model(tmp_path / "model"), 2, TINY)
    assert threading.enumerate() == before


def test_a_pool_is_killed_while_its_model_is_loaded(tmp_path):
    (tmp_path / "model").mkdir()
    os.mkfifo(tmp_path / "model" / "model.json")
    pool = ScoringPool(tmp_path / "model", 1, TINY)
    while not pool.pids():
        pass
    pool.kill()
    with pytest.raises(WorkerDiedError):
        pool.wait_until_ready()
    pool.close()


def test_a_worker_that_is_stuck_is_killed(tmp_path, start):
    pool = start(write_model(tmp_path / "model"), 1, TINY, seconds_a_batch=0.2)
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(WorkerDiedError, match=r"no answer in 0\.2 seconds"):
        pool.submit([f"wait {tmp_path / 'fifo'}"]).result()


def test_a_pool_ends_after_its_batches_or_at_once(tmp_path):
    pool = ScoringPool(write_model(tmp_path / "model"), 1, TINY)
    pool.wait_until_ready()
    pids = pool.pids()
    last = pool.submit(["win"])
    pool.close()
    assert last.result().label(0) == "spam"
    pool = ScoringPool(tmp_path / "model", 1, TINY)
    pool.wait_until_ready()
    pids += pool.pids()
    os.mkfifo(tmp_path / "fifo")
    stuck = pool.submit([f"wait {tmp_path / 'fifo'}"])
    pool.kill()
    with pytest.raises(WorkerDiedError):
        stuck.result()
    pool.close()
    assert not any(psutil.pid_exists(pid) for pid in pids)
