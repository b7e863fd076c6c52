"""The trained network without Keras: NumPy reads the windows.

    h_t = tanh(x_t·W + h_{t-1}·U + b)        answers = [h_T, statics]·V + c

Elman (1990), a layer on another; the answers are quantiles, sorted (Chernozhukov, Fernández-Val and
Galichon 2010) so that none crosses.
"""

from typing import NamedTuple, Self

import numpy as np

from rnnops.forecasting.forecasts import LEVELS


class Layer(NamedTuple):
    """W (inputs, units), U (units, units) and b (units,), float32."""

    kernel: np.ndarray
    recurrent_kernel: np.ndarray
    bias: np.ndarray


class QuantileNetwork(NamedTuple):
    """The weights of a network: its recurrent layers, V (units + statics, H·levels) and c."""

    layers: list[Layer]
    kernel: np.ndarray
    bias: np.ndarray

    @classmethod
    def from_weights(cls, weights: list[np.ndarray]) -> Self:
        """From Keras' list of weights: those of each layer, then of the last."""
        *recurrent, kernel, bias = (np.asarray(each, np.float32) for each in weights)
        layers = [Layer(*recurrent[first : first + 3]) for first in range(0, len(recurrent), 3)]
        return cls(layers, kernel, bias)

    def weights(self) -> list[np.ndarray]:
        """What `from_weights` takes."""
        return [*(each for layer in self.layers for each in layer), self.kernel, self.bias]

    def answers(self, sequences: np.ndarray, statics: np.ndarray) -> np.ndarray:
        """Quantiles in units of the windows' scale, shape (W, H, levels), rising.

        Args:
            sequences: shape (W, steps, inputs), float32.
            statics: shape (W, described), float32.
        """
        states = sequences
        for layer in self.layers:
            states = _recur(states, layer)
        read = np.concatenate([states[:, -1], statics], axis=1) @ self.kernel + self.bias
        return np.sort(read.reshape(len(read), -1, len(LEVELS)), axis=2)


def _recur(inputs: np.ndarray, layer: Layer) -> np.ndarray:
    """Every state, shape (W, steps, units)."""
    states = inputs @ layer.kernel + layer.bias
    before = np.zeros_like(states[:, 0])
    for step in range(states.shape[1]):
        before = states[:, step] = np.tanh(states[:, step] + before @ layer.recurrent_kernel)
    return states
