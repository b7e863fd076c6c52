"""Scoring the messages of many requests with one model, in batches."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future

from rnnops.core.errors import InputError
from rnnops.runtime.scoring_pool import ScoringPool
from rnnops.runtime.scoring_worker import Message, ModelFacts, Scored
from rnnops.runtime.worker_process import WorkerDiedError, WorkerError
from rnnops.serving.metrics import Metrics
from rnnops.serving.problems import Problem, busy
from rnnops.serving.project import Served
from rnnops.serving.reading import Disconnected
from rnnops.serving.settings import Limits
from rnnops.serving.waiting import Job, Piece, WaitingMessages

PATIENCE = 0.25  # seconds after which it is asked whether a waiting client is still there


class Scorer:
    """A model and its pool.

    A worker gets what is waiting as soon as it is idle: a request that comes alone waits for
    nothing, and batches grow with the load.

    Attributes:
        served: which model it is.
        users: requests that use it now; it is closed after the last one.
    """

    def __init__(self, served: Served, pool: ScoringPool, limits: Limits, metrics: Metrics) -> None:
        self.served = served
        self.pool = pool
        self.users = 0
        self._limits = limits
        self._metrics = metrics
        self._idle = pool.processes
        self._waiting = WaitingMessages()
        self._loop = asyncio.get_running_loop()
        self._is_dispatching = False

    @property
    def facts(self) -> ModelFacts:
        """On the model: labels, positive label and threshold."""
        return self.pool.facts

    @property
    def waiting(self) -> int:
        """How many messages wait for a worker."""
        return self._waiting.number

    def refusal(self, messages: int = 1) -> Problem | None:
        """Why so many messages are not taken now, None if they are."""
        if self.waiting and self.waiting + messages > self._limits.waiting_messages:
            self._metrics.refused.inc(messages)
            return busy(f"{self.waiting:,} messages are waiting already: try again later")
        return None

    async def score(
        self,
        messages: Sequence[Message],
        wait_for_disconnect: Callable[[], Awaitable[object]],
        *,
        in_background: bool = False,
    ) -> Scored:
        """The texts and scores of `messages`.

        Args:
            wait_for_disconnect: returns when the client has gone.
            in_background: let the messages of others pass.

        Raises:
            Problem: when too many are waiting, when it takes too long, and when workers fail.
            Disconnected: when the client goes.
        """
        if refusal := self.refusal(len(messages)):
            raise refusal
        done: asyncio.Future[None] = self._loop.create_future()
        job = Job(messages, lambda: _finish(done), in_background)
        self._waiting.add(job)
        if not self._is_dispatching:
            self._is_dispatching = True
            self._loop.call_soon(self._dispatch)
        try:
            await self._wait(done, wait_for_disconnect)
        finally:
            if not done.done():
                self._waiting.drop(job)
        if job.error is not None:
            raise _problem_of(job.error)
        return job.result

    async def _wait(
        self, done: asyncio.Future[None], wait_for_disconnect: Callable[[], Awaitable[object]]
    ) -> None:
        await asyncio.wait((done,), timeout=min(PATIENCE, self._limits.seconds))
        if done.done():
            return
        gone = asyncio.ensure_future(wait_for_disconnect())
        try:
            await asyncio.wait(
                (done, gone),
                timeout=self._limits.seconds - PATIENCE,
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            gone.cancel()
        if done.done():
            return
        if gone.done():
            raise Disconnected
        raise busy(f"no answer within {self._limits.seconds:g} seconds: try again later")

    def _dispatch(self) -> None:
        """Hand what is waiting to the idle workers, to each as much."""
        self._is_dispatching = False
        while self._idle and self._waiting.number:
            most = min(-(-self._waiting.number // self._idle), self._limits.batch_size)
            pieces = self._waiting.take(most)
            batch = [message for piece in pieces for message in piece.messages]
            self._metrics.batch_size.observe(len(batch))
            self._idle -= 1
            scored = self.pool.submit_with_texts(batch)
            scored.add_done_callback(
                lambda scored, pieces=pieces: self._loop.call_soon_threadsafe(  # type: ignore[misc]
                    self._finish, pieces, scored
                )
            )

    def _finish(self, pieces: list[Piece], scored: Future[Scored]) -> None:
        self._idle += 1
        error = scored.exception()
        if error:
            for job in {piece.job for piece in pieces}:
                job.fail(error)
                self._waiting.drop(job)
            self._dispatch()
            return
        self._dispatch()
        result = scored.result()
        position = 0
        for job, start, number in pieces:
            job.add(start, _part(result, position, number))
            position += number


def _finish(done: asyncio.Future[None]) -> None:
    if not done.done():
        done.set_result(None)


def _part(scored: Scored, start: int, number: int) -> Scored:
    if number == len(scored.texts):
        return scored
    end = start + number
    return Scored(
        scored.texts[start:end],
        scored.labels,
        scored.decided[start:end],
        scored.probabilities[start:end],
    )


def _problem_of(error: BaseException) -> Problem:
    """What a client gets when workers could not score its messages."""
    if isinstance(error, WorkerDiedError | InputError | OSError):
        return busy("the process that scored the message ended: try again later")
    if isinstance(error, WorkerError):
        return Problem(500, "the model could not score the message")
    raise error
