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
from rnnops.runtime.worker_process import WorkerDiedError, WorkerProcess

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
    """The process; it is started when it is needed, and again when it has died."""

    def __init__(self, chooser: str, uri: str | None) -> None:
        self._arguments = (chooser, uri)
        self._worker: WorkerProcess | None = None
        self._one_at_a_time = threading.Lock()

    async def choose(self) -> Served:
        """The model to serve; raises `InputError` as the chooser does."""
        return Served(*await self._call("choose", None))

    async def add(self, labelled: Sequence[tuple[str, str]]) -> list[Outcome]:
        """What becomes of texts and the labels that people gave them.

        Raises:
            InputError: when the labels cannot be kept.
            WorkerDiedError, WorkerError: when keeping them fails.
        """
        return [Outcome(*each) for each in await self._call("add", labelled)]

    async def log(self, served: Served, block: Sequence[Any], *, keeps_texts: bool) -> None:
        """Write answers, `rnnops.serving.prediction_log.Answered`, as one file of the log.

        Raises:
            InputError: when the log cannot be written.
            WorkerDiedError, WorkerError: when writing fails.
        """
        await self._call("log", (served, block, keeps_texts))

    async def close(self) -> None:
        """End the process, after what it does."""
        await asyncio.to_thread(self._close_now)

    def kill(self) -> None:
        """End the process at once."""
        if self._worker:
            self._worker.kill()

    async def _call(self, name: str, argument: Any) -> Any:
        return await asyncio.to_thread(self._call_now, name, argument)

    def _call_now(self, name: str, argument: Any) -> Any:
        with self._one_at_a_time:
            try:
                if self._worker is None:
                    self._worker = WorkerProcess(OPEN, *self._arguments)
                    self._worker.wait_until_ready()
                return self._worker.call((name, argument))
            except WorkerDiedError:
                self._worker = None
                raise

    def _close_now(self) -> None:
        with self._one_at_a_time:
            if self._worker:
                self._worker.close()
                self._worker = None


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
