"""The messages that wait for a worker, and which of them it gets next."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from rnnops.runtime.scoring_worker import Message, Scored

# What a request gives to a batch before another one has its turn, and what a worker gets at a time:
# so many messages, of so many bytes or characters, but at least one message.
TURN, TURN_SIZE = 8, 16 * 1024
BATCH_SIZE = 32 * 1024
BACKGROUND_TURN, BACKGROUND_SIZE = 4, 16 * 1024  # of the background, which is alone in its batch
EVERY = 8  # batches: one of them is of the background, however much waits before it


@dataclass(eq=False)
class Job:
    """The messages of a request, and what is known of them; `done` is called at the end.

    Those of the background let others pass.
    """

    messages: Sequence[Message]
    done: Callable[[], None]
    is_background: bool = False
    taken: int = 0  # the first so many are with workers, or back
    open: int = field(init=False)  # how many have not come back
    scored: list[tuple[int, Scored]] = field(default_factory=list)
    error: BaseException | None = None
    is_dropped: bool = False

    def __post_init__(self) -> None:
        self.open = len(self.messages)

    @property
    def next_size(self) -> int:
        """How long the next message that a worker gets is."""
        return len(self.messages[self.taken])

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

    So a request of a thousand messages delays no other by more than its turns. Jobs of the
    background have theirs when no other waits, and every few batches, a turn at a time.
    """

    def __init__(self) -> None:
        self._jobs: deque[Job] = deque()
        self._background: deque[Job] = deque()
        self._batches = 0  # since the last one of the background
        self.number = 0  # of the messages

    def add(self, job: Job) -> None:
        """Put a job in line."""
        self._line_of(job).append(job)
        self.number += len(job.messages)

    def drop(self, job: Job) -> None:
        """Leave out what is still waiting of a job; what workers have of it is not waited for."""
        job.is_dropped = True
        if job in self._line_of(job):
            self._line_of(job).remove(job)
            self.number -= len(job.messages) - job.taken

    def take(self, most: int) -> list[Piece]:
        """Up to `most` messages, at most `BATCH_SIZE` long together; a longer one goes alone."""
        if self._background and (not self._jobs or self._batches >= EVERY):
            self._batches = 0
            piece, _ = _take_turn(self._background, min(BACKGROUND_TURN, most), BACKGROUND_SIZE)
            self.number -= piece.number
            return [piece]
        self._batches += 1
        pieces: list[Piece] = []
        number = size = 0
        while self._jobs and number < most:
            if pieces and size + self._jobs[0].next_size > BATCH_SIZE:
                break
            most_size = min(TURN_SIZE, BATCH_SIZE - size)
            piece, length = _take_turn(self._jobs, min(TURN, most - number), most_size)
            pieces.append(piece)
            number += piece.number
            size += length
        self.number -= number
        return pieces

    def _line_of(self, job: Job) -> deque[Job]:
        return self._background if job.is_background else self._jobs


def _take_turn(line: deque[Job], most: int, most_size: int) -> tuple[Piece, int]:
    """What the next job of a line gives, and how long that is."""
    job = line.popleft()
    start, size = job.taken, 0
    end = min(start + most, len(job.messages))
    while job.taken < end and (job.taken == start or size + job.next_size <= most_size):
        size += job.next_size
        job.taken += 1
    if job.taken < len(job.messages):
        line.append(job)
    return Piece(job, start, job.taken - start), size
