"""The network of numbers: NumPy against Keras, what is read of a sequence, and what it learns."""

import numpy as np
import pytest
from drawn_sequences import LABELS, arrange, draw_sequences

from rnnops.core.errors import InputError
from rnnops.recurrent.batches import cut
from rnnops.sequences.inference import NumberNetwork
from rnnops.sequences.order import rearrange
from rnnops.sequences.params import SequenceTraining
from rnnops.sequences.vectors import channel_statistics

LENGTHS = [1, 2, 3, 7, 8, 9, 16, 30]
GIVEN = {
    "sequence_length": 50,
    "tail_share": 0.5,
    "units": 6,
    "layers": 1,
    "bidirectional": True,
    "readout": "last",
    "dropout": 0.0,
    "learning_rate": 0.02,
    "gradient_clip_norm": 1.0,
    "batch_size": 16,
    "epochs": 3,
    "early_stopping_patience": 3,
    "seed": 0,
    "device": "cpu",
    "backend": "tensorflow",
    "precision": "float32",
}

pytestmark = pytest.mark.usefixtures("cpu")


def params(**changed):
    return SequenceTraining(**GIVEN | changed)


def numbers(channels=3, lengths=LENGTHS, seed=0):
    random = np.random.default_rng(seed)
    return [random.normal(size=(length, channels)).astype(np.float32) for length in lengths]


def drawn_network(params):
    """A network of Keras with drawn weights, and the same exported."""
    from rnnops.recurrent.classifying_layers import export_layers, export_softmax
    from rnnops.sequences.network import NetworkShape, build_network

    network = build_network(NetworkShape(channels=3, labels=4), params)
    random = np.random.default_rng(1)
    network.set_weights([random.normal(0, 0.5, each.shape) for each in network.get_weights()])
    exported = NumberNetwork(
        export_layers(network, params),
        *export_softmax(network),
        readout=params.readout,
        sequence_length=params.sequence_length,
        tail_share=params.tail_share,
    )
    return network, exported


def score(network, values, params, batch_size=3):
    from rnnops.recurrent.scoring import score_batches
    from rnnops.sequences.network import make_batches

    places = np.arange(len(values))
    return score_batches(network, make_batches(values, places, params, batch_size=batch_size))


@pytest.mark.parametrize("readout", ["last", "max", "mean", "max_mean"])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("bidirectional", [True, False])
def test_numpy_answers_as_keras_does(readout, layers, bidirectional):
    chosen = params(readout=readout, layers=layers, bidirectional=bidirectional)
    network, exported = drawn_network(chosen)
    values = numbers()
    answers = score(network, values, chosen)
    found = exported.probabilities(values)
    np.testing.assert_allclose(found, answers, atol=1e-5)
    assert np.ptp(found, axis=0).max() > 0.05
    # alone a sequence is not padded as beside a longer one
    for row, each in enumerate(values):
        np.testing.assert_allclose(exported.probabilities([each])[0], found[row], atol=1e-6)


@pytest.mark.parametrize("readout", ["last", "max", "mean"])
def test_padding_changes_nothing_whatever_it_holds(readout):
    chosen = params(readout=readout, layers=2)
    network, _ = drawn_network(chosen)
    (values,) = numbers(lengths=[9])
    real = np.arange(24) < 9
    padded = np.full((1, 24, 3), 99, np.float32)
    padded[0, :9] = values
    found = network.predict_on_batch({"values": padded, "real": real[None]})
    np.testing.assert_allclose(found, score(network, [values], chosen), atol=1e-6)


@pytest.mark.parametrize("tail_share", [0.0, 0.5, 0.8])
def test_of_a_longer_sequence_the_start_and_the_end_are_read(tail_share):
    chosen = params(sequence_length=10, tail_share=tail_share)
    network, exported = drawn_network(chosen)
    (values,) = numbers(lengths=[40])
    tail = int(10 * tail_share)
    kept = np.concatenate([values[: 10 - tail], values[40 - tail :]])
    np.testing.assert_array_equal(cut(values, 10, tail_share), kept)
    found = exported.probabilities([values, kept])
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_allclose(score(network, [values], chosen), found[:1], atol=1e-5)
    changed = values.copy()
    changed[10 - tail : 40 - tail] = 9
    np.testing.assert_array_equal(exported.probabilities([changed]), found[:1])


def test_a_saved_network_answers_the_same(tmp_path):
    _, exported = drawn_network(params(layers=2, readout="max_mean"))
    exported.save(tmp_path)
    loaded = NumberNetwork.load(tmp_path)
    np.testing.assert_array_equal(
        loaded.probabilities(numbers()), exported.probabilities(numbers())
    )


def learn(chosen, *, labels=LABELS, number=240):
    """The network trained on drawn sequences, and what was logged after each epoch."""
    from rnnops.sequences.network import NetworkShape
    from rnnops.sequences.training import LabelledValues, train

    parts = []
    for seed in (0, 1):
        drawn = draw_sequences(number, labels=labels, seed=seed)
        values = [each.astype(np.float32) for each in drawn.values]
        parts.append(LabelledValues(values, drawn.indices(labels)))
    logged = []
    shape = NetworkShape(2, len(labels))
    trained = train(shape, *parts, chosen, lambda *epoch: logged.append(epoch))
    return trained, logged


def test_training_repeats_to_the_byte_and_what_is_saved_is_proved_equal(tmp_path):
    from rnnops.core import files
    from rnnops.sequences.training import require_equal

    for name in ("first", "again"):
        trained, _ = learn(params(dropout=0.2, epochs=2))
        trained.save(tmp_path / name)
    # Keras' own file has names of layers, which it counts within a process
    for part in ("model", "history.csv", "gradient_flow.csv", "network.json"):
        assert files.digest(tmp_path / "first" / part) == files.digest(tmp_path / "again" / part)
    values = numbers(channels=2)
    names = [f"w{length}" for length in LENGTHS]
    require_equal(tmp_path / "first", trained.exported, values, names)
    trained.exported.bias[0] += 0.01
    with pytest.raises(InputError, match=r"sequence w\d+: the exported network's probability"):
        require_equal(tmp_path / "first", trained.exported, values, names)


def test_each_epoch_is_logged_with_its_gradient_flow():
    trained, logged = learn(params(readout="mean"))
    assert [epoch for epoch, _, _ in logged] == [1, 2, 3]
    for _, metrics, flow in logged:
        assert metrics.keys() >= {"loss", "val_loss", "accuracy", "val_accuracy"}
        assert set(flow["direction"]) == {"forward", "backward"}
        assert (flow["gradient_norm"] > 0).all()
        assert flow["time"].max() < 16  # no step of padding
    assert len(trained.training.history) == 3


def test_a_network_learns_what_only_the_order_tells():
    labels = ["fall", "rise"]
    trained, _ = learn(params(epochs=12, units=8), labels=labels)
    other = draw_sequences(200, labels=labels, seed=2)
    actual = other.indices(labels)

    def accuracy(values):
        scaled = [each.astype(np.float32) for each in values]
        return (trained.exported.probabilities(scaled).argmax(axis=1) == actual).mean()

    assert accuracy(other.values) > 0.97
    changed = rearrange(other.values, seed=0)
    assert accuracy(changed["shuffled"]) == pytest.approx(0.5, abs=0.12)
    assert accuracy(changed["reversed"]) < 0.05


def test_rising_and_falling_ramps_have_the_same_statistics():
    random = np.random.default_rng(0)
    for _ in range(5):
        numbers = random.normal(size=11)
        ramps = [arrange(numbers, label)[:, None] for label in LABELS]
        found = channel_statistics(ramps, 16)
        np.testing.assert_allclose(found, found[:1].repeat(3, axis=0), atol=1e-12)
