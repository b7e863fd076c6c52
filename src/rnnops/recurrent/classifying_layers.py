"""The layers that classify what they read in order, whatever it is: built, and taken out of Keras.

    O_t = tanh(x_t·W + O_{t-1}·W' + b)        p = softmax(readout(O_1 … O_T)·V + c)

Elman (1990).
"""

import numpy as np

from rnnops.recurrent.backend import keras
from rnnops.recurrent.device import OPERATIONS_AT_ONCE
from rnnops.recurrent.inference import LayerWeights
from rnnops.recurrent.layer import SimpleRNN
from rnnops.recurrent.params import Recurrence
from rnnops.recurrent.readout import Readout
from rnnops.recurrent.tensor import Tensor


def classify_in_order(states: Tensor, real: Tensor, labels: int, params: Recurrence) -> Tensor:
    """The layers after the input: probabilities, shape (batch, labels), float32.

    Args:
        states: what each step is, shape (batch, time, inputs).
        real: shape (batch, time), false where a sequence is padded.
    """
    states = keras.layers.SpatialDropout1D(params.dropout, dtype=params.precision)(states)
    for layer in range(params.layers):
        returns_sequences = layer < params.layers - 1 or params.readout != "last"
        read = [
            SimpleRNN(
                params.units,
                return_sequences=returns_sequences,
                go_backwards=direction == "backward",
                in_time_order=True,
                shards=OPERATIONS_AT_ONCE // len(directions(params)),
                dtype=params.precision,
                name=layer_name(layer, direction),
            )(states, mask=real)
            for direction in directions(params)
        ]
        if layer == params.layers - 1 and params.readout != "last":
            readout = Readout(params.readout, dtype=params.precision, name="readout")
            read = [readout(states, real) for states in read]
        states = (
            read[0] if len(read) == 1 else keras.layers.Concatenate(dtype=params.precision)(read)
        )
    states = keras.layers.Dropout(params.dropout)(states)  # from here on in float32
    return keras.layers.Dense(labels, activation="softmax", name="softmax")(states)


def directions(params: Recurrence) -> list[str]:
    """In which each layer reads."""
    return ["forward", "backward"] if params.bidirectional else ["forward"]


def layer_name(layer: int, direction: str) -> str:
    """What a layer's part that reads in one direction is called, counted from 0."""
    return f"{direction}_{layer}"


def export_layers(network: keras.Model, params: Recurrence) -> list[LayerWeights]:
    """The weights of each recurrent layer, the kernel of the first among them."""
    layers = []
    for layer in range(params.layers):
        read = [
            weights_of(network, layer_name(layer, direction)) for direction in directions(params)
        ]
        kernels, recurrent_kernels, biases = (np.stack(each) for each in zip(*read, strict=True))
        layers.append(LayerWeights(biases, recurrent_kernels, kernels))
    return layers


def export_softmax(network: keras.Model) -> tuple[np.ndarray, np.ndarray]:
    """Kernel and bias of the softmax layer, shapes (readout, labels) and (labels,)."""
    kernel, bias = weights_of(network, "softmax")
    return kernel, bias


def weights_of(network: keras.Model, layer: str) -> list[np.ndarray]:
    """Those of a layer by its name, float32."""
    weights = network.get_layer(layer).weights
    return [keras.ops.convert_to_numpy(each.value).astype(np.float32) for each in weights]
