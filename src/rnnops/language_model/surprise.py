"""A softmax over all words whose value is only the loss: what training spends its time on.

    p = softmax(h·Kᵀ + c)        loss = −log p_y        d loss/dz = p − 1_y

h (M, N) are the states, K (V, N) the vectors of the words, y (M,) the words that come next. With V
of some 10,000 an array of (M, V) is fifty times as large as the states, so there are only two: z
and p. The bias is one more column of K, for which h has a 1; what 1_y does to the gradients
is added to M rows of N numbers each.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from rnnops.recurrent.backend import keras
from rnnops.recurrent.tensor import Tensor

ops = keras.ops


def surprise(
    states: Tensor, vectors: Tensor, bias: Tensor, words: Tensor, *, factors: str, shards: int
) -> Tensor:
    """−log p of each word, in nats, shape (M,), float32.

    Differentiable by `states`, (M, N), `vectors`, (V, N), and `bias`, (V,).

    Args:
        words: the ids, (M,), int32.
        factors: the type of the products' factors, and of p.
        shards: parts of the M rows that may be computed side by side.
    """
    columns = ops.concatenate([states, ops.ones_like(states[:, :1])], axis=1)
    return _surprise(
        columns, ops.concatenate([vectors, bias[:, None]], axis=1), words, factors, shards
    )


def _surprise(states: Tensor, vectors: Tensor, words: Tensor, factors: str, shards: int) -> Tensor:
    def run(*arguments: Tensor) -> tuple[Tensor, Callable[..., tuple[Any, ...]]]:
        states, vectors = map(ops.stop_gradient, arguments)
        rounded = ops.cast(vectors, factors)
        parts = [
            (part, next_words, _softmax(ops.cast(part, factors), rounded))
            for part, next_words in zip(
                _shards(states, shards), _shards(words, shards), strict=True
            )
        ]

        def gradient(*arguments: Tensor, upstream: Tensor | None = None) -> tuple[Any, ...]:
            upstream = arguments[0] if upstream is None else upstream
            by_states, by_vectors = [], []
            for (part, _, shares), weight in zip(parts, _shards(upstream, shards), strict=True):
                by_states.append(ops.cast(ops.matmul(shares, rounded), "float32"))
                # A row's weight goes to its N numbers, not to the V.
                weighted = ops.cast(part * weight[:, None], factors)
                product = ops.matmul(ops.transpose(shares), weighted)
                by_vectors.append(ops.cast(product, "float32"))
            of_words = ops.take(vectors, words, axis=0)
            weighted = states * upstream[:, None]
            of_next = ops.segment_sum(weighted, words, num_segments=vectors.shape[0])
            return (
                (ops.concatenate(by_states, axis=0) - of_words) * upstream[:, None],
                sum(by_vectors[1:], by_vectors[0]) - of_next,
            )

        taken = [
            ops.take_along_axis(shares, next_words[:, None], axis=1)[:, 0]
            for _, next_words, shares in parts
        ]
        return -ops.log(ops.cast(ops.concatenate(taken, axis=0), "float32")), gradient

    return ops.custom_gradient(run)(states, vectors)


def _softmax(states: Tensor, vectors: Tensor) -> Tensor:
    """p, shape (M, V)."""
    return ops.softmax(ops.matmul(states, ops.transpose(vectors)), axis=-1)


def _shards(array: Tensor, shards: int) -> list[Tensor]:
    cuts = [array.shape[0] * shard // shards for shard in range(shards + 1)]
    return [array[start:end] for start, end in pairwise(cuts)]
