"""Labels and predictions on their way to the project, which may be slow or fail."""

import asyncio
import os
from pathlib import Path

import pytest
from tiny_server import TESTS

from rnnops.runtime.scoring_worker import Scored
from rnnops.runtime.worker_process import WorkerDiedError
from rnnops.serving import prediction_log, project, server
from rnnops.serving.feedback import Feedback
from rnnops.serving.metrics import Metrics
from rnnops.serving.prediction_log import ServedLog
from rnnops.serving.problems import Problem
from rnnops.serving.project import Outcome, Project, Served

SERVED = Served("tiny", "1", None, Path("nowhere"))
SCORED = Scored(["win"], ["ham"], [0], [[1.0]])


class Store:
    """A project that stores what it gets once `goes_on` is set, or fails once with `error`."""

    def __init__(self, error=None):
        self.error = error
        self.is_called, self.goes_on = asyncio.Event(), asyncio.Event()

    async def _store(self):
        if error := self.error:
            self.error = None
            raise error
        self.is_called.set()
        await self.goes_on.wait()

    async def add(self, labelled):
        await self._store()
        return [Outcome("accepted", "") for _ in labelled]

    async def log(self, served, block, *, keeps_texts):  # noqa: ARG002
        await self._store()


@pytest.fixture
def blocked(tmp_path, monkeypatch):
    """A project each of whose calls waits for ever."""
    os.mkfifo(tmp_path / "fifo")
    monkeypatch.setenv("PYTHONPATH", TESTS)
    monkeypatch.setattr(project, "OPEN", "blocked_project:open_project")
    return Project("", str(tmp_path / "fifo"))


def test_a_project_that_does_not_answer_is_given_up(blocked, monkeypatch):
    monkeypatch.setattr(project, "SECONDS_TO_CHOOSE", 0.1)
    monkeypatch.setattr(project, "SECONDS_TO_WRITE", 0.1)

    async def call():
        for calling in (
            blocked.choose(),
            blocked.add([("win", "spam")]),
            blocked.log(SERVED, [], keeps_texts=False),
        ):
            with pytest.raises(WorkerDiedError, match=r"no answer in 0\.1 seconds"):
                await calling

    asyncio.run(call())


def test_a_project_is_closed_whatever_it_does(blocked, monkeypatch):
    monkeypatch.setattr(project, "SECONDS_TO_END", 0.1)

    async def close():
        choosing = asyncio.ensure_future(blocked.choose())
        while not blocked._one_at_a_time.locked():
            await asyncio.sleep(0)
        await blocked.close()
        with pytest.raises(WorkerDiedError):
            await choosing

    asyncio.run(close())


def test_the_end_does_not_wait_for_what_cannot_be_stored(blocked, monkeypatch, capsys):
    monkeypatch.setattr(server, "SECONDS_TO_STORE", 0.1)

    async def end():
        log = ServedLog(blocked, Metrics(), keeps_texts=False)
        log.start()
        log.add(SERVED, ["id"], SCORED)
        await server._store_the_rest(Feedback(blocked, Metrics(), 30), log, blocked)

    asyncio.run(end())
    assert "1 predictions are not in the log: the worker ended" in capsys.readouterr().err


def test_a_label_that_is_not_stored_in_time_is_a_503():
    async def add():
        store = Store()
        feedback = Feedback(store, Metrics(), 0.1)
        with pytest.raises(Problem, match=r"not stored within 0\.1 seconds") as problem:
            await feedback.add("win", "spam")
        store.goes_on.set()
        await feedback.close()
        assert problem.value.status == 503

    asyncio.run(add())


def test_a_failure_that_nobody_foresees_is_a_503_and_labels_are_stored_again():
    async def add():
        store = Store(RuntimeError("secret"))
        store.goes_on.set()
        feedback = Feedback(store, Metrics(), 30)
        with pytest.raises(Problem, match="cannot be stored: RuntimeError$"):
            await feedback.add("win", "spam")
        assert (await feedback.add("win", "spam")).outcome == "accepted"

    asyncio.run(add())


@pytest.mark.parametrize("error", [None, RuntimeError("secret")])
def test_the_end_waits_for_the_predictions_that_are_being_written(monkeypatch, capsys, error):
    monkeypatch.setattr(prediction_log, "SECONDS_A_BLOCK", 0)
    metrics = Metrics()

    async def write():
        store = Store(error)
        log = ServedLog(store, metrics, keeps_texts=False)
        log.start()
        log.add(SERVED, ["first"], SCORED)
        await store.is_called.wait()
        closing = asyncio.ensure_future(log.close())
        log.add(SERVED, ["last"], SCORED)
        await asyncio.sleep(0)
        store.goes_on.set()
        await closing

    asyncio.run(write())
    assert metrics.logged._value.get() == 2
    assert metrics.not_logged._value.get() == 0
    shown = capsys.readouterr().err
    assert "secret" not in shown
    assert ("RuntimeError" in shown) == (error is not None)
