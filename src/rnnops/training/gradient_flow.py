"""How far the gradient of one message's loss reaches back through time.

g_t = dL/dh_t of the topmost recurrent layer: where ‖g_t‖ fades with the distance from where the
readout looks, what stood there teaches the network nothing (Bengio, Simard and Frasconi 1994). One
step back multiplies by diag(1 − h²)·Uᵀ, so the spectral radius of U says which way it tends.
Computed in NumPy from the weights, without dropout, so it is the same on every backend.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rnnops.features.vocabulary import PADDING_ID
from rnnops.recurrent.backend import keras
from rnnops.recurrent.params import Train

POINTS = 50  # of the curve: time steps are averaged in so many bins at most


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
        projected = self.in_order(inputs @ self.kernel + self.bias)
        real = self.in_order(real[:, :, None])
        states = np.empty_like(projected)
        state = np.zeros_like(projected[:, 0])
        for time in range(projected.shape[1]):
            new = np.tanh(projected[:, time] + state @ self.recurrent_kernel)
            state = states[:, time] = np.where(real[:, time], new, state)
        return states

    def gradients(self, states: np.ndarray, upstream: np.ndarray, real: np.ndarray) -> np.ndarray:
        """g, (B, T, N); all arguments and the result in the order of reading."""
        gradients = np.empty_like(upstream)
        carried = np.zeros_like(upstream[:, 0])
        slopes = 1 - states**2
        for time in reversed(range(upstream.shape[1])):
            g = gradients[:, time] = upstream[:, time] + carried
            here = real[:, time, None]
            delta = np.where(here, g * slopes[:, time], 0)
            carried = delta @ self.recurrent_kernel.T + np.where(here, 0, g)
        return gradients


def state_gradients(
    network: keras.Model, params: Train, inputs: dict[str, np.ndarray], labels: np.ndarray
) -> dict[str, np.ndarray]:
    """dL_i/dh_t by direction, (B, T, N), in the order of time; L_i is message i's cross-entropy.

    Args:
        inputs: `tokens`, (B, T), and with weighted features `weights`, (B, T).
        labels: (B,), int.
    """
    real = inputs["tokens"] != PADDING_ID
    (embedding,) = network.get_layer("embedding").get_weights()
    states = embedding[inputs["tokens"]]
    if "weights" in inputs:
        states = states * inputs["weights"][:, :, None]
    for layer in range(params.layers):
        directions = _directions(network, params, layer)
        read = [direction.states(states, real) for direction in directions]
        in_time = [d.in_order(s) for d, s in zip(directions, read, strict=True)]
        states = np.concatenate(in_time, axis=2)
    readouts = [
        _readout(by_time, by_reading[:, -1], real, params.readout)
        for by_time, by_reading in zip(in_time, read, strict=True)
    ]
    kernel, bias = network.get_layer("softmax").get_weights()
    logits = np.concatenate(readouts, axis=1) @ kernel + bias
    probabilities = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    by_readout = (probabilities - np.eye(len(bias), dtype="float32")[labels]) @ kernel.T
    found = {}
    for direction, by_time, by_reading, part in zip(
        directions, in_time, read, np.split(by_readout, len(directions), axis=1), strict=True
    ):
        upstream = direction.in_order(_by_states(by_time, real, part, params.readout))
        if params.readout == "last":
            upstream[:, -1] = part
        gradients = direction.gradients(
            by_reading, upstream, direction.in_order(real[:, :, None])[:, :, 0]
        )
        found[direction.name] = direction.in_order(gradients)
    return found


def gradient_flow(
    network: keras.Model, params: Train, inputs: dict[str, np.ndarray], labels: np.ndarray
) -> pd.DataFrame:
    """Mean ‖dL/dh_t‖ against t: columns direction, time (a bin's first step), gradient_norm.

    The mean is over the messages that have a word there. Arguments as for `state_gradients`.
    """
    real = inputs["tokens"] != PADDING_ID
    frames = []
    for direction, gradients in state_gradients(network, params, inputs, labels).items():
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


def spectral_radius(network: keras.Model, params: Train) -> dict[str, float]:
    """Largest |eigenvalue| of the topmost layer's recurrent kernel, by direction."""
    return {
        direction.name: float(np.abs(np.linalg.eigvals(direction.recurrent_kernel)).max())
        for direction in _directions(network, params, params.layers - 1)
    }


def _directions(network: keras.Model, params: Train, layer: int) -> list[Direction]:
    names = ["forward", "backward"] if params.bidirectional else ["forward"]
    return [Direction(name, *network.get_layer(f"{name}_{layer}").get_weights()) for name in names]


def _readout(states: np.ndarray, last: np.ndarray, real: np.ndarray, mode: str) -> np.ndarray:
    """What the network reads out of a direction's states, (B, ·)."""
    if mode == "last":
        return last
    parts = []
    if "max" in mode:
        parts.append(np.where(real[:, :, None], states, -1).max(axis=1))
    if "mean" in mode:
        parts.append((states * real[:, :, None]).sum(axis=1) / real.sum(axis=1, keepdims=True))
    return np.concatenate(parts, axis=1)


def _by_states(
    states: np.ndarray, real: np.ndarray, by_readout: np.ndarray, mode: str
) -> np.ndarray:
    """dL/dh_t through the readout alone, (B, T, N)."""
    upstream = np.zeros_like(states)
    if mode == "last":
        return upstream
    parts = dict(
        zip(mode.split("_"), np.split(by_readout, len(mode.split("_")), axis=1), strict=True)
    )
    if "max" in parts:
        where = np.where(real[:, :, None], states, -1).argmax(axis=1)[:, None]
        np.put_along_axis(upstream, where, parts["max"][:, None], axis=1)
    if "mean" in parts:
        share = real[:, :, None] / real.sum(axis=1)[:, None, None]
        upstream += (parts["mean"][:, None] * share).astype(upstream.dtype)
    return upstream
