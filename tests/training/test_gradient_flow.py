import keras
import numpy as np
import pytest
import tensorflow as tf

from rnnops.core.params import load_params
from rnnops.recurrent.network import InputShape, build_network
from rnnops.recurrent.params import Train
from rnnops.training.classifier import embed
from rnnops.training.gradient_flow import (
    Direction,
    gradient_flow,
    spectral_radius,
    state_gradients,
)

VOCABULARY, UNITS = 12, 6


def network_and_batch(*, readout="max_mean", bidirectional=True, layers=1, weighted=False):
    params = load_params()[Train].model_copy(
        update={
            "units": UNITS,
            "readout": readout,
            "bidirectional": bidirectional,
            "layers": layers,
            "dropout": 0.0,
        }
    )
    keras.utils.set_random_seed(0)
    network = build_network(InputShape(VOCABULARY, 3, 8, weighted=weighted), params)
    random = np.random.default_rng(0)
    tokens = random.integers(1, VOCABULARY, (7, 60)).astype(np.int32)
    for row, length in enumerate(random.integers(1, 60, 6)):
        tokens[row, length:] = 0
    inputs = {"tokens": tokens}
    if weighted:
        inputs["weights"] = random.random(tokens.shape).astype(np.float32)
    return network, params, inputs, random.integers(3, size=7)


@pytest.mark.parametrize("readout", ["last", "max", "mean", "max_mean"])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("weighted", [False, True])
def test_it_is_the_gradient_that_trains_the_network(readout, bidirectional, layers, weighted):
    network, params, inputs, labels = network_and_batch(
        readout=readout, bidirectional=bidirectional, layers=layers, weighted=weighted
    )
    with tf.GradientTape() as tape:
        losses = keras.losses.sparse_categorical_crossentropy(labels, network(inputs))
        loss = tf.reduce_sum(losses)
    names = ["forward", "backward"] if bidirectional else ["forward"]
    top = [network.get_layer(f"{name}_{layers - 1}") for name in names]
    expected = tape.gradient(loss, [layer.cell.bias.value for layer in top])
    found = state_gradients(network, params, embed(network, inputs), labels)
    assert list(found) == names
    real = inputs["tokens"] != 0
    for name, layer, by_bias in zip(names, top, expected, strict=True):
        direction = Direction(name, *layer.get_weights())
        read = keras.Model(network.inputs, keras.tree.flatten(layer.input)[0])(inputs)
        states = direction.in_order(direction.states(np.asarray(read), real))
        by_hand = (found[name] * real[:, :, None] * (1 - states**2)).sum(axis=(0, 1))
        np.testing.assert_allclose(by_hand, by_bias, rtol=1e-4, atol=1e-5)


def test_the_curve_fades_where_the_recurrence_shrinks():
    network, params, inputs, labels = network_and_batch(readout="last", bidirectional=False)
    inputs["tokens"][inputs["tokens"] == 0] = 1  # every message as long as the others
    layer = network.get_layer("forward_0")
    kernel, recurrent_kernel, bias = layer.get_weights()
    for scale, fades in ((0.3, True), (1.0, False)):
        layer.set_weights([0.05 * kernel, scale * recurrent_kernel, bias])
        flow = gradient_flow(network, params, embed(network, inputs), labels)
        assert spectral_radius(network, params)["forward"] == pytest.approx(scale, rel=1e-4)
        assert list(flow.columns) == ["direction", "time", "gradient_norm"]
        assert len(flow) == 50
        assert (flow["gradient_norm"].iloc[0] < 1e-6 * flow["gradient_norm"].iloc[-1]) == fades
