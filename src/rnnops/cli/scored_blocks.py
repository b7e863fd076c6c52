"""Blocks of messages and what a model makes of them: in this process or, if many, one a core."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from itertools import chain, islice

from rnnops.cli.inputs import NamedText
from rnnops.core.cores import usable_cores
from rnnops.core.errors import InputError
from rnnops.registry.served_model import ServedModel, load_classifier
from rnnops.runtime.description import is_readable
from rnnops.runtime.predictions import Predictions

Block = Sequence[NamedText]
BLOCKS_AHEAD = 2  # for each process, so that none waits for what is read or written
BLOCKS_OF_PUBLISHED_CODE = 50  # at a time: it starts a process for each call


def score_blocks(
    served: ServedModel, blocks: Iterator[Block]
) -> Iterator[tuple[Block, Predictions]]:
    """Each block with its predictions, in order; a bounded number of blocks is held.

    A model of another format is run by the code that it was published with, on larger blocks.

    Raises:
        InputError: that of `blocks`, after the predictions for all blocks before it; when the model
            or a process fails.
    """
    errors: list[InputError] = []
    blocks = _until_error(blocks, errors)
    if not is_readable(served.folder):
        blocks = _joined(blocks, BLOCKS_OF_PUBLISHED_CODE)
    first_two = list(islice(blocks, 2))
    if len(first_two) < 2 or usable_cores() == 1 or not is_readable(served.folder):
        classifier = load_classifier(served)
        for block in chain(first_two, blocks):
            yield block, classifier.score(_texts(block))
    else:
        yield from _score_in_processes(served, chain(first_two, blocks), usable_cores())
    if errors:
        raise errors[0]


def _until_error(blocks: Iterator[Block], errors: list[InputError]) -> Iterator[Block]:
    """The blocks before one that cannot be read; why it cannot is appended to `errors`."""
    try:
        yield from blocks
    except InputError as error:
        errors.append(error)


def _joined(blocks: Iterator[Block], number: int) -> Iterator[Block]:
    """So many blocks as one."""
    while joined := list(chain.from_iterable(islice(blocks, number))):
        yield joined


def _score_in_processes(
    served: ServedModel, blocks: Iterator[Block], processes: int
) -> Iterator[tuple[Block, Predictions]]:
    from rnnops.runtime.scoring_pool import ScoringPool
    from rnnops.runtime.worker_process import WorkerDiedError, WorkerError

    def result(scored: Future[Predictions]) -> Predictions:
        try:
            return scored.result()
        except (WorkerDiedError, WorkerError, OSError) as error:
            raise InputError(
                f"a process that classified messages failed ({error}): is there memory for "
                f"{processes} of them? With --output the same command goes on where this one "
                "stopped"
            ) from None

    pool = ScoringPool(served.folder, processes)
    try:
        waiting: deque[tuple[Block, Future[Predictions]]] = deque()
        for block in blocks:
            waiting.append((block, pool.submit(_texts(block))))
            if len(waiting) > BLOCKS_AHEAD * processes:
                block, scored = waiting.popleft()
                yield block, result(scored)
        for block, scored in waiting:
            yield block, result(scored)
    finally:
        pool.close()


def _texts(block: Block) -> list[str]:
    return [text for _, text in block]
