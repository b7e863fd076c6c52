"""The yardstick: TensorFlow's product of two large matrices, on all cores."""

from collections.abc import Callable
from functools import partial

import tensorflow as tf
from clock import seconds_a_call

SIZE = 2048


def product(seconds: float, **_: int) -> Callable[[], float]:
    """A measurement of seconds a product of float32 matrices of 2048 by 2048."""
    left, right = (tf.random.normal((SIZE, SIZE), seed=seed) for seed in (0, 1))
    multiply = tf.function(tf.matmul)
    multiply(left, right)
    return partial(seconds_a_call, partial(multiply, left, right), seconds)
