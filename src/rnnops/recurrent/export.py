"""From the network that Keras trained to the one that answers without it, and the proof of it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rnnops.core.errors import InputError
from rnnops.features.featurizer import FeaturizedTexts
from rnnops.recurrent.backend import keras
from rnnops.recurrent.classifying_layers import export_layers, export_softmax, weights_of
from rnnops.recurrent.inference import TOLERANCE, RecurrentNetwork
from rnnops.recurrent.network import load_network
from rnnops.recurrent.params import Train
from rnnops.recurrent.scoring import score


def export_network(network: keras.Model, params: Train) -> RecurrentNetwork:
    """The same network in NumPy; what was trained in mixed precision answers in float32."""
    (embedding,) = weights_of(network, "embedding")
    first, *others = export_layers(network, params)
    words, biases = embedding @ first.kernel, first.bias
    weighted = len(network.inputs) > 1
    if not weighted:
        words, biases = words + biases[:, None], np.zeros_like(biases)
    kernel, bias = export_softmax(network)
    return RecurrentNetwork(
        words,
        [first._replace(bias=biases, kernel=None), *others],
        kernel,
        bias,
        readout=params.readout,
        sequence_length=params.sequence_length,
        tail_share=params.tail_share,
    )


def require_equal(
    folder: str | Path,
    exported: RecurrentNetwork,
    features: FeaturizedTexts,
    names: Sequence[str],
) -> float:
    """The largest difference that exporting made to a probability of these messages.

    Keras computes on the CPU: GPUs round products of float32 to fewer digits.

    Args:
        folder: of the network as `save_network` wrote it.
        names: of the messages, for the error.

    Raises:
        InputError: if it is more than 1e-5, naming the message.
    """
    with keras.device("cpu:0"):
        network, _, params = load_network(folder)
        by_keras = score(
            network,
            features.sequences,
            features.weights,
            params.sequence_length,
            params.tail_share,
        )
    by_numpy = exported.probabilities(features.sequences, features.weights)
    differences = np.abs(by_keras - by_numpy).max(axis=1)
    worst = int(differences.argmax())
    if not differences[worst] <= TOLERANCE:
        raise InputError(
            f"message {names[worst]}: the exported network's probability differs from Keras' by "
            f"{differences[worst]:.2g}, more than {TOLERANCE:g}: nothing is published. Please "
            "report it with params.yaml"
        )
    return float(differences[worst])
