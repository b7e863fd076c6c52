"""Labels that people send back: what arrives while others are stored is stored together."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from rnnops.runtime.worker_process import FAILURES, WorkerError, reason_of
from rnnops.serving.metrics import Metrics
from rnnops.serving.problems import Problem, busy
from rnnops.serving.project import Outcome, Project
from rnnops.serving.remembered import RememberedTexts

MOST_WAITING = 500


class Feedback:
    """The store of `rnnops add`, one writer at a time.

    Args:
        seconds: that a request waits for it.
    """

    def __init__(self, project: Project, metrics: Metrics, seconds: float) -> None:
        self._project = project
        self._seconds = seconds
        self._metrics = metrics
        self._waiting: list[tuple[tuple[str, str], asyncio.Future[Outcome]]] = []
        self._storing: asyncio.Task[None] | None = None

    async def add(self, text: str, label: str) -> Outcome:
        """What became of a text's label, once it is stored.

        Raises:
            Problem: when it cannot be stored now.
        """
        if len(self._waiting) >= MOST_WAITING:
            raise busy("too many labels wait to be stored: try again later", 10)
        stored: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append(((text, label), stored))
        if self._storing is None or self._storing.done():
            self._storing = asyncio.ensure_future(self._store())
        try:
            async with asyncio.timeout(self._seconds):
                outcome = await stored
        except TimeoutError:
            detail = f"the label was not stored within {self._seconds:g} seconds: try again later"
            raise busy(detail, 10) from None
        except FAILURES as error:
            raise busy(f"the label cannot be stored: {reason_of(error)}", 10) from None
        self._metrics.feedback.labels(outcome.outcome).inc()
        return outcome

    async def close(self) -> None:
        """Wait until everything is stored."""
        if self._storing:
            await self._storing

    async def _store(self) -> None:
        while self._waiting:
            taken = [each for each in self._waiting if not each[1].done()]  # some gave up
            self._waiting = []
            if not taken:
                return
            try:
                outcomes = await self._project.add([labelled for labelled, _ in taken])
            except Exception as error:  # whatever it is, nobody waits for ever
                for stored in (stored for _, stored in taken if not stored.done()):
                    stored.set_exception(WorkerError(reason_of(error)))
                continue
            for (_, stored), outcome in zip(taken, outcomes, strict=True):
                if not stored.done():
                    stored.set_result(outcome)


class LabelledText(NamedTuple):
    """A text and the label that somebody says is right."""

    text: str
    label: str


def read_feedback(
    value: object, remembered: RememberedTexts, labels: Sequence[str]
) -> LabelledText:
    """The text and label in a body: {"id": "…", "label": "…"} or {"text": "…", "label": "…"}.

    Raises:
        Problem: for anything else, a forgotten answer, or a label that is none of `labels`.
    """
    if (
        not isinstance(value, dict)
        or value.keys() not in ({"id", "label"}, {"text", "label"})
        or not all(isinstance(each, str) for each in value.values())
    ):
        raise Problem(
            422, 'the body is neither {"id": "…", "label": "…"} nor {"text": "…", "label": "…"}'
        )
    label = value["label"]
    if label not in labels:
        raise Problem(422, f"{label[:40]!r} is not a label: send one of {', '.join(labels)}")
    text = remembered.get(value["id"]) if "id" in value else value["text"]
    if text is None:
        raise Problem(404, "the answer with this id is not remembered any more: send the text")
    if not text.strip():
        raise Problem(422, "the text is empty: there is nothing to label")
    return LabelledText(text, label)
