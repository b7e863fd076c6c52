"""The exported network gives what Keras gives, whatever `train` can make."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from rnnops.core.errors import InputError
from rnnops.core.params import load_params
from rnnops.features.featurizer import FeaturizedTexts
from rnnops.recurrent import export
from rnnops.recurrent.backend import keras
from rnnops.recurrent.inference import STEPS_AT_ONCE, RecurrentNetwork
from rnnops.recurrent.network import InputShape, build_network, save_network
from rnnops.recurrent.params import Train
from rnnops.recurrent.scoring import score

WORDS = 40
ARCHITECTURES = [
    pytest.param(
        {"layers": layers, "bidirectional": bidirectional, "readout": readout},
        id=f"{layers}-{'both' if bidirectional else 'forward'}-{readout}",
    )
    for layers, bidirectional, readout in product(
        (1, 2, 3), (False, True), ("last", "max", "mean", "max_mean")
    )
]


def make(weighted=False, labels=3, precision="float32", **chosen):
    """A network with random weights, its shape and parameters."""
    keras.utils.set_random_seed(0)
    params = load_params()[Train].model_copy(
        update={"units": 7, "sequence_length": 12, "tail_share": 0.4, "precision": precision}
        | chosen
    )
    shape = InputShape(WORDS, labels, 5, weighted=weighted)
    network = build_network(shape, params)
    random = np.random.default_rng(0)
    network.set_weights([random.normal(0, 0.5, each.shape) for each in network.get_weights()])
    return network, shape, params


def messages(weighted=False, number=9):
    """Sequences of 1 to 30 words, so that some are cut, and their weights."""
    random = np.random.default_rng(1)
    lengths = [1, 12, 13, 30, *random.integers(1, 20, number - 4)]
    sequences = [random.integers(1, WORDS, length).astype(np.int32) for length in lengths]
    weights = [random.uniform(0.2, 2, length).astype(np.float32) for length in lengths]
    return sequences, weights if weighted else None


@pytest.mark.parametrize("chosen", ARCHITECTURES)
def test_every_architecture_gives_what_keras_gives(chosen, tmp_path):
    network, _, params = make(**chosen)
    sequences, _ = messages()
    exported = export.export_network(network, params)
    found = exported.probabilities(sequences, None)
    expected = score(network, sequences, None, params.sequence_length, params.tail_share)
    np.testing.assert_allclose(found, expected, atol=export.TOLERANCE, rtol=0)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-12)
    exported.save(tmp_path)
    loaded = RecurrentNetwork.load(tmp_path).probabilities(sequences, None)
    np.testing.assert_array_equal(loaded, found)


@pytest.mark.parametrize("chosen", [{"labels": 2}, {"labels": 9}, {"weighted": True}])
def test_so_do_other_numbers_of_labels_and_weighted_words(chosen):
    network, _, params = make(**chosen)
    sequences, weights = messages("weighted" in chosen)
    found = export.export_network(network, params).probabilities(sequences, weights)
    expected = score(network, sequences, weights, params.sequence_length, params.tail_share)
    np.testing.assert_allclose(found, expected, atol=1e-6, rtol=0)


def test_a_message_is_read_alike_alone_and_among_others():
    network, _, params = make()
    exported = export.export_network(network, params)
    sequences, _ = messages(number=STEPS_AT_ONCE // 12 + 50)  # more than a batch
    together = exported.probabilities(sequences, None)
    for row in (0, 1, 3, len(sequences) - 1):
        alone = exported.probabilities([sequences[row]], None)
        np.testing.assert_allclose(alone[0], together[row], atol=1e-6, rtol=0)
    assert exported.probabilities([], None).shape == (0, 3)


def features_of(sequences):
    return FeaturizedTexts(sequences, None, None)


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_a_saved_network_is_proved_equal_to_its_export(precision, tmp_path):
    network, shape, params = make(precision=precision)
    save_network(network, shape, params, tmp_path)
    sequences, _ = messages()
    names = [f"m{row}" for row in range(len(sequences))]
    exported = export.export_network(network, params)
    assert export.require_equal(tmp_path, exported, features_of(sequences), names) < 1e-6


def test_an_export_that_differs_stops_with_the_message_it_differs_at(tmp_path):
    network, shape, params = make()
    save_network(network, shape, params, tmp_path)
    exported = export.export_network(network, params)
    sequences = [np.array(each, np.int32) for each in ([1, 2], [3, 5], [4])]
    for wrong, difference in ((0.3, r"0\.\d+"), (np.nan, "nan")):
        words = exported.words.copy()
        words[:, 5] += wrong
        damaged = replace(exported, words=words)
        said = rf"^message b: the exported .* differs from Keras' by {difference}.* nothing is pub"
        with pytest.raises(InputError, match=said):
            export.require_equal(tmp_path, damaged, features_of(sequences), ["a", "b", "c"])
