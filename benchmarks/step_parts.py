"""Parts of a training step on their own: what the blocks of one shard of a batch cost a core.

A part is a function from a tensor to one of the same shape, compiled by XLA, so that every call
waits for the one before and TensorFlow leaves nothing out.
"""

from collections.abc import Callable
from functools import partial

import tensorflow as tf
from clock import seconds_a_call
from keras_models import INPUTS, UNITS

from rnnops.recurrent.recurrence import Weights, backward_block, forward_block
from rnnops.recurrent.tensorflow_blocks import BLOCK

SHARDS = 2
Part = tuple[Callable[[tf.Tensor], tf.Tensor], tf.Tensor]


def measure_part(
    batch: int, steps: int, seconds: float, *, part: str, side_by_side: int
) -> Callable[[], float]:
    """A measurement of seconds that a part takes in a step.

    Args:
        batch, steps: of the whole step, of which a part sees one shard.
        part: the name of a function below.
        side_by_side: shards at a time, a core each.
    """
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(side_by_side)
    parts = [globals()[part](batch // SHARDS) for _ in range(side_by_side)]
    compiled = [tf.function(block, jit_compile=True, autograph=False) for block, _ in parts]

    @tf.function(autograph=False)
    def step(*tensors: tf.Tensor) -> tuple[tf.Tensor, ...]:
        for _ in range(-(-steps // BLOCK)):
            tensors = [block(tensor) for block, tensor in zip(compiled, tensors, strict=True)]
        return tensors

    call = partial(step, *(tensor for _, tensor in parts))
    call()
    return partial(seconds_a_call, call, seconds)


def forward(rows: int) -> Part:
    """`forward_block`."""
    inputs, weights = _random(rows, BLOCK, INPUTS), _weights()
    return (
        lambda state: forward_block(inputs, None, state, weights, BLOCK, backwards=False)[1],
        _random(rows, UNITS),
    )


def backward(rows: int) -> Part:
    """`backward_block`."""
    inputs, state = _random(rows, BLOCK, INPUTS), _random(rows, UNITS)
    states, upstream = tf.tanh(_random(rows, BLOCK, UNITS)), _random(rows, BLOCK, UNITS)
    kernel = _weights().recurrent_kernel

    def block(carried: tf.Tensor) -> tf.Tensor:
        gradients, _, before = backward_block(
            inputs, None, state, states, upstream, carried, kernel, BLOCK, backwards=False
        )
        return before + sum(map(tf.reduce_mean, gradients))

    return block, _random(rows, UNITS)


def products_in_the_scans(rows: int) -> Part:
    """h·U and δ·Uᵀ, one after the other."""
    kernel = _weights().recurrent_kernel

    def block(state: tf.Tensor) -> tf.Tensor:
        return tf.while_loop(
            lambda count, _: count < 2 * BLOCK,
            lambda count, state: (count + 1, tf.matmul(state, kernel)),
            (0, state),
        )[1]

    return block, _random(rows, UNITS)


def products_around_the_scans(rows: int) -> Part:
    """x·W, xᵀ·δ and hᵀ·δ; a gradient is the next call's kernel."""
    inputs, states = _random(rows * BLOCK, INPUTS), _random(rows * BLOCK, UNITS)

    def block(kernel: tf.Tensor) -> tf.Tensor:
        projected = tf.matmul(inputs, kernel)
        products = (tf.matmul(left, projected, transpose_a=True) for left in (inputs, states))
        return sum(products) / (rows * BLOCK)

    return block, _random(INPUTS, UNITS)


def _weights() -> Weights:
    """As Keras initialises them, roughly; U keeps the length of a state."""
    kernel = _random(INPUTS, UNITS) / INPUTS**0.5
    return Weights(kernel, tf.zeros(UNITS), tf.linalg.qr(_random(UNITS, UNITS))[0])


def _random(*shape: int) -> tf.Tensor:
    return tf.random.normal(shape, seed=0)
