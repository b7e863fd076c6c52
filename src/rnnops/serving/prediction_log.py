"""The prediction log of a server: answers are kept, and written a block at a time."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple

from rnnops.core.console import note
from rnnops.runtime.scoring_worker import Scored
from rnnops.runtime.worker_process import reason_of
from rnnops.serving.metrics import Metrics
from rnnops.serving.project import Project, Served

SECONDS_A_BLOCK = 5
MOST_WAITING = 100_000  # messages


class Answered(NamedTuple):
    """An answer as the log keeps it."""

    time: datetime
    ids: Sequence[str]
    scored: Scored


class ServedLog:
    """Answers on their way to the log.

    What cannot be written is tried again with the next block; what there is no room for, or is left
    at the end, is counted as lost.
    """

    def __init__(self, project: Project, metrics: Metrics, *, keeps_texts: bool) -> None:
        self._project = project
        self._metrics = metrics
        self._keeps_texts = keeps_texts
        self._waiting: defaultdict[Served, list[Answered]] = defaultdict(list)
        self._number = 0
        self._problem: str | None = None
        self._is_closing = asyncio.Event()
        self._writing: asyncio.Task[None] | None = None

    def add(self, served: Served, ids: Sequence[str], scored: Scored) -> None:
        """Keep an answer."""
        if self._number + len(ids) > MOST_WAITING:
            self._metrics.not_logged.inc(len(ids))
            return
        self._waiting[served].append(Answered(datetime.now(UTC), ids, scored))
        self._number += len(ids)

    def start(self) -> None:
        """From now on write every few seconds, until `close`."""
        self._writing = asyncio.ensure_future(self._write_regularly())

    async def _write_regularly(self) -> None:
        is_last = False
        while not is_last:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._is_closing.wait(), SECONDS_A_BLOCK)
            is_last = self._is_closing.is_set()
            await self.write()

    async def write(self) -> None:
        """Write what is waiting."""
        waiting, self._waiting = self._waiting, defaultdict(list)
        problem = None
        for served, block in waiting.items():
            number = sum(len(answered.ids) for answered in block)
            try:
                await self._project.log(served, block, keeps_texts=self._keeps_texts)
            except Exception as error:  # whatever it is, the next time may succeed
                if self._problem != (problem := reason_of(error)):
                    note(f"the prediction log cannot be written, and is tried again: {problem}")
                self._waiting[served] = [*block, *self._waiting[served]]
                continue
            self._number -= number
            self._metrics.logged.inc(number)
        self._problem = problem

    async def close(self) -> None:
        """Write what is left, after what is being written."""
        self._is_closing.set()
        if self._writing:
            await self._writing
        if self._number:
            self._metrics.not_logged.inc(self._number)
            note(f"{self._number:,} predictions are not in the log: {self._problem}")
