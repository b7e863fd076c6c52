"""The network of the next word on toy languages: what it learns, and that NumPy says the same."""

import keras
import numpy as np
import pytest
from pydantic import ValidationError

from rnnops.core.errors import InputError
from rnnops.core.files import digest
from rnnops.language_model.export import export_network, require_equal
from rnnops.language_model.network import build_network, layer_name
from rnnops.language_model.params import NextWord
from rnnops.language_model.surprise import surprise
from rnnops.language_model.training import train_next_word

pytestmark = pytest.mark.usefixtures("cpu")

SIZE, END = 12, 11
SMALL = {
    "embedding_dimension": 16,
    "tied": True,
    "sampled_words": None,
    "units": 16,
    "layers": 1,
    "dropout": 0.0,
    "steps": 5,
    "rows": 8,
    "epochs": 6,
    "learning_rate": 0.02,
    "gradient_clip_norm": 1.0,
    "early_stopping_patience": 3,
    "seed": 0,
    "device": "cpu",
    "backend": "tensorflow",
    "precision": "float32",
}


def next_word_params(**changes):
    return NextWord(**{**SMALL, **changes})


def train(documents, validation=None, on_epoch=lambda *_: None, **changes):
    return train_next_word(
        documents,
        documents[:2] if validation is None else validation,
        size=SIZE,
        end=END,
        params=next_word_params(**changes),
        on_epoch=on_epoch,
    )


def counting(length=60, number=20):
    """Each word is the one after the last; documents start anywhere."""
    starts = np.random.default_rng(0).integers(0, END, number)
    return [np.append((start + np.arange(length)) % END, END) for start in starts]


def random_documents(number=6, length=40, seed=0):
    random = np.random.default_rng(seed)
    return [np.append(random.integers(0, END, length), END) for _ in range(number)]


def probabilities_by_keras(network, params, document):
    """Of each word, a batch of `steps` after the other, the same document in every row."""
    for layer in range(params.layers):
        network.get_layer(layer_name(layer)).reset_state()
    read = np.append([END], document[:-1])
    found = []
    for first in range(0, len(document), params.steps):
        batch = [
            np.tile(words[first : first + params.steps], (params.rows, 1)).astype(np.int32)
            for words in (read, document)
        ]
        found.append(np.exp(-network.predict_on_batch(batch))[0])
    return np.concatenate(found)


@pytest.mark.parametrize(
    "changes", [{}, {"tied": False, "embedding_dimension": 7}, {"layers": 2, "dropout": 0.2}]
)
def test_numpy_gives_the_probabilities_of_keras(changes):
    params = next_word_params(**changes)
    keras.utils.set_random_seed(1)
    network = build_network(SIZE, params)
    for weight in network.trainable_variables:
        weight.assign(weight + np.random.default_rng(0).normal(size=weight.shape) * 0.5)
    model = export_network(network, params, END)
    document = random_documents(1, length=99)[0]
    by_keras = probabilities_by_keras(network, params, document)
    np.testing.assert_allclose(model.probabilities(document), by_keras, atol=1e-5)


def test_it_learns_what_always_follows():
    model, history = train(counting())
    assert history["val_perplexity"].iloc[-1] < 1.3
    assert model.following(np.array([3, 4, 5])).argmax() == 6


def test_it_learns_from_words_further_back_than_backpropagation_goes():
    # Where 2 steps are seen of the cycle 0 0 0 1, nothing says whether 0 or 1 follows two zeros.
    documents = [np.append(np.tile([0, 0, 0, 1], 50), END) for _ in range(8)]
    _, history = train(documents, rows=4, steps=2, epochs=8)
    without_a_state = (3 / 4) * (1 / 2) * 0.918  # bits a word: every other 0 is read alone
    assert history["val_perplexity"].min() < 1.1 < 2**without_a_state


def test_the_state_of_a_batch_is_where_the_next_one_begins():
    params = next_word_params()
    network = build_network(SIZE, params)
    random = np.random.default_rng(0)
    first, second = (random.integers(0, SIZE, (8, 5)).astype(np.int32) for _ in range(2))
    network.predict_on_batch([first, first])
    after_first = network.predict_on_batch([second, second])
    network.get_layer(layer_name(0)).reset_state()
    assert np.abs(network.predict_on_batch([second, second]) - after_first).max() > 1e-4


def test_the_loss_and_its_gradients_are_those_of_keras():
    tf = pytest.importorskip("tensorflow")
    random = np.random.default_rng(0)
    states, vectors, bias = (
        tf.constant(random.normal(size=shape).astype(np.float32))
        for shape in [(10, 4), (SIZE, 4), (SIZE,)]
    )
    words = tf.constant(random.integers(0, SIZE, 10).astype(np.int32))
    weights = random.random(10).astype(np.float32)

    def gradients(losses_of):
        with tf.GradientTape() as tape:
            tape.watch([states, vectors, bias])
            losses = losses_of()
            total = tf.reduce_sum(losses * weights)
        return [losses, *tape.gradient(total, [states, vectors, bias])]

    expected = gradients(
        lambda: tf.nn.sparse_softmax_cross_entropy_with_logits(
            words, tf.matmul(states, vectors, transpose_b=True) + bias
        )
    )
    for factors, tolerance in [("float32", 1e-5), ("bfloat16", 0.05)]:
        for shards in (1, 3):
            arguments = {"factors": factors, "shards": shards}
            found = gradients(
                lambda given=arguments: surprise(states, vectors, bias, words, **given)
            )
            for ours, stock in zip(found, expected, strict=True):
                np.testing.assert_allclose(ours, stock, atol=tolerance)


def test_the_epoch_of_the_lowest_perplexity_is_kept_and_training_stops_after_it():
    documents = random_documents()
    seen = []
    model, history = train(
        documents[:3],
        documents[3:],
        on_epoch=lambda epoch, metrics: seen.append((epoch, metrics)),
        epochs=40,
        early_stopping_patience=2,
        steps=4,
        rows=2,
    )
    assert [epoch for epoch, _ in seen] == history["epoch"].tolist()
    assert {"epoch", *seen[0][1]} == {*history, "words_per_second", "epoch_seconds"}
    best = history["val_loss"].argmin()
    assert len(history) == best + 3 < 40
    kept = -np.log(np.concatenate([model.probabilities(each) for each in documents[3:]])).mean()
    assert kept == pytest.approx(history["val_loss"][best], rel=1e-5)


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_two_trainings_write_the_same_bytes(tmp_path, precision):
    for name in ("first", "second"):
        model, _ = train(random_documents(), epochs=2, dropout=0.3, precision=precision)
        model.save(tmp_path / name)
    assert digest(tmp_path / "first") == digest(tmp_path / "second")


def test_tied_vectors_of_another_length_than_the_units_are_an_error():
    with pytest.raises(ValidationError, match="tied needs an embedding_dimension of"):
        next_word_params(embedding_dimension=7)


def test_fewer_words_than_a_batch_are_an_error():
    with pytest.raises(InputError, match="21 words are fewer than the 8 rows of 5 steps"):
        train(random_documents(1, length=20))


def test_an_export_that_differs_is_not_published():
    params = next_word_params()
    network = build_network(SIZE, params)
    model = export_network(network, params, END)
    assert require_equal(network, model, random_documents(), params) < 1e-5
    model.bias[3] += 0.01
    with pytest.raises(InputError, match="differs from Keras' by"):
        require_equal(network, model, random_documents(), params)


def test_over_drawn_words_it_learns_what_always_follows():
    model, history = train(counting(), sampled_words=6)
    assert history["val_perplexity"].iloc[-1] < 1.3
    assert model.following(np.array([3, 4, 5])).argmax() == 6


def test_the_same_seed_draws_the_same_words():
    one, other = (train(counting(), sampled_words=6, epochs=2)[1] for _ in range(2))
    assert one.equals(other)
