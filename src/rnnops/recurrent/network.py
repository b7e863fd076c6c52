"""The recurrent classifier: word vectors, SimpleRNN, readout over time, softmax.

    O_t = tanh(x_t·W + O_{t-1}·W' + b)        p = softmax(readout(O_1 … O_T)·V + c)

Elman (1990). x_t is row w_t of the embedding, times the token's weight where the features have
one: x_t·W for a one-hot x_t is a row of a matrix, here factored as embedding · W.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rnnops.core import files
from rnnops.features.vocabulary import PADDING_ID
from rnnops.recurrent.backend import keras
from rnnops.recurrent.classifying_layers import classify_in_order
from rnnops.recurrent.params import Train


@dataclass(frozen=True)
class InputShape:
    """What the features ask of the network."""

    vocabulary_size: int
    labels: int
    embedding_dimension: int
    weighted: bool


def build_network(
    shape: InputShape, params: Train, word_vectors: np.ndarray | None = None
) -> keras.Model:
    """An untrained network.

    Inputs: `tokens`, shape (batch, time), int32, 0 where padded; with weighted features also
    `weights`, same shape, float32. Output: shape (batch, labels), probabilities. `word_vectors`,
    shape (vocabulary, dimension), are where the embedding starts; without them it starts random.
    """
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    inputs = {"tokens": tokens}
    real = keras.ops.not_equal(tokens, PADDING_ID)
    embedding = keras.layers.Embedding(
        shape.vocabulary_size,
        shape.embedding_dimension,
        dtype=params.precision,
        trainable=params.fine_tune_embeddings or word_vectors is None,
        name="embedding",
    )
    states = embedding(tokens)
    if word_vectors is not None:
        embedding.set_weights([word_vectors])
    if shape.weighted:
        inputs["weights"] = keras.Input((None,), dtype="float32", name="weights")
        states = states * keras.ops.expand_dims(inputs["weights"], -1)
    output = classify_in_order(states, real, shape.labels, params)
    return keras.Model(inputs, output, name="rnn")


def save_network(network: keras.Model, shape: InputShape, params: Train, folder: Path) -> None:
    """Write what `load_network` needs into `folder`: two files, neither pickled nor dated."""
    described = {"input": vars(shape), "params": params.model_dump()}
    files.write_json(described, folder / "network.json")
    network.save_weights(folder / "network.weights.h5")


def load_network(folder: str | Path) -> tuple[keras.Model, InputShape, Train]:
    """The trained network that `save_network` wrote to `folder`, and what it was built from.

    It answers in float32, whatever the precision of its training.
    """
    described = files.read_json(Path(folder) / "network.json")
    shape, params = InputShape(**described["input"]), Train(**described["params"])
    network = build_network(shape, params.model_copy(update={"precision": "float32"}))
    network.load_weights(Path(folder) / "network.weights.h5")
    return network, shape, params
