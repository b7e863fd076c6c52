import functools
import itertools
import os
import subprocess
import sys

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnops.core import files
from rnnops.core.errors import InputError
from rnnops.core.params import load_params
from rnnops.recurrent.batches import Batches
from rnnops.recurrent.device import prepare_backend, select_device
from rnnops.recurrent.network import InputShape, build_network, load_network, save_network
from rnnops.recurrent.params import Train
from rnnops.recurrent.scoring import score
from rnnops.training.loop import train_network

VOCABULARY = 12


def train_params(**changes):
    defaults = load_params()[Train].model_dump()
    small = {"units": 6, "epochs": 8, "batch_size": 16, "learning_rate": 0.02, "dropout": 0.1}
    one_way = {"bidirectional": False}  # half to compile
    return Train(**{**defaults, **small, **one_way, **changes})


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


@pytest.mark.parametrize(
    ("readout", "layers"), [("last", 1), ("max", 1), ("mean", 1), ("last", 2), ("max_mean", 2)]
)
@pytest.mark.parametrize("bidirectional", [False, True])
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
    params = train_params(epochs=3, bidirectional=True)
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
        score(load_network(tmp_path)[0], sequences, None, 400), score(network, sequences, None, 400)
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


def test_a_gpu_that_is_not_there_is_an_error():
    import tensorflow as tf

    if tf.config.list_physical_devices("GPU"):
        pytest.skip("this machine has a GPU")
    with pytest.raises(InputError, match="train.device is gpu but tensorflow sees none"):
        select_device("gpu")


@settings(max_examples=25, deadline=None)
@given(
    lengths=st.lists(st.integers(1, 120), min_size=2, max_size=8),
    padding=st.integers(0, 120),
    seed=st.integers(0, 5),
    readout=st.sampled_from(["last", "max_mean"]),
)
def test_no_length_padding_or_company_changes_a_score(lengths, padding, seed, readout):
    network = score_network(readout)
    random = np.random.default_rng(seed)
    sequences = [random.integers(1, VOCABULARY, length).astype(np.int32) for length in lengths]
    together = score(network, sequences, None, 400)
    alone = np.concatenate([score(network, [sequence], None, 400) for sequence in sequences])
    width = max(lengths) + padding
    padded = np.stack([np.pad(sequence, (0, width - len(sequence))) for sequence in sequences])
    np.testing.assert_allclose(alone, together, atol=1e-6)
    found = keras.ops.convert_to_numpy(network.predict_on_batch({"tokens": padded}))
    np.testing.assert_allclose(found, together, atol=1e-6)


@functools.cache
def score_network(readout):
    return build_network(
        InputShape(VOCABULARY, 3, 8, weighted=False), train_params(readout=readout)
    )


SCORE = """
import sys
import numpy as np
from rnnops.recurrent.network import load_network
from rnnops.recurrent.scoring import score
sequences = np.load(sys.argv[2])
np.save(sys.argv[3], score(load_network(sys.argv[1])[0], list(sequences), None, 400))
"""


@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_a_saved_network_scores_the_same_on_every_backend(tmp_path, backend):
    pytest.importorskip(backend)
    network = score_network("max_mean")
    save_network(network, InputShape(VOCABULARY, 3, 8, weighted=False), train_params(), tmp_path)
    sequences = np.random.default_rng(0).integers(1, VOCABULARY, (5, 60)).astype(np.int32)
    np.save(tmp_path / "sequences.npy", sequences)
    arguments = [tmp_path, tmp_path / "sequences.npy", tmp_path / "scores.npy"]
    environment = {**os.environ, "KERAS_BACKEND": backend}
    subprocess.run([sys.executable, "-c", SCORE, *arguments], check=True, env=environment)
    np.testing.assert_allclose(
        np.load(tmp_path / "scores.npy"), score(network, list(sequences), None, 400), atol=1e-5
    )


def test_the_layer_is_exact_on_jax_too(request):
    """Of the lengths the longest: JAX compiles anew for each."""
    pytest.importorskip("jax")
    tests = request.path.parent / "test_layer.py"
    command = [sys.executable, "-m", "pytest", tests, "-n0", "-p", "no:cacheprovider"]
    command += ["-k", "200 or not states_and_gradients"]
    run = subprocess.run(
        command, env={**os.environ, "KERAS_BACKEND": "jax"}, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout


def test_mixed_precision_trains_and_decides_in_float32():
    network, history, _ = trained(train_params(precision="mixed_bfloat16", epochs=12), order_task())
    assert network.get_layer("forward_0").compute_dtype == "bfloat16"
    assert network.get_layer("softmax").compute_dtype == "float32"
    assert all(weight.dtype == "float32" for weight in network.weights)
    assert history["loss"].iloc[-1] < 0.8 * history["loss"].iloc[0]


@pytest.mark.parametrize("backend", ["jax", "theano"])
def test_a_backend_that_keras_does_not_run_on_is_an_error(backend):
    with pytest.raises(
        InputError, match=f"train.backend is {backend} but Keras runs on tensorflow"
    ):
        prepare_backend(train_params().model_copy(update={"backend": backend}))


def test_lengths_are_rounded_up_for_a_backend_that_compiles_each():
    sequences = [np.ones(length, np.int32) for length in (1, 31, 33, 70)]
    batches = Batches(
        sequences, None, np.zeros(4), batch_size=2, sequence_length=400, length_multiple=32
    )
    assert [inputs["tokens"].shape for inputs, _ in batches.epoch()] == [(2, 32), (2, 96)]
