"""What the network reads out of a recurrent layer's states: their maximum or mean over time."""

from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnops.recurrent.backend import keras
from rnnops.recurrent.tensor import Array, Tensor

LOWEST = -1.0  # tanh is above


def pool_over_time(library: ModuleType, states: Array, counted: Array, mode: str) -> Array:
    """States, (B, T, N), to a vector a message: (B, N), for `max_mean` (B, 2·N), maximum first.

    Args:
        library: `keras.ops` or NumPy.
        counted: (B, T, 1), 1 where there is a token and 0 where there is padding.
        mode: `max`, `mean` or `max_mean`.
    """
    parts = []
    if "max" in mode:
        parts.append(library.max(library.where(counted > 0, states, LOWEST), axis=1))
    if "mean" in mode:
        parts.append(library.sum(states * counted, axis=1) / library.sum(counted, axis=1))
    return library.concatenate(parts, axis=-1)


def pool_gradient(
    states: NDArray[np.float32],
    counted: NDArray[np.bool_],
    by_pooled: NDArray[np.floating],
    mode: str,
) -> NDArray[np.float32]:
    """The loss's gradient by the states, (B, T, N), from that by what `pool_over_time` gives."""
    gradient = np.zeros_like(states)
    names = mode.split("_")
    parts = dict(zip(names, np.split(by_pooled, len(names), axis=1), strict=True))
    if "max" in parts:
        highest = np.where(counted, states, LOWEST).argmax(axis=1)[:, None]
        np.put_along_axis(gradient, highest, parts["max"][:, None], axis=1)
    if "mean" in parts:
        share = counted / counted.sum(axis=1, keepdims=True)
        gradient += (parts["mean"][:, None] * share).astype(gradient.dtype)
    return gradient


@keras.saving.register_keras_serializable("rnnops")
class Readout(keras.layers.Layer):
    """`pool_over_time` as a layer: (batch, time, units) to a vector a message."""

    def __init__(self, mode: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mode = mode
        self.supports_masking = True

    def call(self, states: Tensor, real: Tensor) -> Tensor:
        """`real`: shape (batch, time), true where there is a token."""
        counted = keras.ops.cast(keras.ops.expand_dims(real, -1), states.dtype)
        return pool_over_time(keras.ops, states, counted, self.mode)

    def compute_mask(self, *_: Any) -> None:
        """A vector a message has no padded steps left to mask."""

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "mode": self.mode}
