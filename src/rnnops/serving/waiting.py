"""The messages that wait for a worker, and which of them it gets next."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from rnnops.runtime.scoring_worker import Message, Scored

TURN = 8  # messages of a request that are taken before another request has its turn
BATCH_SIZE = 256 * 1024  # bytes or characters that a worker gets at a time, or one message


@dataclass(eq=False)
class Job:
    """The messages of a request, and what is known of them; `done` is called at the end."""

    messages: Sequence[Message]
    done: Callable[[], None]
    taken: int = 0  # the first so many are with workers, or back
    open: int = field(init=False)  # how many have not come back
    scored: list[tuple[int, Scored]] = field(default_factory=list)
    error: BaseException | None = None
    is_dropped: bool = False

    def __post_init__(self) -> None:
        self.open = len(self.messages)

    def add(self, start: int, scored: Scored) -> None:
        """Keep the scores of the messages from `start` on."""
        self.scored.append((start, scored))
        self.open -= len(scored.texts)
        if not self.open and not self.is_dropped:
            self.done()

    def fail(self, error: BaseException) -> None:
        """End with an error, unless it has ended."""
        if self.error is None and not self.is_dropped:
            self.error = error
            self.done()

    @property
    def result(self) -> Scored:
        """The scores of all the messages, in order."""
        if len(self.scored) == 1:
            return self.scored[0][1]
        parts = [scored for _, scored in sorted(self.scored, key=lambda part: part[0])]
        return Scored(
            [text for part in parts for text in part.texts],
            parts[0].labels,
            [label for part in parts for label in part.decided],
            [row for part in parts for row in part.probabilities],
        )


class Piece(NamedTuple):
    """The messages of a job from `start` on, `number` of them."""

    job: Job
    start: int
    number: int

    @property
    def messages(self) -> Sequence[Message]:
        """The piece's own."""
        return self.job.messages[self.start : self.start + self.number]


class WaitingMessages:
    """Jobs in turn: each gives some messages to a batch, then the next one does.

    So a request of a thousand messages, or an explanation, delays no other by more than its turns.
    """

    def __init__(self) -> None:
        self._jobs: deque[Job] = deque()
        self.number = 0  # of the messages

    def add(self, job: Job) -> None:
        """Put a job in line."""
        self._jobs.append(job)
        self.number += len(job.messages)

    def drop(self, job: Job) -> None:
        """Leave out what is still waiting of a job; what workers have of it is not waited for."""
        job.is_dropped = True
        if job in self._jobs:
            self._jobs.remove(job)
            self.number -= len(job.messages) - job.taken

    def take(self, most: int) -> list[Piece]:
        """Up to `most` messages, and not many more than `BATCH_SIZE` long together."""
        pieces: list[Piece] = []
        number = size = 0
        while self._jobs and number < most and size < BATCH_SIZE:
            job = self._jobs.popleft()
            start, turn = job.taken, min(TURN, most - number)
            while job.taken < min(start + turn, len(job.messages)) and size < BATCH_SIZE:
                size += len(job.messages[job.taken])
                job.taken += 1
            number += job.taken - start
            pieces.append(Piece(job, start, job.taken - start))
            if job.taken < len(job.messages):
                self._jobs.append(job)
        self.number -= number
        return pieces
