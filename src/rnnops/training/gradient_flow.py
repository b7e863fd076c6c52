"""How far the gradient of one message's loss reaches back through time.

g_t = dL/dh_t of the topmost recurrent layer: where ‖g_t‖ fades with the distance from where the
readout looks, what stood there teaches the network nothing (Bengio, Simard and Frasconi 1994). One
step back multiplies by diag(1 − h²)·Uᵀ, so the spectral radius of U says which way it tends.
Computed in NumPy from the weights, without dropout, so it is the same on every backend.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from rnnops.recurrent.backend import keras
from rnnops.recurrent.params import Recurrence
from rnnops.recurrent.readout import pool_gradient, pool_over_time
from rnnops.recurrent.recurrence import backward_step, forward_step

POINTS = 50  # of the curve: time steps are averaged in so many bins at most


class Steps(NamedTuple):
    """What the layers of a network read: `values`, (B, T, I), and `real`, (B, T), no padding."""

    values: np.ndarray
    real: np.ndarray


@dataclass(frozen=True)
class Direction:
    """One direction of one recurrent layer; its arrays run in the order of reading."""

    name: str
    kernel: np.ndarray
    recurrent_kernel: np.ndarray
    bias: np.ndarray

    @property
    def backwards(self) -> bool:
        return self.name == "backward"

    def in_order(self, array: np.ndarray) -> np.ndarray:
        """(B, T, ·) from the order of time to that of reading, or back."""
        return array[:, ::-1] if self.backwards else array

    def states(self, inputs: np.ndarray, real: np.ndarray) -> np.ndarray:
        """h, (B, T, N), in the order of reading; inputs and `real`, (B, T), in that of time."""
        projected = self.in_order(inputs @ self.kernel)
        real = self.in_order(real[:, :, None])
        states = np.empty_like(projected)
        state = np.zeros_like(projected[:, 0])
        for time in range(projected.shape[1]):
            state = states[:, time] = forward_step(
                np, state, projected[:, time], real[:, time], self.bias, self.recurrent_kernel
            )
        return states

    def gradients(self, states: np.ndarray, upstream: np.ndarray, real: np.ndarray) -> np.ndarray:
        """g, (B, T, N); all arguments and the result in the order of reading; `real` (B, T, 1)."""
        gradients = np.empty_like(upstream)
        carried = np.zeros_like(upstream[:, 0])
        transposed = self.recurrent_kernel.T
        for time in reversed(range(upstream.shape[1])):
            gradients[:, time], _, carried = backward_step(
                np, carried, upstream[:, time], states[:, time], real[:, time], transposed
            )
        return gradients


def state_gradients(
    network: keras.Model, params: Recurrence, steps: Steps, labels: np.ndarray
) -> dict[str, np.ndarray]:
    """dL_i/dh_t by direction, (B, T, N), in the order of time; L_i is message i's cross-entropy.

    Args:
        labels: (B,), int.
    """
    states, real = steps
    for layer in range(params.layers):
        directions = _directions(network, params, layer)
        read = [direction.states(states, real) for direction in directions]
        in_time = [d.in_order(s) for d, s in zip(directions, read, strict=True)]
        states = np.concatenate(in_time, axis=2)
    counted = real[:, :, None]
    if params.readout == "last":
        readouts = [by_reading[:, -1] for by_reading in read]
    else:
        readouts = [pool_over_time(np, by_time, counted, params.readout) for by_time in in_time]
    kernel, bias = network.get_layer("softmax").get_weights()
    probabilities = special.softmax(np.concatenate(readouts, axis=1) @ kernel + bias, axis=1)
    by_readout = (probabilities - np.eye(len(bias), dtype="float32")[labels]) @ kernel.T
    found = {}
    for direction, by_time, by_reading, part in zip(
        directions, in_time, read, np.split(by_readout, len(directions), axis=1), strict=True
    ):
        if params.readout == "last":
            upstream = np.zeros_like(by_reading)
            upstream[:, -1] = part
        else:
            upstream = direction.in_order(pool_gradient(by_time, counted, part, params.readout))
        gradients = direction.gradients(by_reading, upstream, direction.in_order(counted))
        found[direction.name] = direction.in_order(gradients)
    return found


def gradient_flow(
    network: keras.Model, params: Recurrence, steps: Steps, labels: np.ndarray
) -> pd.DataFrame:
    """Mean ‖dL/dh_t‖ against t: columns direction, time (a bin's first step), gradient_norm.

    The mean is over the sequences that have a step there. Arguments as for `state_gradients`.
    """
    real, frames = steps.real, []
    for direction, gradients in state_gradients(network, params, steps, labels).items():
        norms = np.linalg.norm(gradients, axis=2)
        starts = np.unique(np.linspace(0, real.shape[1], POINTS, endpoint=False).astype(int))
        total = np.add.reduceat((norms * real).sum(axis=0), starts)
        count = np.add.reduceat(real.sum(axis=0), starts)
        frames.append(
            pd.DataFrame(
                {
                    "direction": direction,
                    "time": starts,
                    "gradient_norm": total / np.maximum(count, 1),
                }
            )[count > 0]
        )
    return pd.concat(frames, ignore_index=True)


def spectral_radius(network: keras.Model, params: Recurrence) -> dict[str, float]:
    """Largest |eigenvalue| of the topmost layer's recurrent kernel, by direction."""
    return {
        direction.name: float(np.abs(np.linalg.eigvals(direction.recurrent_kernel)).max())
        for direction in _directions(network, params, params.layers - 1)
    }


def _directions(network: keras.Model, params: Recurrence, layer: int) -> list[Direction]:
    names = ["forward", "backward"] if params.bidirectional else ["forward"]
    return [Direction(name, *network.get_layer(f"{name}_{layer}").get_weights()) for name in names]
