"""What the server does for each kind of request."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from typing import TypeVar

import numpy as np
from fastapi import Request, Response

from rnnops.report.explanation import cut_into_pieces, explain_parts, parts_to_classify
from rnnops.runtime.scoring_worker import Message, Scored
from rnnops.serving import answers, metrics
from rnnops.serving.bodies import parse_json, read_messages
from rnnops.serving.budget import Budget, Share
from rnnops.serving.edge import is_authorized
from rnnops.serving.feedback import Feedback, read_feedback
from rnnops.serving.invocations import read_invocation
from rnnops.serving.models import Models
from rnnops.serving.prediction_log import ServedLog
from rnnops.serving.problems import Problem, busy
from rnnops.serving.reading import read_body, wait_for_disconnect
from rnnops.serving.remembered import RememberedTexts
from rnnops.serving.scorer import Scorer
from rnnops.serving.settings import Settings

EXPLAINED_CHARACTERS = 50_000
READ_AT_ONCE = 256 * 1024  # bytes of a body
MOST_EXPLAINED = 4  # at a time: each is some 300 messages

RNNOPS = version("rnnops")
T = TypeVar("T")


class Service:
    """The endpoints. Each reads its body within bounds and raises `Problem` for what is wrong."""

    def __init__(
        self,
        settings: Settings,
        models: Models,
        feedback: Feedback,
        measured: metrics.Metrics,
        log: ServedLog | None,
    ) -> None:
        self._settings = settings
        self._limits = settings.limits
        self._models = models
        self._feedback = feedback
        self._metrics = measured
        self._log = log
        self._remembered = RememberedTexts()
        self._budget = Budget(settings.limits.bytes_in_memory)
        self._explaining = 0
        self.is_stopping = False

    def stop(self) -> None:
        """From now on say that the server is about to stop."""
        self.is_stopping = True

    def refusal(self) -> Problem | None:
        """Why no message at all is taken now, None if some are."""
        return self._models.current.refusal()

    async def predict(self, request: Request) -> Response:
        """Labels and probabilities of messages."""
        with self._budget.share() as share:
            messages = await self._read(request, share, read_messages, self._limits.messages)
            async with self._models.in_use() as scorer:
                scored = await self._score(request, scorer, messages)
                ids = answers.new_ids(len(messages))
                self._keep(scorer, ids, scored)
                self._remembered.add(ids, scored.texts)
                model = answers.model_fields(scorer.served, scorer.facts)
        return _json(answers.prediction_body(model, ids, scored))

    async def explain(self, request: Request) -> Response:
        """What each word of a message does to its label."""
        with self._budget.share() as share:
            messages = await self._read(request, share, read_messages, 2)
            if len(messages) != 1:
                raise Problem(422, "one message is explained at a time: send a single one")
            if self._explaining == MOST_EXPLAINED:
                raise busy("other messages are being explained: try again later")
            self._explaining += 1
            try:
                return await self._explain(request, messages[0], share)
            finally:
                self._explaining -= 1

    async def _explain(self, request: Request, message: Message, share: Share) -> Response:
        async with self._models.in_use() as scorer:
            text = (await self._score(request, scorer, [message])).texts[0]
            pieces = cut_into_pieces(text[:EXPLAINED_CHARACTERS])
            parts = parts_to_classify(pieces)
            share.take(sum(map(len, parts)))
            scored = await self._score(request, scorer, parts, in_background=True)
            model = answers.model_fields(scorer.served, scorer.facts)
        decided = np.array(scored.decided)
        found = explain_parts(
            pieces,
            scored.labels[scored.decided[0]],
            decided == decided[0],
            np.array(scored.probabilities)[:, decided[0]],
        )
        (message_id,) = answers.new_ids(1)
        self._remembered.add([message_id], [text])
        cut = len(text) > EXPLAINED_CHARACTERS
        return _json(answers.explanation_body(model, message_id, found, cut=cut))

    async def feedback(self, request: Request) -> Response:
        """The right label of a message, into the store of `rnnops add`."""
        with self._budget.share() as share:
            value = await self._read(request, share, parse_json, 1)
            labels = self._models.current.facts.labels
            text, label = read_feedback(value, self._remembered, labels)
            outcome = await self._feedback.add(text, label)
        return _json(answers.to_json(outcome._asdict()))

    async def invocations(self, request: Request) -> Response:
        """As MLflow's own server answers."""
        with self._budget.share() as share:
            messages = await self._read(request, share, read_invocation, self._limits.messages)
            async with self._models.in_use() as scorer:
                if messages:
                    scored = await self._score(request, scorer, messages)
                    self._keep(scorer, answers.new_ids(len(messages)), scored)
                else:
                    scored = Scored([], scorer.facts.labels, [], [])
                headers = answers.model_headers(scorer.served, scorer.facts)
        return Response(answers.invocation_body(scored), 200, headers, "application/json")

    async def ping(self, request: Request) -> Response:  # noqa: ARG002
        """The server runs, as MLflow's own answers."""
        return _json(b"\n")

    async def health(self, request: Request) -> Response:  # noqa: ARG002
        """The server runs."""
        return _json(b'{"status":"ok"}')

    async def ready(self, request: Request) -> Response:
        """The server takes requests: 200, or 503 when it is about to stop."""
        status = "stopping" if self.is_stopping else "ready"
        sent = request.headers.get("authorization", "").encode("latin-1")
        problem = self._models.problem  # it may name folders
        if problem and not is_authorized(sent, self._settings.token):
            problem = "send the token to read it"
        body = {"status": status, "problem": problem}
        return Response(
            answers.to_json(body), 503 if self.is_stopping else 200, None, "application/json"
        )

    async def version(self, request: Request) -> Response:  # noqa: ARG002
        """Which model is served, and which package serves it."""
        scorer = self._models.current
        return _json(answers.version_body(scorer.served, scorer.facts, RNNOPS))

    async def metrics(self, request: Request) -> Response:  # noqa: ARG002
        """Counts and times for Prometheus."""
        self._models.measure()
        return Response(self._metrics.page(), headers={"Content-Type": metrics.CONTENT_TYPE})

    async def _read(
        self, request: Request, share: Share, read: Callable[[str, bytes, int], T], most: int
    ) -> T:
        """What is in the body; a large one is read in a thread, while others are answered."""
        body = await read_body(request.receive, request.headers, self._limits, share)
        content_type = request.headers.get("content-type", "")
        if len(body) > READ_AT_ONCE:
            return await asyncio.to_thread(read, content_type, body, most)
        return read(content_type, body, most)

    async def _score(
        self,
        request: Request,
        scorer: Scorer,
        messages: Sequence[Message],
        *,
        in_background: bool = False,
    ) -> Scored:
        logged = {"messages": len(messages), "version": scorer.served.version}
        request.scope["state"].setdefault("logged", logged)
        is_gone = partial(wait_for_disconnect, request.receive)
        return await scorer.score(messages, is_gone, in_background=in_background)

    def _keep(self, scorer: Scorer, ids: list[str], scored: Scored) -> None:
        """Count what was classified, and log it if that is asked for."""
        for decided in scored.decided:
            self._metrics.messages.labels(scored.labels[decided]).inc()
        if self._log:
            self._log.add(scorer.served, ids, scored)


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")
