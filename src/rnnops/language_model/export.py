"""From the network that Keras trained to the one that answers without it."""

from collections.abc import Sequence

import numpy as np

from rnnops.core.errors import InputError
from rnnops.language_model.network import layer_name
from rnnops.language_model.params import NextWord
from rnnops.language_model.recurrent_model import RecurrentModel
from rnnops.recurrent.backend import keras
from rnnops.recurrent.inference import LayerWeights

TOLERANCE = 1e-3  # nats; a softmax of rounded factors is further from that of float32
ROUNDED_TOLERANCE = 0.3


def require_equal(
    network: keras.Model, model: RecurrentModel, documents: Sequence[np.ndarray], params: NextWord
) -> float:
    """The largest difference that exporting made to −log p of a word, on one batch, in nats.

    Args:
        documents: whose words the batch has, end to end.

    Raises:
        InputError: if it is more than the tolerance.
    """
    words = np.concatenate(documents).astype(np.int32)
    next_words = np.resize(words, (params.rows, params.steps))
    read = np.concatenate([np.full((params.rows, 1), model.end), next_words[:, :-1]], axis=1)
    reset_states(network, params)
    by_keras = network.predict_on_batch([read.astype(np.int32), next_words])
    by_numpy = np.stack(model.surprises(list(next_words)))
    worst = float(np.abs(by_keras - by_numpy).max())
    tolerance = TOLERANCE if params.precision == "float32" else ROUNDED_TOLERANCE
    if not worst <= tolerance:
        raise InputError(
            f"the exported network's -log p of a word differs from Keras' by {worst:.2g}, more "
            f"than {tolerance:g}: nothing is published. Please report it with params.yaml"
        )
    return worst


def reset_states(network: keras.Model, params: NextWord) -> None:
    """Make the network forget what it has read."""
    for layer in range(params.layers):
        network.get_layer(layer_name(layer)).reset_state()


def export_network(network: keras.Model, params: NextWord, end: int) -> RecurrentModel:
    """The same network in NumPy, in float32; `end` is the id of the end of a sentence."""

    def array(weight: keras.Variable) -> np.ndarray:
        return keras.ops.convert_to_numpy(weight.value).astype(np.float32)

    words = array(network.get_layer("embedding").vectors)
    layers = []
    for number in range(params.layers):
        cell = network.get_layer(layer_name(number)).cell
        kernel, recurrent_kernel, bias = map(array, (cell.kernel, cell.recurrent_kernel, cell.bias))
        if number == 0:
            words, bias = words @ kernel + bias, np.zeros_like(bias)
        layers.append(
            LayerWeights(bias[None], recurrent_kernel[None], kernel[None] if number else None)
        )
    softmax = network.get_layer("softmax")
    return RecurrentModel(words, layers, array(softmax.vectors), array(softmax.bias), end)
