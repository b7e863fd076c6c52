import itertools

import numpy as np
import pytest

from rnnops import config, files
from rnnops.errors import InputError
from rnnops.models.batches import Batches
from rnnops.models.device import select_device
from rnnops.models.network import InputShape, build_network, load_network, save_network
from rnnops.models.training import score, train_network

VOCABULARY = 12


def train_params(**changes):
    defaults = config.load().train.model_dump()
    small = {"units": 6, "epochs": 8, "batch_size": 16, "learning_rate": 0.02, "dropout": 0.1}
    return config.Train(**{**defaults, **small, **changes})


def order_task(messages=240, seed=0):
    """Whether word 2 comes before word 3: no order-blind classifier can tell."""
    random = np.random.default_rng(seed)
    labels = random.integers(2, size=messages)
    sequences = []
    for label in labels:
        ids = random.integers(4, VOCABULARY, size=random.integers(4, 15))
        first, second = np.sort(random.choice(len(ids), 2, replace=False))
        ids[first], ids[second] = (2, 3) if label else (3, 2)
        sequences.append(ids.astype(np.int32))
    return sequences, labels


def batches(task, params, *, shuffled, weights=None):
    sequences, labels = task
    return Batches(
        sequences,
        weights,
        labels,
        batch_size=params.batch_size,
        sequence_length=params.sequence_length,
        seed=params.seed if shuffled else None,
    )


def trained(params, task):
    import keras

    keras.utils.clear_session()  # layers are named as in a process of their own
    keras.utils.set_random_seed(params.seed)
    network = build_network(InputShape(VOCABULARY, 2, 8, weighted=False), params)
    logged = []
    history = train_network(
        network,
        batches(task, params, shuffled=True),
        batches(order_task(seed=1), params, shuffled=False),
        params,
        lambda epoch, metrics: logged.append({"epoch": epoch, **metrics}),
    )
    return network, history, logged


@pytest.mark.parametrize("readout", ["last", "max", "mean", "max_mean"])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("weighted", [False, True])
def test_padding_and_company_never_change_a_score(readout, bidirectional, layers, weighted):
    params = train_params(readout=readout, bidirectional=bidirectional, layers=layers)
    network = build_network(InputShape(VOCABULARY, 3, 8, weighted=weighted), params)
    sequences, _ = order_task(20)
    weights = [np.linspace(0.5, 2, len(ids)).astype(np.float32) for ids in sequences]
    together = score(network, sequences, weights if weighted else None, 400)
    assert together.shape == (20, 3)
    np.testing.assert_allclose(together.sum(axis=1), 1)
    for position, padding in itertools.product((0, 7), (0, 25)):
        inputs = {"tokens": np.pad(sequences[position], (0, padding))[None]}
        if weighted:
            inputs["weights"] = np.pad(weights[position], (0, padding))[None]
        alone = np.asarray(network.predict_on_batch(inputs))
        np.testing.assert_allclose(alone[0], together[position], atol=1e-6)


def test_it_learns_what_only_order_tells():
    network, history, _ = trained(train_params(epochs=25), order_task(600))
    assert history["val_accuracy"].max() > 0.95
    sequences, labels = order_task(seed=2)
    decided = score(network, sequences, None, 400).argmax(axis=1)
    assert (decided == labels).mean() > 0.95


def test_training_is_the_same_each_time_and_tells_every_epoch(tmp_path):
    params = train_params(epochs=3)
    for name in ("one", "two"):
        network, history, logged = trained(params, order_task())
        (tmp_path / name).mkdir()
        shape = InputShape(VOCABULARY, 2, 8, weighted=False)
        save_network(network, shape, params, tmp_path / name)
        assert history.to_dict("records") == logged
        assert [row["epoch"] for row in logged] == [1, 2, 3]
    assert files.digest(tmp_path / "one") == files.digest(tmp_path / "two")


def test_the_best_epoch_is_kept_and_training_stops_after_it():
    params = train_params(epochs=40, early_stopping_patience=2, learning_rate=0.1)
    network, history, _ = trained(params, order_task())
    best = history["val_loss"].idxmin()
    assert len(history) == best + 1 + params.early_stopping_patience < 40
    sequences, labels = order_task(seed=1)
    probabilities = score(network, sequences, None, 400)
    loss = -np.log(probabilities[np.arange(len(labels)), labels]).mean()
    assert loss == pytest.approx(history["val_loss"].min(), rel=1e-4)


def test_a_loaded_network_scores_the_same(tmp_path):
    params = train_params()
    shape = InputShape(VOCABULARY, 2, 8, weighted=False)
    network = build_network(shape, params)
    save_network(network, shape, params, tmp_path)
    sequences, _ = order_task(30)
    np.testing.assert_array_equal(
        score(load_network(tmp_path), sequences, None, 400), score(network, sequences, None, 400)
    )


def test_word_vectors_are_where_the_embedding_starts():
    vectors = np.random.default_rng(0).normal(size=(VOCABULARY, 8)).astype(np.float32)
    shape = InputShape(VOCABULARY, 2, 8, weighted=False)
    fixed = build_network(shape, train_params(fine_tune_embeddings=False), vectors)
    np.testing.assert_array_equal(fixed.get_layer("embedding").get_weights()[0], vectors)
    assert not fixed.get_layer("embedding").trainable


def test_an_epoch_reads_every_message_once_with_little_padding_in_an_order_of_its_own():
    task = order_task(1000)
    task[0].sort(key=lambda ids: -len(ids))
    params = train_params()
    shuffled = batches((task[0], np.arange(1000)), params, shuffled=True)
    first, second = list(shuffled.epoch()), list(shuffled.epoch())
    assert len(first) == len(shuffled)
    for epoch in (first, second):
        assert sorted(np.concatenate([labels for _, labels in epoch])) == list(range(1000))
    assert [b[1].tolist() for b in first] != [b[1].tolist() for b in second]
    cells = sum(inputs["tokens"].size for inputs, _ in first)
    assert sum((inputs["tokens"] != 0).sum() for inputs, _ in first) > 0.9 * cells


def test_a_gpu_that_is_not_there_is_told():
    import tensorflow as tf

    if tf.config.list_physical_devices("GPU"):
        pytest.skip("this machine has a GPU")
    with pytest.raises(InputError, match="train.device is gpu but tensorflow sees none"):
        select_device("gpu")
