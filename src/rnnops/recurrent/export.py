"""From the network that Keras trained to the one that answers without it, and the proof of it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rnnops.core.errors import InputError
from rnnops.features.featurizer import FeaturizedTexts
from rnnops.recurrent.backend import keras
from rnnops.recurrent.inference import LayerWeights, RecurrentNetwork
from rnnops.recurrent.network import directions, layer_name, load_network
from rnnops.recurrent.params import Train
from rnnops.recurrent.scoring import score

TOLERANCE = 1e-5  # of a probability; sums in another order differ by some 1e-7


def export_network(network: keras.Model, params: Train) -> RecurrentNetwork:
    """The same network in NumPy; what was trained in mixed precision answers in float32."""

    def weights_of(name: str) -> list[np.ndarray]:
        weights = network.get_layer(name).weights
        return [keras.ops.convert_to_numpy(each.value).astype(np.float32) for each in weights]

    (embedding,) = weights_of("embedding")
    weighted = len(network.inputs) > 1
    layers = []
    for layer in range(params.layers):
        read = [weights_of(layer_name(layer, direction)) for direction in directions(params)]
        kernels, recurrent_kernels, biases = (np.stack(each) for each in zip(*read, strict=True))
        if layer == 0:
            words = embedding @ kernels
            if not weighted:
                words, biases = words + biases[:, None], np.zeros_like(biases)
        layers.append(LayerWeights(biases, recurrent_kernels, kernels if layer else None))
    kernel, bias = weights_of("softmax")
    return RecurrentNetwork(
        words,
        layers,
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
