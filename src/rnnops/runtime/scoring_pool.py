"""Processes that each hold the model and score messages, a batch at a time."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue

from rnnops.runtime.predictions import Predictions
from rnnops.runtime.scoring_worker import Message, ModelFacts, Scored
from rnnops.runtime.worker_process import WorkerDiedError, WorkerProcess

TEXT_CLASSIFIER = "rnnops.runtime.text_classifier:TextClassifier.load"
SECONDS_A_BATCH = 60  # after which a worker counts as stuck


@dataclass(frozen=True)
class _Batch:
    messages: Sequence[Message]
    scored: Future[Scored] = field(default_factory=Future)


class ScoringPool:
    """Workers that score batches of messages with the model in `folder`.

    A batch whose worker dies is scored once more by the worker that replaces it.

    Attributes:
        facts: on the model, once it is loaded.
        replaced: how many workers have been replaced.
    """

    facts: ModelFacts

    def __init__(
        self, folder: Path, processes: int, loader: str = TEXT_CLASSIFIER,
        seconds_a_batch: float = SECONDS_A_BATCH,
    ) -> None:  # fmt: skip
        self._start = (loader, folder)
        self._seconds = seconds_a_batch
        self._batches: SimpleQueue[_Batch | None] = SimpleQueue()
        self._ready: list[Future[ModelFacts]] = [Future() for _ in range(processes)]
        self._workers: dict[int, WorkerProcess] = {}
        self._lock = threading.Lock()
        self._is_killed = False
        self.processes = processes
        self.replaced = 0
        self._threads: list[threading.Thread] = []
        try:
            for number in range(processes):
                thread = threading.Thread(target=self._keep_worker, args=(number,), daemon=True)
                thread.start()
                self._threads.append(thread)
        except RuntimeError:  # there can be no more threads
            self.kill()
            self.close()
            raise

    def wait_until_ready(self) -> None:
        """Wait until each process has loaded the model and scored a message.

        Raises:
            InputError: when the model cannot be loaded, as its loader says.
            WorkerDiedError: when a process ends meanwhile.
        """
        wait(self._ready)
        self.facts, *_ = [loaded.result() for loaded in self._ready]

    def submit(self, messages: Sequence[Message]) -> Future[Predictions]:
        """What the model predicts of `messages`, raw e-mails (bytes) or texts.

        The future raises `WorkerDiedError` when two workers die of the batch.
        """
        predicted: Future[Predictions] = Future()

        def hand_on(scored: Future[Scored]) -> None:
            if error := scored.exception():
                predicted.set_exception(error)
            else:
                predicted.set_result(scored.result().predictions)

        self.submit_with_texts(messages).add_done_callback(hand_on)
        return predicted

    def submit_with_texts(self, messages: Sequence[Message]) -> Future[Scored]:
        """As `submit`, with the texts that the model has read."""
        batch = _Batch(messages)
        self._batches.put(batch)
        return batch.scored

    def pids(self) -> list[int]:
        """The numbers of the processes there are now."""
        with self._lock:
            return [worker.pid for worker in self._workers.values()]

    def close(self) -> None:
        """End the processes, after the batches that were submitted."""
        for _ in self._threads:
            self._batches.put(None)
        for thread in self._threads:
            thread.join()

    def kill(self) -> None:
        """End the processes at once, whatever they do; batches fail with `WorkerDiedError`."""
        with self._lock:
            self._is_killed = True
            for worker in self._workers.values():
                worker.kill()

    def _keep_worker(self, number: int) -> None:
        """Start a worker, hand batches to it, and start another when it dies."""
        try:
            self._ready[number].set_result(self._start_worker(number))
        except Exception as error:
            self._ready[number].set_exception(error)
        while batch := self._batches.get():
            try:
                batch.scored.set_result(self._score(number, batch.messages))
            except Exception as error:
                batch.scored.set_exception(error)
        if worker := self._workers.pop(number, None):
            worker.close()

    def _score(self, number: int, messages: Sequence[Message]) -> Scored:
        with suppress(WorkerDiedError):
            return self._call(number, messages)
        return self._call(number, messages)

    def _call(self, number: int, messages: Sequence[Message]) -> Scored:
        if number not in self._workers:
            self._start_worker(number)
        try:
            return self._workers[number].call(messages, self._seconds)
        except WorkerDiedError:
            with self._lock:
                del self._workers[number]
                self.replaced += 1
            raise

    def _start_worker(self, number: int) -> ModelFacts:
        with self._lock:
            if self._is_killed:
                raise WorkerDiedError("the pool is closed")
            worker = WorkerProcess("rnnops.runtime.scoring_worker:load_scorer", *self._start)
            self._workers[number] = worker  # from now on `kill` reaches it
        try:
            facts: ModelFacts = worker.wait_until_ready()
        except Exception:
            with self._lock:
                del self._workers[number]
            worker.close()
            raise
        return facts
