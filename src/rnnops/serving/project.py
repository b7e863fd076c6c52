"""What the server needs of the project, in a process of its own: its model, and its messages.

MLflow and pandas are large and busy; apart from them the server stays small and answers evenly.
"""

import asyncio
import pkgutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from rnnops.core import layout
from rnnops.core.errors import InputError
from rnnops.runtime.worker_process import SECONDS_TO_END, WorkerDiedError, WorkerProcess

SECONDS_TO_START = SECONDS_TO_WRITE = 60
SECONDS_TO_CHOOSE = 600  # a model may have to be downloaded
OPEN = "rnnops.serving.project:open_project"


class Served(NamedTuple):
    """A model to serve: as `rnnops.registry.served_model.ServedModel`."""

    name: str
    version: str | None
    verdict: str | None
    folder: Path


class Outcome(NamedTuple):
    """What became of a label: accepted, known, held or rejected, and a sentence on it."""

    outcome: str
    detail: str


class Project:
    """The process; it is started when it is needed, and again when it has died.

    A call that takes too long, such as while another program writes, ends the process, and fails
    with `WorkerDiedError`: so no call keeps the others waiting for ever.
    """

    def __init__(self, chooser: str, uri: str | None) -> None:
        self._arguments = (chooser, uri)
        self._worker: WorkerProcess | None = None
        self._is_killed = False
        self._one_at_a_time = threading.Lock()

    async def choose(self) -> Served:
        """The model to serve; raises `InputError` as the chooser does."""
        return Served(*await self._call("choose", None, SECONDS_TO_CHOOSE))

    async def add(self, labelled: Sequence[tuple[str, str]]) -> list[Outcome]:
        """What becomes of texts and the labels that people gave them.

        Raises:
            InputError: when the labels cannot be kept.
            WorkerDiedError, WorkerError: when keeping them fails.
        """
        return [Outcome(*each) for each in await self._call("add", labelled, SECONDS_TO_WRITE)]

    async def log(self, served: Served, block: Sequence[Any], *, keeps_texts: bool) -> None:
        """Write answers, `rnnops.serving.prediction_log.Answered`, as one file of the log.

        Raises:
            InputError: when the log cannot be written.
            WorkerDiedError, WorkerError: when writing fails.
        """
        await self._call("log", (served, block, keeps_texts), SECONDS_TO_WRITE)

    async def close(self) -> None:
        """End the process, after what it does if that ends soon."""
        await asyncio.to_thread(self._close_now)

    def kill(self) -> None:
        """End the process at once and for good: calls fail with `WorkerDiedError`."""
        self._is_killed = True
        if worker := self._worker:
            worker.kill()

    async def _call(self, name: str, argument: Any, seconds: float) -> Any:
        return await asyncio.to_thread(self._call_now, name, argument, seconds)

    def _call_now(self, name: str, argument: Any, seconds: float) -> Any:
        with self._one_at_a_time:
            try:
                is_new = self._worker is None
                worker = self._worker = self._worker or WorkerProcess(OPEN, *self._arguments)
                if self._is_killed:
                    worker.kill()
                if is_new:
                    worker.wait_until_ready(SECONDS_TO_START)
                return worker.call((name, argument), seconds)
            except WorkerDiedError:
                self._worker = None
                raise

    def _close_now(self) -> None:
        if not self._one_at_a_time.acquire(timeout=SECONDS_TO_END):
            self.kill()
            self._one_at_a_time.acquire()
        try:
            if self._worker:
                self._worker.close()
                self._worker = None
        finally:
            self._one_at_a_time.release()


def open_project(chooser: str, uri: str | None) -> tuple[None, Callable[[tuple[str, Any]], Any]]:
    """What answers calls in the process."""

    def answer(call: tuple[str, Any]) -> Any:
        name, argument = call
        if name == "choose":
            served = pkgutil.resolve_name(chooser)(uri)
            return served.name, served.version, served.verdict, Path(served.folder)
        if name == "log":
            return log_answers(*argument)
        return add_labels(argument)

    return None, answer


def add_labels(labelled: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """As `Project.add`, into the store of `rnnops add`."""
    from rnnops.feedback.adding import add_texts

    try:
        return add_texts(labelled)
    except OSError as error:
        raise InputError(f"the label cannot be kept: {error.strerror}") from None


def log_answers(served: Served, block: Sequence[Any], keeps_texts: bool) -> None:
    """Write the answers of a model as one file of the project's log.

    Raises:
        InputError: when the log cannot be written.
    """
    import pandas as pd

    from rnnops.monitoring.prediction_log import PredictionLog

    log = PredictionLog(Path(layout.PREDICTION_LOG), served.name, served.version or "", keeps_texts)
    try:
        log.append(
            [text for answered in block for text in answered.scored.texts],
            pd.concat([answered.scored.predictions.to_frame() for answered in block]),
            [message_id for answered in block for message_id in answered.ids],
            [answered.time for answered in block for _ in answered.ids],
        )
    except OSError as error:
        raise InputError(f"{layout.PREDICTION_LOG}: {error.strerror}") from None
