"""The recurrent layer is exact: against the equations in NumPy, Keras' own layer and differences.

`make test` runs this file on TensorFlow, and once more on JAX.
"""

import keras
import numpy as np
import pytest
from recurrent.gradients import FREQUENCY, loss_of, output_and_gradients, relative_error

from rnnops.recurrent.layer import SimpleRNN

BATCH, INPUTS, UNITS = 5, 8, 6
TOLERANCE = 1e-5

lengths = pytest.mark.parametrize("length", [1, 2, 7, 200])
directions = pytest.mark.parametrize("backwards", [False, True])
masks = pytest.mark.parametrize("masked", [False, True])


def example(length, *, masked, seed=0):
    """Inputs, and a mask with gaps whose first row has no padding and whose last is all padding."""
    random = np.random.default_rng(seed)
    inputs = random.normal(size=(BATCH, length, INPUTS)).astype("float32")
    mask = random.random((BATCH, length)) < 0.7
    mask[0], mask[-1] = True, False
    return inputs, mask if masked else None


def pair(seed=0, batch=None, **arguments):
    """Our layer and Keras', with the same weights."""
    layers = [kind(UNITS, **arguments) for kind in (SimpleRNN, keras.layers.SimpleRNN)]
    random = np.random.default_rng(seed)
    for layer in layers:
        layer.build((batch, None, INPUTS))
    weights = [0.3 * random.normal(size=w.shape) for w in layers[0].get_weights()]
    for layer in layers:
        layer.set_weights(weights)
    return layers


def reference(inputs, mask, weights, *, backwards, every_state):
    """The equations step by step, in float64: output, gradients by inputs, W, U and b."""
    x = inputs.astype(float)
    kernel, recurrent_kernel, bias = (weight.astype(float) for weight in weights)
    times = list(range(x.shape[1]))[:: -1 if backwards else 1]
    counts = np.ones(x.shape[:2], bool) if mask is None else mask
    state = np.zeros((len(x), UNITS))
    before, states = {}, {}
    for time in times:
        before[time] = state
        new = np.tanh(x[:, time] @ kernel + bias + state @ recurrent_kernel)
        state = np.where(counts[:, time, None], new, state)
        states[time] = state
    output = np.stack([states[time] for time in times], axis=1) if every_state else state
    by_output = FREQUENCY * np.cos(FREQUENCY * output)
    by_state = np.zeros_like(state) if every_state else by_output
    by_inputs, by_weights = np.zeros_like(x), [np.zeros_like(w, float) for w in weights]
    for place, time in reversed(list(enumerate(times))):
        if every_state:
            by_state = by_state + by_output[:, place]
        real = counts[:, time, None]
        delta = np.where(real, by_state * (1 - states[time] ** 2), 0)
        by_inputs[:, time] = delta @ kernel.T
        by_weights[0] += x[:, time].T @ delta
        by_weights[1] += before[time].T @ delta
        by_weights[2] += delta.sum(axis=0)
        by_state = delta @ recurrent_kernel.T + np.where(real, 0, by_state)
    return [output, by_inputs, *by_weights]


@lengths
@directions
@masks
@pytest.mark.parametrize("every_state", [False, True])
def test_states_and_gradients_are_those_of_the_equations_and_of_keras(
    length, backwards, masked, every_state
):
    inputs, mask = example(length, masked=masked)
    ours, stock = pair(go_backwards=backwards, return_sequences=every_state)
    found = output_and_gradients(ours, inputs, mask)
    assert len(found) == 5
    by_the_equations = reference(
        inputs, mask, ours.get_weights(), backwards=backwards, every_state=every_state
    )
    by_keras = output_and_gradients(stock, inputs, mask)
    for expected in (by_the_equations, by_keras):
        for ours_array, array in zip(found, expected, strict=True):
            assert relative_error(ours_array, array) < TOLERANCE


@directions
@masks
def test_gradients_are_the_slopes_that_small_steps_show(backwards, masked):
    if keras.backend.backend() != "tensorflow":
        pytest.skip("JAX and Keras on PyTorch turn float64 inputs into float32")
    inputs, mask = example(7, masked=masked)
    inputs = inputs.astype("float64")
    layer, _ = pair(go_backwards=backwards, return_sequences=True, dtype="float64")
    _, by_inputs, *by_weights = output_and_gradients(layer, inputs, mask)
    weights = [weight.copy() for weight in layer.get_weights()]

    def loss():
        layer.set_weights(weights)
        output = layer(inputs, mask=None if mask is None else keras.ops.convert_to_tensor(mask))
        return float(keras.ops.sum(keras.ops.sin(output * FREQUENCY)))

    def slope(array, place):
        values, step, kept = [], 1e-6, array[place]
        for changed in (kept + step, kept - step):
            array[place] = changed
            values.append(loss())
        array[place] = kept
        return (values[0] - values[1]) / (2 * step)

    random = np.random.default_rng(0)
    for array, gradient in zip([inputs, *weights], [by_inputs, *by_weights], strict=True):
        for _ in range(5):
            place = tuple(random.integers(size) for size in array.shape)
            assert slope(array, place) == pytest.approx(gradient[place], rel=1e-6, abs=1e-8)


@masks
@directions
@pytest.mark.parametrize("every_state", [False, True])
def test_arguments_mean_what_they_mean_to_keras(masked, backwards, every_state):
    inputs, mask = example(60, masked=masked)
    mask = None if mask is None else keras.ops.convert_to_tensor(mask)
    initial_state = np.random.default_rng(1).normal(size=(BATCH, UNITS)).astype("float32")
    for use_bias, zeroed, state in [
        (True, False, None),
        (False, True, None),
        (False, False, None if masked else initial_state),
    ]:
        ours, stock = pair(
            use_bias=use_bias,
            zero_output_for_mask=zeroed,
            go_backwards=backwards,
            return_sequences=every_state,
            return_state=True,
            name="recurrent",
        )
        assert [w.path for w in ours.weights] == [w.path for w in stock.weights]
        results = [
            [np.asarray(keras.ops.convert_to_numpy(array)) for array in layer(inputs, **call)]
            for layer in (ours, stock)
            for call in [{"mask": mask, "initial_state": state}]
        ]
        for found, expected in zip(*results, strict=True):
            assert relative_error(found, expected) < TOLERANCE


@pytest.mark.parametrize("merge_mode", ["concat", "sum"])
@masks
def test_keras_bidirectional_wraps_it(merge_mode, masked):
    inputs, mask = example(60, masked=masked)
    both = [
        keras.layers.Bidirectional(layer, merge_mode=merge_mode)
        for layer in pair(return_sequences=True)
    ]
    for layer in both:
        layer.build((None, None, INPUTS))
    both[0].set_weights(both[1].get_weights())
    found, expected = (output_and_gradients(layer, inputs, mask) for layer in both)
    for ours, stock in zip(found, expected, strict=True):
        assert relative_error(ours, stock) < TOLERANCE


def test_states_stay_in_time_order_when_asked():
    inputs, _ = example(60, masked=False)
    arguments = {"go_backwards": True, "return_sequences": True}
    reversed_, _ = pair(**arguments)
    in_order = SimpleRNN(UNITS, in_time_order=True, **arguments)
    in_order.build((None, None, INPUTS))
    in_order.set_weights(reversed_.get_weights())
    np.testing.assert_array_equal(
        keras.ops.convert_to_numpy(in_order(inputs)),
        keras.ops.convert_to_numpy(reversed_(inputs))[:, ::-1],
    )


def test_its_configuration_makes_the_same_layer():
    layer = SimpleRNN(
        UNITS, go_backwards=True, dropout=0.3, shards=1, in_time_order=True, return_sequences=True
    )
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert isinstance(again, SimpleRNN)
    assert again.get_config() == layer.get_config()
    assert (again.shards, again.in_time_order, again.dropout) == (1, True, 0.3)


@directions
@pytest.mark.parametrize("every_state", [False, True])
def test_a_stateful_layer_goes_on_where_the_batch_before_ended(backwards, every_state):
    arguments = {"stateful": True, "return_sequences": every_state, "go_backwards": backwards}
    ours, stock = pair(batch=BATCH, **arguments)
    inputs, _ = example(3, masked=False)
    for layer in (ours, stock):
        layer.reset_state()
    first = output_and_gradients(ours, inputs)
    for found, expected in zip(first, output_and_gradients(stock, inputs), strict=True):
        assert relative_error(found, expected) < TOLERANCE
    carried = output_and_gradients(ours, inputs)
    for found, expected in zip(carried, output_and_gradients(stock, inputs), strict=True):
        assert relative_error(found, expected) < TOLERANCE
    assert relative_error(carried[0], first[0]) > 1e-4
    ours.reset_state()
    np.testing.assert_array_equal(output_and_gradients(ours, inputs)[0], first[0])


@pytest.mark.parametrize(
    "argument", [{"activation": "relu"}, {"recurrent_dropout": 0.1}, {"unroll": True}]
)
def test_what_it_does_not_support_is_an_error(argument):
    with pytest.raises(ValueError, match=f"{next(iter(argument))}=.* is not supported"):
        SimpleRNN(UNITS, **argument)


def test_a_mask_with_a_state_from_before_is_an_error():
    inputs, mask = example(3, masked=True)
    with pytest.raises(ValueError, match="mask together with initial_state is not supported"):
        SimpleRNN(UNITS)(inputs, initial_state=np.ones((BATCH, UNITS), "float32"), mask=mask)
    with pytest.raises(ValueError, match="mask together with stateful=True is not supported"):
        SimpleRNN(UNITS, stateful=True)(inputs, mask=mask)


def test_an_eager_tape_sees_the_same_gradients():
    if keras.backend.backend() != "tensorflow":
        pytest.skip("only TensorFlow has one")
    tf = pytest.importorskip("tensorflow")
    inputs, mask = example(60, masked=True)
    layer, _ = pair(return_sequences=True)
    expected = output_and_gradients(layer, inputs, mask)[2:]
    with tf.GradientTape() as tape:
        loss = loss_of(layer(inputs, mask=mask))
    found = tape.gradient(loss, layer.trainable_variables)
    for eager, compiled in zip(found, expected, strict=True):
        assert relative_error(eager.numpy(), compiled) < TOLERANCE


def order_model(kind):
    """Both directions, dropout in the layer, word vectors of its own: the whole of training."""
    tokens = keras.Input((None,), dtype="int32")
    states = keras.layers.Embedding(12, INPUTS, mask_zero=True)(tokens)
    read = [
        kind(UNITS, dropout=0.2, seed=1, return_sequences=True, go_backwards=backwards)(states)
        for backwards in (False, True)
    ]
    states = keras.layers.Concatenate()(read)
    last = kind(UNITS, name="last")(states)
    model = keras.Model(tokens, keras.layers.Dense(2, activation="softmax")(last))
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    return model


def test_an_epoch_ends_with_the_weights_that_keras_layer_would_have():
    random = np.random.default_rng(0)
    batches = [
        (random.integers(0, 12, (16, length)), random.integers(2, size=16))
        for length in random.choice([3, 69], 30)  # each is compiled anew
    ]
    for tokens, _ in batches:
        tokens[:, 0] = 1
    trained = []
    for kind in (SimpleRNN, keras.layers.SimpleRNN):
        keras.utils.set_random_seed(0)
        model = order_model(kind)
        before = model.get_weights()
        for tokens, labels in batches:
            model.train_on_batch(tokens, labels)
        trained.append(model.get_weights())
    for ours, stock, start in zip(*trained, before, strict=True):
        assert relative_error(ours, stock) < 1e-4
        assert relative_error(ours, start) > 0.01
