"""The trained network of numbers without Keras: NumPy reads the sequences.

As recurrent/inference.py does, but x_t·W is computed, where that of a word is looked up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from rnnops.core import files
from rnnops.linear.softmax import softmax
from rnnops.recurrent.batches import cut
from rnnops.recurrent.inference import STEPS_AT_ONCE, LayerWeights, in_batches, read_in_order

DESCRIPTION = "network.json"


@dataclass(frozen=True, eq=False)
class NumberNetwork:
    """A trained network; it reads at most `sequence_length` steps of a sequence, see `cut`.

    Attributes:
        layers: their weights; the first has a kernel of shape (D, channels, N).
        kernel, bias: of the softmax layer, shapes (readout, labels) and (labels,).
    """

    layers: list[LayerWeights]
    kernel: np.ndarray
    bias: np.ndarray
    readout: str
    sequence_length: int
    tail_share: float

    def probabilities(self, values: Sequence[np.ndarray]) -> np.ndarray:
        """Shape (n, labels), float64, rows sum to 1.

        Args:
            values: n arrays of shape (steps, channels), float32, on the network's scale.
        """
        values = [cut(each, self.sequence_length, self.tail_share) for each in values]
        read = np.empty((len(values), len(self.kernel)), np.float32)
        for rows in in_batches([len(each) for each in values], STEPS_AT_ONCE):
            read[rows] = self._read([values[row] for row in rows])
        return softmax((read @ self.kernel + self.bias).astype(float))

    def _read(self, values: list[np.ndarray]) -> np.ndarray:
        """The readout of each sequence, shape (B, readout), float32; the longest comes first."""
        lengths = np.array([len(each) for each in values])
        kernels = self.layers[0].kernel
        if kernels is None:
            raise ValueError("the first layer reads words, not numbers")
        directions, _, units = kernels.shape
        states = np.zeros((lengths[0], directions, len(lengths), units), np.float32)
        for row, each in enumerate(values):
            for place, kernel in enumerate(kernels):
                states[: len(each), place, row] = (each[::-1] if place else each) @ kernel
        return read_in_order(states, self.layers, lengths, self.readout)

    def save(self, folder: Path) -> None:
        """Write the network as JSON and NumPy files into `folder`."""
        described = {
            "layers": len(self.layers),
            "readout": self.readout,
            "sequence_length": self.sequence_length,
            "tail_share": self.tail_share,
        }
        files.write_json(described, folder / DESCRIPTION)
        files.write_array(self.kernel, folder / "kernel.npy")
        files.write_array(self.bias, folder / "bias.npy")
        for number, layer in enumerate(self.layers):
            for name, array in layer._asdict().items():
                files.write_array(array, folder / f"{name}_{number}.npy")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The network that `save` wrote into `folder`."""
        described = files.read_json(folder / DESCRIPTION)

        def read(name: str) -> np.ndarray:
            return files.read_array(folder / f"{name}.npy")

        layers = [
            LayerWeights(*(read(f"{name}_{number}") for name in LayerWeights._fields))
            for number in range(described.pop("layers"))
        ]
        return cls(layers, read("kernel"), read("bias"), **described)
