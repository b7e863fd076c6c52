"""A network's probabilities for any number of messages."""

import numpy as np

from rnnops.recurrent.backend import BACKEND, keras
from rnnops.recurrent.batches import Batches

SCORING_BATCH_SIZE = 64
# JAX compiles a program for each length. TensorFlow's blocks take any, but a call searches the
# lengths it was called with before: fewer are faster, by 5 % of an epoch with multiples of 8.
LENGTH_MULTIPLE = {"tensorflow": 8, "jax": 32, "torch": 1}[BACKEND]


def score(
    network: keras.Model,
    sequences: list[np.ndarray],
    weights: list[np.ndarray] | None,
    sequence_length: int,
    tail_share: float = 0.0,
) -> np.ndarray:
    """Probabilities, shape (n, labels), float64, in the order of `sequences`."""
    return score_batches(
        network,
        Batches(
            sequences,
            weights,
            np.arange(len(sequences)),
            batch_size=SCORING_BATCH_SIZE,
            sequence_length=sequence_length,
            tail_share=tail_share,
            length_multiple=LENGTH_MULTIPLE,
        ),
    )


def score_batches(network: keras.Model, batches: Batches) -> np.ndarray:
    """Probabilities, shape (n, labels), float64; the labels of the batches are where each goes."""
    probabilities = np.empty((len(batches.labels), network.output_shape[1]))
    for inputs, positions in batches.epoch():
        probabilities[positions] = keras.ops.convert_to_numpy(network.predict_on_batch(inputs))
    return probabilities / probabilities.sum(axis=1, keepdims=True)
