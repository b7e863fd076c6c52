"""The network: NumPy against Keras, training that repeats, loss by its definition."""

import numpy as np
import pytest
from drawn_series import draw_series

from rnnops.core.errors import InputError
from rnnops.forecasting.forecasts import LEVELS
from rnnops.forecasting.params import ForecastNetwork
from rnnops.forecasting.windows import WindowShape, read_windows

SHAPE = WindowShape(season=4, horizon=4, steps=8, base="theta")
SERIES = draw_series(12, 24)


def params(**changed):
    given = {"steps": 8, "base": "theta", "units": 6, "learning_rate": 0.005, "epochs": 2}
    return ForecastNetwork(**given | {"batch_size": 32} | changed)


@pytest.mark.parametrize("layers", [1, 2])
def test_numpy_answers_as_keras_does(cpu, layers):  # noqa: ARG001 (the backend is set up)
    from rnnops.forecasting.inference import QuantileNetwork
    from rnnops.forecasting.network import build_network

    network = build_network(SHAPE, params(layers=layers))
    random = np.random.default_rng(0)
    network.set_weights([random.normal(0, 0.5, each.shape) for each in network.get_weights()])
    windows = read_windows([each.values for each in SERIES], SHAPE)
    answers = network.predict([windows.sequences, windows.statics], verbose=0)
    assert (np.diff(answers, axis=2) < 0).any()  # they cross
    exported = QuantileNetwork.from_weights(network.get_weights())
    found = exported.answers(windows.sequences, windows.statics)
    np.testing.assert_allclose(found, np.sort(answers, axis=2), atol=1e-5)
    for before, after in zip(network.get_weights(), exported.weights(), strict=True):
        np.testing.assert_array_equal(before, after)


def test_the_loss_is_the_mean_pinball_loss_of_what_is_known(cpu):  # noqa: ARG001
    from rnnops.forecasting.network import pinball_loss

    random = np.random.default_rng(0)
    answers = random.normal(size=(5, 4, len(LEVELS))).astype(np.float32)
    wanted = random.normal(size=(5, 4)).astype(np.float32)
    weights = np.array([[1, 1, 0.5, 0]] * 5, np.float32)
    total = 0.0
    for row in range(5):
        for step in range(4):
            for place, level in enumerate(LEVELS):
                below = wanted[row, step] - answers[row, step, place]
                share = level if below > 0 else 1 - level
                total += weights[row, step] * share * abs(below) / len(LEVELS)
    found = float(pinball_loss(np.stack([wanted, weights], axis=2), answers))
    assert found == pytest.approx(total / weights.sum(), rel=1e-5)


def test_an_untrained_network_answers_with_a_random_walk(cpu):  # noqa: ARG001
    from rnnops.forecasting.network import build_network

    network = build_network(SHAPE, params())
    windows = read_windows([each.values for each in SERIES], SHAPE)
    answers = network.predict([windows.sequences, windows.statics], verbose=0)
    assert np.abs(answers[..., 5]).max() < 0.3
    np.testing.assert_allclose(answers[:, 3, 9].mean(), 2 * 1.2816, atol=0.2)


def test_training_lowers_the_loss_and_repeats_to_the_bit(cpu):  # noqa: ARG001
    from rnnops.forecasting.forecaster import answer
    from rnnops.forecasting.training import make_examples, train_network

    examples = make_examples(SERIES, SHAPE, params())
    trained = [
        train_network(examples, SHAPE, params(epochs=epochs), seed)
        for seed, epochs in ((1, 2), (1, 2), (2, 2), (1, 12))
    ]
    first, again, other, longer = (network for network, _ in trained)
    assert [len(losses) for _, losses in trained] == [2, 2, 2, 12]
    assert trained[-1][1][-1] < trained[-1][1][0]
    for one, two in zip(first.weights(), again.weights(), strict=True):
        assert one.tobytes() == two.tobytes()
    assert any(
        (one != two).any() for one, two in zip(first.weights(), other.weights(), strict=True)
    )

    def loss(network):
        below = examples.targets[..., :1] - answer([network], examples.windows, SHAPE)
        weights = examples.targets[..., 1]
        losses = np.maximum(LEVELS * below, (LEVELS - 1) * below).mean(axis=2)
        return (losses * weights).sum() / weights.sum()

    assert loss(longer) < loss(first)


def test_examples_are_each_origin_with_what_follows_it(cpu):  # noqa: ARG001
    from rnnops.forecasting.training import make_examples

    (series,) = draw_series(1, 24)
    windows, targets = make_examples([series], SHAPE, params(least_history=10, max_origins=8))
    assert len(targets) == 8  # origins 16 to 23
    np.testing.assert_array_equal((targets[..., 1] > 0).sum(axis=1), [4] * 5 + [3, 2, 1])
    following = windows.unscaled(targets[..., 0].astype(float))
    np.testing.assert_allclose(following[0], series.values[16:20], rtol=1e-6)
    np.testing.assert_allclose(following[-1, 0], series.values[23], rtol=1e-6)
    with pytest.raises(InputError, match="no series has more than 30 values"):
        make_examples([series], SHAPE, params(least_history=30))
