"""Blocks of messages and what a model makes of them: in this process or, if many, one a core."""

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from itertools import chain, islice

from rnnops.cli.inputs import NamedText
from rnnops.core.errors import InputError
from rnnops.registry.served_model import ServedModel, load_classifier
from rnnops.runtime.description import is_readable
from rnnops.runtime.predictions import Predictions

Block = Sequence[NamedText]
BLOCKS_AHEAD = 2  # for each process, so that none waits for what is read or written


def score_blocks(
    served: ServedModel, blocks: Iterator[Block]
) -> Iterator[tuple[Block, Predictions]]:
    """Each block with its predictions, in order; a bounded number of blocks is held.

    Raises:
        InputError: that of `blocks`, after the predictions for all blocks before it.
    """
    errors: list[InputError] = []
    blocks = _until_error(blocks, errors)
    first_two = list(islice(blocks, 2))
    cores = os.cpu_count() or 1
    if len(first_two) < 2 or cores == 1 or not is_readable(served.folder):
        classifier = load_classifier(served)
        for block in chain(first_two, blocks):
            yield block, classifier.score(_texts(block))
    else:
        yield from _score_in_processes(served, chain(first_two, blocks), cores)
    if errors:
        raise errors[0]


def _until_error(blocks: Iterator[Block], errors: list[InputError]) -> Iterator[Block]:
    """The blocks before one that cannot be read; why it cannot is appended to `errors`."""
    try:
        yield from blocks
    except InputError as error:
        errors.append(error)


def _score_in_processes(
    served: ServedModel, blocks: Iterator[Block], processes: int
) -> Iterator[tuple[Block, Predictions]]:
    from rnnops.runtime.scoring_pool import ScoringPool

    pool = ScoringPool(served.folder, processes)
    try:
        pool.wait_until_ready()
        scored: deque[tuple[Block, Future[Predictions]]] = deque()
        for block in blocks:
            scored.append((block, pool.submit(_texts(block))))
            if len(scored) > BLOCKS_AHEAD * processes:
                block, predictions = scored.popleft()
                yield block, predictions.result()
        for block, predictions in scored:
            yield block, predictions.result()
    finally:
        pool.close()


def _texts(block: Block) -> list[str]:
    return [text for _, text in block]
