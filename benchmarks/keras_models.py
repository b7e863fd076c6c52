"""Keras contenders on one batch: a recurrent layer, its last state, softmax over two labels.

A training step on TensorFlow is timed inside Keras' own compiled loop: with
`steps_per_execution=10`, one call of the model's train function takes ten steps on a dataset that
repeats the batch, so that Python is not counted, for us as little as for the others. On JAX that
loop is Python's, and what is timed is `train_on_batch`.
"""

import importlib
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from clock import seconds_a_call

from rnnops.recurrent.backend import BACKEND, keras
from rnnops.recurrent.device import select_device
from rnnops.recurrent.layer import SimpleRNN

STEPS_A_CALL = 10
INPUTS = UNITS = 100


def training_step(
    batch: int, steps: int, seconds: float, precision: str = "float32", **how: Any
) -> Callable[[], float]:
    """A measurement of seconds a training step; `how`: see `_network`."""
    network, sequences, labels = _prepared(batch, steps, precision, **how)
    if BACKEND != "tensorflow":
        step = partial(network.train_on_batch, sequences, labels)
        return _warmed_up(step, seconds)
    dataset = importlib.import_module("tensorflow").data.Dataset
    batches = iter(dataset.from_tensors((sequences, labels)).repeat())
    network.make_train_function(force=True)
    ten_steps = _warmed_up(partial(network.train_function, batches), seconds)
    return lambda: ten_steps() / STEPS_A_CALL


def inference(
    batch: int, steps: int, seconds: float, precision: str = "float32", **how: Any
) -> Callable[[], float]:
    """A measurement of seconds a `predict_on_batch` of a tensor; `how`: see `_network`."""
    network, sequences, _ = _prepared(batch, steps, precision, **how)
    return _warmed_up(partial(network.predict_on_batch, sequences), seconds)


def set_threads(threads: str) -> None:
    """Choose TensorFlow's threads: `rnnops` as `select_device` does, `1+2` or `default`.

    `1+2` is one thread inside an operation and two operations at once.
    """
    if threads == "rnnops":
        select_device("auto")
    elif threads == "1+2":
        threading = importlib.import_module("tensorflow").config.threading
        threading.set_intra_op_parallelism_threads(1)
        threading.set_inter_op_parallelism_threads(2)


def _prepared(
    batch: int, steps: int, precision: str, *, threads: str = "default", **how: Any
) -> tuple[keras.Model, Any, Any]:
    set_threads(threads)
    keras.backend.clear_session()
    keras.utils.set_random_seed(0)
    keras.config.set_dtype_policy(precision)
    network = _network(steps, **how)
    random = np.random.default_rng(0)
    sequences = random.standard_normal((batch, steps, INPUTS), np.float32)
    labels = random.integers(0, 2, batch)
    return network, *map(keras.ops.convert_to_tensor, (sequences, labels))


def _network(
    steps: int, layer: str, *, unroll: bool = False, jit: bool | str = "auto"
) -> keras.Model:
    """The network, compiled.

    Args:
        layer: `rnnops` or `keras`, whose SimpleRNN it is.
        unroll: an argument of Keras' layer.
        jit: `jit_compile` of `Model.compile`.
    """
    recurrent = (
        SimpleRNN(UNITS) if layer == "rnnops" else keras.layers.SimpleRNN(UNITS, unroll=unroll)
    )
    network = keras.Sequential(
        [
            keras.Input((steps, INPUTS)),
            recurrent,
            keras.layers.Dense(2, activation="softmax", dtype="float32"),
        ]
    )
    network.compile(
        "adam",
        loss="sparse_categorical_crossentropy",
        jit_compile=jit,
        steps_per_execution=STEPS_A_CALL if BACKEND == "tensorflow" else 1,
    )
    return network


def _warmed_up(call: Callable[[], Any], seconds: float) -> Callable[[], float]:
    """A measurement of `call`, which was compiled and has run a while."""
    call()
    call()
    return partial(seconds_a_call, call, seconds)
