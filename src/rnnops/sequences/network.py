"""The recurrent classifier of numbers: the layers of text classification on the values themselves.

    O_t = tanh(x_t·W + O_{t-1}·W' + b)        p = softmax(readout(O_1 … O_T)·V + c)

x_t are the channels at step t, on one scale.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from rnnops.core import files
from rnnops.recurrent.backend import keras
from rnnops.recurrent.batches import Batches
from rnnops.recurrent.classifying_layers import classify_in_order
from rnnops.recurrent.scoring import LENGTH_MULTIPLE, SCORING_BATCH_SIZE, score_batches
from rnnops.sequences.params import SequenceTraining
from rnnops.training.gradient_flow import Steps


class NetworkShape(NamedTuple):
    """What the data ask of the network."""

    channels: int
    labels: int


class NumberBatches(Batches):
    """Padded batches of sequences of shape (steps, channels), each as `values` and `real`."""

    def _batch(self, rows: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
        values = self._pad(self.sequences, rows, np.float32)
        real = np.arange(values.shape[1]) < self.lengths[rows][:, None]
        return {"values": values, "real": real}, self.labels[rows]


def make_batches(
    values: Sequence[np.ndarray],
    labels: np.ndarray,
    params: SequenceTraining,
    *,
    batch_size: int,
    seed: int | None = None,
) -> NumberBatches:
    """Batches of scaled sequences; without a seed they go by length."""
    return NumberBatches(
        values,
        None,
        labels,
        batch_size=batch_size,
        sequence_length=params.sequence_length,
        tail_share=params.tail_share,
        seed=seed,
        length_multiple=LENGTH_MULTIPLE,
    )


def read_steps(inputs: dict[str, np.ndarray]) -> Steps:
    """What the recurrent layers read of a batch's inputs."""
    return Steps(inputs["values"], inputs["real"])


def build_network(shape: NetworkShape, params: SequenceTraining) -> keras.Model:
    """An untrained network.

    Inputs: `values`, shape (batch, time, channels), float32, and `real`, shape (batch, time), false
    where a sequence is padded. Output: shape (batch, labels), probabilities.
    """
    values = keras.Input((None, shape.channels), dtype="float32", name="values")
    real = keras.Input((None,), dtype="bool", name="real")
    output = classify_in_order(values, real, shape.labels, params)
    return keras.Model({"values": values, "real": real}, output, name="rnn")


def save_network(
    network: keras.Model, shape: NetworkShape, params: SequenceTraining, folder: Path
) -> None:
    """Write what `score_by_keras` needs into `folder`: two files, neither pickled nor dated."""
    described = {"input": shape._asdict(), "params": params.model_dump()}
    files.write_json(described, folder / "network.json")
    network.save_weights(folder / "network.weights.h5")


def score_by_keras(folder: Path, values: Sequence[np.ndarray]) -> np.ndarray:
    """The probabilities of the network that `save_network` wrote, shape (n, labels), float64.

    Keras computes on the CPU and in float32: GPUs round products of float32 to fewer digits.
    """
    described = files.read_json(folder / "network.json")
    params = SequenceTraining(**described["params"]).model_copy(update={"precision": "float32"})
    with keras.device("cpu:0"):
        network = build_network(NetworkShape(**described["input"]), params)
        network.load_weights(folder / "network.weights.h5")
        places = np.arange(len(values))
        batches = make_batches(values, places, params, batch_size=SCORING_BATCH_SIZE)
        return score_batches(network, batches)
