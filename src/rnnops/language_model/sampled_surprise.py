"""A softmax over a sample of the words, for training: a fraction of the products.

    loss = −log(exp(z_y) / (exp(z_y) + Σ_s exp(z_s) / (S·q_s)))        z_k = h·K_k + c_k

The S words s are drawn once for a batch from q, with replacement; one that is y is left out for
that row. Divided by how often each is expected, they stand for the sum over all words but y
(Bengio and Senécal 2008; Jean et al., "On Using Very Large Target Vocabulary for Neural Machine
Translation", 2015). q falls as word frequencies do: q_k = log((k + 2) / (k + 1)) / log(V + 1) for
the word of the id k.
"""

import math
from typing import Any

from rnnops.recurrent.backend import keras
from rnnops.recurrent.tensor import Tensor

ops = keras.ops

NEVER = -1e9  # a logit that counts for nothing


def draw_words(number: int, size: int, seeds: keras.random.SeedGenerator) -> Tensor:
    """Ids of `number` words of `size`, drawn from q with replacement, int32."""
    uniform = keras.random.uniform((number,), seed=seeds)
    drawn = ops.floor(ops.exp(uniform * math.log(size + 1))) - 1
    return ops.cast(ops.clip(drawn, 0, size - 1), "int32")


def sampled_surprise(
    states: Tensor, vectors: Tensor, bias: Tensor, words: Tensor, drawn: Tensor, *, factors: str
) -> Tensor:
    """The loss of each word, in nats, shape (M,), float32.

    Differentiable by `states`, (M, N), `vectors`, (V, N), and `bias`, (V,).

    Args:
        words: the ids of the next words, (M,), int32.
        drawn: from `draw_words`.
        factors: the type of the products' factors.
    """
    columns = ops.concatenate([vectors, bias[:, None]], axis=1)
    states = ops.concatenate([states, ops.ones_like(states[:, :1])], axis=1)
    of_words = ops.sum(states * take_rows(columns, words), axis=1)
    products = ops.matmul(
        ops.cast(states, factors), ops.transpose(ops.cast(take_rows(columns, drawn), factors))
    )
    of_drawn = ops.cast(products, "float32") - _log_expected(drawn, vectors.shape[0])
    of_drawn = ops.where(drawn[None] == words[:, None], NEVER, of_drawn)
    both = ops.concatenate([of_words[:, None], of_drawn], axis=1)
    return ops.logsumexp(both, axis=1) - of_words


def take_rows(vectors: Tensor, rows: Tensor) -> Tensor:
    """`ops.take` of rows whose gradient is an array like `vectors`.

    That of Keras is a list of rows. Added to the gradient of a tied softmax, which has every row,
    it makes TensorFlow sort and sum all of them where a few are to be added.
    """
    size, dimension = vectors.shape

    def run(vectors: Tensor) -> tuple[Tensor, Any]:
        def gradient(*arguments: Tensor, upstream: Tensor | None = None) -> Tensor:
            upstream = arguments[0] if upstream is None else upstream
            flat = ops.reshape(upstream, (-1, dimension))
            return ops.segment_sum(flat, ops.reshape(rows, (-1,)), num_segments=size)

        return ops.take(ops.stop_gradient(vectors), rows, axis=0), gradient

    return ops.custom_gradient(run)(vectors)


def _log_expected(drawn: Tensor, size: int) -> Tensor:
    """The logarithm of how often each drawn word of `size` is expected among all that are drawn."""
    rank = ops.cast(drawn, "float32")
    return ops.log(ops.log1p(1 / (rank + 1))) + math.log(drawn.shape[0] / math.log(size + 1))
