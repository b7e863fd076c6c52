"""Which model answers: the champion, also after a promotion or a rollback."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from rnnops.core.console import note
from rnnops.core.errors import InputError
from rnnops.runtime.scoring_pool import ScoringPool
from rnnops.runtime.worker_process import FAILURES, reason_of
from rnnops.serving.metrics import Metrics
from rnnops.serving.project import Served
from rnnops.serving.scorer import Scorer
from rnnops.serving.settings import Settings

Choose = Callable[[], Awaitable[Served]]
SECONDS_TO_TRY_AGAIN = 60  # a model that could not be loaded


class Models:
    """The scorer in use; while another model takes over, the old one finishes what it has.

    Attributes:
        is_loaded: there is a scorer in use, `current`.
        problem: why the model that should be served is not, None when it is.
    """

    def __init__(self, settings: Settings, metrics: Metrics, choose: Choose) -> None:
        self._settings = settings
        self._metrics = metrics
        self._choose = choose
        self._retired: list[Scorer] = []
        self._closing: set[asyncio.Task[None]] = set()
        self._replaced_before = 0
        self._refused: tuple[Served, float] | None = None  # and when it is tried again
        self.is_loaded = False
        self.current: Scorer
        self.problem: str | None = None

    async def start(self) -> None:
        """Load the first model.

        Raises:
            InputError: when there is none, or it cannot be loaded.
        """
        try:
            self.current = await self._load(await self._choose())
        except InputError:
            raise
        except FAILURES as error:
            raise InputError(f"the model cannot be loaded: {error}") from None
        self.is_loaded = True
        self._publish()

    async def check(self) -> None:
        """Ask which model to serve, and let another one take over once it is ready.

        When that fails, the model in use goes on answering, and a note says why, once.
        """
        try:
            served = await self._choose()
            if is_same_model(served, self.current.served):
                self._describe_anew(served)
                return
            if self._refused and self._refused[0] == served and self._now() < self._refused[1]:
                return
            self._refused = (served, self._now() + SECONDS_TO_TRY_AGAIN)
            scorer = await self._load(served)
        except Exception as error:  # whatever it is, the next check may succeed
            self._metrics.failed_loads.inc()
            problem = reason_of(error)
            if problem != self.problem:
                self.problem = problem
                note(f"the model in use goes on answering: {problem}")
            return
        old, self.current, self.problem = self.current, scorer, None
        self._refused = None
        self._metrics.swaps.inc()
        self._publish()
        note(f"now served: {describe(served)}")
        self._retired.append(old)
        self._close_unused()

    async def check_regularly(self) -> None:
        """Check every few seconds, without end."""
        while True:
            await asyncio.sleep(self._settings.check_every)
            await self.check()

    @asynccontextmanager
    async def in_use(self) -> AsyncIterator[Scorer]:
        """The scorer that answers a request, to the end of the block."""
        scorer = self.current
        scorer.users += 1
        try:
            yield scorer
        finally:
            scorer.users -= 1
            if self._retired:
                self._close_unused()

    async def close(self) -> None:
        """End all processes."""
        self._retired.append(self.current)
        self.kill()
        self._close_unused(also_used=True)
        await asyncio.gather(*self._closing)

    def kill(self) -> None:
        """End all processes at once."""
        for scorer in {*self._retired, *([self.current] if self.is_loaded else [])}:
            scorer.pool.kill()

    def measure(self) -> None:
        """Bring the metrics up to date that are not counted as they happen."""
        scorers = [self.current, *self._retired]
        self._metrics.waiting.set(sum(scorer.waiting for scorer in scorers))
        replaced = sum(scorer.pool.replaced for scorer in scorers)
        self._metrics.workers_replaced.set(self._replaced_before + replaced)

    async def _load(self, served: Served) -> Scorer:
        pool = ScoringPool(served.folder, self._settings.processes, self._settings.loader)
        try:
            await asyncio.to_thread(pool.wait_until_ready)
        except BaseException:
            pool.kill()
            await asyncio.to_thread(pool.close)
            raise
        return Scorer(served, pool, self._settings.limits, self._metrics)

    def _close_unused(self, *, also_used: bool = False) -> None:
        for scorer in [each for each in self._retired if also_used or not each.users]:
            self._retired.remove(scorer)
            self._replaced_before += scorer.pool.replaced
            closing = asyncio.ensure_future(asyncio.to_thread(scorer.pool.close))
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _describe_anew(self, served: Served) -> None:
        """Note that the gate's word on the version has changed, for example to champion."""
        self.problem = None
        if served.verdict != self.current.served.verdict:
            self.current.served = self.current.served._replace(verdict=served.verdict)
            self._publish()

    def _publish(self) -> None:
        served = self.current.served
        self._metrics.model.clear()
        self._metrics.model.labels(served.name, served.version or "", served.verdict or "").set(1)


def is_same_model(one: Served, other: Served) -> bool:
    """Whether both are the same version of the same store: one made anew counts from 1 again."""
    return (one.name, one.version, one.folder) == (other.name, other.version, other.folder)


def describe(served: Served) -> str:
    """The model in a line: as `rnnops predict` names it."""
    version = f" version {served.version} ({served.verdict})" if served.version else ""
    return f"{served.name}{version}"
