"""The trained network without Keras: NumPy reads the messages.

The equations are those of recurrence.py and network.py, in the order of work that suits answering:

- x_t·W + b of a word is looked up: the export has multiplied the embedding by the first kernel.
- Nothing is computed of padding: the messages of a batch go by falling length, and each step reads
  those that are still going on.
- Both directions go side by side, the backward one over the message turned round.

docs/serving.md compares it with ONNX Runtime and compiled code.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np

from rnnops.core import files
from rnnops.linear.softmax import softmax
from rnnops.recurrent.batches import cut

STEPS_AT_ONCE = 6_400  # messages times steps of a batch, padding included: states of some 5 MB
DESCRIPTION = "network.json"
TOLERANCE = 1e-5  # of a probability, to Keras'; sums in another order differ by some 1e-7


class LayerWeights(NamedTuple):
    """Of a layer's D directions, forward first, I inputs and N units, float32.

    Shapes: (D, N), (D, N, N) and (D, I, N). The first layer has no `kernel`: it looks words up, and
    its bias is 0 where `RecurrentNetwork.words` has it.
    """

    bias: np.ndarray
    recurrent_kernel: np.ndarray
    kernel: np.ndarray | None


@dataclass(frozen=True)
class RecurrentNetwork:
    """A trained network; it reads at most `sequence_length` tokens of a message, see `cut`.

    `words`: x·W of each word for each direction of the first layer, with b unless words have
    weights, shape (D, vocabulary, N), float32. `kernel` and `bias`: of the softmax layer, shapes
    (readout, labels) and (labels,). `readout`: last, max, mean or max_mean.
    """

    words: np.ndarray
    layers: list[LayerWeights]
    kernel: np.ndarray
    bias: np.ndarray
    readout: str
    sequence_length: int
    tail_share: float

    def probabilities(
        self, sequences: Sequence[np.ndarray], weights: Sequence[np.ndarray] | None
    ) -> np.ndarray:
        """Shape (n, labels), float64, rows sum to 1.

        Args:
            sequences: n arrays of word ids, none of them empty.
            weights: of the tokens, n arrays of the same lengths; None where each weighs 1.
        """
        cut_off = self.sequence_length, self.tail_share
        sequences = [cut(each, *cut_off) for each in sequences]
        weights = None if weights is None else [cut(each, *cut_off) for each in weights]
        read = np.empty((len(sequences), len(self.kernel)), np.float32)
        for rows in in_batches([len(each) for each in sequences], STEPS_AT_ONCE):
            read[rows] = self._read(
                [sequences[row] for row in rows],
                None if weights is None else [weights[row] for row in rows],
            )
        return softmax((read @ self.kernel + self.bias).astype(float))

    def save(self, folder: Path) -> None:
        """Write the network as JSON and NumPy files into `folder`."""
        described = {
            "layers": len(self.layers),
            "readout": self.readout,
            "sequence_length": self.sequence_length,
            "tail_share": self.tail_share,
        }
        files.write_json(described, folder / DESCRIPTION)
        for name, array in self._arrays().items():
            files.write_array(array, folder / f"{name}.npy")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The network that `save` wrote into `folder`."""
        described = files.read_json(folder / DESCRIPTION)

        def read(name: str) -> np.ndarray:
            return files.read_array(folder / f"{name}.npy")

        layers = [
            LayerWeights(
                read(f"bias_{layer}"),
                read(f"recurrent_kernel_{layer}"),
                read(f"kernel_{layer}") if layer else None,
            )
            for layer in range(described.pop("layers"))
        ]
        return cls(read("words"), layers, read("kernel"), read("bias"), **described)

    def _arrays(self) -> dict[str, np.ndarray]:
        return {
            "words": self.words,
            "kernel": self.kernel,
            "bias": self.bias,
            **{
                f"{name}_{number}": array
                for number, layer in enumerate(self.layers)
                for name, array in layer._asdict().items()
                if array is not None
            },
        }

    def _read(self, sequences: list[np.ndarray], weights: list[np.ndarray] | None) -> np.ndarray:
        """The readout of each message, shape (B, readout), float32; the longest comes first."""
        lengths = np.array([len(each) for each in sequences])
        directions, units = self.layers[0].bias.shape
        states = np.zeros((lengths[0], directions, len(lengths), units), np.float32)
        for row, ids in enumerate(sequences):
            for place, words in enumerate(self.words):
                read = words[ids[::-1] if place else ids]
                if weights is not None:
                    given = weights[row]
                    read *= (given[::-1] if place else given)[:, None]
                states[: len(ids), place, row] = read
        return read_in_order(states, self.layers, lengths, self.readout)


def read_in_order(
    states: np.ndarray, layers: Sequence[LayerWeights], lengths: np.ndarray, readout: str
) -> np.ndarray:
    """The readout of each sequence, shape (B, readout), float32.

    Args:
        states: x_t·W of the first layer, shape (T, D, B, N), each direction in its order of
            reading; changed in place.
        lengths: of the sequences, falling.
        readout: last, max, mean or max_mean.
    """
    first, *others = layers
    recur(states, first, lengths)
    for layer in others:
        states = project(states, layer, lengths)
        recur(states, layer, lengths)
    return np.stack([_pool(states[:length, :, row], readout) for row, length in enumerate(lengths)])


def _pool(states: np.ndarray, readout: str) -> np.ndarray:
    """The readout of a sequence's states, (T, D, N), each direction in its order of reading."""
    if readout == "last":
        return states[-1].ravel()
    parts = {"max": states.max(axis=0), "mean": states.sum(axis=0) / np.float32(len(states))}
    return np.concatenate([parts[name] for name in readout.split("_")], axis=1).ravel()


def recur(
    states: np.ndarray, layer: LayerWeights, lengths: np.ndarray, before: np.ndarray | None = None
) -> None:
    """Turn x_t·W into h_t, in place.

    Args:
        states: shape (T, D, B, N), each direction in its order of reading.
        lengths: of the messages, falling.
        before: h_0, shape (D, B, N); None where it is 0.
    """
    kernel = layer.recurrent_kernel
    matmul, add, tanh = np.matmul, np.add, np.tanh  # looked up once, not at each step
    if layer.bias.any():
        states += layer.bias[:, None]
    before = np.zeros(states.shape[1:], np.float32) if before is None else before
    product = np.empty_like(before)
    step = 0
    for still_read in range(len(lengths), 0, -1):
        before, product = before[:, :still_read], product[:, :still_read]
        end = int(lengths[still_read - 1])
        for now in states[step:end, :, :still_read]:
            matmul(before, kernel, product)
            add(now, product, now)
            before = tanh(now, now)
        step = end


def project(states: np.ndarray, layer: LayerWeights, lengths: np.ndarray) -> np.ndarray:
    """x_t·W of a further layer, which reads the states of all directions side by side.

    Shape (T, D, B, N), each direction in its order of reading; so for `states`.
    """
    kernels = layer.kernel
    if kernels is None:
        raise ValueError("the first layer reads words, not states")
    steps, directions, messages, _ = states.shape
    read = [states[:, 0], *(_turn_round(states[:, 1], lengths) for _ in range(directions - 1))]
    inputs = np.concatenate(read, axis=2)
    projected = np.empty((steps, directions, messages, layer.bias.shape[1]), np.float32)
    for place, kernel in enumerate(kernels):
        product = inputs @ kernel
        projected[:, place] = _turn_round(product, lengths) if place else product
    return projected


def _turn_round(values: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Each message's steps, (T, B, N), in the other direction; padding stays at the end."""
    turned = np.zeros_like(values)
    for row, length in enumerate(lengths):
        turned[:length, row] = values[:length, row][::-1]
    return turned


def in_batches(lengths: Sequence[int], steps: int) -> Iterator[np.ndarray]:
    """The rows, longest first, in batches of one row or at most `steps` steps, padding included."""
    rows = np.argsort(-np.array(lengths, int), kind="stable")
    while len(rows):
        most = max(1, steps // lengths[rows[0]])
        yield rows[:most]
        rows = rows[most:]
